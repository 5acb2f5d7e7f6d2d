"""Permission rules of an organization and grants of one session or run: made, listed, withdrawn, and given to the engine."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import re2
from django.db import connection
from django.utils import timezone
from pydantic import ValidationError

from agents.adapters.rows import uuid_value
from agents.core.autonomy.permissions import Grant, Layer
from agents.core.spec.permissions import PermissionPolicy, PermissionRule
from agents.models.approval import Approval
from agents.models.permission import PermissionRuleRow
from agents.models.run import Run
from trust.core.errors import Denied, Invalid, NotFound
from trust.core.principal import Principal
from trust.core.roles import Permission


def scope_key_of(run: Run) -> str:
    """What a grant holds for: the session that the run is a turn of, else the run itself."""
    return run.queue_key or f"run:{run.id}"


def rules_of_run(run: Run) -> tuple[Layer | None, tuple[Grant, ...]]:
    """The organization's voice in every tool call of the run, and what people granted for its session or itself."""
    if not getattr(run, "has_rules", True):
        return None, ()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, scope_key, pattern, permission_type, priority, reason, created_by_label FROM agents_permissionrulerow"
            " WHERE organization_id = %s AND scope_key IN ('', %s) AND withdrawn_at IS NULL ORDER BY created_at",
            [uuid_value(run.organization_id), scope_key_of(run)],
        )
        rows = cursor.fetchall()
    grants = tuple(Grant(pattern, str(id_), by, reason) for id_, scope, pattern, _, _, reason, by in rows if scope)
    rules = tuple(
        PermissionRule.model_validate({"pattern": pattern, "permission_type": kind, "priority": priority, "reason": reason})
        for _, scope, pattern, kind, priority, reason, _ in rows
        if not scope
    )
    layer = Layer("the organization", PermissionPolicy(rules=rules), is_agent=False) if rules else None
    return layer, grants


def list_rules(principal: Principal, *, withdrawn: bool = False) -> list[PermissionRuleRow]:
    """The organization's own rules, in the order in which they are tried: by priority, then age."""
    rows = PermissionRuleRow.objects.filter(organization_id=principal.organization_id, scope_key="")
    return list(rows.filter(withdrawn_at__isnull=not withdrawn).order_by("-priority", "created_at"))


def list_grants(principal: Principal, *, scope_key: str = "") -> list[PermissionRuleRow]:
    """What people granted for single sessions and runs and nobody has withdrawn, newest first."""
    rows = PermissionRuleRow.objects.filter(organization_id=principal.organization_id, withdrawn_at__isnull=True)
    rows = rows.filter(scope_key=scope_key) if scope_key else rows.exclude(scope_key="")
    return list(rows.select_related("approval").order_by("-created_at")[:1000])


def make_rule(
    *, principal: Principal, pattern: str, permission_type: str, priority: int = 0, reason: str = ""
) -> PermissionRuleRow:
    """A rule for every tool call of the organization. Raises ``Invalid`` for a pattern that RE2 does not read."""
    data = {"pattern": pattern, "permission_type": permission_type, "priority": priority, "reason": reason}
    try:
        rule = PermissionRule.model_validate(data)
    except ValidationError as error:
        problems = [
            {"where": ".".join(map(str, item["loc"])), "message": item["msg"].removeprefix("Value error, ")}
            for item in error.errors()
        ]
        raise Invalid(problems=problems) from None  # type: ignore[arg-type]
    return _create(principal, "", rule)


def grant_further_calls(principal: Principal, run: Run, approval: Approval, reason: str = "") -> PermissionRuleRow:
    """Approves all further calls of this tool in this session, in the decision's own transaction; never critical ones."""
    if approval.risk == "critical" or not approval.tool:
        message = "a tool of critical danger is approved call by call" if approval.tool else "this is no call of a tool"
        raise Invalid(problems=[{"where": "further", "message": message}])
    told = reason or f"approved all further calls with approval {approval.id}"
    rule = PermissionRule.model_validate(
        {"pattern": re2.escape(approval.tool), "permission_type": "allow", "reason": told[:500]}
    )
    return _create(principal, scope_key_of(run), rule, approval)


def withdraw_rule(*, principal: Principal, rule_id: UUID) -> PermissionRuleRow:
    """Ends a rule or grant: calls from now on are decided without it. Doing it twice changes nothing."""
    row = PermissionRuleRow.objects.filter(organization_id=principal.organization_id, pk=rule_id).first()
    if row is None:
        raise NotFound(f"There is no permission rule {rule_id}.")
    if not row.scope_key and not principal.may(Permission.ADMIN):
        raise Denied("A rule of the organization is withdrawn by who administrates it.")
    if row.withdrawn_at is None:
        row.withdrawn_at, row.withdrawn_by_label = timezone.now(), principal.label
        row.save(update_fields=["withdrawn_at", "withdrawn_by_label"])
    return row


def _create(principal: Principal, scope_key: str, rule: PermissionRule, approval: Approval | None = None) -> PermissionRuleRow:
    values: dict[str, Any] = rule.model_dump(mode="json")
    return PermissionRuleRow.objects.create(
        organization_id=principal.organization_id,
        scope_key=scope_key,
        approval=approval,
        created_by=principal.ref,
        created_by_label=principal.label,
        created_at=timezone.now(),
        **values,
    )
