"""Choosing a picture of the library for a post that is being written."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import person
from content import saving
from content.forms.pictures import FILES, MOST_PICTURES
from content.forms.posts import PostForm
from content.pages import media as pages_media
from content.selectors import media as selectors_media
from govsocial.web.lists import page_of
from govsocial.web.permissions import requires

AT_ONCE = 24
_LONGEST = 200


@require_safe
@requires("content.draft")
@vary_on_headers("HX-Request")
def media_pick(request: HttpRequest) -> HttpResponse:
    """Pictures of the unit that the post belongs to, to choose one for a slot."""
    slot, unit_id = _number(request, "slot"), _number(request, "unit")
    words = request.GET.get("words", "")[:_LONGEST]
    media = selectors_media.media_to_use(person(request), unit_id or 0)
    page = page_of(selectors_media.found_in(media, words), request, size=AT_ONCE)
    context = {
        "slot": slot,
        "unit_id": unit_id,
        "words": words,
        "page": page,
        "rows": pages_media.with_doubts(page),
    }
    return render(request, "content/_media_picker.html", context)


@require_safe
@requires("content.draft")
@vary_on_headers("HX-Request")
def media_picked(request: HttpRequest, media_id: int) -> HttpResponse:
    """The slot with the picture in it. What was typed as alternative text there stays."""
    slot, unit_id = _number(request, "slot"), _number(request, "unit")
    if slot is None or slot >= MOST_PICTURES:
        raise Http404
    media = get_object_or_404(
        selectors_media.media_to_use(person(request), unit_id or 0), pk=media_id
    )
    form = PostForm(user=person(request))
    form.put(slot, media, alt=request.GET.get(f"alt_{slot}", ""))
    return render(request, "content/_picture_slot.html", {"slot": form.slots()[slot]})


@require_POST
@requires("content.draft")
def picture_place(request: HttpRequest, slot: int) -> HttpResponse:
    """The slot with the picture that was chosen from a device, or with what is wrong with it."""
    if slot >= MOST_PICTURES:
        raise Http404
    form = PostForm(request.POST, request.FILES, user=person(request))
    saving.store_pictures(form)
    form.only_errors("unit", *FILES)
    if "unit" in form.errors:
        # It waits in the form, and is stored with it.
        return HttpResponse(status=204)
    status = 422 if form.errors else 200
    return render(request, "content/_picture_slot.html", {"slot": form.slot(slot)}, status=status)


def _number(request: HttpRequest, name: str) -> int | None:
    value = request.GET.get(name, "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 18 else None
