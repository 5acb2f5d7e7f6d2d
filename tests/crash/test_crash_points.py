"""Kills the product at every named crash point, on both tiers, and looks at what is left."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from agents.core.runtime.probes import CRASH_POINTS
from tests.crash import desk
from tests.factories.model_server import ModelServer
from tests.factories.site import Site
from tests.servers import production_environment

pytestmark = pytest.mark.crash
QUICK = {"KAIZEN_LEASE_S": "2", "KAIZEN_HEARTBEAT_S": "0.5", "KAIZEN_SWEEP_S": "0.5"}


@pytest.fixture(scope="module")
def model() -> Iterator[ModelServer]:
    with ModelServer(choose=desk.answer) as server:
        yield server


@pytest.fixture(scope="module", params=["embedded", pytest.param("production", marks=pytest.mark.production)])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, model: ModelServer) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    environ = {**QUICK, "OPENAI_API_KEY": "test", "OPENAI_BASE_URL": model.url}
    if request.param == "embedded":
        yield from _running(Site(folder, environ))
        return
    servers = [request.getfixturevalue(name) for name in ("postgresql_server", "redis_server")]
    with production_environment(*servers) as production:
        yield from _running(Site(folder, {**environ, **production}))


def _running(site: Site) -> Iterator[Site]:
    try:
        site.start()
        site.wait_ready()
        site.key = site.make_key()
        desk.publish(site)
        yield site
    finally:
        site.kill()


def await_death(site: Site, deaths: int, point: str) -> None:
    deadline = time.monotonic() + 10
    while site.deaths < deaths and time.monotonic() < deadline:
        site.heal()
        time.sleep(0.05)
    assert site.deaths == deaths, f"no process died at {point}"


@pytest.mark.parametrize("point", CRASH_POINTS)
def test_nothing_is_lost_or_done_twice_when_the_process_dies(site: Site, model: ModelServer, point: str) -> None:
    number = list(CRASH_POINTS).index(point)
    wish = desk.wishes()[number]
    site.kill()
    site.start(crash_at=point)
    site.wait_ready()
    deaths, asked = site.deaths, len(model.requests)
    session = desk.open_session(site)
    run = desk.say(site, session, wish, f"crash-{number}")
    desk.await_status(site, run, "waiting", "succeeded", "failed")
    desk.approve(site, run)
    ended = desk.await_status(site, run, "succeeded", "failed", "cancelled")
    assert ended["status"] == "succeeded", ended
    # The end may be seen before the process that wrote it dies of it.
    await_death(site, deaths + 1, point)
    assert desk.say(site, session, wish, f"crash-{number}") == run
    desk.check_turn(site, session, run)
    assert 3 <= len(model.requests) - asked <= 4
