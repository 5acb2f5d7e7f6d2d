"""The operations of this app: definitions of every kind, runs and their events, approvals, the default model."""

from __future__ import annotations

from ninja import Router

from agents.api.agents_building import router as agents_building
from agents.api.approvals import router as approvals
from agents.api.budgets import router as budgets
from agents.api.control import router as control
from agents.api.definitions import build_router
from agents.api.egress import router as egress
from agents.api.events import router as events
from agents.api.files import router as files
from agents.api.mcp import router as mcp_servers
from agents.api.permissions import router as permissions
from agents.api.providers import router as providers
from agents.api.run_inspection import router as run_inspection
from agents.api.runs import router as runs
from agents.api.schemas import router as schemas
from agents.api.tools import router as tools
from agents.api.usage import router as usage

router = Router()
router.add_router("/signatures", build_router("signature", "Signatures"))
router.add_router("/agents", agents_building)  # first: `/agents/preview` is no slug
router.add_router("/agents", build_router("agent", "Agents"))
router.add_router("/journeys", build_router("journey", "Journeys"))
router.add_router("/schemas", schemas)
router.add_router("/runs", runs)
router.add_router("/runs", events)
router.add_router("/runs", run_inspection)
router.add_router("/runs", control)
router.add_router("/approvals", approvals)
router.add_router("/files", files)
router.add_router("/models", providers)
router.add_router("/mcp-servers", mcp_servers)
router.add_router("/budgets", budgets)
router.add_router("/permissions", permissions)
router.add_router("/usage", usage)
router.add_router("/tools", tools)
router.add_router("/egress", egress)
