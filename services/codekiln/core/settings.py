"""Settings of a process: one frozen dataclass, read once from CODEKILN_* variables and mounted files.

An unknown variable with our prefix is an error, so that a typo is found at start and not in production.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
import os
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from codekiln.core.errors import InvalidArgument

PREFIX = "CODEKILN_"
_WORDS = {
    "launcher": ("local", "auto", "kubernetes", "pytorchjob", "trainjob"),
    "log_level": ("debug", "info", "warning", "error"),
    "log_format": ("json", "text"),
}
_ADDRESSES = ("listen", "health_listen", "metrics_listen", "http_listen")
_AT_LEAST_ONE = ("max_failures",)
_TOGETHER = (
    ("tls_cert_file", "tls_key_file"),
    ("tls_client_ca_file", "tls_cert_file"),
    ("store_access_key_file", "store_secret_key_file"),
    ("store_secret_key_file", "store_access_key_file"),
    ("tls_key_file", "tls_cert_file"),
)
"""The first is of no use without the second, and to go on without would be less safe than was asked for."""


@dataclass(frozen=True)
class Credentials:
    """Access key and secret key of an S3 store."""

    access_key: str
    secret_key: str


@dataclass(frozen=True)
class Settings:
    """Every field is the variable CODEKILN_<FIELD>. Relative paths are taken from where the process starts."""

    service: str = ""
    """Which service this process is; set by the entry point, not by a variable."""

    home: Path = Path(".codekiln")
    """Folder for everything local: the embedded store, scratch space, logs, handles of worker processes."""

    store: str = ""
    """URL of the object store: `file:///path` or `s3://bucket/prefix?endpoint=https://host:9000&region=us-east-1`;
    `<home>/store` when empty."""

    store_access_key_file: Path | None = None
    """File with the access key of the S3 store."""

    store_secret_key_file: Path | None = None
    """File with the secret key of the S3 store."""

    listen: str = "127.0.0.1:0"
    """host:port of the gRPC server; port 0 takes a free one."""

    health_listen: str = ""
    """host:port where health alone is offered, without TLS, for a kubelet's probes; nowhere when empty."""

    metrics_listen: str = "127.0.0.1:0"
    """host:port of the Prometheus endpoint; port 0 takes a free one."""

    http_listen: str = "127.0.0.1:0"
    """host:port of the OpenAI-compatible endpoint (inference only); port 0 takes a free one."""

    address_file: Path | None = None
    """Where the server writes its addresses as JSON once it listens."""

    auth_token_file: Path | None = None
    """File of bearer tokens, one a line; without it every caller is let in. Read again when it changes.
    A client sends the first."""

    services: str = ""
    """For clients: where services answer, `ingestion=host:port,cleaning=host:port,...`;
    those that run on this machine when empty."""

    tls_ca_file: Path | None = None
    """For clients: PEM authorities that sign the servers' certificates; plaintext without it."""

    tls_cert_file: Path | None = None
    """PEM certificate chain of this process: what a gRPC server shows (plaintext without it), and what a client shows
    to a server that asks for one. A server reads it again when it changes."""

    tls_key_file: Path | None = None
    """PEM private key that fits the certificate."""

    tls_client_ca_file: Path | None = None
    """PEM authorities of client certificates; with it, callers must present one (mTLS)."""

    reflection: bool = True
    """Offer gRPC server reflection."""

    drain_seconds: float = 5.0
    """How long calls in flight may go on after SIGTERM."""

    launcher: str = "local"
    """How worker processes are started: `local` (a subprocess), `kubernetes` (a Job), `pytorchjob`, `trainjob`, or
    `auto`: a PyTorchJob where the cluster has that kind, else a Job."""

    pod_template_file: Path | None = None
    """YAML of the pod that a worker runs in on Kubernetes (metadata and spec); its first container is the worker's."""

    namespace: str = ""
    """Namespace where workers are started on Kubernetes."""

    owner: str = ""
    """Deployment of that namespace which owns the workers: they are deleted with it. None when empty."""

    processes_per_pod: int = 0
    """Training processes that share a pod; a job with more gets several pods. All in one when 0."""

    training_runtime: str = ""
    """TrainingRuntime of that namespace that TrainJobs are made from."""

    pending_seconds: float = 900.0
    """How long a worker's pod may wait for a node, a volume or an image before its job fails."""

    job_deadline_seconds: float = 604800.0
    """How long one attempt of a job may take on Kubernetes before it is ended."""

    worker_stop_seconds: float = 20.0
    """Between SIGTERM and SIGKILL of a worker: time to save a checkpoint."""

    stop_workers_on_exit: bool = False
    """Stop this server's workers when it is told to stop; off, they outlive it."""

    max_failures: int = 3
    """Attempts of a job that may die without a word before it fails."""

    reconcile_seconds: float = 0.5
    """Time between two comparisons of job records with the launcher."""

    max_running: int = 1
    """Jobs of one service that run at once; the others stay QUEUED. 0 starts none."""

    dask_scheduler: str = ""
    """Address of a Dask scheduler, `tcp://host:8786`; a cluster on this machine when empty."""

    dask_deployment: str = ""
    """Deployment of Dask workers, in our namespace, that is scaled while cleaning jobs run; none when empty."""

    dask_workers_min: int = 1
    """Dask workers while no job runs."""

    dask_workers_max: int = 1
    """Dask workers while a job runs."""

    sandbox_endpoint: str = ""
    """host:port of the sandbox service that runs programs of a model, `tls://host:port` where it has a certificate;
    a process of this machine when empty."""

    workers: int = 0
    """Worker processes of a job on this machine; when 0, as many as it has cores and its container's limit allows."""

    inference_endpoint: str = ""
    """host:port of the inference service, for evaluation."""

    model: str = ""
    """Model that the inference server loads at start: a reference or a name."""

    kv_cache_gib: float = 0.5
    """Memory of vLLM's key-value cache on the CPU, in GiB."""

    log_level: str = "info"
    """`debug`, `info`, `warning` or `error`."""

    log_format: str = "json"
    """`json`: one object a line; `text`: for people."""

    @property
    def store_url(self) -> str:
        return self.store or (self.home.absolute() / "store").as_uri()

    @property
    def scratch(self) -> Path:
        """Local folder for temporary files of workers."""
        return self.home.absolute() / "scratch"

    def token(self) -> str:
        """What a client sends: the first token of the file, empty without one. Raises InvalidArgument."""
        if self.auth_token_file is None:
            return ""
        lines = _read_secret(self.auth_token_file).splitlines()
        return next((line.strip() for line in lines if line.strip() and not line.startswith("#")), "")

    def store_credentials(self) -> Credentials | None:
        """None where no files are named. Raises InvalidArgument where one cannot be read."""
        if self.store_access_key_file is None or self.store_secret_key_file is None:
            return None
        return Credentials(_read_secret(self.store_access_key_file), _read_secret(self.store_secret_key_file))


