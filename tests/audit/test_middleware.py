from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from govsocial.audit import context
from govsocial.audit.context import Context, audit_context
from govsocial.audit.middleware import AuditContextMiddleware, client_address


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "address"),
    [
        (0, "203.0.113.7", None, "203.0.113.7"),
        (0, "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        (1, "10.0.0.1", "203.0.113.7", "203.0.113.7"),
        # What the client wrote itself stands to the left of what the proxy saw.
        (1, "10.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"),
        (2, "10.0.0.1", "198.51.100.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
        # Fewer values than proxies: nobody trusted wrote them all.
        (2, "10.0.0.1", "198.51.100.1", "10.0.0.1"),
        (1, "10.0.0.1", None, "10.0.0.1"),
        (1, "10.0.0.1", "nonsense", "10.0.0.1"),
        (1, "10.0.0.1", "203.0.113.7:5060", "203.0.113.7"),
        (1, "10.0.0.1", "[2001:db8::1]:443", "2001:db8::1"),
        (0, "::ffff:203.0.113.7", None, "203.0.113.7"),
        (0, "fe80::1%eth0", None, "fe80::1"),
        (0, "", "203.0.113.7", None),
    ],
)
def test_an_address_cannot_be_forged(
    settings: Any, proxies: int, peer: str, forwarded: str | None, address: str | None
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR=peer)
    if forwarded is not None:
        request.META["HTTP_X_FORWARDED_FOR"] = forwarded
    request.META["HTTP_X_REAL_IP"] = request.META["HTTP_CLIENT_IP"] = "192.0.2.9"
    assert client_address(request) == address


def test_a_request_gives_its_id_and_address_and_takes_them_along() -> None:
    seen: list[Context] = []

    def answer(request: Any) -> HttpResponse:
        seen.append(context.current())
        return HttpResponse()

    request: Any = RequestFactory().get("/", REMOTE_ADDR="203.0.113.7")
    request.request_id = "abc123"
    AuditContextMiddleware(answer)(request)
    assert seen == [Context(request_id="abc123", address="203.0.113.7")]
    assert context.current() == Context()


def test_contexts_nest_and_end_with_an_error() -> None:
    with pytest.raises(RuntimeError), audit_context(request_id="outer", address="203.0.113.7"):  # noqa: PT012  # the nesting is what is tested
        with audit_context(request_id="inner"):
            assert context.current() == Context(request_id="inner", address="203.0.113.7")
        assert context.current().request_id == "outer"
        raise RuntimeError
    assert context.current() == Context()
