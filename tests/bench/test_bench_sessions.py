"""500 sessions with 20 turns each on PostgreSQL and Redis: nothing lost, doubled or out of order, and what a turn costs.

Every session says its next sentence when it has read the answer to the last one, and thinks in between, so that the site is
busy and not flooded. ``KAIZEN_BENCH_SESSIONS`` and ``KAIZEN_BENCH_RATE`` (turns a second, all sessions together) change it.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import pytest

from tests.bench.stub import stub_model
from tests.factories.site import Site
from tests.journeys.talking import talk_draft

pytestmark = [pytest.mark.bench, pytest.mark.production]
SESSIONS = int(os.environ.get("KAIZEN_BENCH_SESSIONS", "500"))
TURNS = 20
RATE = float(os.environ.get("KAIZEN_BENCH_RATE", "12"))
LATENCY_S = 0.2
AT_MOST_S = 3600

ANSWERED = "SELECT session_id::text, count(*) FROM journeys_message WHERE role = 'assistant' AND turn > 0 GROUP BY 1"
SAID = """
    SELECT s.title, m.seq, m.turn, m.role, m.text FROM journeys_message m JOIN journeys_session s ON s.id = m.session_id
    WHERE m.turn > 0 ORDER BY m.session_id, m.seq
"""
TIMES = """
    SELECT extract(epoch FROM a.created_at - q.created_at), extract(epoch FROM r.finished_at - r.started_at)
    FROM journeys_message q
    JOIN journeys_message a ON a.run_id = q.run_id AND a.role = 'assistant' JOIN agents_run r ON r.id = q.run_id
    WHERE q.role = 'user'
"""


def test_500_sessions_of_20_turns_lose_double_and_reorder_nothing(tmp_path: Path, production: dict[str, str]) -> None:
    with stub_model(latency_s=LATENCY_S, echo=True) as url:
        environ = {**production, "OPENAI_API_KEY": "sk-bench", "OPENAI_BASE_URL": url}
        site = Site(tmp_path, environ, workers=1)
        try:
            site.start()
            site.wait_ready()
            site.key = site.make_key()
            publish(site)
            began = time.monotonic()
            asyncio.run(asyncio.wait_for(talk(site), AT_MOST_S))
            took_s = time.monotonic() - began
            check_order(site)
            report(site, took_s)
        finally:
            site.kill()


def publish(site: Site) -> None:
    draft = talk_draft()
    draft["agents"]["talker"]["model"] = {"provider": "openai", "model": "gpt-4o-mini"}
    assert site.call("POST", "/api/v1/journeys", {"slug": "talk", "draft": draft}).status == 201
    assert site.call("POST", "/api/v1/journeys/talk/publish", {}).status in (200, 201)


async def talk(site: Site) -> None:
    answered: Counter[str] = Counter()
    headers = {"Authorization": f"Bearer {site.key}"}
    over = asyncio.Event()
    async with aiohttp.ClientSession(site.url, headers=headers, connector=aiohttp.TCPConnector(limit=24)) as http:
        watching = asyncio.create_task(watch(site, answered, over))
        try:
            await asyncio.gather(*(converse(http, n, answered) for n in range(SESSIONS)))
        finally:
            over.set()
            await watching


async def watch(site: Site, answered: Counter[str], over: asyncio.Event) -> None:
    """How many answers each session has, read past the product so that asking costs the site nothing."""
    connection = await psycopg.AsyncConnection.connect(site.environ["DATABASE_URL"], autocommit=True)
    async with connection:
        while not over.is_set():
            rows = await (await connection.execute(ANSWERED)).fetchall()
            answered.update({name: count - answered[name] for name, count in rows})
            await asyncio.sleep(0.2)


async def converse(http: aiohttp.ClientSession, n: int, answered: Counter[str]) -> None:
    think_s = SESSIONS / RATE
    chance = random.Random(n)
    await asyncio.sleep(chance.uniform(0, think_s))
    async with http.post("/api/v1/journeys/talk/sessions", json={}) as opened:
        assert opened.status == 201, await opened.text()
        session = (await opened.json())["id"]
    for turn in range(1, TURNS + 1):
        began = time.monotonic()
        body = {"client_id": f"c-{n}-{turn}", "text": f"mark-{n}-{turn}"}
        async with http.post(f"/api/v1/sessions/{session}/messages", json=body) as said:
            assert said.status == 202, await said.text()
        while answered[session] < turn:
            await asyncio.sleep(0.1)
        await asyncio.sleep(max(0.0, chance.uniform(0.5, 1.5) * think_s - (time.monotonic() - began)))


def check_order(site: Site) -> None:
    rows = site.query(SAID)
    wanted: list[tuple[Any, ...]] = []
    for n in range(SESSIONS):
        title = f"mark-{n}-1"
        for turn in range(1, TURNS + 1):
            wanted.append((title, 2 * turn, turn, "user", f"mark-{n}-{turn}"))
            wanted.append((title, 2 * turn + 1, turn, "assistant", f"heard mark-{n}-{turn}"))
    assert len(rows) == len(wanted)
    assert sorted(rows) == sorted(wanted)


def report(site: Site, took_s: float) -> None:
    times = site.query(TIMES)
    whole = sorted(float(row[0]) - LATENCY_S for row in times)
    worker = sorted(float(row[1]) - LATENCY_S for row in times)
    print(f"\n{SESSIONS} sessions of {TURNS} turns: {len(times)} turns in {took_s:.0f} s, {len(times) / took_s:.1f} a second")
    for what, figures in (("from the message to its answer", whole), ("in the worker", worker)):
        p50, p95, p99 = (figures[int(len(figures) * share)] for share in (0.5, 0.95, 0.99))
        print(
            f"our own time of a turn, {what}: p50 {p50 * 1e3:.0f} ms, p95 {p95 * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms; "
            f"p95 is {p95 / LATENCY_S:.2f} of the stub's {LATENCY_S * 1e3:.0f} ms"
        )
