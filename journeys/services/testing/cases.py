"""Test cases as people keep them: made, changed, switched off, duplicated, deleted, read from and written as YAML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from pydantic import ValidationError

from agents.core.spec.runnable import spec_problems
from agents.services.definitions import get_definition
from journeys.core.testing.case import TestCase
from journeys.core.testing.suite import case_digest
from journeys.core.testing.text import NotCases, read_cases, write_cases
from journeys.models import JourneyTest
from trust.core.errors import Conflict, Invalid, NotFound
from trust.core.principal import Principal

Source = Literal["hand", "session", "gallery", "import"]
MOST = 1000  # cases of a journey


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to: names that are new, changed, and as they were."""

    created: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]


def list_tests(principal: Principal, slug: str, *, enabled: bool | None = None) -> list[JourneyTest]:
    """The cases of the journey ``slug``, oldest first."""
    found = JourneyTest.objects.filter(definition=get_definition(principal, "journey", slug))
    return list(found if enabled is None else found.filter(enabled=enabled))


def get_test(principal: Principal, slug: str, test_id: UUID) -> JourneyTest:
    rows = JourneyTest.objects.filter(organization_id=principal.organization_id, definition__slug=slug)
    found = rows.select_related("definition").filter(pk=test_id).first()
    if found is None:
        raise NotFound(f"The journey {slug!r} has no test {test_id}.")
    return found


def case_of(test: JourneyTest) -> TestCase:
    return TestCase.model_validate(test.spec)


def parse_case(data: Any) -> TestCase:
    """Raises ``Invalid`` that lists every fault with its place."""
    try:
        return TestCase.model_validate(data)
    except ValidationError as error:
        raise Invalid(problems=spec_problems(error)) from None


def create_test(
    *, principal: Principal, slug: str, case: TestCase, source: Source = "hand", session_id: UUID | None = None
) -> JourneyTest:
    """Raises ``Conflict`` when the journey has a test of this name."""
    definition = get_definition(principal, "journey", slug)
    _check_storable(case)
    if JourneyTest.objects.filter(definition=definition).count() >= MOST:
        raise Conflict(f"The journey has {MOST} tests, which is as many as it can have; delete some first.")
    test = JourneyTest(organization_id=principal.organization_id, definition=definition, source=source, session_id=session_id)
    return _write(principal, test, case)


def update_test(*, principal: Principal, slug: str, test_id: UUID, case: TestCase) -> JourneyTest:
    """Results of the case as it was no longer count."""
    _check_storable(case)
    return _write(principal, get_test(principal, slug, test_id), case)


def enable_test(*, principal: Principal, slug: str, test_id: UUID, enabled: bool) -> JourneyTest:
    """A test that is switched off is not run with the others and is asked for by no gate."""
    test = get_test(principal, slug, test_id)
    test.enabled = enabled
    test.save(update_fields=["enabled"])
    return test


def duplicate_test(*, principal: Principal, slug: str, test_id: UUID) -> JourneyTest:
    """The same conversation under a free name."""
    test = get_test(principal, slug, test_id)
    taken = {each.name for each in list_tests(principal, slug)}
    base = test.name[:105]
    name = next(n for n in (f"{base} (copy)", *(f"{base} (copy {i})" for i in range(2, MOST + 3))) if n not in taken)
    return create_test(principal=principal, slug=slug, case=case_of(test).model_copy(update={"name": name}))


def delete_test(*, principal: Principal, slug: str, test_id: UUID) -> None:
    """Its results go with it."""
    get_test(principal, slug, test_id).delete()


def export_tests(principal: Principal, slug: str) -> str:
    """All cases as YAML."""
    return write_cases([case_of(test) for test in list_tests(principal, slug)])


def import_tests(*, principal: Principal, slug: str, text: str, source: Source = "import") -> Imported:
    """Cases of a YAML text: new ones are made, one of a known name replaces it. All or nothing."""
    try:
        cases = read_cases(text)
    except NotCases as fault:
        raise Invalid(problems=[{"where": "text", "message": line} for line in str(fault).splitlines()]) from None
    return keep_cases(principal=principal, slug=slug, cases=cases, source=source)


def keep_cases(*, principal: Principal, slug: str, cases: Sequence[TestCase], source: Source) -> Imported:
    created, changed, same = [], [], []
    with transaction.atomic():
        known = {test.name: test for test in list_tests(principal, slug)}
        for case in cases:
            test = known.get(case.name)
            if test is None:
                create_test(principal=principal, slug=slug, case=case, source=source)
                created.append(case.name)
            elif test.digest == case_digest(case):
                same.append(case.name)
            else:
                _check_storable(case)
                _write(principal, test, case)
                changed.append(case.name)
    return Imported(tuple(created), tuple(changed), tuple(same))


def _write(principal: Principal, test: JourneyTest, case: TestCase) -> JourneyTest:
    test.name, test.spec, test.digest = case.name, case.model_dump(mode="json"), case_digest(case)
    test.changed_at, test.changed_by, test.changed_by_label = timezone.now(), principal.ref, principal.label
    try:
        with transaction.atomic():
            test.save()
    except IntegrityError:
        raise Conflict(f"The journey has a test called {case.name!r} already; choose another name.") from None
    return test


def _check_storable(case: TestCase) -> None:
    if "\\u0000" in case.model_dump_json():
        raise Invalid(problems=[{"where": "", "message": "a test cannot hold the NUL character"}])
