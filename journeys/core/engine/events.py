"""What a turn is told (events), what it asks for (effects), and the turn in the middle. Pure data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from agents.core.runtime.errors import RuntimeFault
from agents.core.spec.agent import AgentSpec
from agents.core.spec.pipeline import PipelineSpec
from journeys.core.engine.deciding import Decision
from journeys.core.engine.intents import Classification
from journeys.core.engine.returns import Move
from journeys.core.engine.state import JourneyState
from journeys.core.spec import PathwaySpec, TransitionSpec


@dataclass(frozen=True, slots=True)
class MessageReceived:
    """A person's message is to be answered."""


@dataclass(frozen=True, slots=True)
class IntentDetected:
    """``from_cache``: the answer was remembered, no model was asked."""

    classification: Classification
    from_cache: bool = False


@dataclass(frozen=True, slots=True)
class AgentAnswered:
    outputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Happened:
    """Something happened without a message: ``timeout``, ``error`` (with its ``code``) or ``inactivity`` (for ``after_s``).

    ``told``: what happened, as a sentence for people. ``transition``: the one that waited for it; empty: whichever listens.
    """

    event: Literal["timeout", "error", "inactivity"]
    told: str
    code: str = ""
    after_s: float = 0
    transition: str = ""


@dataclass(frozen=True, slots=True)
class Detected:
    """What the detector of a pattern found."""

    outputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PathwayFailed:
    """The pathway could not answer, because of ``fault``."""

    fault: RuntimeFault


@dataclass(frozen=True, slots=True)
class Vetoed:
    """A hook stopped what was about to happen at ``event``; the person reads ``reason``."""

    event: str
    hook: str
    reason: str


Event = MessageReceived | IntentDetected | AgentAnswered | Happened | Detected | PathwayFailed | Vetoed


@dataclass(frozen=True, slots=True)
class DetectIntent:
    """Ask the model which intent the message has; answer with ``IntentDetected``.

    ``keep_s``: for how long the answer to exactly this question may be used again; 0: not at all.
    """

    agent: AgentSpec
    values: Mapping[str, Any]
    keep_s: float = 0


@dataclass(frozen=True, slots=True)
class RunAgent:
    """Run the agent or pipeline that the pathway knows as ``id``; answer with ``AgentAnswered``."""

    id: str
    agent: AgentSpec | PipelineSpec
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RunPattern:
    """Let the members of ``pathway`` answer together under its pattern; each takes its inputs from ``answering.bind_member``.
    Answer with ``AgentAnswered``."""

    pathway: PathwaySpec
    members: tuple[tuple[str, AgentSpec | PipelineSpec], ...]


@dataclass(frozen=True, slots=True)
class CommitTurn:
    """Store the reply and the new state; the turn is over."""

    reply: str
    state: JourneyState
    summary: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Detect:
    """Run the detector of the pattern ``name``; answer with ``Detected``."""

    name: str
    agent: AgentSpec
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FailPathway:
    """The pathway cannot even be asked, because of ``fault``: answer with ``PathwayFailed``."""

    fault: RuntimeFault


Effect = DetectIntent | RunAgent | RunPattern | Detect | FailPathway | CommitTurn


@dataclass(frozen=True, slots=True)
class Considered:
    """A transition that could have been taken: ``taken`` or not, and ``why`` as a sentence for people."""

    transition: str
    kind: str
    target: str
    taken: bool
    why: str
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn in the middle: ``state`` is the working state, ``ran`` the pathway that answers, ``outputs`` theirs so far.

    ``user``: what is known of the person (the journey's variables). ``files``: what came with the message.
    ``before``: the state at the turn's begin.
    ``tools``: the tools that have answered in this turn, by name. ``considered``: the transitions that were looked at and
    what became of them. ``options`` and ``certain``: what the message may lead to (see ``transitions.Survey``).
    ``clarifying``: the question that the message came after. ``said``: texts that go before the reply. ``notes``: more
    entries of the turn's summary. ``attempt``: of the pathway that answers, and the ``reason`` why the one before failed.
    ``failed``: pathways that failed in this turn. ``given``: further sources of inputs, as an error pathway has them.
    ``barred``: moves that hooks vetoed, each with the reason (see ``barring``).
    """

    number: int
    message: str
    history: Sequence[Mapping[str, str]]
    state: JourneyState
    user: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[Mapping[str, Any]] = ()
    before: JourneyState | None = None
    began_in: str = ""
    ran: str = ""
    asked: int = 0
    outputs: Mapping[str, Any] = field(default_factory=dict)
    decision: Decision | None = None
    moves: tuple[Move, ...] = ()
    tools: tuple[str, ...] = ()
    considered: tuple[Considered, ...] = ()
    options: tuple[TransitionSpec, ...] = ()
    certain: TransitionSpec | None = None
    clarifying: Mapping[str, Any] = field(default_factory=dict)
    attempt: int = 1
    reason: str = ""
    failed: tuple[str, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    barred: Mapping[str, str] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    notes: Mapping[str, Any] = field(default_factory=dict)
