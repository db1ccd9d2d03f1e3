"""What every service stands on: settings, errors, store, artifacts, jobs, launchers, RPC, telemetry.

Imports no service. Each third-party client lives behind one module here: minio behind `store`, grpc behind `rpc`.
"""
