"""Tests of the tokenizer service."""
