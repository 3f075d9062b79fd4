"""From the composer to the media library and back: a picture is completed where it is needed.

What is typed is kept, as it is while somebody writes, so that the way leads through ordinary pages.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from content import composing
from content.errors import ContentError
from content.forms.pictures import FILES, MOST_PICTURES, is_key
from content.forms.posts import PostForm
from content.models import MediaFile, Post
from content.selectors import media as selectors_media
from content.selectors import scratch as selectors_scratch

# The button that leads there: its value is a slot with a new file, or a medium that is chosen.
DESCRIBE = "describe"
_SLOT = "slot-"
_UPLOAD = "upload"
# In an address: the unsaved text that somebody came from.
_KEPT = "kept"


def leave(request: HttpRequest, form: PostForm, post: Post | None) -> HttpResponseRedirect | None:
    """Keep the form and go to the library. None where the form has to be shown again: then it says
    what is wrong. Uploads are stored already."""
    asked = request.POST[DESCRIBE]
    form.only_errors("unit", *FILES)
    media = None if form.errors or asked == _UPLOAD else _named(form, asked)
    if form.errors:
        return None
    try:
        kept = composing.keep(request, form, post)
    except ContentError as exc:
        form.add_error(None, str(exc))
        return None
    back = composing.address_of(kept)
    if media is None:
        query = {"unit": form.cleaned_data["unit"].pk, "next": back}
        return redirect(f"{reverse('content:media_upload')}?{urlencode(query)}")
    query = {"next": composing.described(back, media), _KEPT: kept.pk}
    return redirect(f"{reverse('content:media_edit', args=[media.pk])}?{urlencode(query)}")


def typed_words(user: User, query: QueryDict, media: MediaFile) -> str:
    """The alternative text that was typed for a medium in the composer that somebody came from."""
    key = query.get(_KEPT, "")
    rows = selectors_scratch.scratches_of(user)
    kept = rows.filter(pk=int(key)).first() if is_key(key) else None
    if kept is None:
        return ""
    said = {name: values[-1] for name, values in kept.fields.items() if values}
    places = [("film", "film_alt", str(media.pk))] if media.is_film else _slots_of(media)
    found = (said.get(words, "") for place, words, value in places if said.get(place) == value)
    return next(found, "").strip()


def _slots_of(media: MediaFile) -> list[tuple[str, str, str]]:
    return [(f"kept_{place}", f"alt_{place}", media.sha256) for place in range(MOST_PICTURES)]


def _named(form: PostForm, asked: str) -> MediaFile | None:
    """What the button stands for; where there is nothing, the form says so."""
    number = asked.removeprefix(_SLOT)
    if asked.startswith(_SLOT) and is_key(number) and int(number) < MOST_PICTURES:
        media = form.slots()[int(number)].media
        if media is None:
            form.add_error(f"file_{number}", _("Choose a file first."))
        return media
    chosen = selectors_media.chosen_media(form.user, [asked])
    if not chosen or chosen[0].unit_id != form.cleaned_data["unit"].pk:
        form.add_error(None, _("This is not in the media library of the unit. Choose it again."))
        return None
    return chosen[0]
