"""``manage.py kaizen run`` in a real terminal: alone and beside a running site, with questions, approvals and Ctrl+C."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.factories.drafts import signature_draft
from tests.factories.site import ROOT, Site
from tests.factories.terminal import Terminal

pytestmark = pytest.mark.slow

QUESTION = {"question": "Which colour?", "options": ["red", "blue"]}
SCRIPT: dict[str, Any] = {
    "replies": [
        {"match": "SLOW", "times": 99, "json": {"response": "word " * 4000}, "piece_delay_s": 0.05},
        {"match": '"blue"', "times": 99, "json": {"response": "Blue it is, and \u001b[31mquiet."}},
        {"match": "not today", "times": 99, "json": {"response": "Then not."}},
        {
            "match": "Which",
            "times": 99,
            "tool_calls": [{"id": "c1", "name": "ask_user_question", "arguments": QUESTION}],
        },
        {"match": "hello", "times": 99, "json": {"response": "Good day."}},
    ]
}
PUBLISH = """
from agents.services.definitions import create_definition, publish_version
from trust.services.setup import owner_principal
p = owner_principal()
create_definition(p, "agent", "helper", {draft!r})
publish_version(p, "agent", "helper")
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("terminal")
    script = folder / "script.json"
    script.write_text(json.dumps(SCRIPT))
    environ = {"KAIZEN_SCRIPTED": str(script), "KAIZEN_DEFAULT_PROVIDER": "demo", "KAIZEN_LOG_LEVEL": "ERROR"}
    site = Site(folder, environ)
    site.manage("prepare")
    draft = {
        "kind": "agent",
        "name": "Helper",
        "signature": signature_draft(),
        "model": {"provider": "scripted"},
        "tools": [{"name": "ask_user_question"}],
    }
    site.manage("shell", "-c", PUBLISH.format(draft=draft))
    yield site
    with contextlib.suppress(Exception):
        site.stop()


def run_piped(site: Site, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "kaizen", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=site.environ, input=typed, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_question_is_answered_in_the_terminal_without_a_running_site(site: Site) -> None:
    terminal = Terminal(site, "run", "helper", "--input", '{"message": "Which?"}', "--follow")
    terminal.read_until("Which colour")
    terminal.read_until("2. blue")
    terminal.read_until("Answer: ")
    terminal.type("green\n")
    terminal.read_until("One of 1 to 2")
    terminal.type("2\n")
    terminal.read_until("succeeded")
    assert terminal.end() == 0
    assert "Blue it is" in terminal.shown
    assert "warning" not in terminal.shown, "the log of the engine is not the person's business"
    assert "\x1b[31mquiet" not in terminal.shown, "what a model says does not steer the terminal"


def test_the_first_ctrl_c_stops_after_the_step_and_the_second_at_once(site: Site) -> None:
    terminal = Terminal(site, "run", "helper", "--input", "message=SLOW", "--follow")
    terminal.read_until("word word")
    os.killpg(terminal.process.pid, signal.SIGINT)
    terminal.read_until("Stopping after this step")
    time.sleep(0.5)
    assert terminal.process.poll() is None
    began = time.monotonic()
    os.killpg(terminal.process.pid, signal.SIGINT)
    terminal.read_until("cancelled")
    assert terminal.end() == 130
    assert time.monotonic() - began < 5


def test_without_follow_only_the_result_is_shown_and_a_waiting_run_is_left_with_a_hint(site: Site) -> None:
    done = run_piped(site, "run", "helper", "--input", "message=hello")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Run succeeded.\nresponse: Good day.\n"
    left = run_piped(site, "run", "helper", "--input", "message=Which?")
    assert left.returncode == 3
    found = re.search(r"Run (\S+) waits: Which colour\?", left.stderr)
    assert found, left.stderr
    listed = run_piped(site, "runs", "--status", "waiting").stdout
    assert found.group(1) in listed
    assert "Which colour?" in listed
    assert run_piped(site, "answer", found.group(1), "pink").returncode == 1
    assert run_piped(site, "answer", found.group(1), "blue").stdout == "Answered.\n"
    cancelled = run_piped(site, "cancel", found.group(1), "--now")
    assert "is cancelled" in cancelled.stdout


def test_json_lines_go_both_ways_and_the_end_of_the_input_hangs_nobody(site: Site) -> None:
    gone = run_piped(site, "run", "helper", "--input", "message=Which?", "--stdio", typed="")
    assert gone.returncode == 3, gone.stdout + gone.stderr
    assert "nobody can reply here" in gone.stderr
    command = [sys.executable, "manage.py", "kaizen", "run", "helper", "--input", "message=Which?", "--stdio"]
    process = subprocess.Popen(command, cwd=ROOT, env=site.environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    question = next(m for line in process.stdout if (m := json.loads(line))["type"] == "question")
    assert question["options"] == ["red", "blue"]
    reply = {"id": question["id"], "decision": "reject", "reason": "not today", "seen_digest": question["digest"]}
    process.stdin.write(json.dumps(reply) + "\n")
    process.stdin.flush()
    rest = [json.loads(line) for line in process.stdout]
    assert rest[-1]["status"] == "succeeded"
    assert rest[-1]["output"] == {"response": "Then not."}
    assert process.wait(20) == 0


def test_wrong_inputs_and_unknown_names_are_told(site: Site) -> None:
    unknown = run_piped(site, "run", "nobody", "--input", "message=x")
    assert unknown.returncode == 1
    assert "No published agent and no journey has the slug 'nobody'" in unknown.stderr
    wrong = run_piped(site, "run", "helper", "--input", "hello")
    assert "neither a JSON object nor NAME=VALUE" in wrong.stderr
    missing = run_piped(site, "run", "helper")
    assert missing.returncode == 1
    assert "message" in missing.stderr


def test_beside_a_running_site_its_workers_do_the_work_and_another_may_decide(site: Site) -> None:
    site.start()
    site.wait_ready()
    terminal = Terminal(site, "run", "helper", "--input", "message=Which?", "--follow")
    terminal.read_until("Answer: ")
    key = site.make_key()
    waiting = site.call("GET", "/api/v1/approvals", key=key).body["items"][-1]
    body = {"decision": "answer", "seen_digest": waiting["digest"], "result": "blue"}
    assert site.call("POST", f"/api/v1/approvals/{waiting['id']}/decision", body, key=key).status == 200
    terminal.read_until("answer by .*: blue")
    terminal.read_until("succeeded")
    assert terminal.end() == 0
    events = site.call("GET", f"/api/v1/runs/{waiting['run_id']}/events", key=key).body["items"]
    workers = {e["payload"]["worker"] for e in events if e["type"] == "run.started"}
    assert not any(f":{terminal.process.pid}:" in worker for worker in workers), "the site's own worker did it"
