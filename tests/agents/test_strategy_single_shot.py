"""The single-shot strategy: repair, tools, rejections, bounds; over scripts and over a real HTTP server."""

from __future__ import annotations

import json
from typing import Any

from agents.adapters.llm.catalog import PROVIDERS
from agents.adapters.llm.openai_compatible import OpenAICompatible
from agents.adapters.llm.providers import Providers
from agents.adapters.llm.scripted import ScriptedModel
from agents.core.llm.port import ToolCall
from agents.core.llm.retry import Retrying
from agents.core.runtime.effects import Effect
from agents.core.runtime.events import EventType
from agents.core.runtime.memory import CatalogTools, Deltas, MemoryJournal, memory_ports, run_in_memory
from agents.core.runtime.outcome import Outcome
from agents.core.runtime.ports import Ports, Tool
from agents.core.spec.agent import AgentSpec
from agents.core.strategies import run_agent_spec
from tests.agents.signatures import GOOD, INPUTS, agent
from tests.factories.model_server import ModelServer, call

LOOK_UP_SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string"}},
    "required": ["word"],
    "additionalProperties": False,
}


async def _look_up(arguments: dict[str, Any], context: Any) -> Any:
    if arguments["word"] == "bomb":
        raise RuntimeError("the dictionary exploded")
    return {"meaning": arguments["word"].upper()}


LOOK_UP = Tool("look_up", "Looks a word up", LOOK_UP_SCHEMA, Effect.READ, _look_up, summary="Look {word} up")


def ports_of(model: Any) -> Ports:
    models = Providers({}, instances={"demo": model, "openai": model})
    return memory_ports(models=models, tools=CatalogTools({"look_up": LOOK_UP}))


async def run(spec: AgentSpec, ports: Ports) -> Outcome:
    return await run_in_memory(run_agent_spec, spec, INPUTS, ports)


def calls(word: Any) -> dict[str, Any]:
    return {"tool_calls": [ToolCall(id="c1", name="look_up", arguments={"word": word}).model_dump()]}


def paths(ports: Ports, kind: EventType) -> list[str]:
    assert isinstance(ports.journal, MemoryJournal)
    return [e.path for e in ports.journal.events if e.type is kind]


async def test_a_valid_answer_takes_one_step() -> None:
    ports = ports_of(ScriptedModel([{"json": GOOD}]))
    assert (await run(agent(), ports)).output == GOOD
    assert paths(ports, EventType.STEP_FINISHED) == ["agent/0/model/0"]


async def test_an_invalid_answer_goes_back_with_the_validators_message() -> None:
    model = ScriptedModel([{"text": "hm"}, {"json": {**GOOD, "urgency": "huge"}}, {"json": GOOD}])
    ports = ports_of(model)
    assert (await run(agent(), ports)).output == GOOD
    assert "not a JSON object but 'hm'" in model.requests[1].messages[-1].content
    assert "urgency: got 'huge'" in model.requests[2].messages[-1].content
    assert paths(ports, EventType.STEP_FINISHED) == [f"agent/0/model/{n}" for n in range(3)]


async def test_repairs_end_with_the_partial_kept() -> None:
    bad = {"json": {**GOOD, "urgency": "huge"}, "match": "Judge"}
    outcome = await run(agent(max_repairs=1), ports_of(ScriptedModel([bad])))
    assert outcome.error["code"] == "invalid_answer"
    assert outcome.error["details"]["partial"]["response"] == "All is well."
    assert "after 1 repairs" in outcome.error["message"]


async def test_a_replay_asks_nobody_again() -> None:
    model = ScriptedModel([calls("hi"), {"text": "hm"}, {"json": GOOD}])
    ports = ports_of(model)
    spec = agent(tools=[{"name": "look_up"}])
    first = await run(spec, ports)
    again = await run(spec, ports)
    assert first == again == Outcome("succeeded", output=GOOD)
    assert len(model.requests) == 3


async def test_tool_results_and_tool_errors_go_to_the_model() -> None:
    model = ScriptedModel([calls("hi"), calls("bomb"), calls(7), {"json": GOOD}])
    ports = ports_of(model)
    assert (await run(agent(tools=[{"name": "look_up"}]), ports)).output == GOOD
    told = [m.content for m in model.requests[-1].messages if m.role == "tool"]
    assert json.loads(told[0]) == {"meaning": "HI"}
    assert json.loads(told[1])["error"] == {"code": "tool_failed", "message": "RuntimeError: the dictionary exploded"}
    assert json.loads(told[2])["error"]["code"] == "invalid_arguments"
    assert paths(ports, EventType.STEP_STARTED).count("agent/0/tool/2") == 0


