"""Keys that an organization enters: sealed, used before the environment's, tested for real, and never told to anybody."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client

from agents.adapters.llm import providers as adapters
from agents.adapters.llm.catalog import PROVIDERS
from agents.adapters.llm.faults import clean_error, hide_key
from agents.adapters.llm.providers import OwnAccess, Providers
from agents.core.llm.port import ChatRequest, Message, ModelError
from agents.core.spec.agent import ModelSpec
from agents.models import DefaultModelChoice, ProviderKey
from agents.services.access import load_access, recent_access, resolve_models
from agents.services.egress import save_egress
from agents.services.models import describe_model, list_providers, set_default_model
from agents.services.provider_keys import remove_provider_key, save_provider_key, try_provider
from tests.factories.api import ApiClient, key_of
from tests.factories.model_server import ModelServer
from tests.factories.nearby import open_this_machine
from tests.factories.people import People
from trust.core.errors import Invalid, NotFound
from trust.core.principal import Principal

pytestmark = pytest.mark.django_db
KEY = "sk-organization-0123456789/+abcdWXYZ"
OTHER = "sk-elsewhere-9876543210-zyxwvuts"


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for provider in PROVIDERS.values():
        for name in (*provider.key_variables, *(v for group in provider.needs for v in group), provider.url_variable):
            monkeypatch.delenv(name or "KAIZEN_TEST_NOTHING", raising=False)


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer() as running:
        yield running


@pytest.fixture(autouse=True)
def model_server_on_this_machine(alice: Principal) -> None:
    open_this_machine(alice)


def ask(principal: Principal, provider: str, model: str = "m") -> Any:
    adapter, spec = resolve_models(principal.organization_id).get(ModelSpec(provider=provider, model=model, max_retries=0))
    request = ChatRequest(model=spec, messages=(Message(role="user", content="hello"),))
    return asyncio.run(adapter.complete(request))


def test_a_key_is_sealed_and_only_its_end_is_kept_to_be_shown(alice: Principal) -> None:
    save_provider_key(principal=alice, provider="anthropic", key=f"  {KEY}\n")
    row = ProviderKey.objects.get()
    assert (row.provider, row.hint, row.created_by_label) == ("anthropic", "WXYZ", "Alice")
    assert KEY not in row.sealed
    assert load_access(alice.organization_id).own["anthropic"].key == KEY
    shown = {row.name: row for row in list_providers(alice)}["anthropic"]
    assert (shown.configured, shown.source, shown.entered and shown.entered.hint) == (True, "organization", "WXYZ")
    assert describe_model(alice).provider == "anthropic"  # the first provider that is set up answers


def test_a_short_key_shows_nothing_of_itself(alice: Principal) -> None:
    save_provider_key(principal=alice, provider="anthropic", key="12345678")
    assert ProviderKey.objects.get().hint == ""


def test_the_organizations_key_goes_before_the_servers_and_the_servers_counts_again_without_it(
    alice: Principal, people: People, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-the-server")
    save_provider_key(principal=alice, provider="openai", key=KEY)
    ask(alice, "openai")
    ask(people.principal(people.charlie), "openai")
    remove_provider_key(principal=alice, provider="openai")
    ask(alice, "openai")
    sent = [headers["Authorization"] for headers in server.headers]
    assert sent == [f"Bearer {KEY}", "Bearer key-of-the-server", "Bearer key-of-the-server"]


def test_one_organizations_key_is_never_used_for_another(alice: Principal, people: People, server: ModelServer) -> None:
    charlie = people.principal(people.charlie)
    open_this_machine(charlie)
    save_provider_key(principal=alice, provider="custom", key=KEY, base_url=server.url)
    save_provider_key(principal=charlie, provider="custom", key=OTHER, base_url=server.url)
    for who in (alice, charlie, alice, charlie):
        ask(who, "custom")
    assert [headers["Authorization"][7:] for headers in server.headers] == [KEY, OTHER, KEY, OTHER]
    row = ProviderKey.objects.get(organization_id=alice.organization_id)
    ProviderKey.objects.filter(organization_id=charlie.organization_id).update(sealed=row.sealed)
    adapters._MADE.clear()
    problem = load_access(charlie.organization_id).own["custom"].problem
    assert "enter the key again" in problem


def test_adapters_are_kept_while_nothing_changes_and_let_go_with_their_key(alice: Principal) -> None:
    before = len(adapters._MADE)
    save_provider_key(principal=alice, provider="anthropic", key=KEY)
    spec = ModelSpec(provider="anthropic")
    first = resolve_models(alice.organization_id).get(spec)[0]
    assert resolve_models(alice.organization_id).get(spec)[0] is first
    save_provider_key(principal=alice, provider="anthropic", key=OTHER)
    assert resolve_models(alice.organization_id).get(spec)[0] is not first
    remove_provider_key(principal=alice, provider="anthropic")
    with pytest.raises(ModelError, match="set ANTHROPIC_API_KEY"):
        resolve_models(alice.organization_id).get(spec)
    assert recent_access(alice.organization_id).made == {}
    assert len(adapters._MADE) == before  # the process's own cache never holds what people entered


def test_a_key_of_the_server_never_goes_to_an_address_that_people_typed(
    alice: Principal, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "key-of-the-server")
    save_provider_key(principal=alice, provider="custom", base_url=server.url)
    ask(alice, "custom")
    assert "Authorization" not in server.headers[0]


def test_a_stored_key_is_never_sent_to_a_new_address(alice: Principal, server: ModelServer) -> None:
    save_provider_key(principal=alice, provider="custom", key=KEY, base_url="http://127.0.0.1:9009/v1")
    with pytest.raises(Invalid, match="enter the key again with the new address"):
        save_provider_key(principal=alice, provider="custom", base_url=server.url)
    save_provider_key(principal=alice, provider="custom", base_url="http://127.0.0.1:9009/v1/")  # the same: the key is kept
    assert load_access(alice.organization_id).own["custom"].key == KEY


@pytest.mark.parametrize(
    ("entered", "says"),
    [
        ({"provider": "demo", "key": KEY}, "nothing can be entered for 'demo'"),
        ({"provider": "litellm", "key": KEY}, "nothing can be entered for 'litellm'"),
        ({"provider": "openai"}, "enter a key"),
        ({"provider": "openai", "key": "short"}, "cannot be a key"),
        ({"provider": "openai", "key": "a key with spaces"}, "cannot be a key"),
        ({"provider": "openai", "key": "line\nbreak-and-more"}, "cannot be a key"),
        ({"provider": "openai", "key": "schlüssel-mit-umlaut"}, "cannot be a key"),
        ({"provider": "openai", "key": "k" * 5000}, "cannot be a key"),
        ({"provider": "openai", "key": KEY, "base_url": "https://example.org/v1"}, "has its own address"),
        ({"provider": "ollama", "key": KEY, "base_url": "http://127.0.0.1:11434"}, "takes no key"),
        ({"provider": "ollama"}, "enter an address"),
        ({"provider": "azure", "key": KEY}, "enter the address of Azure"),
        ({"provider": "azure", "base_url": "http://127.0.0.1:9009"}, "enter the key of Azure"),
        ({"provider": "custom", "base_url": "ftp://example.org"}, "only addresses that begin with http"),
        ({"provider": "custom", "base_url": "http://169.254.169.254/v1"}, "metadata service"),
        ({"provider": "custom", "base_url": "http://user:pass@example.org/v1"}, "before its host is not allowed"),
        ({"provider": "custom", "base_url": "http://127.0.0.1:9009/" + "x" * 500}, "at most 500"),
    ],
)
def test_what_cannot_be_used_is_refused_and_the_key_is_not_repeated(
    alice: Principal, entered: dict[str, str], says: str
) -> None:
    with pytest.raises(Invalid, match=says) as caught:
        save_provider_key(principal=alice, **entered)
    assert entered.get("key", "-") not in str(caught.value) or entered["key"] == "short"
    assert not ProviderKey.objects.exists()


def test_nothing_to_remove_is_not_found(alice: Principal) -> None:
    with pytest.raises(NotFound, match="nothing is entered for OpenAI"):
        remove_provider_key(principal=alice, provider="openai")
    with pytest.raises(NotFound, match="no provider 'hal'"):
        save_provider_key(principal=alice, provider="hal", key=KEY)


def test_where_many_share_a_site_private_addresses_need_the_organizations_rules(
    alice: Principal, settings: Any, server: ModelServer
) -> None:
    shared = {"redis_url": "redis://x/0", "database_url": "postgresql://x/y", "kaizen_secret_key": "s" * 50}
    settings.ENV = settings.ENV.model_copy(update=shared)
    save_egress(principal=alice, allowed=[], denied=[], private=False)
    with pytest.raises(Invalid, match="loopback address"):
        save_provider_key(principal=alice, provider="custom", base_url=server.url)
    settings.ENV = settings.ENV.model_copy(update={"redis_url": ""})
    save_provider_key(principal=alice, provider="custom", base_url=server.url)
    save_egress(principal=alice, allowed=[], denied=["127.0.0.0/8"], private=False)
    adapter, spec = adapters_of(alice).get(ModelSpec(provider="custom", model="m", max_retries=0))
    request = ChatRequest(model=spec, messages=(Message(role="user", content="x"),))
    with pytest.raises(ModelError, match="is not asked: .*denied by the entry") as caught:
        asyncio.run(adapter.complete(request))
    assert caught.value.code == "not_configured"
    assert server.requests == []


def adapters_of(principal: Principal) -> Providers:
    access = load_access(principal.organization_id)
    return Providers({}, access.choice, own=access.own, rules=access.rules)


def test_a_key_that_opens_no_more_is_a_clear_problem_of_its_provider_alone(alice: Principal, server: ModelServer) -> None:
    save_provider_key(principal=alice, provider="anthropic", key=KEY)
    save_provider_key(principal=alice, provider="custom", base_url=server.url)
    ProviderKey.objects.filter(provider="anthropic").update(sealed="kz1.0000000000000000.AAAA")
    row = {row.name: row for row in list_providers(alice)}["anthropic"]
    assert (row.configured, row.why_not) == (False, "its stored key cannot be read any more; enter the key again")
    with pytest.raises(ModelError, match="enter the key again"):
        adapters_of(alice).get(ModelSpec(provider="anthropic"))
    assert "enter the key again" in describe_model(alice).problem  # no silent switch to another model
    assert "enter the key again" in try_provider(principal=alice, provider="anthropic")["error"]
    adapters_of(alice).get(ModelSpec(provider="custom", model="m"))
    save_provider_key(principal=alice, provider="anthropic", key=KEY)
    assert describe_model(alice).problem == ""


@pytest.mark.parametrize(
    "form", [KEY, json.dumps(KEY)[1:-1], KEY.replace("/", "\\/"), KEY.replace("/", "%2F").replace("+", "%2B")]
)
def test_a_key_is_hidden_however_a_provider_writes_it(form: str) -> None:
    assert hide_key(f"bad key {form}!", KEY) == "bad key ***!"


def test_a_piece_of_a_key_is_hidden_too() -> None:
    for cut in (KEY[:20], KEY[8:30], f"{KEY[:15]} and {KEY[-12:]}"):
        assert not any(KEY[n : n + 10] in hide_key(f"{'x' * 50}{cut}", KEY) for n in range(len(KEY) - 9))
    assert hide_key("sk-or... is wrong", KEY) == "sk-or... is wrong"


def test_what_an_error_came_from_is_let_go_when_it_tells_the_key() -> None:
    for told, kept in ((f"header Bearer {KEY}", False), ("connection reset", True)):
        error = ModelError(f"no: {KEY}", code="rejected", partial=f"you wrote {KEY}")
        error.__cause__ = RuntimeError("outer")
        error.__cause__.__context__ = ValueError(told)
        clean_error(error, KEY)
        assert (str(error), error.partial, error.__cause__ is not None) == ("no: ***", "you wrote ***", kept)


def test_an_error_that_repeats_the_key_tells_it_to_nobody(alice: Principal, server: ModelServer) -> None:
    save_provider_key(principal=alice, provider="custom", key=KEY, base_url=server.url)
    server.plan(status=400, error={"message": f"you sent {KEY} and {json.dumps(KEY)}"})
    with pytest.raises(ModelError) as caught:
        ask(alice, "custom")
    chain: BaseException | None = caught.value
    while chain is not None:
        assert KEY not in str(chain)
        chain = chain.__cause__ or chain.__context__


def test_the_key_is_nowhere_but_in_the_request_to_its_provider(
    people: People, server: ModelServer, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    tab, alice = people.browser(people.alice), people.principal(people.alice)
    client = ApiClient(key_of(people, people.alice))
    seen = [tab.post("/settings/models/custom/key/", {"key": KEY, "base_url": server.url, "then": "test"}, follow=True).content]
    server.plan(status=401, error={"message": f"wrong: {KEY}"})
    seen.append(tab.post("/settings/models/custom/test/", {"model": "m"}, follow=True).content)
    server.plan(status=401, error={"message": f"wrong: {KEY}"})
    seen.append(client.post("/models/providers/custom/test", {"model": "m"}).content)
    seen.append(client.get("/models").content)
    seen.append(tab.get("/settings/models/").content)
    seen.append(tab.post("/settings/models/openai/key/", {"key": f"{KEY} with spaces"}).content)
    seen.append(client.put("/models/providers/openai", {"key": f"{KEY} with spaces"}).content)
    seen.append(client.put("/models/providers/openai", {"key": KEY, "address": "x"}).content)
    dump = tmp_path / "dump.json"
    call_command("dumpdata", output=str(dump))
    seen.append(dump.read_bytes())
    seen.append(caplog.text.encode())
    seen.append("".join(capfd.readouterr()).encode())
    seen.append(repr(load_access(alice.organization_id)).encode())
    seen.append(repr([vars(row) for row in ProviderKey.objects.all()]).encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM agents_providerkey")
        seen.append(repr(cursor.fetchall()).encode())
    for n, text in enumerate(seen):
        assert KEY.encode() not in text, n
        assert b"0123456789" not in text, n
    assert KEY in server.headers[0]["Authorization"]
    assert "WXYZ" in seen[4].decode()


def test_pages_of_owner_member_and_stranger(people: People, server: ModelServer) -> None:
    alice, bob, charlie = (people.browser(user) for user in (people.alice, people.bob, people.charlie))
    form = {"key": KEY, "base_url": server.url}
    assert bob.post("/settings/models/custom/key/", form).status_code == 404
    assert Client().post("/settings/models/custom/key/", form).status_code == 302
    assert not ProviderKey.objects.exists()
    assert alice.post("/settings/models/custom/key/", form).status_code == 302
    assert "••••WXYZ" in bob.get("/settings/models/").content.decode()
    assert 'name="key"' not in bob.get("/settings/models/").content.decode()
    assert "WXYZ" not in charlie.get("/settings/models/").content.decode()
    assert charlie.post("/settings/models/custom/key/remove/").status_code == 404
    assert bob.post("/settings/models/custom/key/remove/").status_code == 404
    assert bob.post("/settings/models/custom/test/", {"model": "m"}).status_code == 302
    server.plan(status=401, error={"message": "no"})
    part = bob.post("/settings/models/custom/test/", {"model": "m"}, headers={"HX-Request": "true"})
    assert "does not accept this key" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert alice.post("/settings/models/hal/test/").status_code == 404
    assert alice.post("/settings/models/custom/key/remove/").status_code == 302
    assert not ProviderKey.objects.filter(sealed__gt="").exists()


def test_a_refused_entry_keeps_the_address_and_forgets_the_key(people: People) -> None:
    page = people.browser(people.alice).post("/settings/models/azure/key/", {"key": KEY, "base_url": "http://169.254.169.254/"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "metadata service" in text
    assert 'value="http://169.254.169.254/"' in text
    assert KEY not in text


def test_the_api_enters_tests_and_removes(people: People, server: ModelServer) -> None:
    alice, bob, charlie = (ApiClient(key_of(people, user)) for user in (people.alice, people.bob, people.charlie))
    path = "/models/providers/custom"
    assert bob.put(path, {"key": KEY, "base_url": server.url}).status_code == 403
    told = alice.put(path, {"key": KEY, "base_url": server.url}).json()
    assert (told["configured"], told["source"], told["entered"]["hint"]) == (True, "organization", "WXYZ")
    assert bob.post(f"{path}/test", {"model": "m"}).json()["error"] == ""
    assert {p["name"]: p["entered"] for p in charlie.get("/models").json()["providers"]}["custom"] is None
    assert charlie.delete(path).status_code == 404
    assert alice.put("/models/providers/hal", {"key": KEY}).status_code == 404
    assert alice.put("/models/providers/demo", {"key": KEY}).status_code == 422
    assert alice.post("/models/providers/hal/test", {}).status_code == 404
    assert alice.put("/models", {"provider": "custom", "model": "m"}).json()["problem"] == ""
    assert alice.delete(path).status_code == 204
    assert DefaultModelChoice.objects.get().provider == "custom"
    assert "OPENAI_BASE_URL" in alice.get("/models").json()["default"]["problem"]
    facts = alice.get("/models/abilities?provider=openai&model=gpt-4o-mini").json()
    assert (facts["vision"], facts["structured"]) == (True, "strict")
    assert alice.get("/models/abilities?provider=hal").json()["tools"] is None
    gemini = alice.put("/models/providers/gemini", {"key": KEY}).json()  # its second name
    assert gemini["name"] == "google"


def test_a_default_that_is_chosen_uses_the_entered_address_and_key(alice: Principal, server: ModelServer) -> None:
    save_provider_key(principal=alice, provider="custom", key=KEY, base_url=server.url)
    set_default_model(principal=alice, provider="custom", model="house")
    ask(alice, "default", "")
    assert (server.requests[0]["model"], server.headers[0]["Authorization"]) == ("house", f"Bearer {KEY}")


def test_own_access_tells_nothing_when_printed() -> None:
    assert KEY not in repr(OwnAccess(KEY, "http://x"))
    out = io.StringIO()
    print(Providers({}, own={"openai": OwnAccess(KEY)}), file=out)
    assert KEY not in out.getvalue()


def test_an_address_without_a_model_never_becomes_the_default_by_itself(alice: Principal, server: ModelServer) -> None:
    save_provider_key(principal=alice, provider="custom", base_url=server.url)
    assert describe_model(alice).provider == "demo"
    set_default_model(principal=alice, provider="custom", model="m", base_url="")
    assert describe_model(alice).provider == "custom"
