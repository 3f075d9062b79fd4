from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from content.media_addresses import media_at
from govsocial.web.permissions import public


@require_safe
@public
def signed_media(request: HttpRequest, token: str) -> HttpResponse:
    """A picture for the platform that is about to publish it. Nobody signs in here."""
    media = media_at(token)
    data = media.read() if media is not None else None
    if media is None or data is None:
        raise Http404
    return HttpResponse(
        data,
        content_type=media.media_type,
        headers={
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        },
    )
