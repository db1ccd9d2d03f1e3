"""Internet addresses: which of them point to somebody, and which four numbers are a version."""

# ruff: noqa: E501, SIM905
from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from itertools import pairwise

_NETWORKS_OF_NOBODY = (
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24"
    " 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4".split()
)
"""Written out instead of `is_global`, whose answer differs between Python versions."""


def _by_first_octet(networks: list[str]) -> dict[int, list[tuple[int, int]]]:
    """Mask and network of those that begin with an octet: most addresses of real code are of these, millions of them."""
    found: dict[int, list[tuple[int, int]]] = {}
    for network in map(ipaddress.IPv4Network, networks):
        for octet in range(network[0].packed[0], network[-1].packed[0] + 1):
            found.setdefault(octet, []).append((int(network.netmask), int(network[0])))
    return found


_NOBODYS_V4 = _by_first_octet(_NETWORKS_OF_NOBODY)
_PUBLIC_SERVICES = frozenset(
    "1.1.1.1 1.0.0.1 8.8.8.8 8.8.4.4 9.9.9.9 9.9.9.10 149.112.112.112 208.67.222.222 208.67.220.220 4.2.2.1 4.2.2.2"
    " 114.114.114.114 223.5.5.5 223.6.6.6 94.140.14.14 94.140.15.15 64.6.64.6 64.6.65.6 1.2.3.4 4.3.2.1".split()
)
"""Public resolvers, which name nobody, and the two that everybody writes as an example."""
_DOCUMENTATION_V6 = (ipaddress.IPv6Network("2001:db0::/28"), ipaddress.IPv6Network("3fff::/20"))
"""RFC 3849 and 9637; the first a little wider, for all that people write who misremember it: nobody has those."""
_UNALLOCATED_V6 = (ipaddress.IPv6Network("2000::/16"),)
"""Below the first block of global unicast addresses that IANA has given out, 2001::/16."""
_SERVICES_V6 = tuple(
    ipaddress.IPv6Network(n)
    for n in (
        "2001:4860:4860::/48",
        "2606:4700:4700::/48",
        "2620:fe::/48",
        "2002::/16",
        "2001::/23",
        "2620:4f:8000::/48",
    )
)

_OBJECT_IDENTIFIERS = ("1.3.101.", "1.3.132.", "1.3.14.", "1.3.36.", "1.3.6.", "2.5.4.", "2.5.8.", "2.5.29.", "2.16.")
"""How identifiers of certificates and keys begin (ITU-T X.660); some are four numbers long."""
_NEVER_AN_ADDRESS_BEFORE = re.compile(
    rb"(?:version(?:_{2}|[_ ]?(?:str(?:ing)?|num(?:ber)?|info|name|full)|_?[0-9]{1,2})?|release|build|firmware|driver|\boid|object_?identifier|\brfc ?\d+,?|\bsection|\bsec\.?|chapter|clause|appendix|figure|\bstep|workflow|\xc2\xa7)"
    rb"[\"'\])> \t]{0,3}[:=( ]{0,3}[\"' \t(\[vV]{0,3}$|dwarf |[a-z][\w.-]*:[\w.-]+:$",
    re.IGNORECASE,
)
_VERSION_BEFORE = re.compile(
    rb"(?:\bvers?\.?|\brev(?:ision)?|==|>=|<=|~=|!=|\^|~|@)[\"'\]) \t]{0,3}[:=( ]{0,3}[\"' \t(\[vV]{0,3}$"
    rb"|[A-Za-z][\w.+]{1,30}[-_/]v?$"
    rb"|\b(?:updat|upgrad|downgrad|bump|patch)[a-z]*[ \t](?:[\w.`*-]{1,30}[ \t])?to[ \t](?:[A-Za-z`][\w.`*+-]{1,30}[ \t])?v?$"
    rb"|^[ \t]*#{2,4}[ \t]+\[?v?$|\bv[ \t]{1,3}[:=]?[ \t]{0,3}[\"']?$|\bv[.:=(]?[ \t(\[]{0,3}$",
    re.IGNORECASE,
)
_ADDRESS_BEFORE = re.compile(
    rb"(?:(?<![A-Za-z])(?:ip(?:v4)?(?:[_ -]?addr(?:ess)?)?|addr(?:ess)?(?:es)?|host(?:name)?s?|servers?|clients?|remote|peers?|nodes?|gateway|router|"
    rb"inet_?addr(?:ess)?|getbyname|dns|nameservers?|proxy|proxies|ping|ssh|scp|telnet|bind|listen|connect(?:ing|ed)?|endpoint|subnet|network|route|netmask|cidr|"
    rb"whitelist|allowlist|blacklist|allow|deny|from|inet)(?![a-z])|://|@)[^\n]{0,24}$|\bcurl[ \t]+-[^\n]{0,24}$|\$[ \t]*(?:sudo[ \t]+)?curl[ \t]+$|[ \t]IN[ \t]+A[ \t]+$",
    re.IGNORECASE,
)
_VERSION_AFTER = re.compile(
    rb"^[\"'`)\]]{0,2}(?:\+(?![\w.])|,?[ \t](?:(?:or|and)[ \t](?:newer|later|above|up|higher|older|earlier|below)|\([^()\n]{0,24}(?:x86|amd64|arm|win|mac|linux|darwin|20\d\d-\d\d))\b|[ \t]-[ \t]20\d\d-\d\d-\d\d)",
    re.IGNORECASE,
)
_ADDRESS_AFTER = re.compile(rb"^(?::[1-9]\d{0,4}\b|/(?:[89]|[12]\d|3[0-2])\b|/[A-Za-z])")


