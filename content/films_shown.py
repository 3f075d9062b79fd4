"""Films given to who may see them, each piece compared before it leaves."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase

from content.actions.films import film_to_read
from content.film_pieces import BytesChanged
from content.models import MediaFile
from govsocial.web.file_responses import part_response


def film_response(request: HttpRequest, media: MediaFile) -> HttpResponseBase:
    """The film, or the part of it that the request asks for. Raises ``Http404`` where it is gone or
    begins with other bytes; where others come later the answer breaks off before them."""
    film = film_to_read(media)
    if film is None:
        raise Http404
    try:
        return part_response(request, film.size, media.media_type, film.blocks)
    except BytesChanged as exc:
        raise Http404 from exc
