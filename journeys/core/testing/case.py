"""TestCase: a conversation with what is expected of it. Frozen data; owns no judging and no running."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator

from agents.core.spec.types import Frozen
from journeys.core.testing.assertions.catalog import CATALOG, get_assertion

MOST_SILENCE_S = 366 * 86_400


class CaseDecision(Frozen):
    """What the person of the case says when the turn asks: approve, reject with a reason, edit with ``arguments``, or answer
    a question with ``answer``."""

    decision: Literal["approve", "reject", "edit", "answer"] = "approve"
    reason: str = ""
    answer: Any = None
    arguments: dict[str, Any] = {}

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.decision == "reject" and not self.reason:
            raise ValueError("a rejection says its reason")
        if self.decision == "answer" and self.answer is None:
            raise ValueError("an answer needs `answer`")
        return self


class Expectation(Frozen):
    """One assertion: ``check`` is a name of the assertion catalog, ``params`` are its parameters."""

    check: str
    params: dict[str, Any] = {}

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.check not in CATALOG:
            raise ValueError(f"there is no assertion {self.check!r}; there is: {', '.join(CATALOG)}")
        try:
            get_assertion(self.check).Params.model_validate(self.params)
        except ValidationError as error:
            told = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
            raise ValueError(f"parameters of {self.check}: {told}") from None
        return self


class ToolAnswer(Frozen):
    """What ``tool`` answers in this case instead of touching the world, for calls whose arguments contain ``when``.

    The first fitting one of a tool answers. With ``error`` the call fails with this text.
    """

    tool: str = Field(min_length=1)
    when: dict[str, Any] = {}
    result: Any = None
    error: str = ""


class CaseTurn(Frozen):
    """One message of the person, or a silence of so many seconds more, their decisions in the order in which they are asked
    for, and what must be true then.

    ``simulate`` as of ``PlaySpec``: ``timeout`` lets the time of the pathway run out at once, ``tool_failure`` lets every call
    of ``tool`` (empty: of any tool) fail.
    """

    says: str = Field(default="", max_length=20_000)
    silence_s: float | None = Field(default=None, gt=0, le=MOST_SILENCE_S)
    simulate: Literal["", "tool_failure", "timeout"] = ""
    tool: str = ""
    decisions: tuple[CaseDecision, ...] = ()
    expect: tuple[Expectation, ...] = ()

    @model_validator(mode="after")
    def _begins_somehow(self) -> Self:
        if bool(self.says.strip()) == (self.silence_s is not None):
            raise ValueError("a turn has either what the person `says` or a silence of `silence_s` seconds")
        if self.tool and self.simulate != "tool_failure":
            raise ValueError("`tool` names which tool fails: it goes with `simulate: tool_failure`")
        return self

    @property
    def play(self) -> dict[str, Any]:
        """What the tester does to the turn."""
        return {"simulate": self.simulate, "tool": self.tool} if self.simulate else {}


class TestCase(Frozen):
    """A test conversation.

    ``variables`` are what is known of the person, ``context`` what the conversation knows beforehand. ``tools`` are the
    declared results of tools: ``{name: result}`` or a list of ``ToolAnswer``. ``expect`` is judged after the last turn.
    """

    __test__: ClassVar[bool] = False

    name: str = Field(min_length=1, max_length=120)
    description: str = Field(default="", max_length=2000)
    variables: dict[str, Any] = {}
    context: dict[str, Any] = {}
    tools: tuple[ToolAnswer, ...] = ()
    turns: tuple[CaseTurn, ...] = Field(min_length=1, max_length=100)
    expect: tuple[Expectation, ...] = ()

    @field_validator("tools", mode="before")
    @classmethod
    def _by_name(cls, given: Any) -> Any:
        if isinstance(given, dict):
            return [{"tool": name, "result": result} for name, result in given.items()]
        return given

    @field_validator("name")
    @classmethod
    def _one_line(cls, name: str) -> str:
        if "\x00" in name or "\n" in name or not name.strip():
            raise ValueError("a name is one line that is not empty")
        return name.strip()
