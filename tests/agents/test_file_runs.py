"""Runs with files on the database: inputs are completed, confined to the organization, and read when a step needs them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from agents.core.spec.agent import ModelSpec
from agents.core.templates import get_template
from agents.models.run import Run
from agents.services.definitions import create_definition, publish_version
from agents.services.execution import stop_engine
from agents.services.files import delete_file, store_file
from agents.services.runs import list_events
from agents.services.targets import start_published
from tests.agents.test_execution import run_until
from tests.factories.media import png, wav
from tests.factories.people import People
from trust.core.errors import Invalid
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def engine() -> Iterator[None]:
    yield
    stop_engine()


def publish(principal: Principal, key: str) -> str:
    spec = get_template(key).spec.model_copy(update={"model": ModelSpec(provider="demo")})
    create_definition(principal=principal, kind="agent", slug=key, draft=spec.model_dump(mode="json"))
    publish_version(principal=principal, kind="agent", slug=key)
    return key


def start(principal: Principal, slug: str, **inputs: Any) -> Run:
    return start_published(principal=principal, kind="agent", slug=slug, inputs=inputs)


def test_a_run_gets_its_image_by_id_and_the_journal_holds_its_digest_only(bob: Principal) -> None:
    slug, stored = publish(bob, "vision"), store_file(principal=bob, name="photo.png", content=png())
    run = run_until(start(bob, slug, image={"file": str(stored.id)}, question="What is it?"), "succeeded", "failed")
    assert run.status == "succeeded", run.error
    assert run.inputs["image"]["sha256"] == stored.sha256
    assert run.output is not None
    assert "a PNG image of 64 by 48 pixels, mostly red" in run.output["answer"]
    journal = str([event.payload for event in list_events(bob, run.id)])
    assert stored.sha256 in journal
    assert "iVBOR" not in journal


def test_a_recording_is_written_down_by_a_worker(bob: Principal) -> None:
    slug, stored = publish(bob, "transcription"), store_file(principal=bob, name="talk.wav", content=wav())
    run = run_until(start(bob, slug, audio={"file": str(stored.id)}), "succeeded", "failed")
    assert run.status == "succeeded", run.error
    assert run.output is not None
    assert run.output["duration"] == 0.5


def test_the_files_of_others_and_of_another_kind_are_refused_before_the_run(bob: Principal, people: People) -> None:
    slug = publish(bob, "vision")
    foreign = store_file(principal=people.principal(people.charlie), name="secret.png", content=png())
    with pytest.raises(Invalid, match="there is no file"):
        start(bob, slug, image={"file": str(foreign.id)})
    sound = store_file(principal=bob, name="a.png", content=wav())
    with pytest.raises(Invalid, match="an image file"):
        start(bob, slug, image=str(sound.id))
    with pytest.raises(Invalid, match="upload it first"):
        start(bob, slug, image="photo.png")
    assert not Run.objects.exists()


def test_claims_about_a_file_are_replaced_by_what_is_stored(bob: Principal) -> None:
    slug, stored = publish(bob, "vision"), store_file(principal=bob, name="photo.png", content=png())
    lie = {"file": str(stored.id), "name": "x", "media_type": "image/jpeg", "size": 1, "sha256": "0" * 64}
    run = start(bob, slug, image=lie)
    assert run.inputs["image"] == {
        "file": str(stored.id),
        "name": "photo.png",
        "media_type": "image/png",
        "size": len(png()),
        "sha256": stored.sha256,
    }


def test_a_deleted_file_fails_the_run_with_its_name(bob: Principal) -> None:
    slug, stored = publish(bob, "vision"), store_file(principal=bob, name="photo.png", content=png())
    run = start(bob, slug, image={"file": str(stored.id)})
    delete_file(principal=bob, file_id=stored.id)
    run = run_until(run, "succeeded", "failed")
    assert run.status == "failed"
    assert run.error is not None
    assert (run.error["code"], "photo.png" in run.error["message"]) == ("bad_file", True)
