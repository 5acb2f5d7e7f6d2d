"""``/journeys/{slug}/environments`` and differences: which version runs where, promotion, roll back, and what changed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from journeys.services.comparing import compare_versions
from journeys.services.environments import list_environments, list_promotions, promote_version, roll_back
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Journeys"])
Name = Literal["dev", "staging", "production"]
WHICH = r"^(draft|[1-9][0-9]{0,8})$"
Before = Annotated[str, Query(pattern=WHICH, description="The number of a version, or `draft`.")]
After = Annotated[str, Query(pattern=WHICH, description="The number of a version, or `draft`.")]
AT = "2026-11-22T09:00:00Z"
MOVE: dict[str, Any] = {
    "environment": "staging",
    "number": 4,
    "before": 3,
    "rolled_back": False,
    "notes": "",
    "by_label": "Ada",
    "at": AT,
}
PLACE: dict[str, Any] = {"name": "staging", "number": 4, "next_number": None, "by_label": "Ada", "at": AT}
CHANGE: dict[str, Any] = {
    "path": "pathways[booking].next",
    "kind": "changed",
    "noun": "pathway",
    "label": "Pathway booking · Next pathway",
    "before": "thanks",
    "after": "end",
    "words": [{"text": "thanks", "kind": "gone"}, {"text": "end", "kind": "new"}],
}


class PieceOut(Schema):
    """A piece of a text and what became of it."""

    text: str
    kind: Literal["same", "gone", "new"]


class JourneyChangeOut(Schema):
    """One difference, as people speak of it."""

    model_config = example(**CHANGE)

    path: str
    kind: Literal["added", "removed", "changed", "moved", "renamed"]
    noun: str = Field(description="What it is about: pathway, transition, field, guideline, agent, pattern, hook or setting.")
    label: str
    before: Any = None
    after: Any = None
    words: list[PieceOut] = Field(description="A changed text by its words; empty for anything else.")


class JourneyComparisonOut(Schema):
    """Every difference from `a` to `b`."""

    model_config = example(a="3", b="draft", changes=[CHANGE])

    a: str
    b: str
    changes: list[JourneyChangeOut]


class PromotionOut(Schema):
    """One move of a version into an environment; `before`: the version that was there."""

    model_config = example(**MOVE)

    environment: Name
    number: int
    before: int | None
    rolled_back: bool
    notes: str
    by_label: str
    at: datetime


class EnvironmentOut(Schema):
    """The version that answers in an environment, and the one that can be promoted into it."""

    model_config = example(**PLACE)

    name: Name
    number: int | None
    next_number: int | None = Field(description="The version of the environment before, where it differs.")
    by_label: str
    at: datetime | None


class EnvironmentsOut(Schema):
    """The environments in the order of promotion, and the newest moves."""

    model_config = example(environments=[PLACE], promotions=[MOVE])

    environments: list[EnvironmentOut]
    promotions: list[PromotionOut]


class PromoteIn(Body):
    """Which version moves. Into dev: any, or the draft; into the others: that of the environment before."""

    model_config = example(number=4, notes="after the review")

    number: int | None = Field(
        default=None, ge=1, description="Null: the draft (dev), or whatever is there (staging, production)."
    )
    notes: str = Field(default="", max_length=10_000)


class RollBackIn(Body):
    """Why."""

    model_config = example(notes="bookings failed")

    notes: str = Field(default="", max_length=10_000)


@router.get(
    "/{slug:slug}/comparison",
    auth=KeyAuth(Permission.READ),
    response=answers({200: JourneyComparisonOut}, 404, 422),
    operation_id="compare_journey_versions",
    summary="Compare two versions, or one with the draft",
    description="By pathway, transition, field, guideline, agent and pattern; changed texts word by word.",
)
def compare(request: ApiRequest, slug: str, a: Before, b: After = "draft") -> dict[str, Any]:
    return {"a": a, "b": b, "changes": compare_versions(principal=request.auth, slug=slug, a=a, b=b)}


@router.get(
    "/{slug:slug}/environments",
    auth=KeyAuth(Permission.READ),
    response=answers({200: EnvironmentsOut}, 404),
    operation_id="list_journey_environments",
    summary="List the environments of a journey",
    description="Production is what is published.",
)
def environments(request: ApiRequest, slug: str) -> dict[str, Any]:
    return {
        "environments": list_environments(principal=request.auth, slug=slug),
        "promotions": list_promotions(principal=request.auth, slug=slug),
    }


@router.post(
    "/{slug:slug}/environments/{environment}/promote",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: PromotionOut}, *BODY, 404, 409),
    operation_id="promote_journey_version",
    summary="Promote a version into an environment",
    description="Checked each time: its agents, models and tools must be there, and into production its tests must pass.",
)
def promote(request: ApiRequest, slug: str, environment: Name, data: PromoteIn) -> Any:
    return promote_version(principal=request.auth, slug=slug, environment=environment, number=data.number, notes=data.notes)


@router.post(
    "/{slug:slug}/versions/{int:number}/roll-back",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: PromotionOut}, *BODY, 404, 409),
    operation_id="roll_back_journey",
    summary="Publish an older version again",
    description="At once and unchecked: it has answered before.",
)
def back(request: ApiRequest, slug: str, number: int, data: RollBackIn) -> Any:
    return roll_back(principal=request.auth, slug=slug, number=number, notes=data.notes)
