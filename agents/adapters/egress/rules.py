"""The rules of an organization: which names, addresses and ports may be connected to. Pure; owns how an entry is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_network

from agents.adapters.egress.addresses import Address, Network, unwrap

WEB_PORTS = frozenset({80, 443})
FIRST_FREE_PORT = 1024
# Ports above 1023 where something else than the web listens that does harm when it is spoken to in HTTP: the Fetch
# standard's list, and the usual databases, queues and cluster managers.
CLOSED_PORTS = frozenset(
    {
        1433,
        1521,
        1719,
        1720,
        1723,
        2049,
        2181,
        2375,
        2376,
        2379,
        2380,
        3306,
        3389,
        3659,
        4045,
        4190,
        5060,
        5061,
        5432,
        5672,
        5900,
    }
    | {6000, 6379, 6443, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 9042, 9092, 9200, 9300, 10080, 10250, 11211, 27017}
)


class InvalidRule(ValueError):
    """An entry that is no name, address or network; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list: ``*``, a name, ``*.name``, an address or a network; with ``:port`` it means that port only."""

    text: str
    name: str = ""  # "*" for all, "*.example.org" for all below
    network: Network | None = None
    port: int | None = None

    def names(self, host: str) -> bool:
        """Whether the entry means the name ``host``."""
        if self.name == "*":
            return True
        return host.endswith(self.name[1:]) if self.name.startswith("*.") else bool(self.name) and host == self.name

    def holds(self, address: Address) -> bool:
        """Whether the entry means ``address``."""
        plain = unwrap(address)
        return self.network is not None and plain.version == self.network.version and plain in self.network

    def fits_port(self, port: int) -> bool:
        return self.port is None or self.port == port

    @property
    def is_exact(self) -> bool:
        """Only such entries open private addresses: a name with ``*`` may mean anything tomorrow."""
        return self.network is not None or not self.name.startswith("*")


@dataclass(frozen=True, slots=True)
class EgressRules:
    """A denial beats all. An empty ``allowed`` allows every public address; ``private`` also lets in the private ones that
    ``allowed`` names exactly. Raises ``InvalidRule`` for an entry that cannot be read."""

    allowed: tuple[str, ...] = ()
    denied: tuple[str, ...] = ()
    private: bool = False

    def __post_init__(self) -> None:
        self.allow_entries(), self.deny_entries()

    def allow_entries(self) -> tuple[Entry, ...]:
        return _parse_all(self.allowed)

    def deny_entries(self) -> tuple[Entry, ...]:
        return _parse_all(self.denied)


def parse_entry(text: str) -> Entry:
    """Raises ``InvalidRule``. Names come out in lower case and in ASCII (IDNA)."""
    from agents.adapters.egress.names import ascii_name

    given = text.strip()
    if "/" in given and not given.rpartition("/")[2].partition(":")[0].isdigit():
        raise InvalidRule(f"{given!r} is an address of a page; an entry is only its host, like {_host_in(given)}")
    bare, port = _split_port(given)
    try:
        return Entry(given, network=ip_network(bare.strip("[]"), strict=False), port=port)
    except ValueError:
        pass
    if bare == "*":
        return Entry(given, name="*", port=port)
    wildcard = bare.startswith("*.")
    try:
        name = ascii_name(bare[2:] if wildcard else bare)
    except ValueError as error:
        allowed = (
            "a name (api.example.org), all names below one (*.example.org), an address (192.0.2.7) or a network (192.0.2.0/24)"
        )
        raise InvalidRule(f"{given!r} is none of: {allowed}; each may end in a port, like :8443 ({error})") from None
    return Entry(given, name=f"*.{name}" if wildcard else name, port=port)


@lru_cache(maxsize=512)
def _parse_all(texts: Iterable[str]) -> tuple[Entry, ...]:
    return tuple(parse_entry(text) for text in texts)


def _host_in(url: str) -> str:
    return url.partition("://")[2].partition("/")[0] or "api.example.org"


def _split_port(text: str) -> tuple[str, int | None]:
    head, colon, tail = text.rpartition(":")
    if not colon or (":" in head and not head.endswith("]")):  # an IPv6 address without brackets has no port
        return text, None
    if not (tail.isascii() and tail.isdigit() and 0 < int(tail) < 65536):
        raise InvalidRule(f"{text!r} does not end in a port between 1 and 65535")
    return head, int(tail)
