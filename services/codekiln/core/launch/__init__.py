"""Launchers: how a job's worker process is started, watched and stopped.

interface.py   what a launcher can do
choosing.py    from a setting to a launcher
command.py     the worker's command line and environment: pure functions
local.py       a subprocess of this machine that outlives the server
kubernetes.py  a Job, PyTorchJob or TrainJob of a cluster
    kinds.py     what these three differ in
    pod.py       the worker's pod: the template that the chart mounts
    specs/       the objects: pure functions, held by golden files
    ending.py    how a pod ended: pure
    waiting.py   why a pod has not begun: pure
    start.py     how long that may last
"""
