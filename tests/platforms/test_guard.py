from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest

from govsocial.platforms.errors import HostRefused, NotReached
from govsocial.platforms.guard import (
    Guard,
    HostInvalid,
    is_public,
    names_public_host,
    normalise_host,
)
from govsocial.platforms.http import Effect, Session
from tests.gathering import each
from tests.platforms.fakes import Reply, Server


@each(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",  # noqa: S104 - an address that must be refused
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "100.127.255.254",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "2001:2::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "100::1",
    ],
)
def test_an_address_inside_a_network_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@each(
    "address",
    ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"],
)
def test_an_address_of_the_internet_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@each(
    ("typed", "base"),
    [
        ("mastodon.social", "https://mastodon.social"),
        ("https://Mastodon.social/", "https://mastodon.social"),
        ("  mastodon.social  ", "https://mastodon.social"),
        ("mastodon.social.", "https://mastodon.social"),
        ("mastodon.social:443", "https://mastodon.social"),
        ("https://mastodon.social/@kota?x=1#y", "https://mastodon.social"),
        ("@kota@mastodon.social", "https://mastodon.social"),
        ("kota@mastodon.social", "https://mastodon.social"),
        ("acct:kota@mastodon.social", "https://mastodon.social"),
        ("täst.example", "https://xn--tst-qla.example"),
    ],
)
def test_what_an_operator_types_becomes_a_base_url(typed: str, base: str) -> None:
    assert normalise_host(typed) == base


@each(
    ("typed", "code"),
    [
        ("", "empty"),
        ("http://mastodon.social", "scheme"),
        ("ftp://mastodon.social", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("https://user:password@mastodon.social", "credentials"),
        ("https://good.example@127.0.0.1", "credentials"),
        ("mastodon.social:8443", "port"),
        ("https://mastodon.social:22", "port"),
        ("https://mastodon.social:99999", "syntax"),
        ("localhost", "host"),
        ("127.0.0.1", "host"),
        ("127.1", "host"),
        ("2130706433", "host"),
        ("0x7f000001", "host"),
        ("0x7f.0.0.1", "host"),
        ("https://[::1]", "host"),
        ("https://[::ffff:127.0.0.1]/", "host"),
        ("-a.example", "host"),
        ("a..example", "host"),
        ("https://", "host"),
        ("https://mastodon.social\\@127.0.0.1", "syntax"),
        ("mastodon.social\r\nHost: x", "syntax"),
        ("a@b@c", "syntax"),
        ("@", "syntax"),
    ],
)
def test_what_is_not_a_public_host_is_refused_with_a_reason(typed: str, code: str) -> None:
    with pytest.raises(HostInvalid) as caught:
        normalise_host(typed)
    assert caught.value.code == code
    assert str(caught.value).endswith(".")


def test_only_the_listed_host_and_port_may_be_private_and_plain_http() -> None:
    allowed = {"127.0.0.1:8001", "training:8000"}
    assert normalise_host("127.0.0.1:8001", allowed) == "http://127.0.0.1:8001"
    assert normalise_host("http://Training:8000/x", allowed) == "http://training:8000"
    for other in ("127.0.0.1:8002", "http://127.0.0.1", "127.0.0.2:8001", "http://training:8001"):
        with pytest.raises(HostInvalid):
            normalise_host(other, allowed)


def named(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Make the name server give these answers in turn; returns the names it was asked for."""
    asked: list[str] = []
    left = list(answers)

    def look_up(host: str, port: int, *args: Any, **kwargs: Any) -> list[Any]:
        asked.append(host)
        answer = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answer]

    monkeypatch.setattr("govsocial.platforms.guard.socket.getaddrinfo", look_up)
    return asked


@each("answer", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["169.254.169.254"], ["::ffff:7f00:1"]])
def test_a_name_that_leads_inside_is_refused_and_nothing_is_sent(
    monkeypatch: pytest.MonkeyPatch, server: Server, answer: list[str]
) -> None:
    named(monkeypatch, answer)
    session = Session("https://rebind.example", guard=Guard({server.host}))
    with pytest.raises(HostRefused) as caught:
        session.send("GET", "/", effect=Effect.READ)
    assert caught.value.permanent
    assert server.received == []


def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = named(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    tried: list[tuple[str, int]] = []

    def no_connection(address: tuple[str, int], timeout: float) -> socket.socket:
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr("govsocial.platforms.transport.socket.create_connection", no_connection)
    session = Session("https://rebind.example", guard=Guard())
    with pytest.raises(NotReached):
        session.send("POST", "/", effect=Effect.PUBLISH)
    assert asked == ["rebind.example"]
    assert tried == [("93.184.216.34", 443)]


def test_a_name_is_checked_again_on_every_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    named(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])

    def no_connection(address: tuple[str, int], timeout: float) -> socket.socket:
        raise ConnectionRefusedError

    monkeypatch.setattr("govsocial.platforms.transport.socket.create_connection", no_connection)
    session = Session("https://rebind.example", guard=Guard(), sleep=lambda _: None)
    with pytest.raises(HostRefused):
        session.send("GET", "/", effect=Effect.READ)


def test_a_call_cannot_name_another_base_than_the_guard_takes(server: Server) -> None:
    session = Session(server.base, guard=Guard({server.host}))
    for base in ("http://127.0.0.1:1", "https://10.0.0.1", "http://mastodon.social"):
        with pytest.raises(HostRefused):
            session.send("GET", "/", effect=Effect.READ, base=base)


def test_a_proxy_of_the_environment_is_not_used(
    monkeypatch: pytest.MonkeyPatch, server: Server, session: Session
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    server.on("GET /", Reply(200, {}))
    assert session.send("GET", "/", effect=Effect.READ).ok


@each(
    ("url", "may_be_public"),
    [
        ("https://login.proxy.example/?from=here", True),
        ("http://login.proxy.example:8080/", True),
        ("https://10.0.0.1/", False),
        ("https://203.0.113.9/", False),
        ("http://[::1]/", False),
        ("http://[", False),
        ("http://0x7f.1/", False),
        ("http://intranet/", False),
        ("", False),
    ],
)
def test_a_host_that_may_be_public_has_a_name_with_a_domain(url: str, may_be_public: bool) -> None:
    assert names_public_host(url) is may_be_public
