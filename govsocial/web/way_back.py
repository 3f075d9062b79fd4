"""Where somebody goes back to when a page names it in ``next``."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

LONGEST = 4_000


def way_back(request: HttpRequest) -> str:
    """The address of this site that the request names as ``next``; empty where it names none, or
    one of another site."""
    address = (request.POST.get("next") or request.GET.get("next") or "")[: LONGEST + 1]
    is_ours = len(address) <= LONGEST and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if is_ours and address.isprintable() else ""
