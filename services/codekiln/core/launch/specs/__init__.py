"""The objects that start a worker on Kubernetes: pure functions, a pod template in, one API object out.

attempt.py     what all three are made of, and how processes are shared out over pods
job.py         batch/v1 Job: one pod with all processes
pytorchjob.py  kubeflow.org/v1 PyTorchJob: a leading pod and its followers
trainjob.py    trainer.kubeflow.org/v1alpha1 TrainJob: pods of a TrainingRuntime

In all of them a failed pod ends the attempt: the reconciler counts failures and starts the next one.
"""
