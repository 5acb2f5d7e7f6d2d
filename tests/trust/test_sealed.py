"""Sealed secrets: what opens them, and that nothing else does."""

from __future__ import annotations

import base64
import secrets

import pytest

from kaizen_site.env import SettingsError, load_env
from trust.core.errors import CannotUnseal
from trust.core.keys import SealingKey, derive_key, seal, unseal
from trust.services.secrets import seal_secret, unseal_secret

OLD, NEW = derive_key("the old master secret, 32 characters"), derive_key("the new master secret, 32 characters")
SECRET = "sk-live-0123456789"
PURPOSE = "provider-key:acme:openai"


def test_what_was_sealed_opens_for_its_purpose() -> None:
    assert unseal(seal(SECRET, purpose=PURPOSE, keys=[NEW]), purpose=PURPOSE, keys=[NEW]) == SECRET


@pytest.mark.parametrize("text", ["", "kürzel 🔑", "a" * 10_000, "with\nlines\x00"])
def test_any_text_can_be_sealed(text: str) -> None:
    assert unseal(seal(text, purpose=PURPOSE, keys=[NEW]), purpose=PURPOSE, keys=[NEW]) == text


def test_sealed_text_shows_nothing_and_is_never_the_same_twice() -> None:
    made = {seal(SECRET, purpose=PURPOSE, keys=[NEW]) for _ in range(50)}
    assert len(made) == 50
    assert not any("sk-live" in text or base64.urlsafe_b64encode(SECRET.encode()).decode()[:8] in text for text in made)


@pytest.mark.parametrize("place", range(0, 62, 3))
def test_one_changed_character_breaks_the_seal(place: int) -> None:
    sealed = seal(SECRET, purpose=PURPOSE, keys=[NEW])
    other = "A" if sealed[place] != "A" else "B"
    _refused(sealed[:place] + other + sealed[place + 1 :], PURPOSE, [NEW])


def test_every_flipped_bit_breaks_the_seal() -> None:
    head, _, text = seal(SECRET, purpose=PURPOSE, keys=[NEW]).rpartition(".")
    raw = base64.urlsafe_b64decode(text)
    for bit in range(len(raw) * 8):
        changed = bytearray(raw)
        changed[bit // 8] ^= 1 << bit % 8
        _refused(f"{head}.{base64.urlsafe_b64encode(bytes(changed)).decode()}", PURPOSE, [NEW])


@pytest.mark.parametrize("purpose", ["provider-key:acme:anthropic", "provider-key:elsewhere:openai", "", PURPOSE + " "])
def test_another_purpose_or_organization_does_not_open_it(purpose: str) -> None:
    _refused(seal(SECRET, purpose=PURPOSE, keys=[NEW]), purpose, [NEW])


def test_cut_short_or_empty_or_foreign_text_does_not_open() -> None:
    sealed = seal(SECRET, purpose=PURPOSE, keys=[NEW])
    for text in [sealed[:n] for n in range(len(sealed))] + [sealed + "A", sealed + "=", "plain", "kz1..", f"kz1.{NEW.id}.é"]:
        _refused(text, PURPOSE, [NEW])


def test_key_id_of_another_key_does_not_open_it() -> None:
    sealed = seal(SECRET, purpose=PURPOSE, keys=[OLD])
    _refused(sealed.replace(OLD.id, NEW.id), PURPOSE, [NEW, OLD])


def test_rotation_seals_with_the_first_key_and_opens_with_all() -> None:
    before = seal(SECRET, purpose=PURPOSE, keys=[OLD])
    after = seal(SECRET, purpose=PURPOSE, keys=[NEW, OLD])
    assert unseal(before, purpose=PURPOSE, keys=[NEW, OLD]) == SECRET
    assert unseal(after, purpose=PURPOSE, keys=[NEW]) == SECRET
    _refused(before, PURPOSE, [NEW])


def test_a_key_says_nothing_of_itself_when_printed() -> None:
    assert NEW.secret not in repr(NEW).encode() and NEW.secret.hex() not in repr(NEW)
    assert NEW.id != OLD.id and len(NEW.secret) == 32


def test_a_short_master_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="has 8 characters; allowed is 32 or more"):
        derive_key("hunter22")


def test_the_site_seals_with_its_own_secret_key_where_no_other_is_set() -> None:
    assert unseal_secret(seal_secret(SECRET, PURPOSE), PURPOSE) == SECRET
    with pytest.raises(CannotUnseal, match="enter the key again"):
        unseal_secret(seal_secret(SECRET, PURPOSE), "provider-key:elsewhere:openai")


def test_a_master_key_that_is_set_later_opens_what_the_secret_key_sealed(settings: pytest.FixtureRequest) -> None:
    before = seal_secret(SECRET, PURPOSE)
    first, second = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    settings.ENV = settings.ENV.model_copy(update={"kaizen_secret_keys": (first,)})  # type: ignore[attr-defined]
    middle = seal_secret(SECRET, PURPOSE)
    assert unseal_secret(before, PURPOSE) == SECRET
    settings.ENV = settings.ENV.model_copy(update={"kaizen_secret_keys": (second, first)})  # type: ignore[attr-defined]
    after = seal_secret(SECRET, PURPOSE)
    assert unseal_secret(middle, PURPOSE) == SECRET
    settings.ENV = settings.ENV.model_copy(update={"kaizen_secret_keys": (second,)})  # type: ignore[attr-defined]
    assert unseal_secret(after, PURPOSE) == SECRET
    with pytest.raises(CannotUnseal):
        unseal_secret(middle, PURPOSE)


def test_master_keys_come_from_the_environment_and_are_never_shown() -> None:
    one, two = "x" * 32, "y" * 40
    assert load_env({"KAIZEN_SECRET_KEYS": f"{one}, {two}"}).kaizen_secret_keys == (one, two)
    with pytest.raises(SettingsError) as caught:
        load_env({"KAIZEN_SECRET_KEYS": "hunter2hunter2"})
    assert "32 characters" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def _refused(sealed: str, purpose: str, keys: list[SealingKey]) -> None:
    with pytest.raises(CannotUnseal, match="enter the key again"):
        unseal(sealed, purpose=purpose, keys=keys)
