"""What a server spawns ends with it, also when the server is killed."""

from __future__ import annotations

import os
import select
import subprocess
import sys
from pathlib import Path

# A server with a child that has a child, as vLLM's engine has workers. Both say who they are and then wait for ever.
PROGRAM = """
import multiprocessing, signal, sys
from codekiln.inference.lifeline import spawned_with_lifeline
from waiting import wait_with_child

if __name__ == "__main__":
    with spawned_with_lifeline():
        multiprocessing.get_context("spawn").Process(target=wait_with_child, args=(sys.argv[1],)).start()
    signal.pause()
"""
WAITING = """
import multiprocessing, os, signal

def wait_for_ever(fifo):
    with open(fifo, "w") as file:
        print(os.getpid(), file=file)
    signal.pause()

def wait_with_child(fifo):
    multiprocessing.get_context("spawn").Process(target=wait_for_ever, args=(fifo,)).start()
    wait_for_ever(fifo)
"""


def test_children_and_their_children_end_when_the_server_is_killed(tmp_path: Path) -> None:
    (tmp_path / "waiting.py").write_text(WAITING)
    (tmp_path / "program.py").write_text(PROGRAM)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    path = os.pathsep.join([str(tmp_path), *sys.path])
    server = subprocess.Popen(
        [sys.executable, "program.py", fifo], cwd=tmp_path, env={**os.environ, "PYTHONPATH": path}
    )
    try:
        pids: list[int] = []
        while len(pids) < 2:
            pids += [int(line) for line in fifo.read_text().splitlines()]
        ends = [os.pidfd_open(pid) for pid in pids]
    finally:
        server.kill()
        server.wait()
    for end in ends:
        assert select.select([end], [], [], 10)[0], "a process is still there"
        os.close(end)
