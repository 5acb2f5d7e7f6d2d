"""Debugging over the API: a test of the draft, its breakpoints, pins and overrides, one agent alone, a run's message again."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from ninja import Router, Schema, Status
from pydantic import Field

from journeys.api.sessions import SESSION, SessionOut, tell_session
from journeys.services.debugging.bench import Bench, show_bench
from journeys.services.debugging.overriding import accept_override, reset_override, set_override
from journeys.services.debugging.runs import rerun_on_draft, run_to
from journeys.services.debugging.session import find_test, open_test, pin_output, reset_pins, set_breakpoint
from journeys.services.debugging.steps import start_step
from trust.core.errors import NotFound
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Journeys"])
session_router = Router(tags=["Sessions"])
PLACE: dict[str, Any] = {
    "pathway": "intake",
    "agent": "intake_agent",
    "title": "Intake",
    "state": "ok",
    "duration_s": 0.8,
    "inputs": {"message": "My knee hurts."},
    "outputs": {"response": "Since when?"},
    "pinned": False,
    "breakpoint": False,
    "override": {},
}
PAUSE: dict[str, Any] = {
    "place": "intake_agent",
    "inputs": {"message": "My knee hurts."},
    "approval_id": "0d1f2a34-52a4-4a43-a1b0-6a2fd4f5b601",
}
RUN_ID = "c2f6a1de-52a4-4a43-a1b0-6a2fd4f5b601"


class PlaceOut(Schema):
    """One agent with what it was given and what it brought in the newest turn."""

    model_config = example(**PLACE)

    pathway: str
    agent: str
    title: str
    state: str = Field(description="queued, running, waiting, ok or failed; empty where it was not asked.")
    duration_s: float
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    pinned: bool
    breakpoint: bool
    override: dict[str, Any] = Field(description="How the agent answers otherwise in this test.")


class PauseOut(Schema):
    """A turn that waits at a breakpoint: answer its approval with Continue, Step or Stop."""

    model_config = example(**PAUSE)

    place: str
    inputs: dict[str, Any]
    approval_id: UUID


class TestSessionOut(Schema):
    """A test of the draft."""

    model_config = example(session=SESSION, draft="same", places=[PLACE], pause=PAUSE, missed="")

    session: SessionOut
    draft: Literal["same", "changed", "broken"] = Field(
        description="Whether the draft is still what the test talks with; `broken`: it has changed to what cannot run."
    )
    places: list[PlaceOut]
    pause: PauseOut | None
    missed: str = Field(description="The agent that the newest turn was to run to, and did not come to.")


class RerunIn(Body):
    """How the draft is to answer a run's message."""

    model_config = example(text="", step=False, keep=True, until="")

    text: str = Field(default="", max_length=20_000, description="What is said instead; empty: the same again.")
    step: bool = Field(default=False, description="The turn waits before each agent.")
    keep: bool = Field(
        default=False, description="What the run's agents brought is pinned, so that the turn goes on where that run ended."
    )
    until: str = Field(default="", description="The turn waits before this agent, once.")


class RunToIn(Body):
    """What is said in the test."""

    model_config = example(text="My knee hurts.")

    text: str = Field(default="", max_length=20_000, description="Empty: the newest message of the test, answered anew.")


class OverrideIn(Body):
    """How the agent answers instead; what is left out stays as it is declared."""

    model_config = example(provider="openai", model="gpt-4o-mini", temperature=0.2, instructions=None, guidelines=None)

    provider: str | None = Field(default=None, min_length=1)
    model: str | None = Field(default=None, description="Empty: the provider's default model.")
    temperature: float | None = Field(default=None, ge=0, le=2)
    instructions: str | None = None
    guidelines: list[str] | None = Field(default=None, description="Of the agent itself; those around it stay.")


class AcceptedOut(Schema):
    """The draft after the change was written to it."""

    model_config = example(revision=8, label="Changed agent intake_agent")

    revision: int
    label: str


class InputsIn(Body):
    """What the agent is given."""

    model_config = example(inputs={"message": "My knee hurts."}, budget_microusd=None)

    inputs: dict[str, Any]
    budget_microusd: int | None = Field(default=None, ge=0)


class StepOut(Schema):
    """The run of one agent alone; read it under `/runs/{run_id}`."""

    model_config = example(run_id=RUN_ID, status="queued")

    run_id: UUID
    status: str


class OutputsIn(Body):
    """What stands in place of the agent's answer."""

    model_config = example(outputs={"response": "Since when?"})

    outputs: dict[str, Any]


@router.post(
    "/{slug:slug}/test-session",
    auth=KeyAuth(Permission.BUILD),
    response=answers({201: TestSessionOut}, 404, 422),
    operation_id="open_test_session",
    summary="Test the draft",
    description="A new session of the draft as it is now; breakpoints and pins of your test before it hold in it too.",
)
def open_one(request: ApiRequest, slug: str) -> Status[TestSessionOut]:
    return Status(201, _tell(show_bench(request.auth, open_test(principal=request.auth, slug=slug))))


@router.get(
    "/{slug:slug}/test-session",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: TestSessionOut}, 404),
    operation_id="get_test_session",
    summary="Your test of the draft",
    description="The newest one: what each agent was given and brought in its newest turn, and where that waits.",
)
def show_one(request: ApiRequest, slug: str) -> TestSessionOut:
    found = find_test(request.auth, slug)
    if found is None:
        raise NotFound("There is no test of this draft yet; open one first.")
    return _tell(show_bench(request.auth, found))


