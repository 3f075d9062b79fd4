"""The files of the media library, to those who may see their unit."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.documents import document_response
from accounts.requests import person
from content import actions, previews
from content.films_shown import film_response
from content.media_fields import FILES
from content.pages import media as pages_media
from content.selectors import media as selectors_media
from content.selectors import posts as selectors
from govsocial.web.file_responses import FOR_EVER, SAFE, file_response
from govsocial.web.permissions import requires


@require_safe
@requires("content.view")
def media_file(request: HttpRequest, unit_id: int, sha256: str) -> HttpResponseBase:
    """A picture or a film. Its bytes never change, so it may be kept."""
    visible = selectors.media_visible_to(person(request))
    media = get_object_or_404(visible, unit_id=unit_id, sha256=sha256)
    if media.is_film:
        return film_response(request, media)
    data = media.read()
    if data is None:
        raise Http404
    headers = {**SAFE, "Cache-Control": FOR_EVER}
    return HttpResponse(data, content_type=media.media_type, headers=headers)


@require_safe
@requires("content.view")
def media_preview(request: HttpRequest, unit_id: int, sha256: str) -> HttpResponseBase:
    """The small picture of a picture or a film, for lists."""
    visible = selectors.media_visible_to(person(request))
    media = get_object_or_404(visible, unit_id=unit_id, sha256=sha256)
    path = previews.preview_of(media)
    if path is None:
        raise Http404
    return file_response(request, path, previews.MEDIA_TYPE)


@require_safe
@requires("content.view")
def media_document(request: HttpRequest, media_id: int, name: str) -> HttpResponse:
    """The file of a proof or a consent. Who took it out goes into the trail."""
    user = person(request)
    media = get_object_or_404(selectors_media.library_of(user), pk=media_id)
    document = getattr(media.record, f"{name}_file") if f"{name}_file" in FILES else None
    if document is None:
        raise Http404
    if name == "consent" and not pages_media.sees_consent(user, media):
        raise PermissionDenied
    response = document_response(document)
    if response is None:
        raise Http404
    actions.record_media_document(actor=user, media=media, name=name, document=document)
    return response
