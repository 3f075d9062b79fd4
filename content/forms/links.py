"""The part of the composer for a link, a published title and a film."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.kinds import OfficialPlatform
from content.documents import Document, MediaItem
from content.forms.following import FollowingForm
from content.forms.pictures import is_key
from content.media_items import item_of
from content.media_rules import of_consent, of_rights
from content.models import MediaFile
from content.pages.media import length_of
from content.selectors.media import films_to_use
from govsocial.platforms import text as texts
from govsocial.platforms.limits import LIMITS

LONGEST_LINK = 1_000
# A list that is longer is no help: the library itself is searched, and begins a post with a film.
MOST_FILMS = 100


def _without_it() -> str:
    """Where a video goes out without its description, as ``platforms.limits`` knows."""
    names = [
        str(platform.label)
        for platform in OfficialPlatform
        if (taken := LIMITS.get(platform)) and taken.video and not taken.film_alt_text
    ]
    return gettext(
        "It is needed all the same, but not sent to %(platforms)s, which take none of a video: "
        "say in the text there what it shows."
    ) % {"platforms": ", ".join(names)}


def refuse_no_link(link: str) -> None:
    """Raises ``ValidationError`` for what is typed as a link and is no whole address."""
    if link and [span.value for span in texts.links(link)] != [link]:
        raise forms.ValidationError(
            gettext("Write the whole address, for example https://samudrakota.go.id/rabies.")
        )


class LinkForm(FollowingForm):
    """What a post may have besides text and pictures."""

    headline = forms.CharField(
        label=_("Published title"),
        max_length=200,
        required=False,
        help_text=_("For YouTube, photo posts on TikTok, and the link card on Bluesky."),
    )
    link = forms.CharField(
        label=_("Link"),
        max_length=LONGEST_LINK,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text=_(
            "The whole address. Facebook, Threads and Bluesky show it as a card when the post has "
            "no pictures and no video; everywhere else it becomes the last line of the text, and "
            "counts there."
        ),
    )
    film = forms.TypedChoiceField(
        label=_("Video from the media library"),
        required=False,
        coerce=int,
        empty_value=None,
    )
    film_alt = forms.CharField(
        label=_("Description of the video"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=1500,
        required=False,
        help_text=format_lazy(
            "{} {}",
            _(
                "For people who cannot see it. Leave it empty to use the alternative text of the "
                "media library."
            ),
            lazy(_without_it, str)(),
        ),
    )
    films: dict[int, MediaFile]

    def add_film(self, user: User, unit_id: int | None) -> None:
        """Offer the films of the units that this person writes for, or of the post's own."""
        units = [unit_id] if unit_id else user.units_with("content.draft")
        # Not of the bound field: it would keep what it says now.
        given = self.data.get("film") if self.is_bound else self.initial.get("film")
        chosen = str(given or "")
        rows = films_to_use(user, units, also=int(chosen) if is_key(chosen) else None)
        self.films = {film.pk: film for film in rows[:MOST_FILMS]}
        several = len({film.unit_id for film in self.films.values()}) > 1
        self.fields["film"].choices = [  # type: ignore[attr-defined]  # a choice field
            ("", gettext("No video")),
            *((film.pk, label_of(film, several=several)) for film in self.films.values()),
        ]
        self.fields["film_alt"].mark = gettext("needed with a video")  # type: ignore[attr-defined]  # for field.html

    def clean_link(self) -> str:
        link: str = self.cleaned_data["link"].strip()
        refuse_no_link(link)
        return link

    def clean_headline(self) -> str:
        return " ".join(str(self.cleaned_data["headline"]).split())

    def clean_film_of_unit(self) -> None:
        """A film is of the unit of the post, as its pictures are."""
        film, unit = self._film(), self.cleaned_data.get("unit")
        if film is not None and unit is not None and film.unit_id != unit.pk:
            self.add_error("film", gettext("This video belongs to another unit."))

    def _film(self) -> MediaFile | None:
        chosen = self.cleaned_data.get("film")
        return self.films.get(chosen) if chosen else None

    def film_item(self) -> MediaItem | None:
        """The film that this form says."""
        film = self._film()
        if film is None:
            return None
        alt: str = (self.cleaned_data.get("film_alt") or "").strip()
        return item_of(film, alt or film.record.alt.strip())

    def chosen_film(self) -> MediaFile | None:
        """The film that is chosen on the page, to be shown beside its field."""
        value = str(self["film"].value() or "")
        return self.films.get(int(value)) if is_key(value) else None

    def film_missing(self) -> list[str]:
        """What the library lacks about it before a post that shows it may be submitted."""
        film, today = self.chosen_film(), timezone.localdate()
        return [*of_rights(film.record, today), *of_consent(film.record, today)] if film else []

    def links_initial(self, content: Document, unit_id: int | None) -> dict[str, Any]:
        initial: dict[str, Any] = {"headline": content.headline, "link": content.link}
        if content.film is not None:
            same = MediaFile.objects.filter(unit_id=unit_id or 0, sha256=content.film.sha256)
            film = same.values_list("pk", flat=True).first()
            initial |= {"film": film, "film_alt": content.film.alt}
        return initial


def label_of(film: MediaFile, *, several: bool = False) -> str:
    name = f"{film.record} ({length_of(film.seconds or 0)})"
    return f"{name} · {film.unit}" if several else name
