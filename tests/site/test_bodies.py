"""Bodies without end from people who are nobody here: refused while they come, and not kept."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import suppress

import psutil
import pytest

from kaizen_site.bodies import MOST_BYTES
from tests.servers import SiteProcess

PIECE = bytes(1_000_000)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SiteProcess]:
    process = SiteProcess(tmp_path_factory.mktemp("site")).start()
    yield process
    process.stop()


def send(site: SiteProcess, head: str, *, chunked: bool, most: int) -> tuple[int, bytes]:
    """How many bytes the server took, and the first line of its answer."""
    taken, answer = 0, b""
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as connection:
        connection.sendall(f"POST /sign-in/ HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n\r\n".encode())
        with suppress(OSError):
            while taken < most:
                frame = b"%x\r\n%s\r\n" % (len(PIECE), PIECE) if chunked else PIECE
                connection.sendall(frame)
                taken += len(PIECE)
        with suppress(OSError):
            answer = connection.recv(1000)
    return taken, answer.split(b"\r\n")[0]


def kept(pid: int) -> int:
    """Bytes of files without a name that the server's processes hold open."""
    size = 0
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        for number in os.listdir(f"/proc/{process.pid}/fd"):
            try:
                found = os.stat(f"/proc/{process.pid}/fd/{number}")
            except OSError:
                continue
            size += found.st_size if found.st_nlink == 0 else 0
    return size


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_without_end_is_refused_and_not_kept(site: SiteProcess, chunked: bool) -> None:
    head = "Transfer-Encoding: chunked" if chunked else "Content-Length: 400000000"
    taken, answer = send(site, head, chunked=chunked, most=400_000_000)
    assert taken < 2 * MOST_BYTES
    assert not answer or b"413" in answer
    assert site.process is not None
    assert kept(site.process.pid) < MOST_BYTES
    assert site.status("/health/live") == 200


def test_a_body_that_says_how_long_it_is_is_refused_before_it_comes(site: SiteProcess) -> None:
    _, answer = send(site, f"Content-Length: {MOST_BYTES + 1}", chunked=False, most=0)
    assert b"413" in answer


def test_what_is_not_too_long_is_heard(site: SiteProcess) -> None:
    _, answer = send(site, "Content-Length: 1000000", chunked=False, most=1_000_000)
    assert answer.startswith(b"HTTP/1.1 ")
    assert b"413" not in answer
