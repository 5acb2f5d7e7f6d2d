"""The shell's sandbox: what a command tries against the machine fails, and what it takes too much of ends it.

Needs bubblewrap, which ``bootstrap.py test`` installs. Where there is none these tests fail, they are not skipped: a machine
that tests the product must have a sandbox to test.
"""

from __future__ import annotations

import os
import shlex
import socket
import struct
from pathlib import Path

import pytest

from agents.adapters.sandbox import syscalls
from agents.adapters.sandbox.bubblewrap import why_no_sandbox
from agents.adapters.sandbox.filter import build_filter
from agents.adapters.sandbox.limits import Limits
from agents.adapters.sandbox.run import run_sandboxed
from agents.core.tools.catalog import get_tool
from tests.agents.tools.calling import call_tool_in_run

SECRET = "the secret of the house"

# What is tried, as a line of bash that prints ESCAPED when it worked.
ESCAPES = {
    "reading the machine's passwords": "cat /etc/passwd /etc/shadow && echo ESCAPED",
    "reading a file beside the folder": "cat ../secret.txt && echo ESCAPED",
    "reading a file by its place outside": "cat {outside}/secret.txt && echo ESCAPED",
    "following a link to the outside": "ln -s {outside}/secret.txt l && cat l && echo ESCAPED",
    "linking hard to a program": "ln /usr/bin/true t && echo ESCAPED",
    "reading another's home": "ls /home/* && echo ESCAPED",
    "seeing the processes of the machine": "[ $(ls -d /proc/[0-9]* | wc -l) -gt 20 ] && echo ESCAPED",
    "ending other processes": "kill -9 -1; kill -9 1; kill -9 {pid} && echo ESCAPED",
    "reading the first process's environment": "cat /proc/1/environ && echo ESCAPED",
    "leaving by the first process's root": "ls /proc/1/root/etc/shadow && echo ESCAPED",
    "leaving by a descriptor left open": (
        "for f in /proc/self/fd/*; do cat $f/../secret.txt $f/secret.txt; done 2>/dev/null | grep -q secret && echo ESCAPED"
    ),
    "reading the kernel's memory": "head -c 1 /proc/kcore && echo ESCAPED",
    "reading physical memory": "head -c 1 /dev/mem && echo ESCAPED",
    "reading a disk": "ls /dev/vda /dev/sda /dev/nvme0n1 2>/dev/null | grep -q . && echo ESCAPED",
    "reading the kernel's log": "dmesg >/dev/null && echo ESCAPED",
    "writing a program": "cp /usr/bin/true /usr/bin/evil && echo ESCAPED",
    "writing to the root": "touch /evil && echo ESCAPED",
    "writing to the settings": "echo x > /etc/evil && echo ESCAPED",
    "setting a kernel parameter": "echo x > /proc/sys/kernel/core_pattern && echo ESCAPED",
    "pressing the magic key": "echo h > /proc/sysrq-trigger && echo ESCAPED",
    "using a kernel parameter of its own": "echo -17 > /proc/self/oom_score_adj && echo ESCAPED",
    "reading the control groups": "ls /sys/fs/cgroup && echo ESCAPED",
    "writing to a control group": "mkdir /sys/fs/cgroup/x && echo ESCAPED",
    "a network connection": "exec 3<>/dev/tcp/1.1.1.1/80 && echo ESCAPED",
    "a connection to the server itself": "exec 3<>/dev/tcp/127.0.0.1/{port} && echo ESCAPED",
    "looking a name up": "getent hosts example.org && echo ESCAPED",
    "talking to the container engine": "ls /var/run/docker.sock /run/docker.sock && echo ESCAPED",
    "talking to the message bus": "ls /run/dbus/system_bus_socket && echo ESCAPED",
    "becoming root": "su -c id || sudo -n id && echo ESCAPED",
    "becoming root by its number": "perl -e '$< = 0; $> = 0; exit($> != 0)' && echo ESCAPED",
    "having rights left": "grep -E 'Cap(Prm|Eff|Bnd|Amb):' /proc/self/status | grep -qv 0000000000000000 && echo ESCAPED",
    "gaining rights by a program": "grep -q 'NoNewPrivs:.0' /proc/self/status && echo ESCAPED",
    "running without a filter": "grep -q 'Seccomp:.2' /proc/self/status || echo ESCAPED",
    "making a program that is root": "touch p && chmod 4755 p && echo ESCAPED",
    "making a device": "mknod m b 254 0 && echo ESCAPED",
    "mounting": "mount -t tmpfs none /tmp && echo ESCAPED",
    "mounting over the system": "mount --bind . /usr && echo ESCAPED",
    "unmounting": "umount /proc || umount -l /usr && echo ESCAPED",
    "changing the root": "chroot . /bin/true && echo ESCAPED",
    "a user namespace of its own": "unshare -Ur true && echo ESCAPED",
    "a mount namespace of its own": "unshare -m true && echo ESCAPED",
    "entering another's namespace": "nsenter -t 1 -m true && echo ESCAPED",
    "a sandbox within the sandbox": "bwrap --ro-bind / / --unshare-user true && echo ESCAPED",
    "raising its own limits": "ulimit -v unlimited && echo ESCAPED",
    "reading the server's settings": "env | grep -iE 'key|token|secret|database|kaizen' && echo ESCAPED",
    "finding the server's environment": (
        "tr '\\0' '\\n' < /proc/self/environ | grep -iE 'key|token|database|kaizen' && echo ESCAPED"
    ),
    "the name of the machine": '[ "$(cat /proc/sys/kernel/hostname)" = {host} ] && echo ESCAPED',
    "stopping the machine": "reboot -f || shutdown now || poweroff -f && echo ESCAPED",
    "setting the clock": "date -s 2001-01-01 && echo ESCAPED",
}


