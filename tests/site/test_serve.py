"""``manage.py serve`` as a person runs it: it gets ready, greets, refuses a second one, and stops cleanly."""

from __future__ import annotations

import re
import signal
import urllib.request
from pathlib import Path

import pytest

from tests.servers import SiteProcess, WorkerProcess

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_server_gets_ready_greets_and_stops_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    site = SiteProcess(tmp_path).start()
    link = re.search(r"Sign in once by\s+(\S+)", site.output())
    assert link, site.output()
    assert link[1].startswith("http://127.0.0.1:")
    with urllib.request.urlopen(site.url + link[1].split(str(site.port), 1)[-1]) as page:
        assert page.status == 200
    assert site.stop(number) == 0, site.output()
    assert "Traceback" not in site.output()


def test_second_server_on_the_same_data_folder_is_refused_with_a_sentence(tmp_path: Path) -> None:
    first = SiteProcess(tmp_path).start()
    second = SiteProcess(tmp_path)
    try:
        second.spawn()
        assert second.process is not None
        assert second.process.wait(30) == 1
        assert "in use by another server" in second.output()
        assert "Traceback" not in second.output()
        assert first.status("/health/live") == 200
    finally:
        first.stop()


def test_taken_port_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = SiteProcess(tmp_path / "a").start()
    second = SiteProcess(tmp_path / "b", {"PORT": str(first.port)})
    try:
        second.spawn()
        assert second.process is not None
        assert second.process.wait(30) == 1
        assert f"PORT: {first.port} on 127.0.0.1 cannot be used" in second.output()
    finally:
        first.stop()


@pytest.mark.production
def test_web_process_is_ready_only_with_a_worker(tmp_path: Path, production: dict[str, str]) -> None:
    prepared = SiteProcess(tmp_path, production, command=("prepare",))
    prepared.spawn()
    assert prepared.process is not None
    assert prepared.process.wait(60) == 0, prepared.output()
    assert "Sign in once by" in prepared.output()
    web = SiteProcess(tmp_path, production)
    worker = WorkerProcess(tmp_path, production)
    web.spawn()
    try:
        worker.start()
        web.wait_ready()
    finally:
        codes = [worker.stop(), web.stop()]
    assert codes == [0, 0], worker.output() + web.output()
    assert "Traceback" not in worker.output() + web.output()
