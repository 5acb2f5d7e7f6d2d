"""The sandbox's seccomp filter: a classic BPF program, written here instruction by instruction, for x86_64 and aarch64.

It lets through what ordinary programs do. Calls of the deny list fail with EPERM; ``clone3`` with ENOSYS, so that the C
library falls back to ``clone``, whose flags a filter can read; a call in another machine's numbering kills the process.
"""

from __future__ import annotations

import errno
import platform
import struct
from collections.abc import Callable

from agents.adapters.sandbox import syscalls as calls

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, value

_LOAD, _JUMP_EQUAL, _JUMP_SET, _JUMP_GREATER_EQUAL, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_NUMBER_AT, _MACHINE_AT, _ARGUMENTS_AT = 0, 4, 16  # offsets in struct seccomp_data; both machines are little-endian
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_MACHINES = {"x86_64": (calls.X86_64, 0xC000003E), "aarch64": (calls.AARCH64, 0xC00000B7)}
_X32 = 0x40000000  # x86_64 only: the same calls under other numbers
_NEW_NAMESPACES = 0x7E020080  # CLONE_NEWNS, CGROUP, UTS, IPC, USER, PID, NET and, as CSIGNAL leaves it, TIME
_AF_UNIX = 1
_TERMINAL_INPUT, _CONSOLE = 0x5412, 0x541C  # TIOCSTI, TIOCLINUX: typing into the terminal of another
_SET_ID_BITS = 0o6000
_DEVICE_BITS = 0o020000  # set in the modes of character and block devices, not in those of pipes and files


def build_filter(machine: str | None = None) -> bytes | None:
    """The program as ``struct sock_filter[]``; ``None`` for a machine whose numbers are not known here."""
    known = _MACHINES.get(machine or platform.machine())
    if known is None:
        return None
    column, audit_number = known
    program: list[Instruction] = [
        (_LOAD, 0, 0, _MACHINE_AT),
        (_JUMP_EQUAL, 1, 0, audit_number),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_AT),
    ]
    if column == calls.X86_64:
        program += [(_JUMP_GREATER_EQUAL, 0, 1, _X32), (_RETURN, 0, 0, _KILL)]
    for numbers in calls.DENIED.values():
        program += _when(numbers[column], [_fail(errno.EPERM)])
    for numbers, checks in _looked_at():
        program += _when(numbers[column], checks)
    program.append((_RETURN, 0, 0, _ALLOW))
    return b"".join(struct.pack("<HBBI", *instruction) for instruction in program)


def _looked_at() -> list[tuple[tuple[int | None, int | None], list[Instruction]]]:
    return [
        (calls.CLONE3, [_fail(errno.ENOSYS)]),
        (calls.CLONE, _unless(0, _has(_NEW_NAMESPACES), errno.EPERM)),
        (calls.SOCKET, _only_unix()),
        (calls.SOCKETPAIR, _only_unix()),
        (calls.IOCTL, _unless(1, _is(_TERMINAL_INPUT), errno.EPERM)[:-1] + _unless(1, _is(_CONSOLE), errno.EPERM)),
        (calls.CHMOD, _unless(1, _has(_SET_ID_BITS), errno.EPERM)),
        (calls.FCHMOD, _unless(1, _has(_SET_ID_BITS), errno.EPERM)),
        (calls.FCHMODAT, _unless(2, _has(_SET_ID_BITS), errno.EPERM)),
        (calls.FCHMODAT2, _unless(2, _has(_SET_ID_BITS), errno.EPERM)),
        (calls.MKNOD, _unless(1, _has(_DEVICE_BITS), errno.EPERM)),
        (calls.MKNODAT, _unless(2, _has(_DEVICE_BITS), errno.EPERM)),
    ]


Test = Callable[[int, int], Instruction]


def _has(bits: int) -> Test:
    return lambda yes, no: (_JUMP_SET, yes, no, bits)


def _is(value: int) -> Test:
    return lambda yes, no: (_JUMP_EQUAL, yes, no, value)


def _unless(argument: int, bad: Test, error: int) -> list[Instruction]:
    """Fails with ``error`` where the argument is ``bad``, else allows."""
    return [(_LOAD, 0, 0, _ARGUMENTS_AT + 8 * argument), bad(0, 1), _fail(error), (_RETURN, 0, 0, _ALLOW)]


def _only_unix() -> list[Instruction]:
    load = (_LOAD, 0, 0, _ARGUMENTS_AT)
    return [load, _is(_AF_UNIX)(0, 1), (_RETURN, 0, 0, _ALLOW), _fail(errno.EAFNOSUPPORT)]


def _when(number: int | None, then: list[Instruction]) -> list[Instruction]:
    """``then``, which ends in a return, for the call ``number``; else what follows it."""
    return [] if number is None else [(_JUMP_EQUAL, 0, len(then), number), *then]


def _fail(error: int) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | error)
