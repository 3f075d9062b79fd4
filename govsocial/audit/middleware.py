from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse

from govsocial.audit.actions import record
from govsocial.audit.context import audit_context
from govsocial.audit.events import ACCESS_REFUSED
from govsocial.audit.reach import is_out_of_reach

READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
TOLD_AGAIN_AFTER = 10
"""Seconds."""


class AuditContextMiddleware:
    """Every entry recorded while a request is answered carries its id and its address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = getattr(request, "request_id", "")
        with audit_context(request_id=request_id, address=client_address(request)):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exc: Exception) -> None:
        """Tell who tried to change something without the right to, also where the page says no more
        than 404: once in a while for each page, so that nobody fills the trail. What an action has
        told itself is not told twice."""
        if request.method in READING or not request.user.is_authenticated:
            return
        if getattr(exc, "is_told", False) or not _is_attempt(request, exc):
            return
        page = request.resolver_match.view_name if request.resolver_match else ""
        if not cache.add(f"access-refused:{request.user.pk}:{page}", True, TOLD_AGAIN_AFTER):
            return
        with transaction.atomic():
            record(ACCESS_REFUSED, actor=request.user, target=request.user, page=page)


def _is_attempt(request: HttpRequest, exc: Exception) -> bool:
    if isinstance(exc, Http404):
        match = request.resolver_match
        return match is not None and is_out_of_reach(request.user, match.kwargs)
    return isinstance(exc, PermissionDenied)


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
