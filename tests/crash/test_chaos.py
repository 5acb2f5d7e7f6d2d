"""Kills workers at random under 50 concurrent runs on PostgreSQL and Redis, and empties Redis in the middle."""

from __future__ import annotations

import random
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis

from tests.crash import desk
from tests.factories.model_server import ModelServer, Plan
from tests.factories.site import Site

pytestmark = [pytest.mark.crash, pytest.mark.production]
RUNS, KILLS, SEED = 50, 6, 20261122


def slow_answer(body: dict[str, object]) -> Plan:
    plan = desk.answer(body)
    return Plan(text=plan.text, tool_calls=plan.tool_calls, latency_s=0.5)


def test_fifty_runs_survive_dying_workers_and_an_emptied_redis(tmp_path: Path, production: dict[str, str]) -> None:
    chance = random.Random(SEED)
    with ModelServer(choose=slow_answer) as model:
        environ = {
            **production,
            "OPENAI_API_KEY": "test",
            "OPENAI_BASE_URL": model.url,
            "KAIZEN_LEASE_S": "3",
            "KAIZEN_HEARTBEAT_S": "0.5",
            "KAIZEN_SWEEP_S": "0.5",
        }
        site = Site(tmp_path, environ, workers=2)
        try:
            site.start()
            site.wait_ready()
            site.key = site.make_key()
            desk.publish(site)
            told = [(text, desk.open_session(site), f"chaos-{n}") for n, text in enumerate(desk.wishes()[:RUNS])]
            with ThreadPoolExecutor(8) as senders:
                runs = list(senders.map(lambda t: desk.say(site, t[1], t[0], t[2]), told))
            kill_at_random(site, chance, redis.Redis.from_url(production["REDIS_URL"]))
            for run in runs:
                desk.await_status(site, run, "waiting")
            with ThreadPoolExecutor(8) as deciders:
                list(deciders.map(lambda run: desk.approve(site, run), runs))
            kill_at_random(site, chance, None)
            for (_, session, _), run in zip(told, runs, strict=True):
                ended = desk.await_status(site, run, "succeeded", "failed", "cancelled")
                assert ended["status"] == "succeeded", ended
                desk.check_turn(site, session, run)
            assert site.deaths == 2 * KILLS
            assert site.query("SELECT count(*) FROM journeys_appointment") == [(RUNS,)]
        finally:
            site.kill()


def kill_at_random(site: Site, chance: random.Random, to_empty: redis.Redis | None) -> None:
    for n in range(KILLS):
        time.sleep(chance.uniform(0.2, 1.2))
        site.kill(chance.choice(["worker-1", "worker-2"]))
        if to_empty is not None and n == KILLS // 2:
            to_empty.flushdb()
        site.heal()
