"""gRPC: the only place of core that knows it.

server.py            serve(): one service with store and jobs
listening.py         a process that listens: health, reflection, interceptor, metrics, drain; knows no store
edge.py              the interceptor: auth, deadlines, errors, metrics
status.py            our errors <-> google.rpc.Status
messages.py          our records -> proto messages
backend.py           what servicers share: store, jobs, wake-up
job_service.py       JobService, the same in every service
artifact_service.py  ArtifactService, the same in every service
certificates.py      TLS files of a server, read again when they change
channel.py           channels for clients
"""

import os

# gRPC's own library writes to stderr past all handlers; what matters comes to us as errors.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")
