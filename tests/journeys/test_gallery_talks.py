"""Each ready journey works with the demo model: its own conversations pass and take every transition; it reads back equal."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from agents.adapters.llm.demo import DemoModel
from agents.adapters.llm.providers import DefaultModel, Providers
from agents.core.llm.lexical import LexicalEmbedder
from agents.core.runtime.memory import CatalogTools
from agents.core.spec.runnable import canonical, parse_spec
from agents.core.tools.catalog import get_tool
from journeys.core.preflight.check import check_journey
from journeys.core.testing.case import TestCase
from journeys.core.testing.coverage import measure
from journeys.core.testing.running import run_case
from journeys.core.text.printing import print_journey
from journeys.core.text.reading import read_journey
from journeys.core.text.yaml import read_yaml, write_yaml
from journeys.gallery.catalog import GALLERY, TOOLS, gallery_tests, get_gallery_journey
from journeys.services.gallery import publish_item
from tests.factories.people import People

CASES = [(slug, case) for slug in GALLERY for case in gallery_tests(slug)]


async def passes(slug: str, case: TestCase) -> list[dict[str, object]]:
    """The summaries of the turns of a case that passed."""
    models = Providers({}, DefaultModel("demo"), {"demo": DemoModel(LexicalEmbedder(), 0)})
    result = await run_case(get_gallery_journey(slug).journey.spec, case, models=models, tools=CatalogTools())
    assert result.passed, result.reasons
    return [turn.summary for turn in result.turns]


def test_the_gallery_has_at_least_eight_journeys_that_differ() -> None:
    names = {get_gallery_journey(slug).journey.spec.name for slug in GALLERY}
    assert len(names) == len(GALLERY) >= 8


@pytest.mark.parametrize(("slug", "case"), CASES, ids=[f"{slug}: {case.name}" for slug, case in CASES])
async def test_each_conversation_of_the_gallery_passes_with_the_demo_model(slug: str, case: TestCase) -> None:
    assert await passes(slug, case)


@pytest.mark.parametrize("slug", GALLERY)
async def test_the_conversations_take_every_transition_pathway_and_way_back(slug: str) -> None:
    turns = [turn for case in gallery_tests(slug) for turn in await passes(slug, case)]
    coverage = measure(get_gallery_journey(slug).journey.spec, turns)
    for kind in ("transition", "pathway", "next", "return", "error"):
        assert coverage.untested(kind) == []


@pytest.mark.parametrize("slug", GALLERY)
def test_preflight_finds_nothing_at_a_journey_of_the_gallery(slug: str) -> None:
    assert [(f.code, f.where) for f in check_journey(get_gallery_journey(slug).journey.spec).findings] == []


@pytest.mark.parametrize("slug", GALLERY)
def test_a_journey_of_the_gallery_reads_back_equal_from_python_and_yaml(slug: str) -> None:
    spec = get_gallery_journey(slug).journey.spec
    assert read_journey(print_journey(spec)).spec == spec
    draft = read_yaml(write_yaml(canonical(spec))).draft
    assert draft is not None
    assert parse_spec(draft, kind="journey") == spec


@pytest.mark.parametrize("slug", GALLERY)
async def test_every_suggestion_at_the_start_is_answered_and_moves_the_conversation(slug: str) -> None:
    spec = get_gallery_journey(slug).journey.spec
    assert len(spec.pathway(spec.entry).suggestions) == 3
    for text in spec.pathway(spec.entry).suggestions:
        (turn,) = await passes(slug, TestCase.model_validate({"name": text, "turns": [{"says": text}]}))
        assert turn["reply"]
        assert turn["changed"] or turn["moves"], text


@pytest.mark.parametrize("name", TOOLS)
def test_each_tool_of_the_gallery_is_in_the_catalog_under_its_name(name: str) -> None:
    assert get_tool(name).name == name
    assert get_tool(name).summary


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("engine")
def test_the_command_line_tests_a_journey_of_the_gallery(people: People, capsys: pytest.CaptureFixture[str]) -> None:
    publish_item(people.organization.id, get_gallery_journey("invoice-approval"))
    with pytest.raises(SystemExit) as ended:
        call_command("kaizen", "test", "invoice-approval", "--coverage-min", "100")
    told = capsys.readouterr().out
    assert ended.value.code == 0, told
    assert "6 passed, 0 failed of 6" in told
    assert "Transitions covered: 100 %" in told
