"""What kind of place an IP address is: public, private (may be opened by rules), or never reachable. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Kind:
    """``title`` completes "which is ..."; ``opens``: whether an organization's rules can let it in at all."""

    title: str
    opens: bool = False


PUBLIC = Kind("a public address", True)
_PRIVATE = Kind("a private address", True)
_LOOPBACK = Kind("a loopback address: this server itself", True)
_SHARED = Kind("a shared address of a provider's inner network (CGNAT)", True)
_METADATA = Kind("a cloud machine's metadata service")
_LINK_LOCAL = Kind("a link-local address")
_RESERVED = Kind("a reserved address")

# The first line that fits decides. Sources: IANA's special-purpose address registries; the clouds' own documentation.
_KINDS: tuple[tuple[str, Kind], ...] = (
    ("169.254.169.254/32", _METADATA),  # AWS, Azure, Google, DigitalOcean, Oracle
    ("169.254.170.2/32", _METADATA),  # AWS: containers
    ("169.254.170.23/32", _METADATA),  # AWS: Kubernetes
    ("100.100.100.200/32", _METADATA),  # Alibaba
    ("168.63.129.16/32", _METADATA),  # Azure: a public address by its number
    ("192.0.0.192/32", _METADATA),  # Oracle
    ("fd00:ec2::/32", _METADATA),  # AWS
    ("fd20:ce::254/128", _METADATA),  # Google
    ("0.0.0.0/8", Kind("the unspecified address: this server itself")),
    ("10.0.0.0/8", _PRIVATE),
    ("100.64.0.0/10", _SHARED),
    ("127.0.0.0/8", _LOOPBACK),
    ("169.254.0.0/16", _LINK_LOCAL),
    ("172.16.0.0/12", _PRIVATE),
    ("192.0.0.0/24", _RESERVED),
    ("192.0.2.0/24", Kind("an address of documentation")),
    ("192.31.196.0/24", _RESERVED),
    ("192.52.193.0/24", _RESERVED),
    ("192.88.99.0/24", Kind("a relay of 6to4")),
    ("192.168.0.0/16", _PRIVATE),
    ("192.175.48.0/24", _RESERVED),
    ("198.18.0.0/15", Kind("an address of benchmarks")),
    ("198.51.100.0/24", Kind("an address of documentation")),
    ("203.0.113.0/24", Kind("an address of documentation")),
    ("224.0.0.0/4", Kind("a multicast address")),
    ("240.0.0.0/4", _RESERVED),
    ("::/128", Kind("the unspecified address: this server itself")),
    ("::1/128", _LOOPBACK),
    ("::/96", Kind("an IPv4 address in disguise (IPv4-compatible)")),
    ("::ffff:0:0:0/96", Kind("an IPv4 address in disguise (translated)")),
    ("64:ff9b:1::/48", Kind("an IPv4 address in disguise (local NAT64)")),
    ("100::/64", _RESERVED),
    ("2001::/32", Kind("an IPv4 address in disguise (Teredo)")),
    ("2001::/23", _RESERVED),
    ("2001:db8::/32", Kind("an address of documentation")),
    ("2002::/16", Kind("an IPv4 address in disguise (6to4)")),
    ("3fff::/20", Kind("an address of documentation")),
    ("5f00::/16", _RESERVED),
    ("fc00::/7", _PRIVATE),
    ("fe80::/10", _LINK_LOCAL),
    ("fec0::/10", Kind("a site-local address")),
    ("ff00::/8", Kind("a multicast address")),
)
_NETWORKS: tuple[tuple[Network, Kind], ...] = tuple((ip_network(text), kind) for text, kind in _KINDS)
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (0x00005EFE, 0x02005EFE)


def kind_of(address: Address) -> Kind:
    """What ``address`` is; an IPv4 address within an IPv6 one counts as what it is itself."""
    plain = unwrap(address)
    for network, kind in _NETWORKS:
        if plain.version == network.version and plain in network:
            return kind
    if isinstance(plain, IPv6Address):
        if int(plain) >> 32 & 0xFFFFFFFF in _ISATAP:
            return Kind("an IPv4 address in disguise (ISATAP)")
        if plain not in _GLOBAL_UNICAST:
            return _RESERVED
    return PUBLIC


def unwrap(address: Address) -> Address:
    """The IPv4 address behind an IPv4-mapped one or one of the public NAT64 prefix, which name servers hand out for IPv4
    hosts; any other address as it is."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return address.ipv4_mapped
        if address in _NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
        if address.scope_id:
            return IPv6Address(int(address))
    return address


_GLOBAL_UNICAST = IPv6Network("2000::/3")
