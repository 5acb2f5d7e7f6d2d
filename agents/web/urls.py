"""Addresses of the pages of this app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from agents.web import approvals, budgets, egress, models, permissions, tools, usage
from agents.web.agents.urls import urlpatterns as agent_urlpatterns
from agents.web.mcp_urls import urlpatterns as mcp_urlpatterns
from agents.web.runs.urls import urlpatterns as run_urlpatterns

urlpatterns: list[URLPattern | URLResolver] = [
    *agent_urlpatterns,
    *run_urlpatterns,
    *mcp_urlpatterns,
    path("settings/models/", models.show_models, name="model_settings"),
    path("settings/models/default/", models.choose_default, name="model_default"),
    path("settings/models/<slug:provider>/key/", models.save_key, name="provider_key_save"),
    path("settings/models/<slug:provider>/key/remove/", models.remove_key, name="provider_key_remove"),
    path("settings/models/<slug:provider>/test/", models.test_provider, name="provider_test"),
    path("settings/tools/", tools.show_tools, name="tool_list"),
    path("settings/network/", egress.show_egress, name="egress"),
    path("settings/network/save/", egress.save, name="egress_save"),
    path("settings/network/try/", egress.try_one, name="egress_try"),
    path("usage/", usage.show_usage, name="usage"),
    path("usage/calls.csv", usage.download_calls, name="usage_csv"),
    path("settings/budgets/", budgets.show_budgets, name="budgets"),
    path("settings/budgets/save/", budgets.save_budget, name="budget_save"),
    path("settings/budgets/<uuid:budget_id>/", budgets.edit_budget, name="budget_edit"),
    path("settings/permissions/", permissions.show_permissions, name="permissions"),
    path("settings/permissions/add/", permissions.add_rule, name="permission_add"),
    path("settings/permissions/<uuid:rule_id>/withdraw/", permissions.withdraw, name="permission_withdraw"),
    path("approvals/", approvals.show_approvals, name="approval_list"),
    path("approvals/<uuid:approval_id>/", approvals.show_approval, name="approval_detail"),
    path("approvals/<uuid:approval_id>/decide/", approvals.decide, name="approval_decide"),
    path("approvals/<uuid:approval_id>/delegate/", approvals.delegate, name="approval_delegate"),
    path("approvals/<uuid:approval_id>/onlookers/", approvals.show_onlookers, name="approval_onlookers"),
    path("approvals/<uuid:approval_id>/arguments.json", approvals.download_arguments, name="approval_arguments"),
    path("approvals/several/", approvals.review_several, name="approval_several"),
    path("approvals/several/approve/", approvals.decide_several, name="approval_decide_several"),
]
