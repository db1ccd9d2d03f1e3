"""The Python client: `from codekiln.client import Client`. Light: gRPC and the stubs, nothing of the services."""

from __future__ import annotations

from codekiln.client.addresses import find_addresses
from codekiln.client.client import Client

__all__ = ["Client", "find_addresses"]
