"""Files as inputs: stored once, told by their content, limited, and nobody else's business."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from agents.core.media.kinds import MAX_BYTES, sniff
from agents.models.file import StoredFile
from agents.services.files import OrganizationFiles, clean_name, store_file
from tests.factories.api import ROOT, ApiClient, check_answer, key_of
from tests.factories.media import png, wav
from tests.factories.people import People, make_people
from trust.core.errors import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture
def bob(people: People) -> ApiClient:
    return ApiClient(key_of(people, people.bob))


@pytest.fixture
def charlie(people: People) -> ApiClient:
    return ApiClient(key_of(people, people.charlie))


def upload(client: ApiClient, content: bytes, name: str = "photo.png") -> Any:
    answer = Client(raise_request_exception=False).post(
        f"{ROOT}/files",
        {"file": SimpleUploadedFile(name, content)},
        headers={"Authorization": f"Bearer {client.secret}"},
    )
    check_answer("post", "/files", answer)
    return answer


def test_an_uploaded_file_is_listed_read_and_deleted(bob: ApiClient) -> None:
    answer = upload(bob, png())
    assert answer.status_code == 201, answer.content
    stored = answer.json()
    assert (stored["media_type"], stored["name"], stored["size"]) == ("image/png", "photo.png", len(png()))
    assert answer["Location"] == f"/api/v1/files/{stored['id']}"
    assert [item["id"] for item in bob.get("/files").json()["items"]] == [stored["id"]]
    assert bob.get(f"/files/{stored['id']}").json() == stored
    content = bob.get(f"/files/{stored['id']}/content")
    assert content.content == png()
    assert content["Content-Disposition"].startswith("attachment")
    assert bob.delete(f"/files/{stored['id']}").status_code == 204
    assert bob.get(f"/files/{stored['id']}").status_code == 404


def test_a_stranger_finds_no_file(bob: ApiClient, charlie: ApiClient) -> None:
    file_id = upload(bob, png()).json()["id"]
    assert charlie.get("/files").json()["items"] == []
    for method, path in (("get", ""), ("get", "/content"), ("delete", "")):
        assert charlie.call(method, f"/files/{file_id}{path}").status_code == 404
    assert StoredFile.objects.count() == 1


def test_the_same_content_under_the_same_name_is_one_file(bob: ApiClient) -> None:
    first, again = upload(bob, png()).json(), upload(bob, png()).json()
    assert first["id"] == again["id"]
    assert upload(bob, png(), "other.png").json()["id"] != first["id"]


def test_the_content_tells_the_type_whatever_the_name_says(bob: ApiClient) -> None:
    assert upload(bob, b"<script>alert(1)</script>", "photo.png").json()["media_type"] == "text/plain"
    assert upload(bob, wav(), "photo.png").json()["media_type"] == "audio/wav"


def test_empty_and_too_large_files_are_refused_with_the_limit(people: People, bob: ApiClient) -> None:
    assert "empty" in upload(bob, b"").json()["problems"][0]["message"]
    answer = upload(bob, b"\x00" * (MAX_BYTES + 1))
    assert answer.status_code == 422
    assert "allowed are at most 20,000,000" in answer.json()["problems"][0]["message"]
    with pytest.raises(Invalid, match="at most 20,000,000"):
        store_file(principal=people.principal(people.bob), name="x", content=b"\x00" * (MAX_BYTES + 1))
    assert not StoredFile.objects.exists()


def test_a_request_without_a_file_is_refused(bob: ApiClient) -> None:
    answer = bob.post("/files", {"file": "text"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\docs\\a.png", "a.png"),
        ("a\x00b\n.png", "a b .png"),
        ("", "file"),
        ("é" * 300, "é" * 200),
    ],
)
def test_names_are_kept_without_folders_and_control_characters(name: str, kept: str) -> None:
    assert clean_name(name) == kept


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\x00\x00\x00 ftypM4A \x00", "audio/mp4"),
        (b"OggS\x00", "audio/ogg"),
        (b"fLaC", "audio/flac"),
        (b"%PDF-1.7", "application/pdf"),
        ("grüße".encode(), "text/plain"),
        (b"a\x00b", "application/octet-stream"),
        (b"\xff\xfe\x00", "application/octet-stream"),
    ],
)
def test_kinds_are_told_by_the_first_bytes(content: bytes, media_type: str) -> None:
    assert sniff(content) == media_type


@pytest.mark.django_db(transaction=True)
async def test_a_run_reads_only_files_of_its_organization() -> None:
    from asgiref.sync import sync_to_async

    def prepare() -> tuple[People, str]:
        people = make_people()
        return people, str(store_file(principal=people.principal(people.bob), name="a", content=b"hello").id)

    people, file_id = await sync_to_async(prepare)()
    assert await OrganizationFiles(people.organization.id).read(file_id) == b"hello"
    assert await OrganizationFiles(uuid4()).read(file_id) is None
    assert await OrganizationFiles(people.organization.id).read("no such id") is None


def test_an_organization_cannot_fill_the_database(people: People, bob: ApiClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.services.files.MOST_STORED", 2 * len(png()))
    assert upload(bob, png(), "one.png").status_code == upload(bob, png(), "two.png").status_code == 201
    refused = upload(bob, png(), "three.png")
    assert refused.status_code == 422
    assert "Delete some first" in refused.json()["problems"][0]["message"]
    assert upload(bob, png(), "one.png").status_code == 201, "it is there already"
