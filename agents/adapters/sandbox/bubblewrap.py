"""What bubblewrap is told: nothing of the machine but its programs, read-only; no network, no rights, one folder to write in.

As root the program runs as a user of its own that owns nothing; otherwise in a user namespace, where it is nobody outside.
"""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
import zlib
from functools import cache
from pathlib import Path

from agents.adapters.sandbox.filter import build_filter
from agents.adapters.sandbox.limits import Limits
from agents.core.tools.errors import PathRefused

WORK = "/workspace"
FIRST_USER, USERS = 60_600, 500  # of root's sandboxes: one of these for each folder, so that limits by user count one run only
INSTALL = "install it (Debian, Ubuntu: apt install bubblewrap; Fedora: dnf install bubblewrap) and start the server again"
_SYSTEM = ("/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_KEPT = ("/etc/alternatives", "/etc/ld.so.cache")


@cache
def find_bubblewrap() -> str:
    return shutil.which("bwrap") or ""


@cache
def why_no_sandbox() -> str:
    """Empty where programs can be sandboxed, else the reason and what to do; tried once a process with a program that does
    nothing."""
    if sys.platform != "linux":
        return f"programs can be sandboxed on Linux only, this is {sys.platform}"
    if not find_bubblewrap():
        return f"bubblewrap, which keeps programs apart, is not installed: {INSTALL}"
    if build_filter() is None:
        return f"there is no system call filter for {os.uname().machine}; x86_64 and aarch64 have one"
    with (
        tempfile.TemporaryDirectory(prefix="kaizen-probe-") as folder,
        Launch(Path(folder), Limits(timeout_s=5), "true") as launch,
    ):
        launch.prepare()
        try:
            done = subprocess.run(  # noqa: S603
                launch.command, env={}, capture_output=True, text=True, timeout=10, pass_fds=launch.descriptors, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return f"bubblewrap does not work here: {error}"
    if done.returncode:
        told = done.stderr.strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
        return (
            f"bubblewrap cannot make a sandbox here ({told[0]}): the system must allow user namespaces to this server; "
            "in a container it needs a seccomp and AppArmor profile that does"
        )
    return ""


class Launch:
    """One start of ``shell`` (a line of bash) with ``folder`` as the only place to write: the ``command`` to run without an
    environment, and the ``descriptors`` to hand down. A context manager, because descriptors have to be closed."""

    def __init__(self, folder: Path, limits: Limits, shell: str, *, within: str = ""):
        self._folder = folder
        self._user = FIRST_USER + zlib.crc32(os.fsencode(folder)) % USERS if os.geteuid() == 0 else None
        self._arguments = [*_isolation(self._user), *_places(folder, limits), "--chdir", "/"]
        self._inner = [*_lowered(self._user), "/bin/bash", "--noprofile", "--norc", "-c"]
        self._shell = f'cd -- "$2" && {limits.as_shell()} && exec /bin/bash --noprofile --norc -c "$1"'
        self._given = [shell, f"{WORK}/{within}".rstrip("/")]
        self.descriptors: tuple[int, ...] = ()
        self.command: list[str] = []

    def prepare(self) -> None:
        """As root: gives the folder to the sandbox's user. Takes a while where there are thousands of files."""
        if self._user is not None:
            try:
                hand_over(self._folder, self._user)
            except RecursionError:
                raise PathRefused("the run's folders lie too deep within each other to run a program there") from None

    def __enter__(self) -> Launch:
        filtered = build_filter()
        assert filtered is not None, "why_no_sandbox() has to be asked first"
        seccomp = _readable(filtered)
        # Arguments go by a descriptor: the command line of a process can be read from within the sandbox.
        hidden = _readable(b"\0".join(os.fsencode(part) for part in [*self._arguments, "--seccomp", str(seccomp)]))
        self.descriptors = (seccomp, hidden)
        self.command = [find_bubblewrap(), "--args", str(hidden), "--", *self._inner, self._shell, "sandbox", *self._given]
        return self

    def __exit__(self, *_: object) -> None:
        for descriptor in self.descriptors:
            os.close(descriptor)


def hand_over(folder: Path, user: int) -> None:
    """Makes ``user`` the owner of all that lies in ``folder``; links themselves change hands, never what they lead to."""
    os.chown(folder, user, user, follow_symlinks=False)
    for _where, _, names, place in os.fwalk(folder, follow_symlinks=False):
        os.fchown(place, user, user)
        for name in names:
            found = os.stat(name, dir_fd=place, follow_symlinks=False)
            if found.st_nlink == 1 or not stat.S_ISREG(found.st_mode):
                os.chown(name, user, user, dir_fd=place, follow_symlinks=False)


def _isolation(user: int | None) -> list[str]:
    own = ["--unshare-ipc", "--unshare-pid", "--unshare-net", "--unshare-uts", "--unshare-cgroup-try"]
    ends = ["--die-with-parent", "--new-session", "--hostname", "sandbox", "--clearenv", "--cap-drop", "ALL"]
    if user is None:
        return ["--unshare-user", "--disable-userns", *own, *ends, "--uid", "1000", "--gid", "1000"]
    return [*own, *ends, "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]


def _lowered(user: int | None) -> list[str]:
    """As root: become ``user`` without any right, before anything foreign runs."""
    if user is None:
        return []
    own = [
        f"--reuid={user}",
        f"--regid={user}",
        "--clear-groups",
        "--bounding-set=-all",
        "--inh-caps=-all",
        "--ambient-caps=-all",
    ]
    return ["/usr/bin/setpriv", *own, "--no-new-privs", "--"]


def _places(folder: Path, limits: Limits) -> list[str]:
    found = ["--ro-bind", "/usr", "/usr"]
    for place in _SYSTEM:
        if os.path.islink(place):
            found += ["--symlink", os.readlink(place), place]
        elif os.path.isdir(place):
            found += ["--ro-bind", place, place]
    for place in (*_KEPT, *_python_home()):
        for above in reversed(Path(place).parents[:-1]):
            found += ["--perms", "0755", "--dir", str(above)]
        found += ["--ro-bind-try", place, place]
    found += ["--proc", "/proc", "--dev", "/dev", "--size", str(limits.scratch_bytes), "--perms", "1777", "--tmpfs", "/tmp"]  # noqa: S108
    found += ["--size", str(limits.scratch_bytes), "--perms", "1777", "--tmpfs", "/dev/shm"]  # noqa: S108
    found += ["--bind", str(folder), WORK, "--remount-ro", "/proc", "--remount-ro", "/"]
    for name, value in _environment().items():
        found += ["--setenv", name, value]
    return found


def _environment() -> dict[str, str]:
    own = [f"{home}/bin" for home in _python_home()]
    path = ":".join([*own, "/usr/local/bin", "/usr/bin", "/bin"])
    return {"PATH": path, "HOME": WORK, "TMPDIR": "/tmp", "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}  # noqa: S108


def _python_home() -> tuple[str, ...]:
    """Where this server's Python is installed, when it is not with the system's programs."""
    home = os.path.realpath(sys.base_prefix)
    is_theirs = home == "/usr" or home.startswith("/usr/") or not os.access(home, os.R_OK | os.X_OK)
    return () if is_theirs else (home,)


def _readable(content: bytes) -> int:
    """A descriptor from which ``content`` can be read once."""
    file = os.memfd_create("kaizen-sandbox", 0)
    os.write(file, content)
    os.lseek(file, 0, os.SEEK_SET)
    return file
