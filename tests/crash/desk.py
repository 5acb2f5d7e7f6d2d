"""A small journey that passes every crash point in one message: models, a tool, local work, an approval, a resume."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from typing import Any

from journeys.gallery.healthcare_referral.doctors import DOCTORS
from journeys.gallery.healthcare_referral.matching import Wish, free_times
from tests.factories.model_server import Plan, call
from tests.factories.site import Site

TEXT = {"kind": "str"}
AGENT = {
    "kind": "agent",
    "name": "Desk",
    "signature": {
        "kind": "signature",
        "name": "Desk",
        "inputs": [{"name": "message", "type": TEXT}],
        "outputs": [{"name": "response", "type": TEXT}],
    },
    "model": {"provider": "openai", "model": "gpt-4o-mini", "max_tokens": 200},
    "tools": [{"name": "current_time"}, {"name": "book_appointment", "ask": True}],
}
JOURNEY = {
    "kind": "journey",
    "name": "Desk",
    "entry": "desk",
    "pathways": [{"id": "desk", "agents": ["desk"]}],
}
WISH = re.compile(r"Book (?P<doctor>[^|]+)\|(?P<slot>[0-9T:-]+)")


def answer(body: dict[str, Any]) -> Plan:
    """The model: looks at the clock, books what the message wishes, then says so."""
    messages = body["messages"]
    results = sum(m["role"] == "tool" for m in messages)
    wish = WISH.search(" ".join(str(m.get("content") or "") for m in messages))
    assert wish, messages
    if results == 0:
        return Plan(tool_calls=(call("current_time", {}),))
    if results == 1:
        return Plan(tool_calls=(call("book_appointment", {**wish.groupdict(), "reason": "crash test"}, "call_2"),))
    return Plan(text=json.dumps({"response": f"Booked {wish['doctor']} on {wish['slot']}."}))


def wishes() -> list[str]:
    """A message for every free time of every doctor of the sample."""
    now = datetime.now(UTC).replace(tzinfo=None)
    return [f"Book {row.name}|{slot}" for row in DOCTORS for slot in free_times(row, Wish(), now, ())]


def publish(site: Site) -> None:
    for kind, draft in (("agents", AGENT), ("journeys", JOURNEY)):
        made = site.call("POST", f"/api/v1/{kind}", {"slug": "desk", "draft": draft})
        assert made.status == 201, made.body
        published = site.call("POST", f"/api/v1/{kind}/desk/publish", {})
        assert published.status in (200, 201), f"{published.body}\n{site.log.read_text()[-3000:]}"


def open_session(site: Site) -> str:
    opened = site.insist("POST", "/api/v1/journeys/desk/sessions", {})
    assert opened.status == 201, opened.body
    return str(opened.body["id"])


def say(site: Site, session: str, text: str, client_id: str) -> str:
    """Sends the message until it is accepted, always with the same id; the id of its run."""
    sent = site.insist("POST", f"/api/v1/sessions/{session}/messages", {"client_id": client_id, "text": text})
    assert sent.status in (200, 202), sent.body
    return str(sent.body["run_id"])


def await_status(site: Site, run: str, *wanted: str, within_s: float = 60.0) -> dict[str, Any]:
    deadline = time.monotonic() + within_s
    body: dict[str, Any] = {}
    while time.monotonic() < deadline:
        found = site.insist("GET", f"/api/v1/runs/{run}")
        assert found.status == 200, found.body
        body = found.body
        if body["status"] in wanted:
            return body
        site.heal()
        time.sleep(0.05)
    raise AssertionError(f"run {run} is {body}, not {wanted}; the log ends:\n{site.log.read_text()[-3000:]}")


def approve(site: Site, run: str) -> None:
    """Approves what the run asks, trying again over crashes; being told that it is decided counts as done."""
    waiting = site.insist("GET", f"/api/v1/approvals?run_id={run}")
    (card,) = waiting.body["items"]
    decision = {"decision": "approve", "seen_digest": card["digest"]}
    decided = site.insist("POST", f"/api/v1/approvals/{card['id']}/decision", decision)
    assert decided.status == 200 or (decided.status == 409 and "already decided" in decided.body["detail"]), decided.body


def events_of(site: Site, run: str) -> list[dict[str, Any]]:
    page = site.insist("GET", f"/api/v1/runs/{run}/events?after=0&limit=500")
    assert page.status == 200, page.body
    items: list[dict[str, Any]] = page.body["items"]
    return items


def check_turn(site: Site, session: str, run: str) -> None:
    """Answered once, no finished step again, decided once, paid once, booked once."""
    messages = site.insist("GET", f"/api/v1/sessions/{session}/messages").body["items"]
    answers = [m for m in messages if m["role"] == "assistant"]
    assert len(answers) == 1, messages
    assert answers[0]["text"].startswith("Booked")
    events = events_of(site, run)
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
    finished: set[str] = set()
    for event in events:
        if event["type"] == "step.started":
            assert event["path"] not in finished, f"{event['path']} ran again after it had finished"
        if event["type"] == "step.finished":
            assert event["path"] not in finished, f"{event['path']} finished twice"
            finished.add(event["path"])
    for once in ("run.queued", "approval.requested", "approval.decided", "run.succeeded"):
        assert sum(e["type"] == once for e in events) == 1, once
    costs = [e["payload"].get("usage", {}).get("cost_microusd", 0) for e in events if e["type"] == "step.finished"]
    lost = [e["payload"].get("lost_microusd", 0) for e in events if e["type"] == "step.started"]
    bill = site.insist("GET", f"/api/v1/runs/{run}").body
    assert sum(costs) > 0
    assert bill["spent_microusd"] == sum(costs) + sum(lost)
    assert site.query("SELECT count(*) FROM journeys_appointment WHERE run_id = %s", run_value(site, run)) == [(1,)]
    assert site.query("SELECT reserved_microusd FROM agents_run WHERE id = %s", run_value(site, run)) == [(0,)]


def run_value(site: Site, run: str) -> str:
    return run if site.production else run.replace("-", "")
