from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from govsocial.audit.context import audit_context


class AuditContextMiddleware:
    """Every entry recorded while a request is answered carries its id and its address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = getattr(request, "request_id", "")
        with audit_context(request_id=request_id, address=client_address(request)):
            return self.get_response(request)


def client_address(request: HttpRequest) -> str | None:
    """The peer's address, or what the outermost trusted proxy saw when proxies are configured.

    Each proxy appends the address it saw to X-Forwarded-For, so with N trusted proxies the N-th
    value from the right is the last one that a client could not write. Without proxies the
    header is only what the client says, and is not read.
    """
    peer = _clean(request.META.get("REMOTE_ADDR", ""))
    trusted: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if trusted < 1:
        return peer
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if len(seen) < trusted:
        return peer
    return _clean(seen[-trusted]) or peer


def _clean(text: str) -> str | None:
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address)
