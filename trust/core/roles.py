"""Roles of a membership and what each may do. The only table of rights in the product."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a member or an API key is in one organization."""

    OWNER = "owner"
    BUILDER = "builder"
    OPERATOR = "operator"
    AUDITOR = "auditor"
    VIEWER = "viewer"


class Permission(StrEnum):
    """One right, checked at the edge of the product (page, API operation, socket)."""

    READ = "read"  # definitions, sessions, runs, approvals of the organization
    BUILD = "build"  # create, edit and publish signatures, agents and journeys
    RUN = "run"  # start, cancel and fork runs; open sessions and write messages in them
    APPROVE = "approve"  # decide approvals and questions
    AUDIT = "audit"  # read every session and journal of the organization, whoever owns it
    ADMIN = "admin"  # members, invitations, API keys, settings of the organization


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.OWNER: frozenset(Permission),
    Role.BUILDER: frozenset({Permission.READ, Permission.BUILD, Permission.RUN, Permission.APPROVE}),
    Role.OPERATOR: frozenset({Permission.READ, Permission.RUN, Permission.APPROVE}),
    Role.AUDITOR: frozenset({Permission.READ, Permission.AUDIT}),
    Role.VIEWER: frozenset({Permission.READ}),
}

ROLE_MEANING: dict[Role, str] = {
    Role.OWNER: "everything, members and API keys included",
    Role.BUILDER: "build and publish, run, decide approvals",
    Role.OPERATOR: "run and decide approvals",
    Role.AUDITOR: "read everything, everybody's sessions included",
    Role.VIEWER: "read",
}
