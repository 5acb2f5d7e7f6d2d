"""The pages and operations of the run inspector without a browser: who sees them, what they tell, what their forms do."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from agents.core.inspect.account import fold_account
from agents.core.runtime.events import EventType, NewEvent
from agents.models.run import Run
from agents.services.forks import fork_with_arguments, fork_with_inputs
from agents.services.inspection import inspect_run
from agents.services.replay import replay_run
from agents.services.workers import PULSE_KEY
from tests.factories.api import ApiClient, key_of
from tests.factories.journals import answers, asks, begun, finished, long_journal, queued, rich_journal, started, store_journal
from tests.factories.people import People
from trust.core.errors import Invalid, NotFound
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
TOOL = "agent/0/branch/1/tool/0"
FAILED = "agent/0/branch/0/tool/0"


@pytest.fixture
def run(alice: Principal) -> Run:
    return store_journal(alice, rich_journal(), budget_microusd=2000)


def page(client: Client, run: Run, query: str = "", **options: Any) -> str:
    answer = client.get(f"/runs/{run.id}/{query}", **options)
    assert answer.status_code == 200, answer.content[:500]
    text: str = answer.content.decode()
    return text


# --- who sees what


def test_every_address_of_a_run_is_closed_to_strangers_and_of_private_runs_to_others(people: People, alice: Principal) -> None:
    run = store_journal(alice, rich_journal())
    private = store_journal(people.principal(people.bob), rich_journal(), private_to=people.principal(people.bob).ref)
    reads = ["", "?part=tree", "?tab=events", "compare/", f"compare/?with={run.id}", "export/"]
    writes = [("fork/", {"path": TOOL}), ("replay/", {}), ("cancel/", {})]
    charlie, bob = people.browser(people.charlie), people.browser(people.bob)
    for path in reads:
        assert charlie.get(f"/runs/{run.id}/{path}").status_code == 404, path
        assert bob.get(f"/runs/{run.id}/{path}").status_code == 200, path
        assert charlie.get(f"/runs/{private.id}/{path}").status_code == 404, path
    for path, form in writes:
        assert charlie.post(f"/runs/{run.id}/{path}", form).status_code == 404, path
    stranger = ApiClient(key_of(people, people.charlie))
    for path in ("/steps", "/export", f"/compare/{run.id}"):
        assert stranger.get(f"/runs/{run.id}{path}").status_code == 404, path
    assert stranger.post(f"/runs/{run.id}/replay").status_code == 404


def test_a_private_run_is_no_second_side_of_a_comparison(people: People, alice: Principal) -> None:
    hidden = store_journal(alice, rich_journal(), private_to=alice.ref)
    own = store_journal(people.principal(people.bob), rich_journal())
    assert people.browser(people.bob).get(f"/runs/{own.id}/compare/?with={hidden.id}").status_code == 404
    assert str(hidden.id) not in people.browser(people.bob).get(f"/runs/{own.id}/compare/").content.decode()


# --- what the page tells


def test_the_numbers_of_the_page_are_those_of_the_journal(tab: Client, run: Run, alice: Principal) -> None:
    shown = page(tab, run)
    account = fold_account(inspect_run(alice, run.id).events)
    assert (account.spent_microusd, account.input_tokens) == (run.spent_microusd, run.input_tokens) == (1020, 900)
    for text in ("$0.0010 and calls of unknown price", "900 in, 180 out", "4 of models, 3 of tools", "51 %"):
        assert text in shown


def test_the_same_run_is_always_drawn_the_same(tab: Client, run: Run) -> None:
    first, second = (page(tab, run, "?part=chart,tree", headers=HTMX) for _ in range(2))
    assert first == second
    for name in ("Researcher", "Booker", "Planner"):
        assert f">{name}</text>" in first
    assert first.count("url(#tl-hatch)") == 2  # the run waited, and the step that asked


def test_at_an_event_the_page_shows_the_run_as_it_was_then(tab: Client, run: Run) -> None:
    shown = page(tab, run, "?at=14")
    assert "You see the run as it was after event 14 of 26" in shown
    assert "Waiting" in shown
    assert f'data-step="{TOOL}"' in shown
    assert 'data-step="agent/0/model/0"' not in shown
    assert "$0.0010" in shown
    assert "You see the run as it was" not in page(tab, run, "?at=999999")


def test_parts_are_sent_alone_and_a_window_of_time_holds_only_its_bars(tab: Client, run: Run) -> None:
    part = page(tab, run, "?part=chart&from=14&to=15.7", headers=HTMX)
    assert part.strip().startswith("<")
    assert "<html" not in part
    assert 'data-p="agent/0/model/0"' in part
    assert FAILED not in part
    assert page(tab, run, "?from=oops&to=-3&at=x&offset=y&grain=z&show=q")


def test_filters_and_granularity_of_the_tree(tab: Client, run: Run) -> None:
    assert "No step fits these filters" in page(tab, run, "?q=nowhere&part=tree", headers=HTMX)
    errors = page(tab, run, "?only=errors&part=tree", headers=HTMX)
    assert FAILED in errors
    assert f'data-step="{TOOL}"' not in errors
    assert "step.started" in page(tab, run, "?grain=events&part=tree", headers=HTMX)
    calls = page(tab, run, "?grain=calls&kind=person&part=tree", headers=HTMX)
    assert calls.count("data-step=") == 1


@pytest.mark.parametrize(
    ("show", "step", "texts"),
    [
        ("summary", TOOL, ["Agent Booker called the tool http_post", "It took 2 attempts."]),
        ("summary", FAILED, ["It failed: FileNotFoundError: notes.txt."]),
        ("policy", TOOL, ["A person was asked: its danger is high.", "Booker", "two seats are right", "Bob", "2 people"]),
        ("policy", "agent/0/branch/1/tool/1", ["It was denied", "nothing is deleted", "Acme"]),
        ("effects", TOOL, ["Proposed", "Approved by Alice", "Sent with its idempotency key (attempt 2)", "Confirmed", TOOL]),
        ("prompt", "agent/0/branch/0/model/0", ["Be brief.", "input of the run", "<mark"]),
        ("io", TOOL, ["HC-7", "two seats"]),
        ("events", TOOL, ["approval.requested", "approval.voted", "step.finished"]),
    ],
)
def test_the_tabs_of_a_step_tell_what_happened(tab: Client, run: Run, show: str, step: str, texts: list[str]) -> None:
    shown = page(tab, run, f"?step={step}&show={show}&part=detail", headers=HTMX)
    for text in texts:
        assert text in shown, text


def test_a_result_is_shown_as_json_and_as_a_difference_to_the_attempt_before(tab: Client, run: Run) -> None:
    step = "?step=agent/0/branch/0/model/1&show=io&part=detail"
    assert "&quot;content&quot;" in page(tab, run, f"{step}&as=json", headers=HTMX)
    diff = page(tab, run, f"{step}&as=diff", headers=HTMX)
    assert 'data-sign="-"' in diff
    assert "not json" in diff
    assert "nothing: this is the first attempt" in page(tab, run, f"?step={FAILED}&show=io&as=diff&part=detail", headers=HTMX)


def test_a_step_with_a_hostile_result_stays_text(tab: Client, alice: Principal) -> None:
    evil = "<script>alert(1)</script>"
    ask = asks(f"message: {json.dumps(evil)}")
    journal = [
        queued(),
        started(0.1),
        begun(0.2, "agent/0/model/0", "model", ask, agent=evil),
        finished(0.9, "agent/0/model/0", "model", ask, answers(evil)),
    ]
    run = store_journal(alice, [*journal, (1.0, NewEvent(EventType.RUN_SUCCEEDED, "", {"output": {}}))], title=evil)
    for query in ("", "?show=prompt", "?show=io&as=json", "?grain=turns", "?tab=events"):
        assert "<script>alert" not in page(tab, run, query)


def test_a_run_without_a_worker_says_so_in_red(tab: Client, alice: Principal) -> None:
    run = store_journal(alice, [queued()], status="queued", started_at=None, finished_at=None, attempt=0)
    cache.delete(PULSE_KEY)
    assert "No worker serves the queue" in page(tab, run)
    cache.set(PULSE_KEY, time.time())
    shown = page(tab, run)
    assert "No worker serves" not in shown
    assert "a free worker" in shown
    cache.delete(PULSE_KEY)


def test_a_running_run_says_what_it_waits_for_with_its_worker_and_lease(tab: Client, alice: Principal) -> None:
    live = {"status": "running", "lease_owner": "worker-7", "lease_until": timezone.now(), "finished_at": None, "output": None}
    run = store_journal(alice, rich_journal()[:4], **live)
    shown = page(tab, run)
    for text in ("waits for", "the model (agent/0/branch/1/model/0) and 1 more", "worker-7", "Lease until"):
        assert text in shown


@pytest.mark.slow
def test_five_thousand_events_are_shown_within_a_second_and_in_a_bounded_page(tab: Client, alice: Principal) -> None:
    run = store_journal(alice, long_journal(5000))
    page(tab, run)  # compiles the templates
    began = time.process_time()  # of this process alone: what else the machine does is not the page's fault
    shown = page(tab, run)
    took = time.process_time() - began
    print(f"a run of 5,000 events: {took * 1000:.0f} ms, {len(shown) / 1024:.0f} KiB")
    assert took < 1.0
    assert len(shown) < 600_000
    assert 100 < shown.count("data-step=") <= 160


# --- what the forms do


def test_a_replay_of_a_recording_by_hand_names_its_first_divergence(tab: Client, run: Run) -> None:
    answer = tab.post(f"/runs/{run.id}/replay/")
    assert answer.status_code == 200
    assert "Replay: diverged." in answer.content.decode()
    young = Run.objects.get(pk=run.pk)
    Run.objects.filter(pk=young.pk).update(started_at=None)
    assert tab.post(f"/runs/{run.id}/replay/").status_code == 409


def tool_run(alice: Principal) -> Run:
    """A model asked for two calls of one tool in one answer."""
    calls = [
        {"id": f"c{n}", "name": "ask_user_question", "arguments": {"question": f"Which {word}?"}}
        for n, word in enumerate(("colour", "size"))
    ]
    request = asks('message: "hello"')
    journal = [
        queued(),
        started(0.1),
        begun(0.2, "agent/0/model/0", "model", request),
        finished(0.9, "agent/0/model/0", "model", request, answers(calls=calls)),
    ]
    for n, call in enumerate(calls):
        asked = {"tool": call["name"], "arguments": call["arguments"]}
        journal += [
            begun(1.0 + n, f"agent/0/tool/{n}", "tool", asked),
            finished(1.5 + n, f"agent/0/tool/{n}", "tool", asked, "blue"),
        ]
    return store_journal(alice, [*journal, (4.0, NewEvent(EventType.RUN_SUCCEEDED, "", {"output": {}}))])


def test_a_fork_with_other_arguments_edits_the_answer_that_asked_and_keeps_what_was_done(alice: Principal) -> None:
    source = tool_run(alice)
    fork = fork_with_arguments(principal=alice, run_id=source.id, path="agent/0/tool/1", arguments={"question": "Which shape?"})
    seen = inspect_run(alice, fork.id)
    assert [(s.path, s.status, s.edited, s.kept) for s in seen.steps] == [
        ("agent/0/model/0", "finished", True, True),
        ("agent/0/tool/0", "finished", False, True),
    ]
    asked = seen.steps[0].result["tool_calls"]
    assert [call["arguments"]["question"] for call in asked] == ["Which colour?", "Which shape?"]
    fork.refresh_from_db()
    assert (fork.status, fork.last_seq, fork.forked_from_id) == ("queued", len(seen.events), source.id)
    with pytest.raises(Invalid, match="was not asked for by a model"):
        fork_with_arguments(principal=alice, run_id=source.id, path="agent/0/model/0", arguments={})
    with pytest.raises(NotFound):
        fork_with_arguments(principal=alice, run_id=source.id, path="gone/0", arguments={})


def test_arguments_that_do_not_fit_the_tool_and_text_that_is_no_json_start_nothing(tab: Client, alice: Principal) -> None:
    source = tool_run(alice)
    for value, told in (('{"words": 1}', "question"), ("{", "This is not JSON"), ("[1]", "JSON object")):
        answer = tab.post(f"/runs/{source.id}/fork/", {"path": "agent/0/tool/1", "arguments": value})
        assert answer.status_code == 422, value
        assert told in answer.content.decode()
        assert "No run was started." in answer.content.decode()
    assert Run.objects.count() == 1


def test_a_run_starts_again_with_other_inputs_that_fit(tab: Client, run: Run, alice: Principal) -> None:
    fork = fork_with_inputs(principal=alice, run_id=run.id, inputs={"message": "plan another"})
    assert (fork.inputs, fork.forked_from_id, fork.spec_digest) == ({"message": "plan another"}, run.id, run.spec_digest)
    answer = tab.post(f"/runs/{run.id}/fork/?tab=data", {"inputs": '{"age": 3}'})
    assert answer.status_code == 422
    assert "No run was started." in answer.content.decode()
    assert tab.post(f"/runs/{run.id}/fork/", {"inputs": '{"message": "x"}'}).status_code == 302


def test_an_export_holds_everything_and_is_the_same_each_time(tab: Client, run: Run, people: People) -> None:
    first, second = (tab.get(f"/runs/{run.id}/export/") for _ in range(2))
    assert first.content == second.content
    assert "attachment" in first["Content-Disposition"]
    found = first.json()
    assert [event["seq"] for event in found["events"]] == list(range(1, 27))
    assert (found["run"]["id"], found["spec"]["kind"], found["account"]["spent_microusd"]) == (str(run.id), "agent", 1020)
    assert found == ApiClient(key_of(people, people.alice)).get(f"/runs/{run.id}/export").json()


def test_the_api_tells_steps_comparison_and_replay(people: People, run: Run, alice: Principal) -> None:
    client = ApiClient(key_of(people, people.alice))
    steps = client.get(f"/runs/{run.id}/steps").json()
    assert (steps["total"], steps["status"], steps["account"]["spent_microusd"]) == (8, "succeeded", 1020)
    then = client.get(f"/runs/{run.id}/steps?at=14&only=errors").json()
    assert (then["status"], [step["path"] for step in then["items"]]) == ("waiting", [FAILED])
    assert client.get(f"/runs/{run.id}/steps?only=nonsense").status_code == 422
    other = store_journal(alice, rich_journal()[:12])
    found = client.get(f"/runs/{run.id}/compare/{other.id}").json()
    assert found["first"] == TOOL  # it waits in one of them
    assert found["counts"] == {"same": 4, "changed": 2, "left": 2, "right": 0}
    assert client.post(f"/runs/{run.id}/replay").json()["verdict"] == "diverged"
    assert client.post(f"/runs/{run.id}/fork", {"path": "x", "result": 1, "inputs": {}}).status_code == 422
    assert client.post(f"/runs/{run.id}/fork", {"inputs": {"message": "again"}}).status_code == 202
    with pytest.raises(NotFound):
        replay_run(principal=people.principal(people.charlie), run_id=run.id)


# --- the list


def test_the_list_is_narrowed_searched_and_ordered(tab: Client, people: People, alice: Principal) -> None:
    cheap = store_journal(alice, rich_journal()[:5], title="Cheap", inputs={"message": "a café in Paris"}, status="failed")
    dear = store_journal(people.principal(people.bob), rich_journal(), title="Dear")
    Run.objects.filter(pk=dear.pk).update(created_at=timezone.now() - timedelta(days=3))

    def listed(query: str) -> list[str]:
        text = tab.get(f"/runs/?{query}", headers=HTMX).content.decode()
        return [name for name in sorted(("Cheap", "Dear"), key=text.find) if name in text]

    assert listed("") == ["Cheap", "Dear"]
    assert listed("sort=cost") == ["Dear", "Cheap"]
    assert listed("mine=1") == ["Cheap"]
    assert listed("when=day") == ["Cheap"]
    assert listed("q=café") == ["Cheap"]
    assert listed("q=paris+a") == ["Cheap"]
    assert listed(f"q={str(dear.id)[:8]}") == ["Dear"]
    assert listed("status=failed") == ["Cheap"]
    assert listed("what=nothing") == []
    assert listed("sort=x&before=never~y&when=ever") == ["Cheap", "Dear"]
    api = ApiClient(key_of(people, people.alice))
    first = api.get("/runs?sort=cost&limit=1").json()
    rest = api.get(f"/runs?sort=cost&limit=1&cursor={first['next']}").json()
    assert [page["items"][0]["title"] for page in (first, rest)] == ["Dear", "Cheap"]
    assert [found["id"] for found in api.get("/runs?q=Paris").json()["items"]] == [str(cheap.id)]
