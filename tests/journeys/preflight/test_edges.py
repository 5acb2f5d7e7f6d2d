"""How each edge of a journey stands: what its target needs arrives by it, arrives as text, or does not arrive."""

from __future__ import annotations

from journeys.core.preflight.check import check_journey
from tests.journeys.preflight.drafts import booker_input, broken, intent, output


def test_an_edge_is_broken_where_its_target_misses_something_on_this_way_only() -> None:
    sent = {"id": "skip", "from_pathways": ["faq"], "to_pathway": "booking", "trigger": intent("book")}
    report = check_journey(broken(lambda d: d["transitions"].append(sent)))
    assert report.mappings["booking"] == "broken"
    assert report.edges["t:skip:faq"] == "broken"
    assert report.edges["next:intake"] == "ok"
    assert report.edges["t:ask:*"] == "ok"


def test_every_edge_to_a_pathway_is_broken_when_nothing_brings_what_it_needs_or_the_type_is_wrong() -> None:
    renamed = check_journey(broken(lambda d: output(d, "intake", "age").update(name="years_old")))
    retyped = check_journey(broken(lambda d: output(d, "intake", "age").update(type={"kind": "str"})))
    assert renamed.edges["next:intake"] == retyped.edges["next:intake"] == "broken"
    assert {s for name, s in renamed.edges.items() if name != "next:intake" and not name.startswith("ret:faq:b")} == {"ok"}


def test_an_edge_is_lossy_when_a_list_arrives_as_text() -> None:
    report = check_journey(broken(lambda d: booker_input(d, "symptoms").update(type={"kind": "str"})))
    assert report.edges["next:intake"] == "lossy"
