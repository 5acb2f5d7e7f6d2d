"""Cost and usage: sums by day, model, agent and journey, for one organization only, on the page, in CSV and over REST."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from agents.models import ModelCall
from agents.services.usage import Amounts, get_usage, read_period
from agents.web.usage_chart import draw_chart
from tests.factories.api import ApiClient, key_of
from tests.factories.people import People
from trust.core.errors import Invalid
from trust.models import Organization

pytestmark = pytest.mark.django_db


def call(organization: Organization, days_ago: float = 0, **what: Any) -> ModelCall:
    values: dict[str, Any] = {
        "run_id": uuid4(),
        "path": "agent/model/0",
        "at": timezone.now() - timedelta(days=days_ago),
        "provider": "openai",
        "model": "gpt-4o-mini",
        "agent": "triage",
        "input_tokens": 100,
        "output_tokens": 50,
        "cost_microusd": 1000,
        "duration_s": 0.5,
    }
    return ModelCall.objects.create(organization=organization, **{**values, **what})


@pytest.fixture
def used(people: People) -> People:
    acme = people.organization
    call(acme)
    call(acme, 1, model="gpt-4o", cost_microusd=5000, journey="Referral")
    call(acme, 1, ok=False, cost_microusd=None, output_tokens=0)
    call(acme, 2, provider="ollama", model="phi9", agent="helper", cost_microusd=0)
    call(acme, 3, provider="custom", model="house", agent="helper", cost_microusd=None)
    call(acme, 45, cost_microusd=70_000)
    call(people.charlie.memberships.get().organization, agent="secret-agent", cost_microusd=999_000_000)
    return people


def test_sums_by_day_model_agent_and_journey(used: People) -> None:
    usage = get_usage(used.principal(used.alice), read_period("30"))
    assert usage.totals == Amounts(5, 1, 500, 200, 6000, 1)
    assert len(usage.days) == 30
    assert [day.amounts.calls for day in usage.days[-4:]] == [1, 1, 2, 1]
    assert [(row.provider, row.name, row.amounts.cost_microusd) for row in usage.models[:2]] == [
        ("openai", "gpt-4o", 5000),
        ("openai", "gpt-4o-mini", 1000),
    ]
    assert {row.name: row.amounts.calls for row in usage.agents} == {"triage": 3, "helper": 2}
    assert [(row.name, row.amounts.calls) for row in usage.journeys] == [("Referral", 1)]


def test_unknown_prices_are_counted_and_named_and_failures_are_no_such(used: People) -> None:
    usage = get_usage(used.principal(used.alice), read_period("30"))
    assert [(row.name, row.amounts.unpriced) for row in usage.unpriced] == [("house", 1)]


def test_another_organization_sees_its_own_calls_only(used: People) -> None:
    usage = get_usage(used.principal(used.charlie), read_period("90"))
    assert (usage.totals.calls, [row.name for row in usage.agents]) == (1, ["secret-agent"])


def test_days_begin_and_end_at_midnight_of_utc(people: People) -> None:
    for at in ("2026-03-01T00:00:00", "2026-03-01T23:59:59.999999", "2026-02-28T23:59:59.999999", "2026-03-02T00:00:00"):
        call(people.organization, at=datetime.fromisoformat(at).replace(tzinfo=UTC))
    usage = get_usage(people.principal(people.alice), read_period(start="2026-03-01", end="2026-03-01"))
    assert (usage.totals.calls, len(usage.days)) == (2, 1)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"days": "0"}, "from 1 to 731"),
        ({"days": "many"}, "from 1 to 731"),
        ({"days": "9999"}, "from 1 to 731"),
        ({"days": "²"}, "from 1 to 731"),
        ({"start": "2026-13-01"}, "no day"),
        ({"start": "0001-01-01"}, "years 2000"),
        ({"start": "2026-03-02", "end": "2026-03-01"}, "is later than"),
        ({"start": "2020-01-01", "end": "2026-03-01"}, "more than 731 days"),
    ],
)
def test_a_period_that_is_none_is_refused(asked: dict[str, str], says: str) -> None:
    with pytest.raises(Invalid, match=says):
        read_period(**asked)


def test_the_page_shows_a_chart_the_tables_and_what_has_no_price(used: People) -> None:
    page = used.browser(used.alice).get("/usage/").content.decode()
    for shown in ("<svg", "gpt-4o-mini", "triage", "Referral", "$0.0060", "house", "no known price"):
        assert shown in page, shown
    assert "secret-agent" not in page
    assert " style=" not in page
    bob = used.browser(used.bob).get("/usage/?days=90&show=tokens").content.decode()
    assert "$0.0760" in bob


def test_the_page_of_a_stranger_has_nothing_of_ours(used: People) -> None:
    page = used.browser(used.charlie).get("/usage/?days=90").content.decode()
    assert "secret-agent" in page
    assert "triage" not in page
    assert Client().get("/usage/").status_code == 302


def test_an_empty_period_says_so_and_a_wrong_one_is_told(people: People) -> None:
    tab = people.browser(people.alice)
    assert "No model was called" in tab.get("/usage/").content.decode()
    wrong = tab.get("/usage/?days=x")
    assert wrong.status_code == 422
    assert "from 1 to 731" in wrong.content.decode()


def test_csv_has_every_call_and_no_formula(used: People) -> None:
    call(used.organization, agent='=HYPERLINK("http://evil")')
    answer = used.browser(used.alice).get("/usage/calls.csv?days=30")
    assert answer["Content-Type"].startswith("text/csv")
    assert "attachment" in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.getvalue().decode())))
    assert len(rows) == 6
    assert rows[1]["cost_usd"] == "0.005000"
    assert rows[4]["cost_usd"] == ""
    assert rows[5]["agent"].startswith("'=")
    assert not any(row["agent"] == "secret-agent" for row in rows)


def test_the_api_tells_the_same_and_pages_through_the_calls(used: People) -> None:
    alice, charlie = (ApiClient(key_of(used, user)) for user in (used.alice, used.charlie))
    told = alice.get("/usage?days=30").json()
    assert told["totals"]["cost_microusd"] == 6000
    assert len(told["days"]) == 30
    assert told["unpriced"][0]["name"] == "house"
    assert charlie.get("/usage").json()["totals"]["calls"] == 1
    assert alice.get("/usage?from=2026-02-02&to=2026-02-01").status_code == 422
    seen, cursor = [], ""
    while True:
        page = alice.get(f"/usage/calls?limit=2&cursor={cursor}").json()
        seen += [item["model"] for item in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert seen == ["gpt-4o-mini", "gpt-4o", "gpt-4o-mini", "phi9", "house"]
    assert alice.get("/usage/calls?cursor=nonsense").status_code == 422
    assert ApiClient().get("/usage").status_code == 401


def test_the_chart_stacks_models_and_keeps_its_proportions(used: People) -> None:
    usage = get_usage(used.principal(used.alice), read_period("7"))
    chart = draw_chart(usage, "cost", width=700, height=200)
    heights = [round(sum(part.height for part in bar.parts), 2) for bar in chart.bars]
    assert len(chart.bars) == 7
    assert heights[-2] == pytest.approx(heights[-1] * 5, rel=0.01)
    assert heights[0] == 0
    assert all(part.y >= 0 and part.y + part.height <= chart.plot_bottom + 0.01 for bar in chart.bars for part in bar.parts)
    assert [tick.label for tick in chart.ticks] == ["$0", "$0.002", "$0.004", "$0.006"]
    assert chart.bars[-2].title.endswith(": 2 calls, 250 tokens, $0.0050")
    assert [series.label for series in chart.series] == ["gpt-4o", "gpt-4o-mini"]


def test_the_chart_of_many_models_and_of_nothing(people: People) -> None:
    empty = draw_chart(get_usage(people.principal(people.alice), read_period("90")), "cost", width=350, height=200)
    assert (empty.series, len(empty.bars)) == ((), 90)
    assert len(empty.days) <= 5
    for n in range(9):
        call(people.organization, model=f"model-{n}", cost_microusd=1000 * (n + 1))
    chart = draw_chart(get_usage(people.principal(people.alice), read_period("7")), "calls", width=350, height=200)
    assert [series.label for series in chart.series][-1] == "other models"
    assert len(chart.series) == 5
    assert len(chart.bars[-1].parts) == 5
