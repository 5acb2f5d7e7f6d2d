"""Where an address leads and whether the rules let it: the checks before, and on, the resolution of its name."""

from __future__ import annotations

import asyncio
import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import urlsplit

from agents.adapters.egress.addresses import PUBLIC, Address, kind_of
from agents.adapters.egress.names import ascii_name
from agents.adapters.egress.rules import CLOSED_PORTS, FIRST_FREE_PORT, WEB_PORTS, EgressRules
from agents.core.tools.errors import EgressRefused

SCHEMES = {"http": 80, "https": 443}
LONGEST_URL = 8_000
HINT = "An administrator can change this under Settings, Network."
_METADATA_NAMES = frozenset(
    {"metadata.google.internal", "metadata.goog", "metadata", "instance-data", "instance-data.ec2.internal"}
)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]|[\u0080-\u00a0\u2028\u2029\ufeff]")


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart: ``host`` in its one form; ``address`` where the URL names an address instead of a name."""

    url: str
    scheme: str
    host: str
    port: int
    address: Address | None = None


def check_url(url: str, rules: EgressRules, *, resolve: bool = True) -> Target:
    """Raises ``EgressRefused`` with the reason. With ``resolve`` the name is looked up now, on this thread; one that
    nobody knows passes: it is checked again whenever it is connected to."""
    target = check_target(url, rules)
    if resolve and target.address is None:
        check_addresses(target, look_up(target), rules)
    return target


def check_target(url: str, rules: EgressRules) -> Target:
    """All that can be said without looking the name up."""
    target = parse_target(url)
    for entry in rules.deny_entries():
        if entry.fits_port(target.port) and (entry.names(target.host)):
            raise _refused(target, f"{target.host} is denied by the entry {entry.text!r}.")
    _check_port(target, rules)
    if target.host in _METADATA_NAMES:
        raise _refused(target, f"{target.host} is a cloud machine's metadata service.")
    if target.address is not None:
        check_address(target, target.address, rules)
    elif rules.allowed and not any(entry.network or entry.names(target.host) for entry in rules.allow_entries()):
        raise _refused(target, f"{target.host} is not on the list of allowed hosts. {HINT}")
    return target


def parse_target(url: str) -> Target:
    """Takes ``url`` apart strictly: whatever two programs could read in two ways is refused."""
    if len(url) > LONGEST_URL:
        raise EgressRefused(f"the address has {len(url)} characters; at most {LONGEST_URL} are allowed", url=url[:200])
    if found := _FORBIDDEN.search(url):
        raise EgressRefused(f"the address {url!r} contains the character {found[0]!r}, which addresses cannot have", url=url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise EgressRefused(f"{url!r} is not an address: {error}", url=url) from None
    if parts.scheme not in SCHEMES or not parts.netloc:
        raise EgressRefused(f"{url!r}: only addresses that begin with http:// or https:// are allowed", url=url)
    if "@" in parts.netloc:
        raise EgressRefused(f"an address with a name or password before its host is not allowed ({parts.scheme}://…@…)")
    if port == 0:
        raise EgressRefused(f"{url!r}: 0 is not a port that can be connected to", url=url)
    host, address = _read_host(url, parts.netloc, parts.hostname or "")
    return Target(url, parts.scheme, host, port or SCHEMES[parts.scheme], address)


def check_addresses(target: Target, addresses: list[str], rules: EgressRules) -> None:
    """Every address that the name stands for has to pass: one bad among good ones is a trick, or a mistake."""
    for text in addresses:
        check_address(target, ip_address(text.partition("%")[0]), rules)


def check_address(target: Target, address: Address, rules: EgressRules) -> None:
    shown = str(address) if target.address is not None else f"{target.host} stands for {address}"
    for entry in rules.deny_entries():
        if entry.fits_port(target.port) and entry.holds(address):
            raise _refused(target, f"{shown}, which is denied by the entry {entry.text!r}.", address)
    kind = kind_of(address)
    listed = [
        entry
        for entry in rules.allow_entries()
        if entry.fits_port(target.port) and (entry.names(target.host) or entry.holds(address))
    ]
    if not is_web_port(target.port) and not any(entry.port for entry in listed):
        raise _refused_port(target)
    if kind is not PUBLIC:
        told = f"{shown}, which is {kind.title}" if target.address is None else f"{shown} is {kind.title}"
        if not kind.opens:
            raise _refused(target, f"{told}; no rule can open it.", address)
        if not (rules.private and any(entry.is_exact for entry in listed)):
            raise _refused(target, f"{told}. {HINT}", address)
    elif rules.allowed and not listed:
        raise _refused(target, f"{shown}, which is not on the list of allowed hosts. {HINT}", address)


def check_reachable(address: str, port: int, rules: EgressRules) -> None:
    """The last look, at the socket itself: what ``rules`` cannot let in, whatever its name was."""
    bare = ip_address(address.partition("%")[0])
    target = Target(f"//{address}", "http", str(bare), port, bare)
    for entry in rules.deny_entries():
        if entry.fits_port(port) and entry.holds(bare):
            raise _refused(target, f"{bare} is denied by the entry {entry.text!r}.", bare)
    kind = kind_of(bare)
    if kind is not PUBLIC and not (kind.opens and rules.private):
        raise _refused(target, f"{bare} is {kind.title}.", bare)


def look_up(target: Target) -> list[str]:
    """The addresses of the name now; none when nobody knows it."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(where[0]) for *_, where in found]


async def look_up_async(host: str, port: int) -> list[str]:
    """The same from an event loop; raises ``OSError`` when nobody knows the name."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(where[0]) for *_, where in found))


def _check_port(target: Target, rules: EgressRules) -> None:
    if is_web_port(target.port):
        return
    if any(entry.port == target.port and (entry.names(target.host) or entry.network) for entry in rules.allow_entries()):
        return  # whether the entry's network is the right one is seen with the address
    raise _refused_port(target)


def is_web_port(port: int) -> bool:
    return port in WEB_PORTS or (port >= FIRST_FREE_PORT and port not in CLOSED_PORTS)


def _refused_port(target: Target) -> EgressRefused:
    return _refused(target, f"port {target.port} is not one of the web; to use it, allow {_shown_host(target)}. {HINT}")


def _read_host(url: str, netloc: str, host: str) -> tuple[str, Address | None]:
    if not host:
        raise EgressRefused(f"{url!r} names no host", url=url)
    if "%" in netloc:
        raise EgressRefused(f"{url!r}: a host with % (a zone, or an escaped letter) is not allowed", url=url)
    try:
        if netloc.startswith("["):
            found: Address = IPv6Address(host)
            return str(found), found
        try:
            found = IPv4Address(host)
        except ValueError:
            return ascii_name(host), None
        return str(found), found
    except ValueError as error:
        raise EgressRefused(f"{url!r}: {error}", url=url) from None


def _refused(target: Target, message: str, address: Address | None = None) -> EgressRefused:
    details = {"url": target.url} | ({"address": str(address)} if address else {})
    return EgressRefused(f"connecting to {target.scheme}://{_shown_host(target)} is not allowed: {message}", **details)


def _shown_host(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    return host if SCHEMES[target.scheme] == target.port else f"{host}:{target.port}"
