"""Stubs generated from protos/codekiln/v1 at build (`make protos`); only this file is committed."""