@router.post(
    "/{slug:slug}/runs/{uuid:run_id}/test-session",
    auth=KeyAuth(Permission.BUILD),
    response=answers({201: SessionOut}, *BODY, 404, 409),
    operation_id="test_run_on_draft",
    summary="Answer a run's message with the draft",
    description="A test that stands where the turn of the run began; the conversation itself stays as it is.",
)
def rerun(request: ApiRequest, slug: str, run_id: UUID, data: RerunIn) -> Status[SessionOut]:
    opened = rerun_on_draft(principal=request.auth, slug=slug, run_id=run_id, **data.model_dump())
    return Status(201, tell_session(opened))


@router.post(
    "/{slug:slug}/agents/{name}/test-session",
    auth=KeyAuth(Permission.BUILD),
    response=answers({201: SessionOut}, *BODY, 404, 409),
    operation_id="run_to_agent",
    summary="Run to an agent",
    description="The draft answers the newest message of your test anew, or this one, and waits before the agent, once.",
)
def run_until(request: ApiRequest, slug: str, name: str, data: RunToIn) -> Status[SessionOut]:
    return Status(201, tell_session(run_to(principal=request.auth, slug=slug, agent=name, text=data.text)))


@router.post(
    "/{slug:slug}/agents/{name}/accept-override",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: AcceptedOut}, 404, 409, 422),
    operation_id="accept_override",
    summary="Write an override to the draft",
    description="How the agent answers in your test becomes how it is declared; an agent that is published on its own becomes "
    "the journey's own.",
)
def accept(request: ApiRequest, slug: str, name: str) -> AcceptedOut:
    outcome = accept_override(principal=request.auth, slug=slug, agent=name)
    return AcceptedOut(revision=outcome.journey.draft_revision, label=outcome.done[-1].label)


@router.post(
    "/{slug:slug}/agents/{name}/runs",
    auth=KeyAuth(Permission.RUN),
    response=answers({202: StepOut}, *BODY, 404),
    operation_id="run_journey_agent",
    summary="Run one agent of the draft alone",
    description="With the guidelines of its journey and pathway. No conversation changes by it.",
)
def run_one(request: ApiRequest, slug: str, name: str, data: InputsIn) -> Status[StepOut]:
    run = start_step(principal=request.auth, slug=slug, agent=name, **data.model_dump())
    return Status(202, StepOut(run_id=run.id, status=run.status))


@session_router.put(
    "/{uuid:session_id}/breakpoints/{name}",
    auth=KeyAuth(Permission.RUN),
    response=answers({200: SessionOut}, 404, 422),
    operation_id="set_breakpoint",
    summary="Set a breakpoint",
    description="Turns wait before this agent, or before each agent of this pathway.",
)
def arm(request: ApiRequest, session_id: UUID, name: str) -> SessionOut:
    return tell_session(set_breakpoint(principal=request.auth, session_id=session_id, place=name, armed=True))


@session_router.delete(
    "/{uuid:session_id}/breakpoints/{name}",
    auth=KeyAuth(Permission.RUN),
    response=answers({204: None}, 404, 422),
    operation_id="remove_breakpoint",
    summary="Remove a breakpoint",
    description="Turns no longer wait there.",
)
def disarm(request: ApiRequest, session_id: UUID, name: str) -> Status[None]:
    set_breakpoint(principal=request.auth, session_id=session_id, place=name, armed=False)
    return Status(204, None)


@session_router.put(
    "/{uuid:session_id}/overrides/{name}",
    auth=KeyAuth(Permission.RUN),
    response=answers({200: SessionOut}, *BODY, 404),
    operation_id="set_override",
    summary="Let an agent answer otherwise",
    description="With another model, temperature or prompt, in every turn from now on; their journals say so.",
)
def override(request: ApiRequest, session_id: UUID, name: str, data: OverrideIn) -> SessionOut:
    told = data.model_dump(exclude_none=True)
    return tell_session(set_override(principal=request.auth, session_id=session_id, agent=name, override=told))


@session_router.delete(
    "/{uuid:session_id}/overrides/{name}",
    auth=KeyAuth(Permission.RUN),
    response=answers({204: None}, 404),
    operation_id="reset_override",
    summary="End an override",
    description="The agent answers as it is declared again.",
)
def no_override(request: ApiRequest, session_id: UUID, name: str) -> Status[None]:
    reset_override(principal=request.auth, session_id=session_id, agent=name)
    return Status(204, None)


@session_router.put(
    "/{uuid:session_id}/pins/{name}",
    auth=KeyAuth(Permission.RUN),
    response=answers({200: SessionOut}, *BODY, 404),
    operation_id="pin_output",
    summary="Pin an output",
    description="From now on it stands in place of the agent's answer; it must fit the agent's signature.",
)
def pin(request: ApiRequest, session_id: UUID, name: str, data: OutputsIn) -> SessionOut:
    return tell_session(pin_output(principal=request.auth, session_id=session_id, agent=name, outputs=data.outputs))


@session_router.delete(
    "/{uuid:session_id}/pins/{name}",
    auth=KeyAuth(Permission.RUN),
    response=answers({204: None}, 404),
    operation_id="reset_pin",
    summary="Reset a pin",
    description="The agent answers by itself again.",
)
def unpin(request: ApiRequest, session_id: UUID, name: str) -> Status[None]:
    reset_pins(principal=request.auth, session_id=session_id, agent=name)
    return Status(204, None)


def _tell(bench: Bench) -> TestSessionOut:
    pause = bench.pause
    return TestSessionOut(
        session=tell_session(bench.session),
        draft=bench.standing,
        places=[PlaceOut(**{name: getattr(place, name) for name in PlaceOut.model_fields}) for place in bench.places],
        pause=PauseOut(place=pause.place, inputs=pause.inputs, approval_id=pause.approval.id) if pause else None,
        missed=bench.missed,
    )
