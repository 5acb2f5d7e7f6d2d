"""Definitions of signatures, agents and journeys: drafts, published versions, their specs and differences.

Owns every change of them. What people may do is checked at the edge; here everything is confined to the principal's
organization, and what is not there is ``NotFound``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Max, QuerySet
from django.utils import timezone

from agents.core.spec.diff import Change, diff_specs
from agents.core.spec.errors import InvalidSpec
from agents.core.spec.runnable import Spec, canonical, digest_spec
from agents.models import Definition, Version
from agents.models.definition import DefinitionKind
from agents.services.draft_history import join_move, remember_draft
from agents.services.draft_layout import patched, reverse
from agents.services.specs import check_draft, link_draft, load_spec, pass_gate, store_record, store_spec
from trust.core.canonical import canonical_json
from trust.core.errors import Conflict, Invalid, NotFound, Problem
from trust.core.principal import Principal

__all__ = [
    "Published",
    "archive_definition",
    "create_definition",
    "diff_versions",
    "get_definition",
    "get_version",
    "keep_draft",
    "list_definitions",
    "list_published",
    "list_versions",
    "list_warnings",
    "load_spec",
    "lock_definition",
    "preflight",
    "publish_draft",
    "publish_version",
    "restore_version",
    "save_draft",
    "save_layout",
    "save_move",
    "store_spec",
    "unarchive_definition",
    "version_spec",
]

SLUG = re.compile(r"^[a-z][a-z0-9_-]{0,99}$")
RESERVED = frozenset({"new", "preview", "preflight", "import"})  # pages and operations beside those of the definitions
MAX_DRAFT_BYTES = 1_048_576
MAX_DRAFT_DEPTH = 64
MAX_LAYOUT_BYTES = 262_144
MAX_LAYOUT_DEPTH = 8


@dataclass(frozen=True)
class Published:
    """What publishing came to. ``created`` is false when the same content had been published before."""

    version: Version
    created: bool
    message: str


def create_definition(principal: Principal, kind: str, slug: str, draft: dict[str, Any]) -> Definition:
    """A new definition with its first draft, which need not be valid yet."""
    _check_kind(kind)
    if not SLUG.match(slug):
        raise _invalid("slug", f"got {slug!r}, allowed: small letters, digits, - and _, beginning with a letter")
    if slug in RESERVED:
        raise _invalid("slug", f"{slug!r} is kept for a page; the kept ones are: {', '.join(sorted(RESERVED))}")
    draft = _clean_draft(kind, draft)
    try:
        with transaction.atomic():
            definition = Definition.objects.create(
                organization_id=principal.organization_id,
                kind=kind,
                slug=slug,
                draft=draft,
                name=_name(draft, slug),
                draft_changed_by=principal.ref,
                draft_changed_by_label=principal.label,
            )
            remember_draft(definition, label="Created")
    except IntegrityError:
        raise Conflict(f"the {kind} {slug!r} exists already; choose another slug") from None
    return definition


def save_draft(
    principal: Principal,
    kind: str,
    slug: str,
    draft: dict[str, Any],
    expected_revision: int,
    *,
    label: str = "",
    undoes: int | None = None,
    layout: dict[str, Any] | None = None,
) -> Definition:
    """Replaces the draft, merges ``layout`` into its own, and keeps both in its history under ``label``. Raises ``Conflict``
    when it is no longer at ``expected_revision``."""
    definition = get_definition(principal, kind, slug)
    draft = _clean_draft(kind, draft)
    with transaction.atomic():
        if definition.draft_revision == expected_revision:
            remember_draft(definition)
        back = reverse(definition.layout, layout) if layout else None
        if layout:
            definition = save_layout(principal, kind, slug, layout)
        changed = Definition.objects.filter(pk=definition.pk, draft_revision=expected_revision).update(
            draft=draft,
            name=_name(draft, slug),
            draft_revision=F("draft_revision") + 1,
            draft_changed_at=timezone.now(),
            draft_changed_by=principal.ref,
            draft_changed_by_label=principal.label,
        )
        definition.refresh_from_db()
        if not changed:
            raise _stale(definition, expected_revision)
        remember_draft(definition, label=label, undoes=undoes, layout=back)
    return definition


def save_layout(principal: Principal, kind: str, slug: str, layout: dict[str, Any]) -> Definition:
    """Merges ``layout`` into that of the draft as a JSON merge patch (RFC 7386): ``null`` takes a part out. Nothing in its
    history tells of it."""
    with transaction.atomic():
        definition = lock_definition(principal, kind, slug)
        merged = patched(definition.layout, layout)
        text = canonical_json(merged) if _depth(merged) <= MAX_LAYOUT_DEPTH else b""
        if not text or len(text) > MAX_LAYOUT_BYTES or b"\\u0000" in text:
            raise _invalid("layout", f"allowed: {MAX_LAYOUT_BYTES} bytes of JSON, {MAX_LAYOUT_DEPTH} levels deep, no NUL")
        definition.layout = merged
        definition.save(update_fields=["layout"])
    return definition


def save_move(principal: Principal, kind: str, slug: str, layout: dict[str, Any], *, label: str) -> Definition:
    """Merges ``layout`` as a change of its own, which can be taken back; quick ones under one ``label`` are one change."""
    with transaction.atomic():
        definition = lock_definition(principal, kind, slug)
        back = reverse(definition.layout, layout)
        if join_move(definition, principal, label=label, back=back):
            return save_layout(principal, kind, slug, layout)
        if patched(definition.layout, layout) == definition.layout:
            return definition
        return save_draft(principal, kind, slug, definition.draft, definition.draft_revision, label=label[:200], layout=layout)


def publish_version(
    principal: Principal, kind: str, slug: str, notes: str = "", *, title: str = "", expected_revision: int | None = None
) -> Version:
    """Publishes the draft; see ``publish_draft``."""
    return publish_draft(principal, kind, slug, notes, title=title, expected_revision=expected_revision).version


def publish_draft(
    principal: Principal, kind: str, slug: str, notes: str = "", *, title: str = "", expected_revision: int | None = None
) -> Published:
    """Makes the draft the published version: a new one, or the one that has exactly this content already.

    Raises ``Invalid`` that lists every problem, also those of the kind's gate, and ``Conflict`` when the draft is not at
    ``expected_revision``.
    """
    with transaction.atomic():
        definition = lock_definition(principal, kind, slug)
        if expected_revision is not None and definition.draft_revision != expected_revision:
            raise _stale(definition, expected_revision)
        spec = _publishable(principal, kind, definition.draft)
        pass_gate(principal, kind, slug, spec)
        same = definition.versions.filter(digest=digest_spec(spec)).first()
        version = same or _add_version(principal, definition, spec, notes, title)
        was_published = definition.published_id == version.pk
        definition.published = version
        definition.save(update_fields=["published"])
    return Published(version, created=same is None, message=_said(version, same is None, was_published))


def keep_draft(principal: Principal, kind: str, slug: str, title: str = "") -> Version:
    """The draft as a version that nobody is answered by: what is published stays. Raises ``Invalid`` like ``publish_draft``."""
    with transaction.atomic():
        definition = lock_definition(principal, kind, slug)
        spec = link_draft(principal.organization_id, kind, definition.draft)
        same = definition.versions.filter(digest=digest_spec(spec)).first()
        return same or _add_version(principal, definition, spec, "", title)


def restore_version(
    principal: Principal, kind: str, slug: str, number: int, expected_revision: int | None = None
) -> Definition:
    """Copies a version's content into the draft; nothing is published by that."""
    version = get_version(principal, kind, slug, number)
    definition = get_definition(principal, kind, slug)
    revision = definition.draft_revision if expected_revision is None else expected_revision
    return save_draft(principal, kind, slug, dict(version.spec.body), revision)


