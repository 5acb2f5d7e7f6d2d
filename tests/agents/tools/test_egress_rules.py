"""The rules of an organization: lists of names, addresses and ports, and what opens private addresses."""

from __future__ import annotations

import pytest

from agents.adapters.egress import EgressRefused, EgressRules
from agents.adapters.egress.rules import InvalidRule
from agents.adapters.egress.targets import check_target

NAMES = {
    "https://api.example.org/": True,
    "https://API.Example.ORG./": True,
    "https://deep.sub.example.org/": True,
    "https://example.org/": False,
    "https://evil-example.org/": False,
    "https://api.example.org.evil.net/": False,
    "https://93.184.216.34/": False,
}


def allows(url: str, rules: EgressRules) -> bool:
    try:
        check_target(url, rules)
    except EgressRefused:
        return False
    return True


@pytest.mark.parametrize(("url", "expected"), NAMES.items())
def test_a_list_of_names_lets_in_those_and_no_others(url: str, expected: bool) -> None:
    assert allows(url, EgressRules(("*.example.org",))) is expected


@pytest.mark.parametrize("entry", ["bücher.example", "xn--bcher-kva.example", "BÜCHER.example."])
def test_names_mean_the_same_in_letters_and_in_ascii(entry: str) -> None:
    rules = EgressRules((entry,))
    assert allows("https://bücher.example/", rules)
    assert allows("https://xn--bcher-kva.example/", rules)
    assert not allows("https://bucher.example/", rules)


def test_a_denial_beats_all() -> None:
    rules = EgressRules(("*", "10.0.0.5"), ("*.evil.org", "evil.org", "93.184.216.0/24", "10.0.0.5"), private=True)
    for url in (
        "https://evil.org/",
        "https://a.evil.org./",
        "https://93.184.216.34/",
        "https://[::ffff:93.184.216.34]/",
        "http://10.0.0.5/",
    ):
        assert not allows(url, rules), url
    assert allows("https://good.org/", rules)


def test_everything_can_be_denied() -> None:
    assert not allows("https://example.org/", EgressRules(denied=("*",)))


def test_private_addresses_open_only_when_switched_on_and_named() -> None:
    url = "http://10.0.0.5:8080/"
    assert not allows(url, EgressRules(("10.0.0.5",)))
    assert not allows(url, EgressRules((), private=True))
    assert not allows(url, EgressRules(("*",), private=True))
    assert not allows(url, EgressRules(("10.0.0.6",), private=True))
    assert not allows(url, EgressRules(("10.0.0.5:9090",), private=True))
    assert allows(url, EgressRules(("10.0.0.5",), private=True))
    assert allows(url, EgressRules(("10.0.0.5:8080",), private=True))
    assert allows(url, EgressRules(("10.0.0.0/8",), private=True))


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "[fd00:ec2::254]", "100.100.100.200", "168.63.129.16", "0.0.0.0", "[fe80::1]", "224.0.0.1"]
)
def test_some_addresses_no_rule_can_open(address: str) -> None:
    rules = EgressRules((address, "0.0.0.0/0", "::/0", "*"), private=True)
    with pytest.raises(EgressRefused, match="no rule can open it"):
        check_target(f"http://{address}/", rules)


def test_an_entry_with_a_port_opens_that_port_and_no_other() -> None:
    rules = EgressRules(("*", "git.example.org:22", "198.51.1.0/24:2375"))
    assert allows("http://git.example.org:22/", rules)
    assert not allows("http://git.example.org:23/", rules)
    assert not allows("http://other.example.org:22/", rules)
    assert allows("http://198.51.1.9:2375/", rules)
    assert not allows("http://198.51.2.9:2375/", rules)
    assert allows("https://other.example.org:8443/", rules)


@pytest.mark.parametrize(
    "entry",
    [
        "",
        "http://example.org",
        "exa mple.org",
        "*.*.org",
        "a*b.org",
        "10.0.0.0/99",
        "example.org:0",
        "example.org:x",
        "0x7f.1",
        "127.1",
        "a@b",
    ],
)
def test_an_entry_that_cannot_be_read_is_told(entry: str) -> None:
    with pytest.raises(InvalidRule):
        EgressRules((entry,))