async def test_an_unknown_tool_is_told_to_the_model_with_the_right_names() -> None:
    model = ScriptedModel([{"tool_calls": [{"id": "c1", "name": "fly"}]}, {"json": GOOD}])
    await run(agent(tools=[{"name": "look_up"}]), ports_of(model))
    assert "it has: look_up" in model.requests[1].messages[-1].content


async def test_rounds_of_tools_are_bounded() -> None:
    model = ScriptedModel([*[calls("hi") for _ in range(2)], {"json": GOOD}])
    spec = agent(tools=[{"name": "look_up"}], strategy_params={"max_rounds": 2})
    assert (await run(spec, ports_of(model))).output == GOOD
    assert [r.tool_choice for r in model.requests] == ["auto", "auto", "none"]


async def test_a_tool_that_asks_waits_and_a_rejection_is_read_by_the_model() -> None:
    from agents.core.runtime.events import NewEvent

    model = ScriptedModel([calls("hi"), {"json": GOOD}])
    ports = ports_of(model)
    spec = agent(tools=[{"name": "look_up", "ask": True}])
    waiting = await run(spec, ports)
    assert waiting.waiting_on == {"on": "approval", "path": "agent/0/tool/0", "title": "Look hi up"}
    decision = {"decision": "reject", "reason": "not today"}
    await ports.journal.append(NewEvent(EventType.APPROVAL_DECIDED, "agent/0/tool/0", decision))
    assert (await run(spec, ports)).output == GOOD
    assert json.loads(model.requests[1].messages[-1].content)["error"] == {"code": "rejected", "message": "not today"}


async def test_the_text_for_people_is_heard_while_it_is_written() -> None:
    heard: list[str] = []
    ports = ports_of(ScriptedModel([{"json": GOOD, "piece_length": 3}]))
    assert isinstance(ports.listener, Deltas)
    ports.listener.hear = lambda path, text: heard.append(text)
    await run(agent(), ports)
    assert len(heard) > 2
    assert heard[-1] == "All is well."
    assert all(later.startswith(earlier) for earlier, later in zip(heard, heard[1:], strict=False))


async def test_a_failed_request_fails_the_step_with_its_code_and_partial() -> None:
    ports = ports_of(ScriptedModel([{"json": GOOD, "break_after": 20}]))
    outcome = await run(agent(), ports)
    assert outcome.error["code"] == "bad_reply"
    assert isinstance(ports.journal, MemoryJournal)
    assert ports.journal.events[-1].payload["partial"] == json.dumps(GOOD)[:20]


async def test_over_http_invalid_json_truncation_and_limits_end_as_they_should() -> None:
    async def no_pause(_seconds: float) -> None:
        return None

    with ModelServer() as server:
        ports = ports_of(Retrying(OpenAICompatible(PROVIDERS["openai"], server.url, "k"), no_pause, lambda: 0.5))
        server.plan(status=429, error={"message": "slow down"})
        server.plan(status=500, error={"message": "broken"})
        server.plan(text='{"urgency": "low", ')
        server.plan(tool_calls=(call("look_up", {"word": "hi"}),))
        server.plan(text=json.dumps(GOOD))
        spec = agent(model={"provider": "openai", "model": "gpt-4o-mini"}, tools=[{"name": "look_up"}])
        assert (await run(spec, ports)).output == GOOD
        assert len(server.requests) == 5
        assert "not valid JSON" in server.requests[3]["messages"][-1]["content"]
        server.plan(text=json.dumps(GOOD), end_after=2)
        cut = ports_of(Retrying(OpenAICompatible(PROVIDERS["openai"], server.url, "k"), no_pause, lambda: 0.5))
        outcome = await run(agent(model={"provider": "openai", "model": "gpt-4o-mini"}), cut)
        assert outcome.error["code"] == "bad_reply"


async def test_wrong_inputs_and_unknown_strategies_fail_with_what_is_allowed() -> None:
    wrong = await run_in_memory(run_agent_spec, agent(), {"message": 1}, ports_of(ScriptedModel()))
    assert wrong.error["code"] == "invalid_inputs"
    unknown = await run(agent(strategy="psychic"), ports_of(ScriptedModel()))
    assert unknown.error["message"].startswith("no strategy 'psychic'; there is: ")
    assert "single_shot" in unknown.error["message"]
    bounds = await run(agent(strategy_params={"max_rounds": 0}), ports_of(ScriptedModel()))
    assert bounds.error["code"] == "invalid_inputs"
