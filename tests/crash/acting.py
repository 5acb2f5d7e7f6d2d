"""Agents that act, for crash tests: a clerk with a tool of each effect class, one who thinks long, and one who asks another.

What the model says follows from the task in the message: ``TASK <what>: <rest>``.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

from tests.crash.desk import TEXT, await_status, events_of, run_value
from tests.factories.model_server import Plan, call
from tests.factories.site import Reply, Site

TASK = re.compile(r"TASK (\w+): ([^\"\n]*)")
SLOW_S = 3.0
NOTE, RAN = "note.txt", "ran.txt"
ANSWERS = {"loop": "The note is written.", "think": "Thought through.", "delegate": "The helper has told me."}


def answer(body: dict[str, Any]) -> Plan:
    """The model. How many tools have answered says where it is."""
    messages = body["messages"]
    done = sum(m["role"] == "tool" for m in messages)
    found = TASK.search("\n".join(str(m.get("content") or "") for m in messages if m["role"] == "user"))
    assert found, messages
    what, rest = found.groups()
    slow = SLOW_S if "slowly" in rest else 0.0
    steps: dict[str, list[dict[str, Any]]] = {
        "loop": [
            call("current_time", {}, "c1"),
            call("write_file", {"path": NOTE, "content": rest}, "c2"),
            call("bash_command", {"command": f"echo ran >> {RAN}"}, "c3"),
        ],
        "think": [call("current_time", {}, f"c{n}") for n in range(3)],
        "delegate": [call("agent__helper", {"message": f"TASK help: {rest}"}, "c1")],
        "run": [call("bash_command", {"command": rest, "timeout": 120}, "c1")],
    }
    todo = steps.get(what, [])
    if done < len(todo):
        return Plan(tool_calls=(todo[done],), latency_s=slow)
    return Plan(text=json.dumps({"response": ANSWERS.get(what, f"Done: {rest}")}), latency_s=slow)


def draft(name: str, *tools: str) -> dict[str, Any]:
    """An agent who may use ``tools`` unasked."""
    return {
        "kind": "agent",
        "name": name,
        "signature": {
            "kind": "signature",
            "name": name,
            "inputs": [{"name": "message", "type": TEXT}],
            "outputs": [{"name": "response", "type": TEXT}],
        },
        "model": {"provider": "openai", "model": "gpt-4o-mini", "max_tokens": 200, "timeout_s": 30},
        "tools": [{"name": tool} for tool in tools],
        "permissions": {"mode": "bypass"},
    }


AGENTS = {
    "helper": draft("Helper"),
    "clerk": draft("Clerk", "current_time", "write_file", "bash_command"),
    "thinker": draft("Thinker", "current_time"),
    "boss": draft("Boss", "agent__helper"),
}


def publish(site: Site, slug: str, body: dict[str, Any]) -> str:
    """The agent's id."""
    made = site.call("POST", "/api/v1/agents", {"slug": slug, "draft": body})
    assert made.status == 201, made.body
    published = site.call("POST", f"/api/v1/agents/{slug}/publish", {})
    assert published.status in (200, 201), f"{published.body}\n{site.log.read_text()[-3000:]}"
    return str(made.body["id"])


def start(site: Site, slug: str, task: str) -> str:
    inputs = {"message": f"TASK {task}"}
    begun = site.insist("POST", "/api/v1/runs", {"kind": "agent", "slug": slug, "inputs": inputs})
    assert begun.status == 202, begun.body
    return str(begun.body["id"])


def pending(site: Site, run: str) -> dict[str, Any]:
    """The one card that ``run`` waits for."""
    (card,) = site.insist("GET", f"/api/v1/approvals?run_id={run}").body["items"]
    return dict(card)


def decide(site: Site, run: str, decision: str, **more: Any) -> dict[str, Any]:
    """Decides what ``run`` asks, trying again over crashes; being told that it is decided counts as done. The card."""
    card = pending(site, run)
    body = {"decision": decision, "seen_digest": card["digest"], **more}
    decided = site.insist("POST", f"/api/v1/approvals/{card['id']}/decision", body)
    assert decided.status == 200 or (decided.status == 409 and "already decided" in decided.body["detail"]), decided.body
    return card


def begins(site: Site, run: str, path: str) -> int:
    """How often the step was begun."""
    return sum(e["type"] == "step.started" and e["path"] == path for e in events_of(site, run))


def tool_paths(site: Site, run: str) -> dict[str, str]:
    """Name of each tool that was asked for -> path of its step."""
    started = [e for e in events_of(site, run) if e["type"] == "step.started" and e["payload"]["kind"] == "tool"]
    return {e["payload"]["request"]["tool"]: e["path"] for e in started}


def check_journal(site: Site, run: str) -> list[dict[str, Any]]:
    """No gap, no finished step again, and every cent that was reserved is given back or on the bill. The events."""
    events = events_of(site, run)
    assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
    finished: set[str] = set()
    for event in events:
        if event["type"] in ("step.started", "step.finished"):
            assert event["path"] not in finished, f"{event['path']}: {event['type']} after it had finished"
        if event["type"] == "step.finished":
            finished.add(event["path"])
    rows = site.query("SELECT reserved_microusd, reserved_tokens FROM agents_run WHERE id = %s", run_value(site, run))
    assert rows == [(0, 0)]
    return events


def bill_of(events: list[dict[str, Any]]) -> int:
    """What the steps of one journal cost, lost attempts and children included, in micro-dollars."""
    own = sum(e["payload"].get("usage", {}).get("cost_microusd", 0) for e in events if e["type"] == "step.finished")
    lost = sum(e["payload"].get("lost_microusd", 0) for e in events if e["type"] == "step.started")
    children = sum(e["payload"]["spent_microusd"] for e in events if e["type"] == "child.ended")
    return int(own + lost + children)


def workspace(site: Site, run: str) -> Path:
    return site.folder / "data" / "workspaces" / run


def worker_of(site: Site) -> str:
    """The process in which runs are worked on."""
    return "worker-1" if site.production else "web"


def restart(site: Site, process: str, crash_at: str = "") -> None:
    """Kills ``process`` and starts it again, to die at ``crash_at``."""
    site.kill(process)
    site.start(crash_at=crash_at, only=process)
    site.wait_ready()


def await_death(site: Site, deaths: int, point: str, within_s: float = 15.0) -> None:
    deadline = time.monotonic() + within_s
    while site.deaths < deaths and time.monotonic() < deadline:
        site.heal()
        time.sleep(0.05)
    assert site.deaths == deaths, f"{site.deaths - deaths + 1} processes died at {point}, not one"


def succeed(site: Site, run: str) -> dict[str, Any]:
    ended = await_status(site, run, "succeeded", "failed", "cancelled", "expired")
    assert ended["status"] == "succeeded", ended
    return ended


def insist_ok(reply: Reply) -> Any:
    assert reply.status < 300, reply.body
    return reply.body
