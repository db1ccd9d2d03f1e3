"""The sandbox: runs programs that nobody trusts and says whether they are right. No wall, no run.

    worker --pipes--> runner --sockets--> candidate zygote --fork--> candidate: the program, jailed
                             `----------> checker zygote   --fork--> checker: the tests, jailed

The candidate's process never held tests or solutions: it is forked from a zygote that never saw any, and gets the
program by a pipe of its own. The checker's process decides the verdict: it runs the tests and reaches the candidate by
calls whose arguments and results are plain data. So a program cannot reach what judges it.

program.py    a program with its tests, and the limits it runs under
outcome.py    how a run may end, and the one function that decides it
interface.py  Sandbox, what a worker uses; opening.py chooses between the next two
pool.py       this machine: starts runners, hands out programs, retries what was not the program's fault
remote.py     the sandbox service, as a client
server.py     the sandbox service: a pool behind gRPC    messages.py  programs and verdicts on the wire
room.py       how many programs fit here at once         counting.py  verdicts for Prometheus
handle.py     a pool's end of one runner's process
probe.py      small escapes: each must fail before a sandbox is used
runner.py     a process started by exec with an empty environment; leads one run at a time
zygote.py     forks jailed processes, watches them, leaves none behind
candidate.py  runs the program              checker.py  runs the tests
codec.py      plain data over pipes         jail.py     the wall: rlimits, Landlock, seccomp
landlock.py, seccomp.py, syscalls.py, linux.py   what jail.py is built of

From runner.py on, all runs with the standard library alone and imports nothing else of codekiln; pool.py needs nothing
that has to be installed either.
"""
