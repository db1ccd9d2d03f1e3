"""Inference: one model, served by vLLM over gRPC and OpenAI-compatible HTTP from one process.

A request goes server.py or http.py -> completion.py -> engine.py -> vLLM's own process. In order of what they need:

sampling.py       how tokens are drawn, validated
fim.py            the fill-in-the-middle template of a tokenizer
tokenization.py   text -> token ids; special tokens never come from text
model_files.py    a model artifact on local disk, checked for completeness
lifeline.py       what vLLM's processes run first: they end when the server has gone
executor.py       makes vLLM compute in its engine process instead of in one more
vllm_options.py   vLLM's environment and arguments, for CPU and GPUs
vllm_start.py     starts vLLM on what it finds
engine.py         the engine: prompts in, pieces of text out; owns vLLM's process
model_status.py   how far a model is, as callers are told
host.py           which model is loaded and how far: NONE -> LOADING -> READY or FAILED
completion.py     one completion as a stream of pieces, counted
openai_api.py     OpenAI's requests, responses and errors as plain data
http.py           the HTTP endpoint
metrics.py        Prometheus metrics
server.py         the gRPC servicer and the process
"""
