"""Signatures, agents and journeys: the same operations on drafts and versions for every kind of definition."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Header, Query, Router, Status

from agents.api.definition_shapes import (
    Change,
    DefinitionDetail,
    DefinitionIn,
    DefinitionOut,
    DiffOut,
    DraftIn,
    PreflightOut,
    PublishedOut,
    PublishIn,
    RestoreIn,
    VersionDetail,
    VersionOut,
    read_revision,
    tell_definition,
    tell_detail,
    tell_published,
    tell_version,
    tell_version_detail,
)
from agents.services.definitions import (
    archive_definition,
    create_definition,
    diff_versions,
    get_definition,
    get_version,
    list_definitions,
    list_versions,
    list_warnings,
    preflight,
    publish_draft,
    restore_version,
    save_draft,
)
from trust.core.roles import Permission
from trust.services.guards import KeyAuth
from trust.services.operations import BODY, ApiRequest, Cursor, Limit, Page, answers, page_of

IfMatch = Annotated[str | None, Header(alias="If-Match", description='The revision that was edited, as `ETag` told it: `"3"`.')]
Number = Annotated[int, Query(ge=1, description="A version number.")]


def build_router(kind: str, plural: str) -> Router:
    """The router of one kind. ``plural`` is the tag; operation ids end in ``kind``."""
    router = Router(tags=[plural])
    _add_drafts(router, kind)
    _add_draft(router, kind)
    if kind != "journey":  # journeys have a check of their own, with places and fixes
        _add_check(router, kind)
    _add_publishing(router, kind)
    _add_versions(router, kind)
    return router


def _add_drafts(router: Router, kind: str) -> None:
    read, build = KeyAuth(Permission.READ), KeyAuth(Permission.BUILD)

    @router.get(
        "",
        auth=read,
        response=answers({200: Page[DefinitionOut]}, 422),
        operation_id=f"list_{kind}s",
        url_name=f"list_{kind}s",
        summary=f"List {kind}s",
        description=f"Every {kind} of the organization by slug, without drafts.",
    )
    def list_all(request: ApiRequest, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
        rows = [tell_definition(row) for row in list_definitions(request.auth, kind)]
        return page_of(rows, key=lambda row: row.slug, cursor=cursor, limit=limit)

    @router.post(
        "",
        auth=build,
        response=answers({201: DefinitionDetail}, *BODY, 409),
        operation_id=f"create_{kind}",
        url_name=f"create_{kind}",
        summary=f"Create {with_article(kind)} as a draft",
        description=f"A draft may be incomplete; publishing checks it. 409 when the slug is taken. "
        f"A draft is the JSON of {with_article(kind)} spec: `GET /schemas/{kind}` has its JSON Schema.",
    )
    def create(request: ApiRequest, response: HttpResponse, data: DefinitionIn) -> Status[DefinitionDetail]:
        row = create_definition(request.auth, kind, data.slug, data.draft)
        response["Location"] = f"{request.path}/{row.slug}"
        return Status(201, _with_tag(response, tell_detail(row)))


def _add_draft(router: Router, kind: str) -> None:
    read, build = KeyAuth(Permission.READ), KeyAuth(Permission.BUILD)

    @router.get(
        "/{slug:slug}",
        auth=read,
        response=answers({200: DefinitionDetail}, 404),
        operation_id=f"get_{kind}",
        url_name=f"get_{kind}",
        summary=f"Get {with_article(kind)} with its draft",
        description="`ETag` is the draft's revision: send it as `If-Match` when you save.",
    )
    def get(request: ApiRequest, response: HttpResponse, slug: str) -> DefinitionDetail:
        return _with_tag(response, tell_detail(get_definition(request.auth, kind, slug)))

    @router.put(
        "/{slug:slug}/draft",
        auth=build,
        response=answers({200: DefinitionDetail}, *BODY, 404, 409),
        operation_id=f"save_{kind}_draft",
        url_name=f"save_{kind}_draft",
        summary="Save the draft",
        description="Names the revision that was edited, by `If-Match` or `expected_revision`. "
        "409 when somebody saved in between.",
    )
    def save(
        request: ApiRequest, response: HttpResponse, slug: str, data: DraftIn, if_match: IfMatch = None
    ) -> DefinitionDetail:
        revision = read_revision(data.expected_revision, if_match)
        return _with_tag(response, tell_detail(save_draft(request.auth, kind, slug, data.draft, revision)))

    @router.delete(
        "/{slug:slug}",
        auth=build,
        response=answers({204: None}, 404),
        operation_id=f"archive_{kind}",
        url_name=f"archive_{kind}",
        summary=f"Archive {with_article(kind)}",
        description="It leaves the lists; its versions stay, because runs point to them.",
    )
    def archive(request: ApiRequest, slug: str) -> Status[None]:
        archive_definition(request.auth, kind, slug)
        return Status(204, None)


def _add_check(router: Router, kind: str) -> None:
    @router.post(
        "/{slug:slug}/preflight",
        auth=KeyAuth(Permission.READ),
        response=answers({200: PreflightOut}, 404),
        operation_id=f"preflight_{kind}",
        url_name=f"preflight_{kind}",
        summary="Check the draft",
        description="What publishing would refuse, as a list; empty when it can be published. Changes nothing. "
        "Warnings tell what may go wrong when it runs.",
    )
    def check(request: ApiRequest, slug: str) -> dict[str, Any]:
        row = get_definition(request.auth, kind, slug)
        problems = preflight(kind, row.draft, request.auth)
        return {"problems": problems, "warnings": [] if problems else list_warnings(kind, row.draft, request.auth)}


def _add_publishing(router: Router, kind: str) -> None:
    build = KeyAuth(Permission.BUILD)

    @router.post(
        "/{slug:slug}/publish",
        auth=build,
        response=answers({200: PublishedOut, 201: PublishedOut}, *BODY, 404, 409),
        operation_id=f"publish_{kind}",
        url_name=f"publish_{kind}",
        summary="Publish the draft as a new version",
        description="A version is immutable, numbered and has a digest; the published one answers by default. "
        "201: a new version. 200: a version with exactly this content was there and is published (again).",
    )
    def publish(request: ApiRequest, response: HttpResponse, slug: str, data: PublishIn) -> Status[PublishedOut]:
        done = publish_draft(request.auth, kind, slug, data.notes, title=data.title, expected_revision=data.expected_revision)
        response["Location"] = request.path.removesuffix("publish") + f"versions/{done.version.number}"
        version = get_version(request.auth, kind, slug, done.version.number)
        return Status(201 if done.created else 200, tell_published(version, done.message))


def _add_versions(router: Router, kind: str) -> None:
    read, build = KeyAuth(Permission.READ), KeyAuth(Permission.BUILD)

    @router.get(
        "/{slug:slug}/versions",
        auth=read,
        response=answers({200: Page[VersionOut]}, 404, 422),
        operation_id=f"list_{kind}_versions",
        url_name=f"list_{kind}_versions",
        summary="List versions",
        description="Newest first, without their specs.",
    )
    def list_all(request: ApiRequest, slug: str, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
        rows = [tell_version(row) for row in list_versions(request.auth, kind, slug)]
        return page_of(rows, key=lambda row: row.number, cursor=cursor, limit=limit)

    @router.get(
        "/{slug:slug}/versions/{int:number}",
        auth=read,
        response=answers({200: VersionDetail}, 404),
        operation_id=f"get_{kind}_version",
        url_name=f"get_{kind}_version",
        summary="Get a version with its spec",
        description="The spec is in canonical form: its digest is the SHA-256 of these bytes (RFC 8785).",
    )
    def get(request: ApiRequest, slug: str, number: int) -> VersionDetail:
        return tell_version_detail(get_version(request.auth, kind, slug, number))

    @router.post(
        "/{slug:slug}/versions/{int:number}/restore",
        auth=build,
        response=answers({200: DefinitionDetail}, *BODY, 404, 409),
        operation_id=f"restore_{kind}_version",
        url_name=f"restore_{kind}_version",
        summary="Make a version the draft again",
        description="Replaces the draft; what is published stays. 409 when the draft changed since `expected_revision`.",
    )
    def restore(request: ApiRequest, response: HttpResponse, slug: str, number: int, data: RestoreIn) -> DefinitionDetail:
        row = restore_version(request.auth, kind, slug, number, data.expected_revision)
        return _with_tag(response, tell_detail(row))

    @router.get(
        "/{slug:slug}/diff",
        auth=read,
        response=answers({200: DiffOut}, 404, 422),
        operation_id=f"diff_{kind}_versions",
        url_name=f"diff_{kind}_versions",
        summary="Compare two versions",
        description="Every place where the spec of `b` differs from that of `a`.",
    )
    def diff(request: ApiRequest, slug: str, a: Number, b: Number) -> DiffOut:
        changes = diff_versions(request.auth, kind, slug, a, b)
        return DiffOut(a=a, b=b, changes=[Change(**change) for change in changes])


def _with_tag(response: HttpResponse, told: DefinitionDetail) -> DefinitionDetail:
    response["ETag"] = f'"{told.draft_revision}"'
    return told


def with_article(kind: str) -> str:
    """The kind with its article."""
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
