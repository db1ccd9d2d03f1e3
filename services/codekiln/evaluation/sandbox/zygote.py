"""A warm interpreter inside the jail that forks one process at a time and says how it ended.

It takes RUN with descriptors over a socket of messages, answers with the child's id, and keeps the child, dead or not,
until REAP. It ends with the socket. There are two: one for candidates and one for checkers. It never reads what its
children read: a fork copies memory. Watching and killing is the runner's, who is outside and holds a `Zygote`.
"""

from __future__ import annotations

import _socket  # `socket` itself costs each fork more than it gives us
import array
import os
import signal
import sys
from collections.abc import Callable
from typing import NamedTuple, NoReturn

from codekiln.evaluation.sandbox.jail import Jail
from codekiln.evaluation.sandbox.linux import PR_SET_CHILD_SUBREAPER, die_with_parent, prctl
from codekiln.evaluation.sandbox.outcome import Ending
from codekiln.evaluation.sandbox.program import Limits
from codekiln.evaluation.sandbox.warm import warm_up

FIRST_FD = 3
"""A child finds its pipes here and above; 0 is empty, 1 and 2 are its output."""
MOST_FDS = 64
RUN, REAP = b"run", b"reap"
_DESCRIPTORS = 8


class Role(NamedTuple):
    """What the children of a zygote do and may use."""

    body: Callable[[], None]
    limits: Limits
    cpu_seconds: float
    scratch: str | None
    """Their working folder, the only place they may write to; emptied after each."""
    captures_output: bool
    """The last descriptor becomes stdout and stderr; else they go nowhere."""


class Zygote:
    """The runner's end: starts the process, has it run and reap, kills what it runs."""

    def __init__(self, role: Role, modules: str) -> None:
        self._control, theirs = _socket.socketpair(_socket.AF_UNIX, _socket.SOCK_SEQPACKET)
        runner = os.getpid()
        self._pid = os.fork()
        if self._pid == 0:
            try:
                die_with_parent(runner)
                os.dup2(theirs.fileno(), FIRST_FD)
                os.closerange(FIRST_FD + 1, MOST_FDS)
                warm_up(modules)
                _serve(_socket.socket(fileno=FIRST_FD), role)
            except BaseException:
                sys.excepthook(*sys.exc_info())
            finally:
                os._exit(0)
        theirs.close()
        self.child = 0

    def run(self, descriptors: list[int]) -> None:
        """Starts a child that owns the descriptors; they are closed here."""
        passed = (_socket.SOL_SOCKET, _socket.SCM_RIGHTS, array.array("i", descriptors))
        try:
            self._control.sendmsg([RUN], [passed])
        except BrokenPipeError:
            raise RuntimeError("a zygote has ended") from None
        for descriptor in descriptors:
            os.close(descriptor)

    def wait_until_started(self) -> None:
        """From here on, `child` is the child's id, which stays its own until `end_run`."""
        self.child = int(self._control.recv(64))

    def kill(self) -> None:
        """The child, dead or alive."""
        os.kill(self.child, signal.SIGKILL)

    def end_run(self) -> Ending:
        """How the child ended, and what it left behind killed."""
        while True:
            self._control.send(REAP)
            killed_by, status, cpu_seconds, orphans = self._control.recv(256).split()
            if orphans == b"0":
                self.child = 0
                return Ending(int(killed_by), int(status), float(cpu_seconds))
            with open(f"/proc/{self._pid}/task/{self._pid}/children") as file:
                for orphan in file.read().split():
                    os.kill(int(orphan), signal.SIGKILL)

    def end(self) -> None:
        """Ends the zygote and what it runs."""
        if self.child:
            self.kill()
        self._control.close()
        os.waitpid(self._pid, 0)


def _serve(control: _socket.socket, role: Role) -> None:
    """Returns when the runner closes the socket."""
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    jail = Jail(role.cpu_seconds)
    jail.close(role.limits, role.scratch)
    child = 0
    ending = b""
    while True:
        message, descriptors = _receive(control)
        if message == RUN:
            child = _fork(role, jail, descriptors)
            control.send(b"%d" % child)
        elif message == REAP:
            if child:
                ending, child = _reap(child, role), 0
            control.send(ending + b" %d" % _orphans())
        else:
            return


def _receive(control: _socket.socket) -> tuple[bytes, list[int]]:
    message, ancillary, _, _ = control.recvmsg(64, _socket.CMSG_LEN(4 * _DESCRIPTORS))
    descriptors = array.array("i")
    for _, _, data in ancillary:
        descriptors.frombytes(data)
    return message, list(descriptors)


def _fork(role: Role, jail: Jail, descriptors: list[int]) -> int:
    zygote = os.getpid()
    pid = os.fork()
    if pid == 0:
        _child(zygote, role, jail, descriptors)
    for descriptor in descriptors:
        os.close(descriptor)
    return pid


def _child(zygote: int, role: Role, jail: Jail, descriptors: list[int]) -> NoReturn:
    try:
        os.setsid()
        die_with_parent(zygote)
        jail.enter()
        _arrange(descriptors, role.captures_output)
        role.body()
    finally:
        os._exit(70)


def _arrange(descriptors: list[int], captures_output: bool) -> None:
    """Moves descriptors, of which none is below its place, to FIRST_FD and above; closes all but those, 0, 1 and 2."""
    if captures_output:
        output = descriptors.pop()
        os.dup2(output, 1)
    os.dup2(1, 2)
    target = FIRST_FD
    for descriptor in descriptors:
        os.dup2(descriptor, target)
        target += 1
    os.closerange(target, MOST_FDS)


def _reap(child: int, role: Role) -> bytes:
    """`signal status cpu-seconds`."""
    _, status, usage = os.wait4(child, 0)
    if role.scratch is not None:
        _empty(role.scratch)
    killed_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
    exit_status = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0
    return f"{killed_by} {exit_status} {usage.ru_utime + usage.ru_stime}".encode()


def _orphans() -> bool:
    """Whether a child left processes behind, which then are ours. The filter forbids it; this does not rely on that."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def _empty(scratch: str) -> None:
    with os.scandir(scratch) as entries:
        for entry in list(entries):  # plain files only: the jail lets nothing else be made
            os.unlink(entry.path)
