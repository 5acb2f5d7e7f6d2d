"""Members, invitations, keys and the key's own principal over REST."""

from __future__ import annotations

import pytest

from tests.factories.api import ApiClient, key_of
from tests.factories.people import People


@pytest.fixture
def alice(people: People) -> ApiClient:
    return ApiClient(key_of(people, people.alice))


@pytest.fixture
def charlie(people: People) -> ApiClient:
    return ApiClient(key_of(people, people.charlie))


def test_a_key_says_whose_it_is(people: People, alice: ApiClient) -> None:
    me = alice.get("/me").json()
    assert (me["kind"], me["label"], me["role"]) == ("key", "Alice's key", "owner")
    assert me["organization_id"] == str(people.organization.id)
    assert "admin" in me["permissions"]


def test_members_are_listed_changed_and_removed_inside_their_organization(
    people: People, alice: ApiClient, charlie: ApiClient
) -> None:
    assert [m["name"] for m in alice.get("/members").json()["items"]] == ["Alice", "Bob"]
    path = f"/members/{people.bob.pk}"
    assert charlie.put(path, {"role": "viewer"}).status_code == 404
    assert charlie.delete(path).status_code == 404
    assert alice.put(path, {"role": "king"}).status_code == 422
    assert alice.put(path, {"role": "viewer"}).json()["role"] == "viewer"
    assert alice.put(f"/members/{people.alice.pk}", {"role": "viewer"}).status_code == 409
    assert alice.delete(path).status_code == 204
    assert alice.delete(path).status_code == 404


def test_an_invitation_is_shown_once_and_withdrawn(people: People, alice: ApiClient, charlie: ApiClient) -> None:
    made = alice.post("/invitations", {"email": "dana@example.org", "role": "operator"})
    assert made.status_code == 201, made.content
    assert made.json()["link"].startswith("http://testserver/")
    (listed,) = alice.get("/invitations").json()["items"]
    assert "link" not in listed
    assert charlie.get("/invitations").json()["items"] == []
    assert charlie.delete(f"/invitations/{listed['id']}").status_code == 404
    assert alice.delete(f"/invitations/{listed['id']}").status_code == 204
    assert alice.post("/invitations", {"email": "nobody", "role": "operator"}).status_code == 422
    assert alice.post("/invitations", {"email": people.bob.email, "role": "operator"}).status_code == 409


def test_a_key_is_made_narrowed_and_revoked(people: People, alice: ApiClient, charlie: ApiClient) -> None:
    made = alice.post("/keys", {"name": "import", "role": "operator", "scopes": ["read"]})
    assert made.status_code == 201, made.content
    child = ApiClient(made.json()["secret"])
    assert child.get("/me").json()["permissions"] == ["read"]
    assert child.post("/keys", {"name": "more", "role": "owner"}).status_code == 403
    assert "secret" not in alice.get("/keys").json()["items"][0]
    assert charlie.delete(f"/keys/{made.json()['id']}").status_code == 404
    assert alice.delete(f"/keys/{made.json()['id']}").status_code == 204
    assert child.get("/me").status_code == 401
    assert alice.post("/keys", {"name": "old", "role": "viewer", "expires_at": "2001-01-01T00:00:00Z"}).status_code == 422


@pytest.mark.parametrize("path", ["/keys", "/invitations"])
def test_whoever_does_not_administer_sees_no_keys_and_invitations(people: People, path: str) -> None:
    assert ApiClient(key_of(people, people.bob)).get(path).status_code == 403
