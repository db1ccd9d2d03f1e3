"""Real code as it is: packages of four ecosystems, pinned, and how much of what is replaced in them should have stayed.

Every value that was replaced in them has been looked at: reviewed.tsv has its hash and the verdict. `true`: a real
address or secret, which should go. What is not in the list counts as false, so that a new rule is reviewed too.
Needs go, npm, cargo and uv, and the registries that they are set up for; fetched once into the user's cache.
"""

# ruff: noqa: E501, SIM905
from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tarfile
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from codekiln.cleaning import redact
from codekiln.core.language import detect

GO = (
    "github.com/hashicorp/terraform@v1.9.5",
    "github.com/prometheus/prometheus@v0.54.1",
    "github.com/traefik/traefik/v3@v3.1.2",
    "github.com/gohugoio/hugo@v0.133.1",
    "github.com/docker/docker@v27.1.2+incompatible",
    "github.com/caddyserver/caddy/v2@v2.8.4",
    "github.com/grafana/loki@v1.6.1",
    "k8s.io/client-go@v0.31.0",
)
NPM = tuple(
    "three@0.167.1 rxjs@7.8.1 eslint@9.9.0 webpack@5.93.0 mongodb@6.8.0 sequelize@6.37.3 typeorm@0.3.20".split()
)
PYPI = tuple(
    "django==5.1 ansible-core==2.17.3 sqlalchemy==2.0.32 scrapy==2.11.2 twisted==24.7.0 celery==5.4.0 paramiko==3.4.1"
    " sphinx==8.0.2 boto3==1.35.0 apache-airflow==2.10.0".split()
)
CRATES = ("tokio 1.39.3", "hyper 1.4.1", "reqwest 0.12.7", "rustls 0.23.12", "axum 0.7.5", "diesel 2.2.3")
_SUFFIXES = frozenset(
    ".py .go .rs .js .ts .tsx .mjs .java .c .h .cc .rb .php .sh .tf .hcl .yml .yaml .json .toml .md .mdx .html .css .scss .vue"
    " .sql .xml .ini .cfg .conf .proto .tmpl .txt .rst .svelte .jsonnet .libsonnet".split()
)
_LARGEST, _LONGEST_LINE = 1_000_000, 1000
"""Bytes; a cleaning drops files with longer lines before it anonymises."""
_REVIEWED = Path(__file__).with_name("reviewed.tsv")
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "codekiln" / "bench-pii"


@dataclass
class Natural:
    """What was replaced in how much real code, and which of it should have stayed."""

    megabytes: float = 0.0
    cpu_seconds: float = 0.0
    languages: Counter[str] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)
    false: list[tuple[str, str, str]] = field(default_factory=list)
    """Kind, value and path, each time that it occurs."""

    @property
    def false_per_mb(self) -> float:
        return len(self.false) / self.megabytes


def measure(key: bytes) -> Natural:
    """Raises CalledProcessError and FileNotFoundError where packages cannot be fetched."""
    true = {row.split("\t")[0] for row in _REVIEWED.read_text().splitlines() if row.endswith("\ttrue")}
    result = Natural()
    for path, data in files():
        language = detect(path, data).language
        start = time.process_time()
        spans = redact(data, path.split("/")[0], key=key, language=language).spans
        result.cpu_seconds += time.process_time() - start
        result.megabytes += len(data) / 1e6
        result.languages[language] += len(data)
        for span in spans:
            value = data[span.start : span.end]
            result.replaced[span.kind] += 1
            if mark(span.kind, value) not in true:
                result.false.append((span.kind, value.decode(errors="replace"), path))
    return result


def mark(kind: str, value: bytes) -> str:
    """How reviewed.tsv names a value: 16 digits, from which nobody gets it back by chance."""
    return hashlib.sha256(kind.encode() + b"\0" + value).hexdigest()[:16]


def files() -> Iterator[tuple[str, bytes]]:
    """Text files, each content once, in the same order everywhere."""
    seen = set()
    for path, data in _all_files():
        if not 20 <= len(data) <= _LARGEST or Path(path).suffix.lower() not in _SUFFIXES or b"\0" in data:
            continue
        digest = hashlib.sha256(data).digest()
        if digest not in seen and max(map(len, data.split(b"\n"))) <= _LONGEST_LINE:
            seen.add(digest)
            yield path, data


def _all_files() -> Iterator[tuple[str, bytes]]:
    for folder in (_fetched("pypi", _fetch_pypi), _fetched("crates", _fetch_crates)):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix(), path.read_bytes()
    for archive in sorted(_fetched("go", _fetch_go).glob("pkg/mod/cache/download/**/@v/*.zip")):
        with zipfile.ZipFile(archive) as held:
            yield from ((name, held.read(name)) for name in sorted(held.namelist()) if not name.endswith("/"))
    for archive in sorted(_fetched("npm", _fetch_npm).glob("*.tgz")):
        with tarfile.open(archive) as packed:
            for member in sorted(packed.getmembers(), key=lambda one: one.name):
                content = packed.extractfile(member) if member.isfile() else None
                if content is not None:
                    yield f"{archive.stem}/{member.name}", content.read()


def _fetched(name: str, fetch: object) -> Path:
    folder = _CACHE / name
    if not (folder / ".ready").exists():
        folder.mkdir(parents=True, exist_ok=True)
        fetch(folder)  # type: ignore[operator]
        (folder / ".ready").touch()
    return folder


def _fetch_pypi(folder: Path) -> None:
    uv = str(Path(sys.executable).with_name("uv"))
    _run(
        [uv, "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:", "--target", str(folder), *PYPI], folder
    )


def _fetch_npm(folder: Path) -> None:
    _run(["npm", "pack", "--silent", *NPM], folder)


def _fetch_go(folder: Path) -> None:
    (folder / "go.mod").write_text("module bench\n\ngo 1.21\n")
    _run(["go", "mod", "download", *GO], folder, GOPATH=str(folder), GOFLAGS="-modcacherw")


def _fetch_crates(folder: Path) -> None:
    dependencies = "\n".join(f'{name} = "={version}"' for name, version in (crate.split() for crate in CRATES))
    work = folder.with_name("crates-work")
    (work / "src").mkdir(parents=True, exist_ok=True)
    (work / "src" / "lib.rs").touch()
    package = '[package]\nname = "bench"\nversion = "0.1.0"\nedition = "2021"\n'
    (work / "Cargo.toml").write_text(f"{package}\n[dependencies]\n{dependencies}\n")
    _run(["cargo", "vendor", "--quiet", "vendor"], work)
    for crate in CRATES:
        (work / "vendor" / crate.split()[0]).rename(folder / crate.split()[0])


def _run(command: list[str], folder: Path, **environment: str) -> None:
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env={**os.environ, **environment})
