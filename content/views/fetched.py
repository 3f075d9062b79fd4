from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from content.films_shown import film_response
from content.media_addresses import media_at
from govsocial.web.permissions import public

HEADERS = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}


@require_safe
@public
def signed_media(request: HttpRequest, token: str) -> HttpResponseBase:
    """A picture or a film for the platform that is about to publish it. Nobody signs in here."""
    media = media_at(token)
    if media is None:
        raise Http404
    if media.is_film:
        response = film_response(request, media)
        del response["Cross-Origin-Resource-Policy"]
        for name, value in HEADERS.items():
            response[name] = value
        return response
    data = media.read()
    if data is None:
        raise Http404
    return HttpResponse(data, content_type=media.media_type, headers=HEADERS)
