"""Which hosts the server may talk to (SSRF guard), and how a typed host becomes a base URL."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

import idna

from govsocial.platforms.errors import HostRefused, NotReached

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Special blocks that not every version of Python's own table knows.
_NEVER: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = (
    ipaddress.IPv4Network("192.0.0.0/24"),
    ipaddress.IPv4Network("192.88.99.0/24"),
    ipaddress.IPv4Network("100.64.0.0/10"),
    ipaddress.IPv6Network("64:ff9b:1::/48"),
    ipaddress.IPv6Network("2001::/23"),
    ipaddress.IPv6Network("3fff::/20"),
    ipaddress.IPv6Network("5f00::/16"),
    ipaddress.IPv6Network("fec0::/10"),
)


class HostInvalid(ValueError):
    """What was typed is not the address of a platform. ``code`` lets an interface translate it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def normalise_host(text: str, allowed_private: Collection[str] = ()) -> str:
    """Turn what an operator types into a base URL without a trailing slash.

    Takes a host name, a URL of any page there, or an address such as ``@me@host``. Raises
    ``HostInvalid`` (a ``ValueError``). A ``host:port`` in ``allowed_private`` may also be an IP
    address or a bare name, on any port, over plain http.
    """
    typed = text.strip()
    if not typed:
        raise HostInvalid("empty", "Enter the address of the server, for example mastodon.social.")
    if "://" not in typed:
        bare = typed.removeprefix("acct:")
        parts = bare.lstrip("@").split("@")
        if len(parts) > 2 or ("@" in bare and not parts[-1]):
            raise HostInvalid("syntax", "This is not the address of a server.")
        authority = parts[-1].split("/")[0]
        scheme = "http" if authority.lower() in _lowered(allowed_private) else "https"
        typed = f"{scheme}://{parts[-1]}"
    return base_url(typed, allowed_private)


def base_url(url: str, allowed_private: Collection[str] = ()) -> str:
    """Return scheme, host and port of ``url`` in their normal form, or raise ``HostInvalid``."""
    parts, port = _split(url)
    if parts.scheme not in {"https", "http"}:
        raise HostInvalid("scheme", "The address must begin with https://.")
    if parts.username is not None or parts.password is not None:
        raise HostInvalid("credentials", "The address must not contain a user name or password.")
    host = _ascii(parts.hostname or "")
    default = 443 if parts.scheme == "https" else 80
    shown = f"[{host}]" if ":" in host else host
    if f"{shown}:{port or default}" in _lowered(allowed_private):
        suffix = "" if port in {None, default} else f":{port}"
        return f"{parts.scheme}://{shown}{suffix}"
    if parts.scheme != "https":
        raise HostInvalid("scheme", "The address must begin with https://.")
    if port not in {None, 443}:
        raise HostInvalid("port", "The address must not name a port.")
    labels = host.split(".")
    if (
        len(labels) < 2
        or len(host) > 253
        or not all(_LABEL.fullmatch(label) for label in labels)
        # An IP address in any of its spellings ends in a number; a domain name never does.
        or not re.fullmatch(r"[a-z][a-z0-9-]*", labels[-1])
    ):
        raise HostInvalid("host", "The address must be a public host name, not an IP address.")
    return f"https://{host}"


def names_public_host(url: str) -> bool:
    """Whether ``url``, of any scheme and port, names a host that may be public by its form: no IP
    address and no bare name. What the name leads to is not looked up."""
    try:
        base_url(f"https://{urlsplit(url).hostname or ''}")
    except ValueError:
        return False
    return True


def _split(url: str) -> tuple[SplitResult, int | None]:
    if any(ord(character) <= 0x20 or character == "\\" for character in url):
        raise HostInvalid("syntax", "This is not the address of a server.")
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        pass
    raise HostInvalid("syntax", "This is not the address of a server.")


def _ascii(host: str) -> str:
    host = host.lower().removesuffix(".")
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        pass
    raise HostInvalid("host", "The address must be a public host name, not an IP address.")


def _lowered(allowed: Collection[str]) -> frozenset[str]:
    return frozenset(entry.lower() for entry in allowed)


def is_public(address: Address) -> bool:
    """Whether ``address`` lies on the public Internet, also seen through IPv6 tunnels."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.teredo is not None or address.is_site_local:
            return False
    return address.is_global and not (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
        or any(address in network for network in _NEVER if network.version == address.version)
    )


class Guard:
    """Lets a request go to public hosts over https, and to what the operator listed.

    ``allowed_private`` holds ``host:port`` entries exactly as they stand in a URL.
    """

    def __init__(self, allowed_private: Collection[str] = ()) -> None:
        self.allowed_private = _lowered(allowed_private)

    def base_url(self, url: str) -> str:
        """Return the base of ``url``; raise ``HostRefused`` when it is not allowed by its form."""
        try:
            return base_url(url, self.allowed_private)
        except HostInvalid as invalid:
            reason = str(invalid)
        raise HostRefused(reason)

    def is_private(self, base: str) -> bool:
        """Whether ``base`` is one of the hosts that the operator allowed by name."""
        parts = urlsplit(base)
        default = 443 if parts.scheme == "https" else 80
        host = parts.hostname or ""
        return self._allows(host, parts.port or default)

    def _allows(self, host: str, port: int) -> bool:
        shown = f"[{host}]" if ":" in host else host
        return f"{shown}:{port}".lower() in self.allowed_private

    def addresses(self, host: str, port: int) -> list[str]:
        """Look ``host`` up once and return the addresses to connect to, all of them checked.

        The caller connects to these and never to the name, so that a second answer of the name
        server cannot lead elsewhere. Raises ``NotReached`` or ``HostRefused``.
        """
        host = host.strip("[]")
        found: list[str] = []
        try:
            answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            answers = []
        for *_, sockaddr in answers:
            if str(sockaddr[0]) not in found:
                found.append(str(sockaddr[0]))
        if not found:
            raise NotReached(f"The name {host} has no address.")
        if not self._allows(host, port) and not all(
            is_public(ipaddress.ip_address(address)) for address in found
        ):
            raise HostRefused(f"{host} leads to an address that is not on the public Internet.")
        return found

    def permits(self, url: str) -> bool:
        """Whether a request to ``url`` would be let out now."""
        try:
            parts = urlsplit(self.base_url(url))
            default = 443 if parts.scheme == "https" else 80
            self.addresses(parts.hostname or "", parts.port or default)
        except (HostRefused, NotReached):
            return False
        return True
