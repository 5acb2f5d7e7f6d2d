"""What every agent in Python offers beside its run: readers of results, an A2A card, limits, permissions, and files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agents import (
    Agent,
    Audio,
    BaseAgent,
    BaseAgentConfig,
    File,
    Image,
    InputField,
    InvalidValues,
    Limits,
    OutputField,
    PermissionMode,
    PermissionPolicy,
    PermissionRule,
    PermissionType,
    QAConfig,
    SelfReflectionAgent,
    SelfReflectionConfig,
    Signature,
    SimpleQAAgent,
    ToolUse,
    VisionAgent,
)
from agents.adapters.llm.providers import DefaultModel, Providers
from agents.adapters.llm.scripted import ScriptedModel
from agents.core.spec.json_schema import input_schema
from agents.core.spec.printing import print_agent, print_signature
from agents.core.spec.types import FieldSpec, FileType
from agents.core.spec.values import validate_inputs
from tests.factories.media import png, write


def scripted(*answers: dict[str, Any]) -> Providers:
    return Providers({}, DefaultModel("scripted"), {"scripted": ScriptedModel([{"json": answer} for answer in answers])})


def test_the_three_step_agent_works_exactly_as_it_is_told() -> None:
    @dataclass
    class MyConfig:
        llm_provider: str = "scripted"
        model: str = "gpt-4"
        temperature: float = 0.7

    class MySignature(Signature):
        question: str = InputField(desc="User input")
        answer: str = OutputField(desc="Agent output")

    class MyAgent(BaseAgent):
        def __init__(self, config: MyConfig):
            super().__init__(config=config, signature=MySignature())

        def ask(self, question: str) -> Any:
            return self.run(question=question)

    agent = MyAgent(MyConfig())
    agent._models = scripted({"answer": "42"})
    result = agent.ask("How many?")
    assert result == {"answer": "42"}
    assert result.get("answer", "No answer") == "42"
    assert result.get("confidence", 0.0) == 0.0


def test_a_config_says_which_model_answers_and_how_the_strategy_works() -> None:
    spec = SelfReflectionAgent(SelfReflectionConfig(model="m", max_cycles=7)).spec
    assert (spec.model.model, spec.strategy, spec.strategy_params) == ("m", "self_reflection", {"max_cycles": 7})
    assert SelfReflectionAgent().spec.strategy_params == {}
    assert SelfReflectionAgent({"improvement_threshold": 0.5}).spec.strategy_params == {"improvement_threshold": 0.5}
    with pytest.raises(TypeError, match=r"SelfReflectionConfig, strategy self_reflection: max_cycles: got 0"):
        SelfReflectionAgent(SelfReflectionConfig(max_cycles=0))
    assert BaseAgentConfig().model is None


RESULT = {
    "text": "a",
    "number": 3,
    "share": "85%",
    "list": ["a"],
    "json": '["a", "b"]',
    "lines": "a\n\nb",
    "commas": "a, b",
    "map": {"a": 1},
}


@pytest.mark.parametrize(
    ("reader", "name", "expected"),
    [
        ("extract_str", "text", "a"),
        ("extract_str", "number", "3"),
        ("extract_str", "none", ""),
        ("extract_float", "number", 3.0),
        ("extract_float", "share", 0.85),
        ("extract_float", "text", 0.0),
        ("extract_list", "list", ["a"]),
        ("extract_list", "json", ["a", "b"]),
        ("extract_list", "lines", ["a", "b"]),
        ("extract_list", "commas", ["a", "b"]),
        ("extract_list", "number", []),
        ("extract_dict", "map", {"a": 1}),
        ("extract_dict", "text", {}),
    ],
)
def test_results_are_read_in_one_line(reader: str, name: str, expected: Any) -> None:
    result = SimpleQAAgent(models=scripted({"answer": "a", "confidence": 1, "reasoning": "r"})).ask("q")
    result.update(RESULT)
    assert getattr(result, reader)(name) == expected
    assert getattr(SimpleQAAgent(), reader)(RESULT, name) == expected
    assert json.loads(json.dumps(result))["text"] == "a"


def test_defaults_of_readers_are_given_where_there_is_nothing() -> None:
    agent = SimpleQAAgent()
    assert agent.extract_str({}, "x", "none") == "none"
    assert agent.extract_float({"x": True}, "x", 0.5) == 0.5
    assert agent.extract_list({}, "x", ["d"]) == ["d"]
    assert agent.extract_dict({"x": "[1]"}, "x", {"d": 1}) == {"d": 1}


def test_the_a2a_card_tells_what_the_agent_can_do() -> None:
    card = SimpleQAAgent(QAConfig()).to_a2a_card(url="https://agents.example/a2a/qa", version="2.1.0")
    assert card["protocolVersion"] == "0.3.0"
    assert (card["name"], card["description"], card["version"]) == ("SimpleQAAgent", "Answers questions.", "2.1.0")
    assert card["url"] == "https://agents.example/a2a/qa"
    assert set(card["capabilities"]) == {"streaming", "pushNotifications", "stateTransitionHistory"}
    assert card["defaultInputModes"] == ["text/plain", "application/json"]
    (skill,) = card["skills"]
    assert {"id", "name", "description", "tags"} <= set(skill)
    assert (skill["id"], skill["name"]) == ("simple-qa-agent", "QA")
    assert "Takes question, context; gives answer, confidence, reasoning." in skill["description"]
    assert "answer" in skill["tags"]


def test_the_cards_modes_follow_the_inputs_and_no_address_is_made_up() -> None:
    card = VisionAgent().to_a2a_card()
    assert "url" not in card
    assert card["defaultInputModes"] == ["application/json", "image/png", "image/jpeg"]
    assert "image" in card["skills"][0]["tags"]


class Report(Signature):
    """Report."""

    photo: Image = InputField("A photo")
    sound: Audio | None = InputField("A recording")
    extras: list[File] = InputField("Anything else", default=[])
    text: str = OutputField("The report")


class Reporter(Agent):
    """Reports."""

    __signature__ = Report
    __tools__ = [ToolUse(name="read_file", ask=True, quorum=2), ToolUse(name="write_file", quorum=3), "current_time"]
    __limits__ = Limits(tokens=100_000, seconds=60)
    __permissions__ = PermissionPolicy(
        mode=PermissionMode.PLAN,
        denied_tools=("bash_command",),
        rules=(PermissionRule(pattern="read_.*", permission_type=PermissionType.ALLOW, reason="it's safe", priority=5),),
    )


def test_limits_permissions_and_files_are_printed_so_that_they_compile_to_the_same_spec() -> None:
    scope: dict[str, Any] = {"__name__": "printed"}
    exec(print_agent(Reporter().spec), scope)
    assert scope["Reporter"]().spec == Reporter().spec
    again: dict[str, Any] = {"__name__": "printed"}
    exec(print_signature(Report.spec), again)
    assert again["Report"].spec == Report.spec


def test_files_are_types_of_their_own_in_the_schema_and_only_inputs() -> None:
    schema = input_schema(Report.spec)["properties"]
    assert schema["photo"]["title"] == "Image"
    assert schema["photo"]["properties"]["media_type"]["enum"] == ["image/png", "image/jpeg", "image/webp", "image/gif"]
    assert schema["extras"]["items"]["title"] == "File"
    with pytest.raises(TypeError, match="files are inputs"):

        class Paint(Signature):
            wish: str = InputField("What to paint")
            picture: Image = OutputField("The picture")


FILE = {"file": "f-1", "name": "a.png", "media_type": "image/png", "size": 10, "sha256": "0" * 64}


@pytest.mark.parametrize(
    "wrong",
    [
        "a.png",
        {**FILE, "media_type": "audio/wav"},
        {**FILE, "size": 10_000_001},
        {**FILE, "size": 0},
        {**FILE, "sha256": "x"},
        {**FILE, "more": 1},
        {"file": "f-1"},
        {**FILE, "file": "../etc/passwd"},
    ],
)
def test_values_of_files_are_checked_with_what_is_allowed(wrong: Any) -> None:
    assert validate_inputs(Report.spec, {"photo": FILE})["photo"] == FILE
    with pytest.raises(InvalidValues) as refused:
        validate_inputs(Report.spec, {"photo": wrong})
    assert refused.value.problems


def test_any_agent_in_python_takes_paths_for_files(tmp_path: Path) -> None:
    path = write(tmp_path, "photo.png", png())
    model = ScriptedModel([{"json": {"text": "seen"}}])
    agent = Reporter(models=Providers({}, DefaultModel("scripted"), {"scripted": model}))
    assert agent.run(photo=path, extras=[write(tmp_path, "notes.txt", b"hello")]) == {"text": "seen"}
    files = model.requests[0].messages[1].files
    assert [(part.name, part.media_type) for part in files] == [("photo.png", "image/png"), ("notes.txt", "text/plain")]


def test_a_file_type_is_part_of_the_spec() -> None:
    field = next(f for f in Report.spec.inputs if f.name == "photo")
    assert field == FieldSpec(name="photo", type=FileType(accepts="image"), description="A photo")
