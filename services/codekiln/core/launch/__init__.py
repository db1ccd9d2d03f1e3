"""Launchers: how a job's worker process is started, watched and stopped.

interface.py  what a launcher can do
command.py    the worker's command line and environment: pure functions
local.py      a subprocess of this machine that outlives the server

Launchers for Kubernetes Jobs, PyTorchJob and TrainJob take the same WorkerSpec.
"""
