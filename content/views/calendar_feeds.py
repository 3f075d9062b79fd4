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
from content import actions
from content.calendar import feed
from content.calendar.forms import FeedForm
from content.selectors import posts as selectors
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
    """Show the new address, this once; narrowed to a unit where one was chosen."""
    form = FeedForm(request.POST, user=person(request))
    if not form.is_valid():
        return _page(request, form=form)
    token, unit = actions.make_calendar_feed(actor=person(request)), form.cleaned_data["unit"]
    address = reverse("content:calendar_ics", args=[token])
    narrowed = f"?unit={unit.pk}" if unit else ""
    return _page(request, settings.SITE_URL.rstrip("/") + address + narrowed)


@require_POST
@requires("content.view")
def feed_revoke(request: HttpRequest) -> HttpResponse:
    actions.revoke_calendar_feed(actor=person(request))
    messages.success(request, _("The address is revoked. Calendars that used it get nothing now."))
    return redirect("content:calendar_feed")


def _page(request: HttpRequest, address: str = "", form: FeedForm | None = None) -> HttpResponse:
    user = person(request)
    shown = form or FeedForm(user=user)
    context = {"feed": selectors.calendar_feed_of(user), "address": address, "form": shown}
    status = 422 if shown.errors else 200
    response = render(request, "content/calendar_feed.html", context, status=status)
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
    reader, asked = feed.reader_of(token), request.GET.get("unit", "")
    unit = feed.unit_of(reader, asked) if reader else None
    if reader is None or (asked and unit is None):
        # Plain: the page that people get would set a cookie.
        return HttpResponse(status=404)
    body = feed.calendar_for(reader, unit)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, headers={**HEADERS, "ETag": etag})
    return get_conditional_response(request, etag=etag, response=response) or response