def archive_definition(principal: Principal, kind: str, slug: str) -> Definition:
    """Takes a definition out of the lists; its versions stay and its slug stays taken."""
    return _set_archived(principal, kind, slug, archived=True)


def unarchive_definition(principal: Principal, kind: str, slug: str) -> Definition:
    return _set_archived(principal, kind, slug, archived=False)


def get_definition(principal: Principal, kind: str, slug: str) -> Definition:
    """The definition with its published version at hand."""
    found = _all(principal, kind).filter(slug=slug).first()
    if found is None:
        raise NotFound(f"there is no {kind} {slug!r}")
    return found


def lock_definition(principal: Principal, kind: str, slug: str) -> Definition:
    """The definition, held until the transaction ends: two people who publish at once do so one after the other."""
    get_definition(principal, kind, slug)
    return Definition.objects.select_for_update().get(organization_id=principal.organization_id, kind=kind, slug=slug)


def list_definitions(principal: Principal, kind: str | None = None, archived: bool = False) -> QuerySet[Definition]:
    """Definitions in the order of kind and slug, without the archived ones unless asked for."""
    found = _all(principal, kind)
    return found if archived else found.filter(archived_at=None)


def list_published(organization_id: UUID, kind: str) -> dict[str, dict[str, Any]]:
    """Slug to canonical spec of everything of ``kind`` that is published and not archived."""
    found = Definition.objects.filter(organization_id=organization_id, kind=kind, archived_at=None, published__isnull=False)
    return dict(found.order_by("slug").values_list("slug", "published__spec__body"))


def get_version(principal: Principal, kind: str, slug: str, number: int | None = None) -> Version:
    """The version with ``number``, or the published one."""
    definition = get_definition(principal, kind, slug)
    versions = definition.versions.select_related("spec", "definition")
    wanted = {"pk": definition.published_id} if number is None else {"number": number}
    version = versions.filter(**wanted).first()
    if version is None:
        what = f"no version {number}" if number is not None else "no published version"
        raise NotFound(f"the {kind} {slug!r} has {what}")
    return cast("Version", version)


def list_versions(principal: Principal, kind: str, slug: str) -> QuerySet[Version]:
    """The versions, newest first."""
    versions = get_definition(principal, kind, slug).versions.select_related("spec", "definition")
    return cast("QuerySet[Version]", versions.order_by("-number"))