def load_settings(service: str, environ: Mapping[str, str] | None = None) -> Settings:
    """Reads CODEKILN_* variables. Raises InvalidArgument for an unknown one or a value of the wrong form."""
    environ = os.environ if environ is None else environ
    hints = typing.get_type_hints(Settings)
    known = {PREFIX + f.name.upper(): f.name for f in dataclasses.fields(Settings) if f.name != "service"}
    values: dict[str, object] = {"service": service}
    for variable, text in environ.items():
        if not variable.startswith(PREFIX):
            continue
        if variable not in known:
            close = difflib.get_close_matches(variable, known, n=1)
            hint = f": did you mean {close[0]}?" if close else ""
            raise InvalidArgument(f"unknown setting {variable}{hint}", reason="UNKNOWN_SETTING", setting=variable)
        values[known[variable]] = _parse(variable, text, hints[known[variable]])
    settings = Settings(**values)  # type: ignore[arg-type]
    _check(settings)
    return settings


def environment(settings: Settings) -> dict[str, str]:
    """The variables that give another process these settings: what differs from the defaults, paths made absolute."""
    variables = {}
    for field in dataclasses.fields(Settings):
        value = getattr(settings, field.name)
        if field.name != "service" and value != field.default:
            variables[PREFIX + field.name.upper()] = str(value.absolute() if isinstance(value, Path) else value)
    return variables


def _parse(variable: str, text: str, hint: object) -> object:
    try:
        if hint is bool:
            return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
        if hint is int:
            return int(text)
        if hint is float:
            return float(text)
    except (ValueError, KeyError):
        raise _bad(variable, text, {bool: "true or false", int: "a whole number", float: "a number"}[hint]) from None  # type: ignore[index]
    if hint is str:
        return text
    if not text:
        raise _bad(variable, text, "a path, or leave the variable out")
    return Path(text)


def _check(settings: Settings) -> None:
    """Raises InvalidArgument for a value that has the right form and makes no sense."""
    for field in dataclasses.fields(Settings):
        value, variable = getattr(settings, field.name), PREFIX + field.name.upper()
        if field.name in _WORDS and value not in _WORDS[field.name]:
            raise _bad(variable, value, " or ".join(_WORDS[field.name]))
        if field.name in _ADDRESSES and value and not _is_address(value):
            raise _bad(variable, value, "host:port, such as 127.0.0.1:7100")
        lowest = int(field.name in _AT_LEAST_ONE)
        if isinstance(value, int | float) and not lowest <= value < math.inf:
            raise _bad(variable, value, f"{lowest} or more")
    for given, needed in _TOGETHER:
        if getattr(settings, given) is not None and getattr(settings, needed) is None:
            raise InvalidArgument(
                f"{PREFIX}{given.upper()} is set without {PREFIX}{needed.upper()}: set both or neither",
                reason="BAD_SETTING",
            )


def _is_address(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(host) and port.isdecimal() and int(port) < 1 << 16


def _bad(variable: str, value: object, wanted: str) -> InvalidArgument:
    return InvalidArgument(f"{variable} is `{value}`: write {wanted}", reason="BAD_SETTING", setting=variable)


def _read_secret(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise InvalidArgument(f"cannot read the secret in {path}: {why}", reason="SECRET_UNREADABLE") from error
