"""Trainer: from token shards to a model in Hugging Face form.

The worker is a light supervisor: it fetches the tokens, starts torchrun, forwards its rows as progress and publishes
what it left. Only the ranks (train.py and what it imports) import torch. Read in this order: worker, inputs, plan,
supervision, torchrun; then train and loop.
"""
