"""The pictures of the composer: a fixed number of places, each with a file and its words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from content.documents import MediaItem
from content.media_items import item_of
from content.media_rules import of_consent, of_rights
from content.models import MediaFile

# What most platforms take at most; of one that takes fewer, the preflight tells each account.
MOST_PICTURES = 10
# The inputs where pictures arrive, and the one for what is wrong with all of them.
FILES = ("images", *(f"file_{number}" for number in range(MOST_PICTURES)))
# One picture of the form, new or kept, whatever its number.
PICTURE = re.compile(r"(?:file|kept)_[0-9]+\Z")
DIGEST = re.compile(r"[0-9a-f]{64}\Z")
# What is asked of one picture's place in the order.
MOVE = re.compile(r"(earlier|later)-([0-9]{1,2})\Z")
_OF_A_PLACE = ("kept", "alt", "remove")


@dataclass(frozen=True, slots=True)
class Slot:
    """One place for a picture: what is in it, and its three inputs.

    ``place`` is that of the picture among all ``many``; 0 where only one place is asked for.
    ``moved`` says which way it was moved just now.
    """

    number: int
    media: MediaFile | None
    alt: forms.BoundField
    file: forms.BoundField
    remove: forms.BoundField
    kept: forms.BoundField
    place: int = 0
    many: int = 0
    moved: str = ""

    @property
    def may_earlier(self) -> bool:
        return self.place != 1

    @property
    def may_later(self) -> bool:
        return not self.place or self.place < self.many

    @property
    def missing(self) -> list[str]:
        """What the library lacks about it before a post that shows it may be submitted."""
        if self.media is None:
            return []
        record, today = self.media.record, timezone.localdate()
        return [*of_rights(record, today), *of_consent(record, today)]


class PictureForm(forms.Form):
    """Pictures are stored as they arrive, so a mistake elsewhere loses none."""

    keeps_files = True
    # Which picture was moved just now, and which way.
    moved: tuple[int, str] = (-1, "")

    # Holds what is wrong with the pictures together; nothing is typed here.
    images = forms.CharField(widget=forms.HiddenInput, required=False, disabled=True)

    @property
    def unit_id(self) -> int | None:
        """The unit that the post is bound to, if it is to one already."""
        return None

    def add_pictures(self) -> None:
        # Errors are told in the order of the page.
        self.fields["images"] = self.fields.pop("images")
        for number in range(MOST_PICTURES):
            self.fields[f"alt_{number}"] = forms.CharField(
                label=_("Alternative text"),
                widget=forms.Textarea(attrs={"rows": 2}),
                max_length=1500,
                required=False,
            )
            self.fields[f"alt_{number}"].mark = _("needed with a picture")  # type: ignore[attr-defined]  # for field.html
            self.fields[f"file_{number}"] = forms.FileField(
                label=_("Picture file"),
                required=False,
                widget=forms.FileInput(attrs=_attributes(number)),
            )
            # That it is optional stands above all of them.
            self.fields[f"file_{number}"].mark = _("JPEG, PNG or WebP")  # type: ignore[attr-defined]  # for field.html
            self.fields[f"remove_{number}"] = forms.BooleanField(
                label=_("Remove this picture"), required=False
            )
            self.fields[f"kept_{number}"] = forms.RegexField(
                DIGEST, widget=forms.HiddenInput, required=False
            )

    def clean_pictures(self) -> None:
        """Refuse pictures that are not there any more, and those beyond the last place."""
        for slot in self.slots() if self.cleaned_data.get("unit") else ():
            lost = self.cleaned_data.get(f"kept_{slot.number}") and slot.media is None
            if lost and not self.cleaned_data.get(f"remove_{slot.number}"):
                self.add_error(
                    f"file_{slot.number}", _("This picture is not in this unit. Choose it again.")
                )
        if any(self._beyond()):
            told = _("A post has at most %(most)s pictures. Those beyond were not saved.")
            self.add_error("images", told % {"most": MOST_PICTURES})

    def _beyond(self) -> Iterator[str]:
        """Pictures that came although this form has no place for them."""
        for name in {*self.data, *self.files}:
            sent = self.files.get(name) is not None or self.data.get(name)
            if sent and PICTURE.match(name) and name not in self.fields:
                yield name

    def uploads(self) -> Iterator[tuple[int, UploadedFile[Any]]]:
        """Files that came with this form, by slot."""
        for number in range(MOST_PICTURES):
            file = self.files.get(f"file_{number}")
            if file:
                yield number, file

    def keep(self, number: int, media: MediaFile) -> None:
        """Put a stored upload into its slot, for this answer and the next."""
        changed = {f"kept_{number}": media.sha256, f"remove_{number}": ""}
        data = cast(QueryDict, self.data).copy()
        for name, value in changed.items():
            data[name] = value
        self.data = data

    def put(self, number: int, media: MediaFile, *, alt: str = "") -> None:
        """Show the form with a picture of the library in a slot."""
        said = {f"kept_{number}": media.sha256, f"alt_{number}": alt or media.record.alt}
        self.initial = {**self.initial, "unit": media.unit_id, **said}

    def slots(self) -> list[Slot]:
        """The places for pictures, with what is in them."""
        kept = {number: self._kept(number) for number in range(MOST_PICTURES)}
        unit_id = self.unit_id or self._chosen_unit()
        media = {
            item.sha256: item
            for item in MediaFile.objects.filter(
                unit_id=unit_id or 0,
                sha256__in=[digest for digest in kept.values() if digest],
                # No films here, nothing that was put away, and no file made for a platform.
                media_type__startswith="image/",
                record__isnull=False,
                record__archived_at=None,
            ).select_related("record")
        }
        return [
            Slot(
                number,
                media.get(kept[number] or ""),
                self[f"alt_{number}"],
                self[f"file_{number}"],
                self[f"remove_{number}"],
                self[f"kept_{number}"],
            )
            for number in range(MOST_PICTURES)
        ]

    def slot(self, number: int) -> Slot:
        """One of them, with its place among the pictures that there are."""
        return self._in_order()[number]

    def shown_slots(self) -> dict[str, list[Slot]]:
        """Open: those with a picture or an error, and the first while there is none. The others
        wait."""
        slots = self._in_order()
        used = [slot for slot in slots if slot.media or slot.file.errors or slot.alt.errors]
        free = [slot for slot in slots if slot not in used]
        if not used:
            return {"open": free[:1], "waiting": free[1:]}
        return {"open": used, "waiting": free}

    def _in_order(self) -> list[Slot]:
        slots = self.slots()
        filled = [slot.number for slot in slots if slot.media]
        number, way = self.moved
        return [
            replace(
                slot,
                place=filled.index(slot.number) + 1,
                many=len(filled),
                moved=way if slot.number == number else "",
            )
            if slot.media
            else slot
            for slot in slots
        ]

    def reorder(self, asked: str) -> None:
        """Have a picture change places with the one before or after it, with all that is said of
        it here. Rights and consents are the picture's own. What asks for no place does nothing."""
        found = MOVE.match(asked)
        filled = [slot.number for slot in self.slots() if slot.media]
        if found is None or int(found[2]) not in filled:
            return
        way, number = found[1], int(found[2])
        at = filled.index(number) + (1 if way == "later" else -1)
        if 0 <= at < len(filled):
            self._swap(number, filled[at])
            self.moved = filled[at], way

    def _swap(self, one: int, other: int) -> None:
        data = cast(QueryDict, self.data).copy()
        for name in _OF_A_PLACE:
            here, there = f"{name}_{one}", f"{name}_{other}"
            for said in (data, self.cleaned_data):
                said[here], said[there] = said.get(there, ""), said.get(here, "")
        self.data = data

    def file_names(self) -> str:
        """The inputs whose files a preview does not need."""
        return ",".join(f"file_{number}" for number in range(MOST_PICTURES))

    def _kept(self, number: int) -> str | None:
        """The digest in a slot; what is none is reported by the field and not looked up."""
        value = str(self[f"kept_{number}"].value() or "")
        return value if DIGEST.fullmatch(value) else None

    def _chosen_unit(self) -> int | None:
        value = str(self["unit"].value() or "")
        return int(value) if is_key(value) else None

    def pictures(self) -> tuple[MediaItem, ...]:
        """The pictures that this form says."""
        found = []
        for slot in self.slots():
            if slot.media is not None and not self.cleaned_data.get(f"remove_{slot.number}"):
                alt: str = self.cleaned_data.get(f"alt_{slot.number}") or ""
                found.append(item_of(slot.media, alt.strip()))
        return tuple(found)


def _attributes(number: int) -> dict[str, str]:
    """A chosen file is stored and shown at once; where no script runs it is sent with the form.
    What is the same for each of them stands around all."""
    own = [f"{name}_{number}" for name in ("file", *_OF_A_PLACE)]
    # How many there are beside it.
    others = [f"kept_{other}" for other in range(MOST_PICTURES) if other != number]
    return {
        "accept": "image/jpeg,image/png,image/webp",
        "hx-post": reverse("content:picture_place", args=[number]),
        "hx-params": ",".join(["csrfmiddlewaretoken", "unit", *own, *others]),
        # Of two files that are chosen one after the other the later one counts.
        "hx-sync": "this:replace",
    }


def is_key(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 19
