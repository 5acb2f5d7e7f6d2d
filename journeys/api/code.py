"""``/journeys/{slug}/code`` and files: the draft as Python or YAML, read back without running; export and import."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Query, Router, Schema, Status
from pydantic import Field

from journeys.services.code import read_code, save_code
from journeys.services.comparing import DRAFT
from journeys.services.transfer import export_journey, import_journey, plan_import
from trust.core.errors import Invalid
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Body, answers, example

router = Router(tags=["Journeys"])
Form = Literal["python", "yaml"]
FAULT: dict[str, Any] = {"line": 7, "column": 5, "message": "__greting__ means nothing here; did you mean __greeting__?"}
NEED: dict[str, Any] = {
    "key": "tool:find_doctors",
    "kind": "tool",
    "name": "find_doctors",
    "places": ["agent booking_agent"],
    "choices": ["clock"],
    "may_leave_out": True,
}
TEXT = "kind: journey\nschema_version: 1\nname: Desk\nentry: intake\npathways:\n  - id: intake\n"


class CodeOut(Schema):
    """A draft as text."""

    model_config = example(form="yaml", text=TEXT, revision=7)

    form: Form
    text: str
    revision: int = Field(description="Send it back with the changed text.")


class CodeIn(Body):
    """A changed text, and the revision that it was made from."""

    model_config = example(form="yaml", text=TEXT, revision=7)

    form: Form
    text: str = Field(max_length=2_000_000)
    revision: int = Field(ge=1)
    with_problems: bool = Field(default=False, description="Save a YAML draft that is no valid journey yet.")


class FaultOut(Schema):
    """One fault of a text. Line 0: the whole text."""

    model_config = example(**FAULT)

    line: int
    column: int
    message: str


class CodeSaved(Schema):
    """What came of a text. With faults, or with a merge that waits, nothing was saved."""

    model_config = example(saved=False, revision=7, merged=False, merge=None, faults=[FAULT])

    saved: bool
    revision: int
    merged: bool = Field(description="Others had changed other places since; both are in the draft now.")
    merge: UUID | None = Field(description="Others changed the same places: decide at `draft/merges/{id}`.")
    faults: list[FaultOut]


class FileIn(Body):
    """An exported journey."""

    model_config = example(text=TEXT)

    text: str = Field(max_length=2_000_000)


class ImportIn(FileIn):
    """An exported journey, the slug that it gets, and what stands in for each thing that is not here."""

    model_config = example(text=TEXT, slug="desk", bindings={"tool:find_doctors": ""})

    slug: str = Field(max_length=100)
    bindings: dict[str, str] = Field(default={}, description="By key of the need; an empty text leaves it out.")


class NeedOut(Schema):
    """Something that the journey names and that is not in this organization."""

    model_config = example(**NEED)

    key: str
    kind: Literal["agent", "model", "tool"]
    name: str
    places: list[str]
    choices: list[str]
    may_leave_out: bool


class ImportPlanOut(Schema):
    """What a file holds and needs."""

    model_config = example(name="Desk", needs=[NEED], faults=[])

    name: str
    needs: list[NeedOut]
    faults: list[FaultOut] = Field(description="What is wrong with the file itself; then nothing else is known of it.")


class JourneyFileOut(Schema):
    """A journey as a file."""

    model_config = example(text=TEXT)

    text: str = Field(description="YAML with the agents inside and the layout as a second document. It holds no secrets.")


class ImportedOut(Schema):
    """The new journey: a draft, nothing is published."""

    model_config = example(slug="desk", name="Desk", revision=1)

    slug: str
    name: str
    revision: int


@router.get(
    "/{slug:slug}/code",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: CodeOut}, 404, 422),
    operation_id="get_journey_code",
    summary="Read a draft as text",
    description="Python can say only what is a valid journey; YAML says any draft.",
)
def get_code(
    request: ApiRequest, slug: str, form: Annotated[Form, Query(description="How the draft is written.")] = "python"
) -> CodeOut:
    code = read_code(principal=request.auth, slug=slug, form=form)
    if code.text is None:
        raise Invalid("the draft is no valid journey yet and has no Python form", problems=list(code.problems))
    return CodeOut(form=form, text=code.text, revision=code.journey.draft_revision)


@router.put(
    "/{slug:slug}/code",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: CodeSaved}, *BODY, 404, 409),
    operation_id="put_journey_code",
    summary="Make a text the draft",
    description="Python is read and never run. What others changed since is merged.",
)
def put_code(request: ApiRequest, slug: str, data: CodeIn) -> CodeSaved:
    saved = save_code(
        principal=request.auth,
        slug=slug,
        form=data.form,
        text=data.text,
        revision=data.revision,
        with_problems=data.with_problems,
    )
    return CodeSaved(
        saved=not saved.problems and saved.merge is None,
        revision=saved.journey.draft_revision,
        merged=saved.merged,
        merge=saved.merge,
        faults=[FaultOut(line=f.line, column=f.column, message=f.message) for f in saved.problems],
    )


@router.get(
    "/{slug:slug}/export",
    auth=KeyAuth(Permission.READ),
    response=answers({200: JourneyFileOut}, 404, 422),
    operation_id="export_journey",
    summary="Export a journey",
    description="A version, or the draft, as a file that can be imported into another organization.",
)
def export(
    request: ApiRequest, slug: str, version: Annotated[int | None, Query(ge=1, description="Left out: the draft.")] = None
) -> JourneyFileOut:
    which = DRAFT if version is None else str(version)
    return JourneyFileOut(text=export_journey(principal=request.auth, slug=slug, version=which))


@router.post(
    "/import/plan",
    auth=KeyAuth(Permission.BUILD),
    response=answers({200: ImportPlanOut}, *BODY),
    operation_id="plan_journey_import",
    summary="Look into an exported journey",
    description="What has to be bound before it can be imported. Nothing is stored.",
)
def plan(request: ApiRequest, data: FileIn) -> ImportPlanOut:
    found = plan_import(principal=request.auth, text=data.text)
    return ImportPlanOut(
        name=found.name,
        needs=[
            NeedOut(
                key=need.key,
                kind=need.kind,  # type: ignore[arg-type]
                name=need.name,
                places=list(need.places),
                choices=list(need.choices),
                may_leave_out=need.may_leave_out,
            )
            for need in found.needs
        ],
        faults=[FaultOut(line=f.line, column=f.column, message=f.message) for f in found.problems],
    )


@router.post(
    "/import/apply",
    auth=KeyAuth(Permission.BUILD),
    response=answers({201: ImportedOut}, *BODY, 409),
    operation_id="import_journey",
    summary="Import a journey",
    description="Refused while anything is unbound: nothing is imported in part.",
)
def import_(request: ApiRequest, data: ImportIn) -> Status[ImportedOut]:
    journey = import_journey(principal=request.auth, text=data.text, slug=data.slug, bindings=data.bindings)
    return Status(201, ImportedOut(slug=journey.slug, name=journey.name, revision=journey.draft_revision))
