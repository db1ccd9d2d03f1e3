"""What of git reaches the network: the commit that a branch is at, and fetching that commit alone."""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

from codekiln.core.errors import FailedPrecondition, NotFound, Unavailable
from codekiln.ingestion.sources.git_command import (
    PROTOCOLS,
    Git,
    environment_of,
    first_line,
    git_program,
    run_git,
    unknown_revision,
)

_GUARD = (
    "import ctypes, os, sys; ctypes.CDLL(None).prctl(1, 9); "  # PR_SET_PDEATHSIG, SIGKILL
    "os.getppid() == int(sys.argv[1]) or sys.exit(1); os.execv(sys.argv[2], sys.argv[2:])"
)
"""Becomes another program that dies with whoever started it. (Not by preexec_fn, which forks beside threads.)"""
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_UNREACHABLE = re.compile(
    r"could not resolve|unable to connect|failed to connect|connection (refused|reset|timed out)|timed out|"
    r"network is unreachable|early eof|returned error: 5\d\d|remote end hung up",
    re.I,
)


def shown_url(url: str) -> str:
    """A URL without the name and password that may be in it."""
    return re.sub(r"^([a-zA-Z][a-zA-Z0-9+.-]*://)[^/@]*@", r"\1", url)


def remote_commit(url: str, revision: str) -> str:
    """The commit that a branch, tag or HEAD of a remote repository is at; a full commit is taken at its word."""
    if _COMMIT.fullmatch(revision):
        return revision
    wanted = revision or "HEAD"
    # `^{}` is the commit behind an annotated tag.
    names = [f"refs/tags/{wanted}^{{}}", f"refs/tags/{wanted}", f"refs/heads/{wanted}", wanted]
    output = _remote(url, [*git_program(), "ls-remote", "--", url])
    lines = [line.partition("\t") for line in output.decode("utf-8", "replace").splitlines()]
    found = {name: object for object, _, name in lines}
    commit = next((found[name] for name in names if name in found), None)
    if commit is None:
        raise unknown_revision(shown_url(url), revision)
    return commit


def fetch(url: str, revision: str, commit: str, scratch: Path) -> Git:
    """A bare repository in `scratch` that has this commit: alone where the server allows it, else all of history."""
    folder = scratch / "repository.git"
    shutil.rmtree(folder, ignore_errors=True)
    run_git([*git_program(), "init", "--bare", "--quiet", str(folder)], environment_of(None, PROTOCOLS))
    into = [*git_program(), "-C", str(folder), "fetch", "--quiet", "--no-tags", "--no-write-fetch-head"]
    try:
        _remote(url, [*into, "--depth=1", "--", url, f"{commit}:refs/codekiln/commit"])
    except (FailedPrecondition, NotFound):
        # Not every server gives out a commit by its name.
        _remote(url, [*into, "--", url, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"])
    git = Git(folder)
    try:
        git.commit(commit)
    except NotFound:
        raise unknown_revision(shown_url(url), revision or commit) from None
    return git


def _remote(url: str, command: list[str]) -> bytes:
    try:
        # A transfer may last: it must not outlive a worker that is killed.
        guard = [sys.executable, "-I", "-S", "-c", _GUARD, str(os.getpid())]
        return run_git([*guard, *command], environment_of(None, PROTOCOLS))
    except FailedPrecondition as error:
        if error.reason != "GIT_FAILED":
            raise
        # Errors are kept in the job's record, and shown.
        url = shown_url(url)
        if _UNREACHABLE.search(error.message):
            raise Unavailable(
                f"cannot reach {url} ({first_line(error)}): is the network there?", reason="GIT_UNREACHABLE", url=url
            ) from error
        raise NotFound(
            f"cannot read the git repository {url} ({first_line(error)}): check the address and your access to it",
            reason="NOT_A_GIT_REPOSITORY",
            url=url,
        ) from error