def version_spec(version: Version) -> Spec:
    """The spec that a version runs."""
    return load_spec(version.definition.organization_id, version.digest)


def diff_versions(principal: Principal, kind: str, slug: str, a: int, b: int) -> list[Change]:
    """What changed from version ``a`` to version ``b``, in the order of the spec: PostgreSQL keeps no order of keys."""
    records = [get_version(principal, kind, slug, number).spec for number in (a, b)]
    before, after = (canonical(load_spec(principal.organization_id, record.digest)) for record in records)
    return diff_specs(before, after)


def preflight(kind: str, draft: Any, principal: Principal) -> list[Problem]:
    """Everything that keeps ``draft`` from being published; empty when nothing does."""
    try:
        _check_kind(kind)
        return check_draft(principal.organization_id, kind, _clean_draft(kind, draft))[0]
    except Invalid as error:
        return error.problems or [{"where": "", "message": error.message}]


def list_warnings(kind: str, draft: Any, principal: Principal) -> list[Problem]:
    """What may go wrong with ``draft`` once it is published, but is not certain to."""
    try:
        return check_draft(principal.organization_id, kind, _clean_draft(kind, draft))[1]
    except Invalid:
        return []


def _publishable(principal: Principal, kind: str, draft: dict[str, Any]) -> Spec:
    """The spec of a draft that nothing keeps from being published; raises ``Invalid`` with everything that does."""
    problems, _ = check_draft(principal.organization_id, kind, draft)
    if problems:
        raise InvalidSpec(problems=problems)
    return link_draft(principal.organization_id, kind, draft)


def _all(principal: Principal, kind: str | None) -> QuerySet[Definition]:
    found = Definition.objects.filter(organization_id=principal.organization_id).select_related("published__spec")
    return found if kind is None else found.filter(kind=kind)


def _add_version(principal: Principal, definition: Definition, spec: Spec, notes: str, title: str) -> Version:
    highest = definition.versions.aggregate(highest=Max("number"))["highest"] or 0
    record = store_record(principal.organization_id, spec)
    return Version.objects.create(
        definition=definition,
        number=highest + 1,
        digest=record.digest,
        spec=record,
        title=title,
        notes=notes,
        created_by=principal.ref,
        created_by_label=principal.label,
    )


def _set_archived(principal: Principal, kind: str, slug: str, archived: bool) -> Definition:
    definition = get_definition(principal, kind, slug)
    definition.archived_at = timezone.now() if archived else None
    definition.save(update_fields=["archived_at"])
    return definition


def _clean_draft(kind: str, draft: Any) -> dict[str, Any]:
    """The draft as JSON data of ``kind``; only what could not be stored or is of another kind is refused."""
    if not isinstance(draft, dict):
        raise _invalid("draft", f"must be a JSON object, got {type(draft).__name__}")
    if draft.get("kind", kind) != kind:
        raise _invalid("kind", f"is {draft['kind']!r}, but this is a definition of kind {kind!r}")
    if _depth(draft) > MAX_DRAFT_DEPTH:
        raise _invalid("draft", f"nests deeper than {MAX_DRAFT_DEPTH} levels")
    try:
        size = canonical_json(draft)
    except ValueError as error:
        raise _invalid("draft", f"is not JSON: {error}") from None
    if len(size) > MAX_DRAFT_BYTES:
        raise _invalid("draft", f"has {len(size)} bytes, allowed: {MAX_DRAFT_BYTES}")
    if b"\\u0000" in size:
        raise _invalid("draft", "holds a NUL character, which cannot be stored")
    return {**draft, "kind": kind}


def _depth(data: Any) -> int:
    """Levels of lists and objects, counted without recursion and no further than what is refused anyway."""
    level, depth = [data], 0
    while level and depth <= MAX_DRAFT_DEPTH:
        depth += 1
        inner = [(item.values() if isinstance(item, dict) else item) for item in level if isinstance(item, dict | list)]
        level = [value for values in inner for value in values]
    return depth


def _check_kind(kind: str) -> None:
    if kind not in DefinitionKind.values:
        raise _invalid("kind", f"is {kind!r}; the kinds are: {', '.join(DefinitionKind.values)}")


def _name(draft: dict[str, Any], slug: str) -> str:
    name = draft.get("name")
    return name[:100] if isinstance(name, str) and name.strip() else slug


def _said(version: Version, created: bool, was_published: bool) -> str:
    if created:
        return f"Version {version.number} is published."
    if was_published:
        return f"Nothing changed: version {version.number} has exactly this content and is published."
    return f"Version {version.number} has exactly this content and is published again."


def _stale(definition: Definition, expected: int) -> Conflict:
    who = definition.draft_changed_by_label or "somebody"
    return Conflict(
        f"{who} changed this draft at {definition.draft_changed_at:%Y-%m-%d %H:%M:%S} UTC: "
        f"it is at revision {definition.draft_revision}, yours was {expected}"
    )


def _invalid(where: str, message: str) -> Invalid:
    return Invalid(problems=[{"where": where, "message": message}])
