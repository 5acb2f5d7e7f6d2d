"""A Python function as a tool: its schema from its hints, its description from its docstring, and its call in a run."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field

from agents import BaseAgent, InputField, OutputField, Signature, ToolContext, tool
from agents.adapters.llm.providers import Providers
from agents.adapters.llm.scripted import ScriptedModel
from agents.core.runtime.effects import Effect
from agents.core.tools import catalog
from agents.core.tools.function import tool_of
from tests.agents.tools.calling import STEP, call_tool_in_run


class Place(BaseModel):
    city: str
    country: str = "CH"


@dataclass
class Forecast:
    degrees: float
    words: list[str]


@tool(danger="low", effect="read", summary="Ask for the weather in {place}")
def weather(place: Place, days: Annotated[int, Field(ge=1, le=7)] = 3, unit: Literal["c", "f"] = "c") -> Forecast:
    """Tells the weather of a place.

    It knows the next week.

    Args:
        place: Where, by its city
            and its country.
        days (int): How many days.

    Returns:
        The forecast.
    """
    return Forecast(20.5, [place.city] * days)


@tool
async def send(text: str, context: ToolContext) -> str:
    """Sends a text."""
    return f"{text} by {context.idempotency_key}"


def test_schemas_come_from_hints_and_words_from_the_docstring() -> None:
    made = tool_of(weather)
    assert (made.name, made.danger, made.effect, made.edits) == ("weather", "low", Effect.READ, False)
    assert made.description == "Tells the weather of a place.\n\nIt knows the next week."
    properties = made.parameters["properties"]
    assert made.parameters["required"] == ["place"]
    assert made.parameters["additionalProperties"] is False
    assert properties["place"]["description"] == "Where, by its city and its country."
    assert properties["days"] == {"default": 3, "description": "How many days.", "maximum": 7, "minimum": 1, "type": "integer"}
    assert properties["unit"]["enum"] == ["c", "f"]
    assert made.result is not None
    assert made.result["properties"]["degrees"] == {"type": "number"}
    assert weather(Place(city="Bern")).words == ["Bern"] * 3, "it stays a function"


def test_what_nobody_classed_asks_and_is_never_repeated() -> None:
    assert (tool_of(send).danger, tool_of(send).effect) == ("unknown", Effect.UNKEYED)
    assert "context" not in tool_of(send).parameters["properties"]


async def test_a_function_is_called_with_real_values_and_gives_back_json() -> None:
    arguments = {"place": {"city": "Bern"}, "days": 2}
    called = await call_tool_in_run("weather", arguments, tools={"weather": tool_of(weather)})
    assert called.result == {"degrees": 20.5, "words": ["Bern", "Bern"]}


async def test_the_context_is_handed_in_and_is_not_the_models() -> None:
    called = await call_tool_in_run("send", {"text": "hi"}, tools={"send": tool_of(send)})
    assert called.result.startswith("hi by ")
    assert called.result.endswith(f":{STEP}")


async def test_a_slow_function_does_not_hold_up_the_loop() -> None:
    seen = []

    @tool(effect="read")
    def where() -> str:
        """Tells the thread."""
        seen.append(threading.current_thread() is threading.main_thread())
        return "x"

    await call_tool_in_run("where", {}, tools={"where": tool_of(where)})
    assert seen == [False]


async def test_an_error_of_the_function_is_the_steps_failure() -> None:
    @tool(effect="read")
    def broken(n: int) -> int:
        """Breaks."""
        raise RuntimeError("it broke")

    called = await call_tool_in_run("broken", {"n": 1}, tools={"broken": tool_of(broken)})
    assert (called.code, called.message) == ("tool_failed", "RuntimeError: it broke")


def refuse(match: str, function: Any, **options: Any) -> None:
    with pytest.raises(TypeError, match=match):
        tool(**options)(function)


def test_a_function_that_cannot_be_a_tool_says_why() -> None:
    def silent(n: int) -> int:
        return n

    def untyped(n):  # type: ignore[no-untyped-def]
        """Has no types."""

    def starred(*args: int) -> None:
        """Takes anything."""

    def odd(sender: threading.Thread) -> None:
        """Takes what has no JSON form."""

    def fine(n: int) -> int:
        """Is fine."""
        return n

    refuse("no description", silent)
    refuse("parameter n has no type", untyped)
    refuse("cannot be filled by name", starred)
    refuse("no JSON form", odd)
    refuse("danger is one of safe, low", fine, danger="huge")
    refuse("effect is one of read, keyed, unkeyed", fine, effect="local")
    refuse("cannot be the name of a tool", fine, name="a tool")
    with pytest.raises(TypeError, match="decorate the function with @tool"):
        tool_of(fine)


class Ask(Signature):
    """Answer the question."""

    question: str = InputField(description="The question")
    answer: str = OutputField(description="The answer")


async def test_an_agent_takes_functions_beside_names() -> None:
    call = {"tool_calls": [{"id": "c1", "name": "weather", "arguments": {"place": {"city": "Bern"}, "days": 1}}]}
    model = ScriptedModel([call, {"json": {"answer": "warm"}}])
    models = Providers({}, instances={"demo": model})
    agent = BaseAgent(signature=Ask(), name="Asker", tools=[weather, "current_time"], models=models)
    assert [use.name for use in agent.spec.tools] == ["weather", "current_time"]
    assert (await agent.run_async(question="?"))["answer"] == "warm"
    assert "20.5" in model.requests[1].messages[-1].content


async def test_an_agents_files_lie_in_the_folder_that_it_was_given(tmp_path: Any) -> None:
    call = {"tool_calls": [{"id": "c1", "name": "list_directory", "arguments": {}}]}
    model = ScriptedModel([call, {"json": {"answer": "one"}}])
    (tmp_path / "here.txt").write_text("x")
    models = Providers({}, instances={"demo": model})
    agent = BaseAgent(signature=Ask(), name="Lister", tools=["list_directory"], models=models, workspace=tmp_path)
    await agent.run_async(question="?")
    assert "here.txt" in model.requests[1].messages[-1].content


def test_a_function_can_be_registered_by_its_dotted_place(monkeypatch: pytest.MonkeyPatch) -> None:
    catalog.tool_names()
    monkeypatch.setattr(catalog, "TOOLS", {**catalog.TOOLS})
    monkeypatch.setattr(catalog, "_LOADED", {})
    catalog.register_tool("weather", "tests.agents.tools.test_function_tools:weather")
    assert catalog.get_tool("weather").name == "weather"
