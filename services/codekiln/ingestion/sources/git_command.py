"""Runs git so that nothing a repository contains can start a program or reach the network. Knows no corpus."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from codekiln.core.errors import CodekilnError, FailedPrecondition, NotFound

PROTOCOLS = "file:git:http:https:ssh"
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
MAX_FILES = 1_000_000
"""Twice those of Chromium. A few small trees that name each other can have any number."""
_BLOCK = 1 << 20


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
                f"{path} is not a git repository ({first_line(error)}): name its top folder, or read it as a `folder`",
                reason="NOT_A_GIT_REPOSITORY",
                path=path,
            ) from error

    def commit(self, revision: str) -> str:
        """The commit's full name. Raises NotFound."""
        try:
            output = self._run("rev-parse", "--verify", "--quiet", f"{revision or 'HEAD'}^{{commit}}")
        except FailedPrecondition:
            raise unknown_revision(str(self._path), revision) from None
        return output.decode().strip()

    def date(self, commit: str) -> int | None:
        """When the commit was made, in seconds since 1970; None where it says nothing that can be."""
        output = self._run("cat-file", "commit", commit)
        found = re.search(rb"^committer .*> (\d{1,12}) [+-]\d{4}$", output.partition(b"\n\n")[0], re.M)
        return int(found[1]) if found else None

    def tree(self, commit: str) -> list[bytes]:
        """`mode type object size<tab>path` of every file of a commit, in the order of paths."""
        # First without sizes: git looks each up, which for a tree that was made to hurt takes an hour.
        sum(1 for _ in self._lines("ls-tree", "-r", "-z", "--full-tree", "--name-only", commit))
        return list(self._lines("ls-tree", "-r", "-l", "-z", "--full-tree", commit))

    def _lines(self, *arguments: str) -> Iterator[bytes]:
        """What a command prints, by its NULs. Raises FailedPrecondition where that is too much or it fails."""
        with tempfile.TemporaryFile() as complaint:
            process = subprocess.Popen(
                _command(self._path, *arguments),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=complaint,
                env=environment_of(self._path),
            )
            assert process.stdout
            rest, number = b"", 0
            try:
                while block := process.stdout.read(_BLOCK):
                    *lines, rest = (rest + block).split(b"\0")
                    number += len(lines)
                    if number > MAX_FILES or len(rest) > _BLOCK:
                        raise self._broken(f"its tree has more than {MAX_FILES} files")
                    yield from lines
                if process.wait():
                    complaint.seek(0)
                    raise self._broken(_first_of(complaint.read(_BLOCK).decode("utf-8", "replace")))
            finally:
                process.kill()
                process.communicate()

    def contents(self, objects: Sequence[str], batch: int) -> Iterator[bytes | None]:
        """The bytes of each object, None where it is missing. Ends its process with the iteration."""
        if not objects:
            return
        process = subprocess.Popen(
            _command(self._path, "cat-file", "--batch"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment_of(self._path),
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
        partial = "promisor" in cause
        hint = "it is a partial clone, fill it with `git fetch --refetch`" if partial else "check it with `git fsck`"
        return FailedPrecondition(
            f"git cannot read {self._path} ({cause}): {hint}", reason="GIT_BROKEN", path=self._path
        )

    def _run(self, *arguments: str) -> bytes:
        return run_git(_command(self._path, *arguments), environment_of(self._path))


def run_git(command: list[str], environment: dict[str, str]) -> bytes:
    """What a command prints. Raises FailedPrecondition (GIT_FAILED) with what it complains of."""
    # A session of its own has no terminal: nothing can ask for a password and wait for ever.
    result = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, env=environment, start_new_session=True
    )
    if result.returncode:
        raise FailedPrecondition(result.stderr.decode("utf-8", "replace").strip() or "git failed", reason="GIT_FAILED")
    return result.stdout


def _command(path: Path, *arguments: str) -> list[str]:
    return [*git_program(), "-C", str(path), *arguments]


def git_program() -> list[str]:
    """git with what must be off, before the name of its command. Raises FailedPrecondition (GIT_MISSING)."""
    program = shutil.which("git")
    if program is None:
        raise FailedPrecondition(
            "the git command is not installed on the machine that runs the worker: install git", reason="GIT_MISSING"
        )
    return [program, "--no-pager", "--no-replace-objects", *(word for option in _OPTIONS for word in ("-c", option))]


def environment_of(path: Path | None, protocols: str = "none") -> dict[str, str]:
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


def unknown_revision(where: str, revision: str) -> NotFound:
    """The error for a revision that a repository does not have."""
    what = f"no revision `{revision}`" if revision else "no commit yet"
    return NotFound(
        f"{where} has {what}: give a branch, a tag or a full commit", reason="UNKNOWN_REVISION", revision=revision
    )


def first_line(error: CodekilnError) -> str:
    """The line of git's complaint that says what is wrong."""
    return _first_of(error.message)


def _first_of(message: str) -> str:
    lines = [line for line in message.splitlines() if line.strip()]
    return lines[-1 if any(line.startswith("fatal") for line in lines[-1:]) else 0].strip() if lines else "no message"
