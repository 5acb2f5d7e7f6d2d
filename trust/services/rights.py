"""Granting rights and saying that they changed, so that open sockets look again. Owns no table."""

from __future__ import annotations

from django.db import transaction

from trust.adapters.bell import ring_rights
from trust.core.errors import Invalid
from trust.core.principal import Principal
from trust.core.roles import ROLE_PERMISSIONS, Role


def announce_change(ref: str) -> None:
    """Ring ``rights.<kind>.<id>`` for ``ref`` (``user:5``, ``key:<uuid>``) once the transaction has committed."""
    kind, _, identity = ref.partition(":")
    transaction.on_commit(lambda: ring_rights(kind, identity), robust=True)


def check_grant(principal: Principal, role: Role) -> None:
    """Nobody gives away more than they have. ``Invalid`` names what ``role`` has and ``principal`` lacks."""
    extra = ROLE_PERMISSIONS[role] - principal.permissions
    if extra:
        message = f"The role '{role.value}' includes what {principal.label} may not do: {', '.join(sorted(extra))}."
        raise Invalid(problems=[{"where": "role", "message": message}])


def rights_group(ref: str) -> str:
    """The channel group on which a socket of ``ref`` hears that its rights changed."""
    kind, _, identity = ref.partition(":")
    return f"rights.{kind}.{identity}"
