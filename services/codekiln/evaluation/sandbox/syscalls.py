"""System calls by name: their numbers on x86-64 and arm64, and what a jailed process may do with each. Only data.

Numbers are those of the kernel's unistd.h (arch/x86/entry/syscalls/syscall_64.tbl, asm-generic/unistd.h); `-` where an
architecture lacks the call. What is in none of the tables fails with EPERM.
"""

from __future__ import annotations

_ALLOWED = """
read 0 63, write 1 64, readv 19 65, writev 20 66, pread64 17 67, pwrite64 18 68, lseek 8 62, close 3 57,
close_range 436 436, fstat 5 80, newfstatat 262 79, stat 4 -, lstat 6 -, statx 332 291, access 21 -,
faccessat 269 48, faccessat2 439 439, open 2 -, openat 257 56, readlink 89 -, readlinkat 267 78,
getcwd 79 17, getdents64 217 61, dup 32 23, dup2 33 -, dup3 292 24, pipe 22 -, pipe2 293 59, poll 7 -,
ppoll 271 73, select 23 -, pselect6 270 72, mmap 9 222, mprotect 10 226, munmap 11 215, mremap 25 216,
brk 12 214, madvise 28 233, mincore 27 232, msync 26 227, rt_sigaction 13 134, rt_sigprocmask 14 135,
rt_sigreturn 15 139, rt_sigpending 127 136, rt_sigsuspend 130 133, rt_sigtimedwait 128 137,
sigaltstack 131 132, pause 34 -, futex 202 98, set_robust_list 273 99, rseq 334 293, membarrier 324 283,
sched_yield 24 124, sched_getaffinity 204 123, nanosleep 35 101, clock_nanosleep 230 115,
clock_gettime 228 113, clock_getres 229 114, gettimeofday 96 169, time 201 -, times 100 153,
getrusage 98 165, getrlimit 97 163, getpid 39 172, getppid 110 173, gettid 186 178, getuid 102 174,
geteuid 107 175, getgid 104 176, getegid 108 177, getresuid 118 148, getresgid 120 150, getgroups 115 158,
getpgrp 111 -, getpgid 121 155, getsid 124 156, uname 63 160, sysinfo 99 179, getrandom 318 278, exit 60 93,
exit_group 231 94, restart_syscall 219 128, unlink 87 -, unlinkat 263 35, ftruncate 77 46, truncate 76 45,
fsync 74 82, fdatasync 75 83, flock 73 32, alarm 37 -, setitimer 38 103, getitimer 36 102, umask 95 166
"""
"""What a pure Python program needs. Files are Landlock's matter: opening is allowed here and refused there."""

_DEADLY = """
socketpair 53 199, connect 42 203, bind 49 200, listen 50 201, accept 43 202, accept4 288 242,
sendmsg 46 211, sendmmsg 307 269, ptrace 101 117,
process_vm_readv 310 270, process_vm_writev 311 271, process_madvise 440 440, kcmp 312 272,
pidfd_open 434 434, pidfd_getfd 438 438, pidfd_send_signal 424 424, rt_sigqueueinfo 129 138,
rt_tgsigqueueinfo 297 240, execve 59 221, execveat 322 281, fork 57 -, vfork 58 -, clone 56 220,
clone3 435 435, unshare 272 97, setns 308 268, mount 165 40, umount2 166 39, pivot_root 155 41,
chroot 161 51, open_tree 428 428, move_mount 429 429, fsopen 430 430, fsconfig 431 431, fsmount 432 432,
fspick 433 433, mount_setattr 442 442, bpf 321 280, perf_event_open 298 241, io_uring_setup 425 425,
io_uring_enter 426 426, io_uring_register 427 427, io_setup 206 0, keyctl 250 219, add_key 248 217,
request_key 249 218, userfaultfd 323 282, memfd_create 319 279, memfd_secret 447 447, init_module 175 105,
finit_module 313 273, delete_module 176 106, kexec_load 246 104, kexec_file_load 320 294, reboot 169 142,
swapon 167 224, swapoff 168 225, syslog 103 116, acct 163 89, quotactl 179 60, settimeofday 164 170,
clock_settime 227 112, clock_adjtime 305 266, adjtimex 159 171, sethostname 170 161, setdomainname 171 162,
iopl 172 -, ioperm 173 -, personality 135 92, seccomp 317 277, open_by_handle_at 304 265,
name_to_handle_at 303 264, shmget 29 194, shmat 30 196, semget 64 190, msgget 68 186, mq_open 240 180,
fanotify_init 300 262
"""
"""Network, other processes, programs, namespaces, kernel interfaces: nobody calls these by accident. Trying kills."""

_PARTLY = """
socket 41 198, clone 56 220, prctl 157 167, fcntl 72 25, ioctl 16 29, prlimit64 302 261
"""
"""Allowed for some arguments: see seccomp.py."""

_ZYGOTE = """
wait4 61 260, recvmsg 47 212, recvfrom 45 207, sendto 44 206, setsid 112 157
"""
"""What a zygote needs, and its children, which inherit its filter, can do nothing with: they have neither children nor
sockets, and lead their session already."""

_OURS = """
capset 126 91, landlock_create_ruleset 444 444, landlock_add_rule 445 445, landlock_restrict_self 446 446
"""
"""Called by the jail itself, before the filter is in place."""

COLUMNS = {"x86_64": 0, "aarch64": 1}


def _parse(table: str) -> dict[str, tuple[int | None, int | None]]:
    rows = (entry.split() for entry in table.replace("\n", " ").split(","))
    return {name: (_number(x86), _number(arm)) for name, x86, arm in rows}


def _number(text: str) -> int | None:
    return None if text == "-" else int(text)


ALLOWED, DEADLY, PARTLY = {**_parse(_ALLOWED), **_parse(_ZYGOTE)}, _parse(_DEADLY), _parse(_PARTLY)
ALL = {**ALLOWED, **DEADLY, **PARTLY, **_parse(_OURS)}


def number(name: str, machine: str) -> int:
    """Raises KeyError where this machine's architecture is unknown or lacks the call."""
    value = ALL[name][COLUMNS[machine]]
    if value is None:
        raise KeyError(name)
    return value


def numbers(table: dict[str, tuple[int | None, int | None]], machine: str) -> list[int]:
    """Those of the table that this architecture has."""
    column = COLUMNS[machine]
    return [row[column] for row in table.values() if row[column] is not None]  # type: ignore[misc]
