"""What holds for every hook of the catalog, and how wrong uses of hooks are told."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from agents.core.spec.runnable import canonical
from agents.services.specs import link_draft
from journeys.core.hooks.call import EVENTS
from journeys.core.hooks.catalog import UnknownHook, get_hook, hook_names, hook_problems
from journeys.core.spec import HookUse
from tests.agents.strategies.resume import play
from tests.journeys.engine.talks import scene
from tests.journeys.engine.test_hooks import ANSWER, journey, use
from trust.core.errors import Invalid
from trust.core.principal import Principal

NAMES = sorted(hook_names())


@pytest.mark.parametrize("name", NAMES)
def test_its_parameters_draw_a_form(name: str) -> None:
    params = get_hook(name).Params
    assert issubclass(params, BaseModel)
    assert params.model_config.get("frozen") and params.model_config.get("extra") == "forbid"
    schema: dict[str, Any] = params.model_json_schema()
    assert [field for field, part in schema.get("properties", {}).items() if not part.get("description")] == []
    assert not schema.get("required"), "the form of a new hook begins with defaults"


@pytest.mark.parametrize("name", NAMES)
def test_its_title_and_events_are_known(name: str) -> None:
    hook = get_hook(name)
    assert hook.title[:1].isupper() and (type(hook).__doc__ or "").strip()
    assert hook.events and set(hook.events) <= set(EVENTS)


@pytest.mark.parametrize("name", NAMES)
async def test_it_goes_well_with_its_defaults(name: str) -> None:
    spec = journey(*(HookUse(event=event, hook=name) for event in get_hook(name).events))
    assert (await play(scene(spec, ANSWER))).output["reply"] == "Here I am."


def test_unknown_hook_lists_the_known_ones() -> None:
    with pytest.raises(UnknownHook, match="block_words, limit_turns, note, redact_pattern, require_fields"):
        get_hook("magic")


def test_wrong_event_and_parameters_are_told_with_their_place() -> None:
    problems = hook_problems(use("post_transition", "redact_pattern", pattern="(", zeal=1))
    assert {p["where"] for p in problems} == {"event", "params.pattern", "params.zeal"}
    assert any("its events are: pre_message_process" in p["message"] for p in problems)


@pytest.mark.django_db
def test_linking_refuses_hooks_that_cannot_be_used(alice: Principal) -> None:
    spec = journey(use("pre_transition", "magic"), use("pre_message_process", "limit_turns", turns=0))
    with pytest.raises(Invalid) as refused:
        link_draft(alice.organization_id, "journey", canonical(spec))
    assert [p["where"] for p in refused.value.problems] == ["hooks[0].hook", "hooks[1].params.turns"]


async def test_hook_that_cannot_be_used_stops_what_it_was_to_check() -> None:
    played = await play(scene(journey(use("pre_message_process", "magic")), ANSWER))
    assert played.output["reply"].startswith("This could not be checked, so it was not done: no hook 'magic'")
