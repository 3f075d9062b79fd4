from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.public import throttle
from accounts.requests import person
from content import actions, selectors
from content.calendar import feed
from govsocial.web.permissions import public, requires

HEADERS = {
    "Content-Type": "text/calendar; charset=utf-8",
    "Content-Disposition": 'inline; filename="govsocial.ics"',
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cache-Control": "private, max-age=300",
    "X-Robots-Tag": "noindex",
}


@require_safe
@requires("content.view")
def feed_detail(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
@requires("content.view")
def feed_make(request: HttpRequest) -> HttpResponse:
    """Show the new address, this once."""
    token = actions.make_calendar_feed(actor=person(request))
    address = reverse("content:calendar_ics", args=[token])
    return _page(request, settings.SITE_URL.rstrip("/") + address)


@require_POST
@requires("content.view")
def feed_revoke(request: HttpRequest) -> HttpResponse:
    actions.revoke_calendar_feed(actor=person(request))
    messages.success(request, _("The address is revoked. Calendars that used it get nothing now."))
    return redirect("content:calendar_feed")


def _page(request: HttpRequest, address: str = "") -> HttpResponse:
    context = {"feed": selectors.calendar_feed_of(person(request)), "address": address}
    response = render(request, "content/calendar_feed.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@public
def calendar_ics(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar of the person whose address this is, for programs: they do not sign in."""
    try:
        throttle.count_request(request)
        throttle.count_lookup(request)
    except throttle.TooMany as refused:
        return HttpResponse(status=429, headers={"Retry-After": str(refused.seconds)})
    reader = feed.reader_of(token)
    if reader is None:
        # Plain: the page that people get would set a cookie.
        return HttpResponse(status=404)
    body = feed.calendar_for(reader)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, headers={**HEADERS, "ETag": etag})
    return get_conditional_response(request, etag=etag, response=response) or response
