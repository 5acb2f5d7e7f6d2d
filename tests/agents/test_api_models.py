"""The default model over REST."""

from __future__ import annotations

import pytest

from tests.factories.api import ApiClient, key_of
from tests.factories.people import make_people

pytestmark = pytest.mark.django_db


def test_the_default_model_is_chosen_and_taken_back() -> None:
    people = make_people()
    alice, bob, charlie = (ApiClient(key_of(people, user)) for user in (people.alice, people.bob, people.charlie))
    before = alice.get("/models").json()
    assert "demo" in [provider["name"] for provider in before["providers"]]
    chosen = alice.put("/models", {"provider": "demo"})
    assert (chosen.status_code, chosen.json()["chosen"]) == (200, True)
    assert charlie.get("/models").json()["default"]["chosen"] is False
    assert alice.put("/models", {"provider": "oracle of delphi"}).status_code == 422
    assert bob.put("/models", {"provider": "demo"}).status_code == 403
    assert alice.put("/models", {"provider": ""}).json() == before["default"]
