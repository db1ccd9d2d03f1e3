"""Runs git so that nothing a repository contains can start a program or reach the network. Knows no corpus."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from codekiln.core.errors import CodekilnError, FailedPrecondition, NotFound, Unavailable

_PROTOCOLS = "file:git:http:https:ssh"
"""Never `ext`, which runs a command."""
_OPTIONS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.symlinks=false",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "safe.directory=*",  # mounted repositories often belong to another user; nothing of theirs is run
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=60",
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


def is_remote(url: str) -> bool:
    """Whether git would take it for a URL: `scheme://` or `host:path`, and no path of that name is here."""
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*://", url):
        return True
    return bool(re.match(r"[^/\\]+:.", url)) and not os.path.exists(url)


class Git:
    """A repository on this machine, bare or with a work tree. Reads objects only."""

    def __init__(self, path: Path) -> None:
        """Raises NotFound unless `path` itself is a repository."""
        self._path = path
        try:
            self._run("rev-parse", "--git-dir")
        except CodekilnError as error:
            if error.reason == "GIT_MISSING":
                raise
            raise NotFound(
                f"{path} is not a git repository ({_first_line(error)}): name its top folder, or read it as a `folder`",
                reason="NOT_A_GIT_REPOSITORY",
                path=path,
            ) from error

    def commit(self, revision: str) -> str:
        """The commit's full name. Raises NotFound."""
        try:
            output = self._run("rev-parse", "--verify", "--quiet", f"{revision or 'HEAD'}^{{commit}}")
        except FailedPrecondition:
            raise _unknown_revision(str(self._path), revision) from None
        return output.decode().strip()

    def tree(self, commit: str) -> list[bytes]:
        """`mode type object size<tab>path` of every file of a commit, in the order of paths."""
        try:
            output = self._run("ls-tree", "-r", "-l", "-z", "--full-tree", commit)
        except FailedPrecondition as error:
            raise self._broken(_first_line(error)) from error
        return [line for line in output.split(b"\0") if line]

    def contents(self, objects: Sequence[str], batch: int) -> Iterator[bytes | None]:
        """The bytes of each object, None where it is missing. Ends its process with the iteration."""
        if not objects:
            return
        process = subprocess.Popen(
            _command(self._path, "cat-file", "--batch"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(self._path),
            bufsize=1 << 20,
        )
        assert process.stdin and process.stdout
        try:
            for at in range(0, len(objects), batch):
                asked = objects[at : at + batch]
                process.stdin.write("".join(f"{name}\n" for name in asked).encode())
                process.stdin.flush()
                for _ in asked:
                    yield self._object(process.stdout)
        finally:
            process.kill()
            process.communicate()

    def _object(self, output: IO[bytes]) -> bytes | None:
        header = output.readline().split()
        if len(header) == 2:
            return None  # "<name> missing"
        size = int(header[2]) if len(header) == 3 else -1
        content = output.read(size + 1) if size >= 0 else b""
        if size < 0 or len(content) != size + 1:
            raise self._broken("it broke off")
        return content[:-1]

    def _broken(self, cause: str) -> FailedPrecondition:
        return FailedPrecondition(
            f"git cannot read {self._path} ({cause}): check it with `git fsck`", reason="GIT_BROKEN", path=self._path
        )

    def _run(self, *arguments: str) -> bytes:
        return _run(_command(self._path, *arguments), _environment(self._path))


def remote_commit(url: str, revision: str) -> str:
    """The commit that a branch, tag or HEAD of a remote repository is at; a full commit is taken at its word."""
    if _COMMIT.fullmatch(revision):
        return revision
    wanted = revision or "HEAD"
    # `^{}` is the commit behind an annotated tag.
    names = [f"refs/tags/{wanted}^{{}}", f"refs/tags/{wanted}", f"refs/heads/{wanted}", wanted]
    output = _remote(url, [*_git(), "ls-remote", "--", url])
    lines = [line.partition("\t") for line in output.decode("utf-8", "replace").splitlines()]
    found = {name: object for object, _, name in lines}
    commit = next((found[name] for name in names if name in found), None)
    if commit is None:
        raise _unknown_revision(url, revision)
    return commit


def fetch(url: str, revision: str, commit: str, scratch: Path) -> Git:
    """A bare repository in `scratch` that has this commit: alone where the server allows it, else all of history."""
    folder = scratch / "repository.git"
    shutil.rmtree(folder, ignore_errors=True)
    _run([*_git(), "init", "--bare", "--quiet", str(folder)], _environment(None, _PROTOCOLS))
    into = [*_git(), "-C", str(folder), "fetch", "--quiet", "--no-tags", "--no-write-fetch-head"]
    try:
        _remote(url, [*into, "--depth=1", "--", url, f"{commit}:refs/codekiln/commit"])
    except (FailedPrecondition, NotFound):
        # Not every server gives out a commit by its name.
        _remote(url, [*into, "--", url, "+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"])
    git = Git(folder)
    try:
        git.commit(commit)
    except NotFound:
        raise _unknown_revision(url, revision or commit) from None
    return git


def _remote(url: str, command: list[str]) -> bytes:
    try:
        # A transfer may last: it must not outlive a worker that is killed.
        guard = [sys.executable, "-I", "-S", "-c", _GUARD, str(os.getpid())]
        return _run([*guard, *command], _environment(None, _PROTOCOLS))
    except FailedPrecondition as error:
        if error.reason != "GIT_FAILED":
            raise
        if _UNREACHABLE.search(error.message):
            raise Unavailable(
                f"cannot reach {url} ({_first_line(error)}): is the network there?", reason="GIT_UNREACHABLE", url=url
            ) from error
        raise NotFound(
            f"cannot read the git repository {url} ({_first_line(error)}): check the address and your access to it",
            reason="NOT_A_GIT_REPOSITORY",
            url=url,
        ) from error


def _run(command: list[str], environment: dict[str, str]) -> bytes:
    # A session of its own has no terminal: nothing can ask for a password and wait for ever.
    result = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, start_new_session=True
    )
    if result.returncode:
        raise FailedPrecondition(result.stderr.decode("utf-8", "replace").strip() or "git failed", reason="GIT_FAILED")
    return result.stdout


def _command(path: Path, *arguments: str) -> list[str]:
    return [*_git(), "-C", str(path), *arguments]


def _git() -> list[str]:
    program = shutil.which("git")
    if program is None:
        raise FailedPrecondition(
            "the git command is not installed on the machine that runs the worker: install git", reason="GIT_MISSING"
        )
    return [program, "--no-pager", "--no-replace-objects", *(word for option in _OPTIONS for word in ("-c", option))]


def _environment(path: Path | None, protocols: str = "none") -> dict[str, str]:
    """Ours without GIT_*, which would point git elsewhere. Unless `protocols` are named, no transport may start."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    environment |= {
        "GIT_ALLOW_PROTOCOL": protocols,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }
    if path is not None:
        # A folder inside a work tree is not the repository: do not look further up.
        environment["GIT_CEILING_DIRECTORIES"] = str(path.resolve().parent)
    return environment


def _unknown_revision(where: str, revision: str) -> NotFound:
    what = f"no revision `{revision}`" if revision else "no commit yet"
    return NotFound(
        f"{where} has {what}: give a branch, a tag or a full commit", reason="UNKNOWN_REVISION", revision=revision
    )


def _first_line(error: CodekilnError) -> str:
    lines = [line for line in error.message.splitlines() if line.strip()]
    return lines[-1 if any(line.startswith("fatal") for line in lines[-1:]) else 0].strip() if lines else "no message"
