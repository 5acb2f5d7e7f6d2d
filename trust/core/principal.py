"""Who is acting, in which organization, with which rights: what every service takes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from trust.core.roles import ROLE_PERMISSIONS, Permission, Role

PrincipalKind = Literal["user", "key", "system", "guest"]


@dataclass(frozen=True, slots=True)
class Principal:
    """A person, an API key or a visitor without an account, acting in one organization.

    ``id`` is the primary key of the user or API key as text; ``label`` is what people read (a name, a key's name).
    ``scopes`` narrows an API key below its role; ``None`` means the whole role.
    """

    kind: PrincipalKind
    id: str
    label: str
    organization_id: UUID
    role: Role
    scopes: frozenset[Permission] | None = None

    @property
    def ref(self) -> str:
        """``user:<id>``, ``key:<id>``, ``system:<id>`` or ``guest:<id>``: how a journal and a row name this principal."""
        return f"{self.kind}:{self.id}"

    @property
    def permissions(self) -> frozenset[Permission]:
        granted = ROLE_PERMISSIONS[self.role]
        return granted if self.scopes is None else granted & self.scopes

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions
