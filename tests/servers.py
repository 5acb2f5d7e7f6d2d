"""Real servers for tests: PostgreSQL, Redis, and the site itself as a child process that a test may kill.

Servers that are there are used (``KAIZEN_TEST_DATABASE_URL``, ``KAIZEN_TEST_REDIS_URL``, the usual local addresses), else
private ones are started from installed programs; without either the test is skipped with the reason.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class SiteProcess:
    """``manage.py serve`` as a child process with a data folder of its own. ``environment`` comes on top of ours."""

    def __init__(self, data: Path, environment: dict[str, str] | None = None, *, command: tuple[str, ...] = ("serve",)):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data = data
        self.log = data / f"log-{self.port}.txt"
        ours = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        self.environment = {
            **ours,
            "KAIZEN_ENV_FILE": "",
            "KAIZEN_DATA": str(data),
            "PORT": str(self.port),
            "PYTHONUNBUFFERED": "1",
            **(environment or {}),
        }
        self._command = self._command_line(command)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, wait_s: float = 60) -> SiteProcess:
        """Returns when ``/health/ready`` says 200. Fails with the log when the process ends or the time is over."""
        self.spawn()
        self.wait_ready(wait_s=wait_s)
        return self

    def wait_ready(self, *, wait_s: float = 60) -> None:
        until = time.monotonic() + wait_s
        while self.status("/health/ready") != 200:
            assert self.process is not None
            assert self.process.poll() is None, f"the server ended with {self.process.returncode}:\n{self.output()}"
            assert time.monotonic() < until, f"the server is not ready after {wait_s} s:\n{self.output()}"
            time.sleep(0.1)

    def spawn(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self._command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT)

    def _command_line(self, command: tuple[str, ...]) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *command]

    def status(self, path: str) -> int:
        """HTTP status of a GET; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                code: int = answer.status
                return code
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def stop(self, number: signal.Signals = signal.SIGTERM, *, within_s: float = 20) -> int:
        """Sends the signal and returns the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(within_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def kill(self) -> None:
        """As a crash would: no chance to tidy up."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def output(self) -> str:
        return self.log.read_text(errors="replace")


class WorkerProcess(SiteProcess):
    """A Celery worker as a child process; the environment names its database and Redis."""

    def start(self, *, wait_s: float = 60) -> SiteProcess:
        self.spawn()
        return self

    def _command_line(self, command: tuple[str, ...]) -> list[str]:
        name = f"test-{self.port}@%h"
        options = ["-P", "threads", "-c", "32", "-n", name, "-l", "WARNING", "--without-gossip", "--without-mingle"]
        return [sys.executable, "-m", "celery", "-A", "kaizen_site", "worker", *options]


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """Address of a PostgreSQL server (its database ``postgres``) where databases may be made."""
    user = getpass.getuser()
    given = os.environ.get("KAIZEN_TEST_DATABASE_URL")
    usual = [f"postgresql://{user}@127.0.0.1:5432/{name}" for name in ("postgres", "test")]
    for url in [given] if given else usual:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(url, connect_timeout=3).close()
            yield url
            return
    if given:
        pytest.fail(f"KAIZEN_TEST_DATABASE_URL: no PostgreSQL answers at {given}")
    with _private_postgresql() as url:
        yield url


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """Address of a Redis that tests may flush: a private one where the program is installed."""
    given = os.environ.get("KAIZEN_TEST_REDIS_URL")
    program = shutil.which("redis-server")
    if given or not program:
        url = given or "redis://127.0.0.1:6379/15"
        if not _redis_answers(url):
            pytest.skip(f"no Redis answers at {url}, and redis-server is not installed")
        yield url
        return
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with _child(command, cwd=tempfile.gettempdir()):
        url = f"redis://127.0.0.1:{port}/0"
        _wait_until(lambda: _redis_answers(url), "redis-server")
        yield url


@pytest.fixture
def production(postgresql_server: str, redis_server: str) -> Iterator[dict[str, str]]:
    """Environment of production processes: a fresh database, an empty Redis, one secret key."""
    with production_environment(postgresql_server, redis_server) as environment:
        yield environment


@contextlib.contextmanager
def production_environment(postgresql_server: str, redis_server: str) -> Iterator[dict[str, str]]:
    """As the fixture ``production``, for tests that share one site."""
    name = f"kaizen_test_{os.getpid()}_{secrets.token_hex(4)}"
    with psycopg.connect(postgresql_server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    redis.Redis.from_url(redis_server).flushdb()
    try:
        yield {
            "DATABASE_URL": postgresql_server.rsplit("/", 1)[0] + f"/{name}",
            "REDIS_URL": redis_server,
            "KAIZEN_SECRET_KEY": secrets.token_urlsafe(50),
        }
    finally:
        with psycopg.connect(postgresql_server, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


@contextlib.contextmanager
def _private_postgresql() -> Iterator[str]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) or [
        Path(path) for path in [shutil.which("initdb")] if path
    ]
    if not found:
        pytest.skip("no PostgreSQL answers on 127.0.0.1:5432, and it is not installed")
    programs, port = found[-1].parent, free_port()
    folder = Path(tempfile.mkdtemp(prefix="kaizen-pg-"))
    run_as: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
        run_as = ["runuser", "-u", "postgres", "--"]
    try:
        making = [*run_as, str(programs / "initdb"), "-D", str(folder / "data"), "-U", "kaizen", "-A", "trust", "-N"]
        subprocess.run(making, check=True, capture_output=True, cwd=folder)
        serving = [*run_as, str(programs / "postgres"), "-D", str(folder / "data"), "-p", str(port), "-k", str(folder)]
        with _child([*serving, "-c", "fsync=off"], cwd=str(folder)):
            url = f"postgresql://kaizen@127.0.0.1:{port}/postgres"
            _wait_until(lambda: _postgresql_answers(url), "postgres")
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _child(command: list[str], *, cwd: str) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)


def _wait_until(answers: object, name: str) -> None:
    assert callable(answers)
    until = time.monotonic() + 20
    while not answers():
        if time.monotonic() > until:
            pytest.fail(f"{name} does not answer within 20 s")
        time.sleep(0.05)


def _redis_answers(url: str) -> bool:
    try:
        return bool(redis.Redis.from_url(url, socket_connect_timeout=2).ping())
    except redis.RedisError:
        return False


def _postgresql_answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