@lru_cache(1024)
def is_public_v4(text: str) -> bool:
    """Whether it is an address that may be somebody's."""
    octets = tuple(map(int, text.split(".")))
    if max(octets) > 255 or _is_nobodys(octets):
        return False
    steps = {after - before for before, after in pairwise(octets)}
    if steps in ({0}, {1}, {-1}) or text.startswith("1.2.3.") or len(set(octets[:3])) == 1 or octets[1:3] == (0, 0):
        return False  # 5.5.5.5, 4.5.6.7, 1.2.3.77, 20.20.20.21, 12.0.0.1: written by people who need any address
    if len(set(octets[1:])) == 1 or octets[1:3] == (255, 255):
        return False  # 42.1.1.1, and 8.255.255.255, 50.255.255.1: bounds of ranges
    if octets[0] == octets[1] and octets[3] == 0:
        return False  # 20.20.0.0, 20.20.1.0: networks of somebody who needs any
    return text not in _PUBLIC_SERVICES


def _is_nobodys(octets: tuple[int, ...]) -> bool:
    number = int.from_bytes(octets, "big")
    return any(number & mask == network for mask, network in _NOBODYS_V4.get(octets[0], ()))


def is_public_v6(text: str) -> bool:
    """Whether it is an address that may be somebody's."""
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return False
    if text.rstrip("0").endswith("::") and text.count(":") == 2:
        return False  # `3000::`, a block of the registries, or a number in a text and two colons
    return not any(address in network for network in _DOCUMENTATION_V6 + _UNALLOCATED_V6 + _SERVICES_V6)


@lru_cache(1024)
def reads_as_version(text: str, before: bytes, after: bytes) -> bool:
    """Whether four numbers are a version: by what stands around them, in doubt by how small they are.

    `before` and `after` are the rest of the line on either side, or as much of it as the caller likes.
    """
    if (
        text.startswith(_OBJECT_IDENTIFIERS)
        or text.endswith(".0.0.0")
        or _NEVER_AN_ADDRESS_BEFORE.search(before)
        or _VERSION_AFTER.search(after)
    ):
        return True
    if _ADDRESS_AFTER.search(after):
        return False
    if _ADDRESS_BEFORE.search(before):
        return False
    if _VERSION_BEFORE.search(before):
        return True
    return max(int(part) for part in text.split(".")) < 100
