"""The Kubernetes API. The only folder that imports `kubernetes`; objects are plain dictionaries, as YAML has them.

api.py      what we ask of an API server: kinds, and a Protocol of seven calls
errors.py   an answer of the API server -> an error of ours: pure
client.py   the Protocol over the Python client, in a cluster or by KUBECONFIG
scaling.py  keeps a Deployment at one of two sizes
"""