@pytest.fixture
def space(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text(SECRET)
    space = tmp_path / "run"
    space.mkdir()
    return space


def test_there_is_a_sandbox_to_test() -> None:
    assert why_no_sandbox() == ""
    assert get_tool("bash_command").unavailable == ""


@pytest.mark.parametrize("what", ESCAPES)
async def test_nothing_that_a_command_tries_gets_out(space: Path, what: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        places = {"outside": space.parent, "pid": os.getpid(), "port": server.getsockname()[1], "host": socket.gethostname()}
        command = ESCAPES[what]
        for name, value in places.items():
            command = command.replace("{" + name + "}", str(value))
        called = await call_tool_in_run("bash_command", {"command": command, "timeout": 10}, workspace=space)
    assert called.error == {}
    assert "ESCAPED" not in called.result["stdout"], called.result
    assert SECRET not in repr(called.result)
    assert called.result["success"] is False or what == "running without a filter", called.result
    refusals = called.result["stderr"] or f"exit code {called.result['exit_code']}"
    assert refusals, "the journal tells how it failed"


COLUMN = {"x86_64": syscalls.X86_64, "aarch64": syscalls.AARCH64}[os.uname().machine]
DENIED = "Operation not permitted"
NO_FAMILY = "Address family not supported by protocol"
# What is tried: a call of the deny list by its name, or a number; its arguments; the error.
TRIED: dict[str, tuple[str | tuple[int | None, int | None], str, str]] = {
    **{
        name: (name, "0, 0, 0, 0, 0, 0", DENIED)
        for name in ("mount", "umount2", "pivot_root", "move_mount", "fsopen", "open_tree")
    },
    **{
        name: (name, "0, 0, 0, 0, 0, 0", DENIED)
        for name in ("ptrace", "process_vm_readv", "kcmp", "pidfd_getfd", "setns", "chroot")
    },
    **{
        name: (name, "0, 0, 0, 0, 0, 0", DENIED)
        for name in ("bpf", "keyctl", "add_key", "perf_event_open", "userfaultfd", "syslog")
    },
    **{
        name: (name, "0, 0, 0, 0, 0, 0", DENIED)
        for name in ("init_module", "finit_module", "kexec_load", "reboot", "acct", "swapon")
    },
    **{
        name: (name, "0, 0, 0, 0, 0, 0", DENIED)
        for name in ("settimeofday", "clock_settime", "sethostname", "open_by_handle_at")
    },
    "io_uring_setup": ("io_uring_setup", "1, 0", DENIED),
    "unshare of the user": ("unshare", "0x10000000", DENIED),
    "personality without random addresses": ("personality", "0x0040000", DENIED),
    "clone with a user namespace": (syscalls.CLONE, "0x10000011, 0, 0, 0, 0", DENIED),
    "clone with a mount namespace": (syscalls.CLONE, "0x00020011, 0, 0, 0, 0", DENIED),
    "clone3": (syscalls.CLONE3, "0, 0", "Function not implemented"),
    "fchmod to set the user": (syscalls.FCHMOD, "1, 04755", DENIED),
    "mknodat of a block device": (syscalls.MKNODAT, "-100, 0, 060600, 0", DENIED),
    "mknodat of a character device": (syscalls.MKNODAT, "-100, 0, 020600, 0", DENIED),
    "typing into the terminal": (syscalls.IOCTL, "0, 0x5412, 0", DENIED),
    "typing into the console": (syscalls.IOCTL, "0, 0x541C, 0", DENIED),
    "socket of the internet": (syscalls.SOCKET, "2, 1, 0", NO_FAMILY),
    "socket of the internet, version 6": (syscalls.SOCKET, "10, 1, 0", NO_FAMILY),
    "socket of the internet, raw": (syscalls.SOCKET, "2, 3, 0", NO_FAMILY),
    "socket of packets": (syscalls.SOCKET, "17, 3, 0", NO_FAMILY),
    "socket of the kernel (netlink)": (syscalls.SOCKET, "16, 3, 0", NO_FAMILY),
    "socket of virtual machines": (syscalls.SOCKET, "40, 1, 0", NO_FAMILY),
    "socket of cryptography": (syscalls.SOCKET, "38, 5, 0", NO_FAMILY),
}


@pytest.mark.parametrize("what", TRIED)
async def test_the_filter_denies_the_system_call(space: Path, what: str) -> None:
    call, arguments, error = TRIED[what]
    number = (syscalls.DENIED[call] if isinstance(call, str) else call)[COLUMN]
    ended = await run_sandboxed(space, f"perl -e 'print syscall({number}, {arguments}), \" $!\"'", Limits(timeout_s=10))
    assert ended.stdout == f"-1 {error}"


async def test_usual_programs_work_under_the_filter(space: Path) -> None:
    code = (
        "import socket, subprocess, threading, tempfile, os; a, b = socket.socketpair(); a.send(b'x'); "
        "t = threading.Thread(target=b.recv, args=(1,)); t.start(); t.join(); os.mkfifo('p'); os.chmod('p', 0o644); "
        "print(subprocess.check_output(['echo', 'well']).decode().strip(), tempfile.mkstemp()[1][:5])"
    )
    ended = await run_sandboxed(space, f"python3 -c {shlex.quote(code)}", Limits(timeout_s=20))
    assert (ended.stdout, ended.stderr, ended.exit_code) == ("well /tmp/\n", "", 0)


if COLUMN == syscalls.X86_64:

    async def test_a_call_in_the_numbering_of_another_machine_kills(space: Path) -> None:
        """x32: the same calls under other numbers, which a list of the usual ones would miss."""
        ended = await run_sandboxed(space, "perl -e 'syscall(0x40000000 + 165, 0, 0, 0, 0, 0); print 1'", Limits(timeout_s=10))
        assert ended.stdout == ""
        assert ended.exit_code == 128 + 31  # SIGSYS


def test_the_filter_is_well_formed_for_each_machine() -> None:
    for machine, column in (("x86_64", syscalls.X86_64), ("aarch64", syscalls.AARCH64)):
        program = build_filter(machine)
        assert program is not None
        instructions = list(struct.iter_unpack("<HBBI", program))
        assert instructions[-1] == (0x06, 0, 0, 0x7FFF0000), "it ends by allowing"
        for n, (code, yes, no, _) in enumerate(instructions):
            assert code == 0x06 or n + 1 + max(yes, no) < len(instructions), "no jump leaves the program"
        compared = {value for code, _, _, value in instructions if code == 0x15}
        assert {numbers[column] for numbers in syscalls.DENIED.values() if numbers[column] is not None} <= compared
    assert build_filter("riscv64") is None


def test_the_numbers_are_those_of_the_kernel() -> None:
    header = Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
    general = Path("/usr/include/asm-generic/unistd.h")
    for column, where in ((syscalls.X86_64, header), (syscalls.AARCH64, general)):
        if not where.exists():
            continue  # a machine without the kernel's headers tests the calls themselves, above
        known = {}
        for line in where.read_text().splitlines():
            parts = line.split()
            if len(parts) == 3 and parts[0] == "#define" and parts[1].startswith(("__NR_", "__NR3264_")) and parts[2].isdigit():
                known[parts[1].partition("_NR")[2].partition("_")[2]] = int(parts[2])
        wrong = {n: (v[column], known[n]) for n, v in syscalls.DENIED.items() if n in known and v[column] != known[n]}
        assert wrong == {}
