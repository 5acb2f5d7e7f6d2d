"""What a fork or a resumed run keeps of the journal that it comes from: finished steps, people's decisions, effects that may
have happened, and its child runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from agents.adapters.children import ending_of
from agents.core.runtime.effects import Effect
from agents.core.runtime.events import EventType, NewEvent
from agents.models.run import Run, RunEvent, RunStatus
from trust.core.errors import Conflict
from trust.core.principal import Principal

KEPT = {
    EventType.STEP_STARTED,
    EventType.STEP_FINISHED,
    EventType.STEP_FAILED,
    EventType.APPROVAL_REQUESTED,
    EventType.APPROVAL_DECIDED,
    EventType.QUESTION_ASKED,
    EventType.QUESTION_ANSWERED,
    EventType.OUTCOME_DECIDED,
}
ASKED = {EventType.APPROVAL_REQUESTED, EventType.APPROVAL_DECIDED, EventType.QUESTION_ASKED, EventType.QUESTION_ANSWERED}
DECIDED = {EventType.APPROVAL_DECIDED, EventType.QUESTION_ANSWERED}
ENDS = {EventType.STEP_FINISHED, EventType.STEP_FAILED}
RISKY = {Effect.UNKEYED.value, Effect.KEYED.value}
START, AWAIT = "/start/0", "/await/0"


@dataclass
class ForkPlan:
    """A run that is to be accepted with its first events; ``children`` go on where those of its source were cut off."""

    source: Run
    run: Run
    opening: list[NewEvent]
    children: list[ForkPlan] = field(default_factory=list)


def plan_fork(
    principal: Principal, source: Run, history: Sequence[RunEvent], *, path: str = "", checkpoint: str = ""
) -> ForkPlan:
    """A fork that holds ``history``. At a ``path`` it begins that step anew; from a ``checkpoint`` it is the same work resumed.

    Raises ``Conflict`` when what is to be resumed has a child run that is still ending.
    """
    run = _fork_of(principal, source, path)
    where = {"path": path} if path else {"checkpoint": checkpoint}
    queued = NewEvent(EventType.RUN_QUEUED, "", {"by": principal.ref, "forked_from": str(source.id), **where})
    anew = "" if path else _failed_with(source, history)
    plan = ForkPlan(source, run, [queued, *_kept(source, history, anew)])
    _take_children_over(principal, plan, resumed=not path)
    return plan


def _fork_of(principal: Principal, source: Run, path: str) -> Run:
    return Run(
        organization_id=source.organization_id,
        kind=source.kind,
        title=source.title,
        spec_digest=source.spec_digest,
        version_id=source.version_id,
        inputs=source.inputs,
        created_by=principal.ref,
        created_by_label=principal.label,
        private_to=source.private_to,
        outer_layers=source.outer_layers,
        budget_microusd=source.budget_microusd,
        budget_tokens=source.budget_tokens,
        budget_calls=source.budget_calls,
        forked_from=source,
        forked_at_path=path,
    )


def _failed_with(source: Run, history: Sequence[RunEvent]) -> str:
    """The step whose failure was the run's: with its record a resumed run would fail the same way at once."""
    error = source.error or {}
    wanted = (error.get("code"), error.get("message"))
    failed = [e for e in history if e.type == EventType.STEP_FAILED]
    told = failed[-1].payload["error"] if failed and source.status == RunStatus.FAILED else {}
    return failed[-1].path if told and (told.get("code"), told.get("message")) == wanted else ""


def _kept(source: Run, history: Sequence[RunEvent], anew: str) -> Iterator[NewEvent]:
    """Steps with a result as they are. Of the others: decisions, which nobody is asked for twice; effects that were begun, of
    which an unkeyed one stays a person's question and a keyed one keeps its key; what people raised a limit by."""
    ends = {e.path: e for e in history if e.path and e.type in ENDS}
    unknown = not anew or ends[anew].payload["error"].get("code") == "stopped"
    done, decided = set(ends) - {anew}, {e.path for e in history if e.type in DECIDED} - {anew}
    for event in history:
        kind, payload = EventType(event.type), event.payload
        begun = kind is EventType.STEP_STARTED and event.path not in done and payload.get("effect") in RISKY
        risky = begun and (event.path != anew or unknown)
        if (
            (event.path in done and kind in KEPT)
            or (event.path in decided and kind in ASKED)
            or risky
            or (kind is EventType.OUTCOME_DECIDED and event.path != anew)
            or (kind is EventType.CHILD_ENDED)
            or (kind is EventType.BUDGET_DECIDED and payload.get("decision") == "raise")
        ):
            if risky and payload["effect"] == Effect.KEYED.value:
                payload = {"key": f"{source.id}:{event.path}", **payload}
            yield NewEvent(kind, event.path, payload)


def _take_children_over(principal: Principal, plan: ForkPlan, *, resumed: bool) -> None:
    """What a child came to after its parent had ended is the fork's to know; one that was cut off goes on as a child of the
    fork; one that still works belongs to the source, so the fork starts its own."""
    told = {e.path for e in plan.opening if e.type in (EventType.CHILD_ENDED, *ENDS)}
    opening, endings = [], []
    for event in plan.opening:
        if not _is_start(event) or event.path.removesuffix(START) + AWAIT in told:
            opening.append(event)
            continue
        result = event.payload["result"]
        child = Run.objects.filter(pk=UUID(result["run"]), organization_id=plan.run.organization_id).first()
        if child is None or not (child.ended or resumed):
            continue
        if not child.ended:
            raise Conflict(f"The child run {child.id} is still {child.status}; resume when it has ended.")
        if child.status == RunStatus.SUCCEEDED:
            endings.append(NewEvent(EventType.CHILD_ENDED, child.parent_path, ending_of(child)))
        else:
            plan.children.append(_continue_child(principal, plan, child))
            result = {**result, "run": str(plan.children[-1].run.id)}
        opening.append(NewEvent(event.type, event.path, {**event.payload, "result": result}))
    plan.opening = [*opening, *endings]


def _is_start(event: NewEvent) -> bool:
    result = event.payload.get("result")
    is_local = event.type is EventType.STEP_FINISHED and event.payload.get("effect") == Effect.LOCAL.value
    return is_local and event.path.endswith(START) and "/child/" in event.path and isinstance(result, dict) and "run" in result


def _continue_child(principal: Principal, plan: ForkPlan, child: Run) -> ForkPlan:
    history = list(child.events.order_by("seq"))
    own = plan_fork(principal, child, history, checkpoint=f"{child.id}:{child.last_seq}")
    own.run.parent, own.run.parent_path = plan.run, child.parent_path
    if plan.run.budget_microusd is not None:
        left = max(0, plan.run.budget_microusd - plan.run.reserved_microusd)
        own.run.budget_microusd = own.run.parent_reserved_microusd = min(left, child.budget_microusd or left)
        plan.run.reserved_microusd += own.run.parent_reserved_microusd
    return own
