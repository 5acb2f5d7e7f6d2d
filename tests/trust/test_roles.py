"""The table of rights."""

from __future__ import annotations

import uuid

import pytest

from trust.core.principal import Principal
from trust.core.roles import ROLE_MEANING, ROLE_PERMISSIONS, Permission, Role


def _principal(role: Role, scopes: frozenset[Permission] | None = None) -> Principal:
    return Principal(kind="key", id="k", label="k", organization_id=uuid.uuid4(), role=role, scopes=scopes)


def test_every_role_has_rights_and_a_meaning() -> None:
    assert set(ROLE_PERMISSIONS) == set(Role) == set(ROLE_MEANING)
    assert all(Permission.READ in rights for rights in ROLE_PERMISSIONS.values())


@pytest.mark.parametrize("right", list(Permission))
def test_an_owner_may_everything(right: Permission) -> None:
    assert _principal(Role.OWNER).may(right)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OWNER])
def test_only_an_owner_administers(role: Role) -> None:
    assert not _principal(role).may(Permission.ADMIN)


def test_scopes_narrow_a_role_and_never_widen_it() -> None:
    narrowed = _principal(Role.VIEWER, frozenset({Permission.READ, Permission.BUILD}))
    assert narrowed.permissions == {Permission.READ}
    assert _principal(Role.OWNER, frozenset()).permissions == frozenset()
