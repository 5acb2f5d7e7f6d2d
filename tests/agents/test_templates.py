"""Templates of agents: each makes a spec that the catalog knows, and each works on the demo model as it is."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from agents.adapters.llm.providers import DefaultModel, Providers
from agents.core.media.store import MemoryFiles
from agents.core.runtime.memory import memory_ports, run_in_memory
from agents.core.runtime.outcome import Outcome
from agents.core.spec.errors import InvalidSpec
from agents.core.spec.runnable import digest_spec
from agents.core.strategies import run_agent_spec
from agents.core.strategies.catalog import strategy_names
from agents.core.templates import TEMPLATES, get_template, list_templates
from agents.services.definitions import create_definition, publish_version
from tests.factories.media import png, wav
from tests.factories.people import make_people

FAST = {"KAIZEN_DEMO_TOKENS_PER_S": "0", "KAIZEN_LOCAL_MODELS": "0"}


@pytest.mark.parametrize("key", sorted(TEMPLATES))
def test_a_template_makes_a_spec_that_can_run(key: str) -> None:
    template = get_template(key)
    assert template.spec.strategy in strategy_names()
    assert template.when.endswith(".")
    assert template.spec.model.provider == "default"
    assert digest_spec(template.spec)


def test_every_strategy_has_a_template() -> None:
    used = {template.spec.strategy for template in list_templates()}
    assert used == set(strategy_names())


@pytest.mark.parametrize("key", sorted(TEMPLATES))
async def test_a_template_works_on_the_demo_model(key: str) -> None:
    outcome = await run_on_demo(key)
    if key == "human_approval":
        assert outcome.waiting_on["on"] == "approval"
    else:
        assert outcome.status == "succeeded", outcome.error
        assert outcome.output


async def run_on_demo(key: str) -> Outcome:
    template, files = get_template(key), MemoryFiles()
    inputs: dict[str, Any] = dict(template.example)
    if template.takes_file == "image":
        inputs["image"] = files.add("a.png", png())
    if template.takes_file == "audio":
        inputs["audio"] = files.add("a.wav", wav())
    ports = replace(memory_ports(models=Providers(FAST, DefaultModel("demo"))), files=files)
    return await asyncio.wait_for(run_in_memory(run_agent_spec, template.spec, inputs, ports), 30)


def test_an_unknown_template_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidSpec, match="the templates are: simple_qa, memory"):
        get_template("psychic")


@pytest.mark.django_db
def test_every_template_can_be_published_as_it_is() -> None:
    people = make_people()
    principal = people.principal(people.alice)
    for key, template in TEMPLATES.items():
        slug = key.replace("_", "-")
        create_definition(principal, "agent", slug, template.spec.model_dump(mode="json"))
        assert publish_version(principal, "agent", slug).number == 1
