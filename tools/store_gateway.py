"""Compiles the S3 gateway of the store image: a static binary, build/images/versitygw, out of its Go module."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from tools.image_families import GATEWAY_VERSION, ROOT

FOLDER = ROOT / "build" / "images"
BINARY = FOLDER / "versitygw"


def compile_gateway() -> None:
    """Done once for a version. Go checks the module against the public checksum database."""
    if is_compiled():
        return
    if shutil.which("go") is None:
        sys.exit(
            "the store image is compiled by Go, which is not on the PATH: install it (https://go.dev/dl), or leave the "
            'image out, `make images FAMILY="services data ..."`, and give the chart an S3 store of your own'
        )
    print(f"image        store           compiling  versitygw {GATEWAY_VERSION}", file=sys.stderr, flush=True)
    environ = {**os.environ, "CGO_ENABLED": "0", "GOBIN": str(FOLDER), "GOFLAGS": "-mod=mod"}
    flags = f"-s -w -X main.Version={GATEWAY_VERSION}"
    module = f"github.com/versity/versitygw/cmd/versitygw@{GATEWAY_VERSION}"
    subprocess.run(["go", "install", "-trimpath", "-ldflags", flags, module], env=environ, cwd=FOLDER, check=True)


def is_compiled() -> bool:
    if not BINARY.exists():
        return False
    said = subprocess.run([str(BINARY), "--version"], capture_output=True, text=True).stdout
    return GATEWAY_VERSION in said
