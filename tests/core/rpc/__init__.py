"""gRPC as its users expect it, against real server processes."""
