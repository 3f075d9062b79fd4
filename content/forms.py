from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django import forms
from django.core.validators import URLValidator
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import OfficialAccount, Unit, User
from content.choosing import MOST_FOUND, offer, permitted
from content.documents import Document, MediaItem
from content.models import MediaFile, PostVersion
from govsocial.web.finding import LONGEST, words_of
from govsocial.web.forms import ReasonForm as ReasonForm

# What most platforms take at most; of one that takes fewer, the preflight tells each account.
MOST_PICTURES = 10
# One picture of the form, new or kept, whatever its number.
PICTURE = re.compile(r"(?:file|kept)_[0-9]+\Z")
LONGEST_TEXT = 20_000
DIGEST = re.compile(r"[0-9a-f]{64}\Z")
# Unseen signs that break what others read, and those that turn the reading direction around.
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Slot:
    """One place for a picture: what is in it, and its three inputs."""

    number: int
    media: MediaFile | None
    alt: forms.BoundField
    file: forms.BoundField
    remove: forms.BoundField
    kept: forms.BoundField


class PostForm(forms.Form):
    """Write a post. Pictures are stored as they arrive, so a mistake elsewhere loses none."""

    keeps_files = True

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        help_text=gettext_lazy("For you and your colleagues; it is not published."),
    )
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(),
        label=gettext_lazy("Unit"),
        empty_label=gettext_lazy("Choose a unit"),
    )
    accounts = forms.ModelMultipleChoiceField(
        queryset=OfficialAccount.objects.none(),
        label=gettext_lazy("Official accounts"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy(
            "Accounts in use on platforms that posts are sent to. A WhatsApp channel, LinkedIn or "
            "a website is kept by hand and is not offered here. YouTube: videos only; for the time "
            "being, upload them on YouTube itself."
        ),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
        strip=False,
        max_length=LONGEST_TEXT,
        help_text=gettext_lazy(
            "Links, @mentions and #hashtags become clickable on platforms that support it."
        ),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the post"),
        choices=[("id", gettext_lazy("Indonesian")), ("en", gettext_lazy("English"))],
    )
    planned_at = forms.DateTimeField(
        label=gettext_lazy("Publication time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        help_text=gettext_lazy("Leave it empty to publish as soon as it is approved."),
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # Holds what is wrong with the pictures together; nothing is typed here.
    images = forms.CharField(widget=forms.HiddenInput, required=False, disabled=True)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        user: User,
        version: PostVersion | None = None,
    ) -> None:
        self.user = user
        self.version = version
        super().__init__(data, files, initial=self._initial())
        rows = permitted(user, list(version.content().texts) if version else [])
        self.offer = offer(rows, self._ticked(), self._searched())
        self.official_accounts = self.offer.accounts
        self.fields["accounts"].queryset = rows  # type: ignore[attr-defined]  # a model choice field
        self.fields["accounts"].choices = [  # type: ignore[attr-defined]  # a model choice field
            (account.pk, str(account)) for account in self.official_accounts
        ]
        if self.offer.is_searched:
            self.fields["find"] = _find_field()
        self.fields["unit"].queryset = Unit.objects.filter(  # type: ignore[attr-defined]  # a model choice field
            pk__in=[self.unit_id] if version else user.units_with("content.draft")
        )
        for name in ("accounts", "text"):
            self.fields[name].mark = _("needed to submit")  # type: ignore[attr-defined]  # for field.html
        for account in self.official_accounts:
            self.fields[f"text_{account.pk}"] = forms.CharField(
                label=str(account),
                widget=forms.Textarea(attrs={"rows": 4}),
                required=False,
                strip=False,
                max_length=LONGEST_TEXT,
            )
        for number in range(MOST_PICTURES):
            self.fields[f"alt_{number}"] = forms.CharField(
                label=_("Alternative text"),
                widget=forms.Textarea(attrs={"rows": 2}),
                max_length=1500,
                required=False,
            )
            self.fields[f"alt_{number}"].mark = _("needed with a picture")  # type: ignore[attr-defined]  # for field.html
            self.fields[f"file_{number}"] = forms.FileField(
                label=_("Picture"),
                required=False,
                widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
            )
            self.fields[f"remove_{number}"] = forms.BooleanField(
                label=_("Remove this picture"), required=False
            )
            self.fields[f"kept_{number}"] = forms.RegexField(
                DIGEST, widget=forms.HiddenInput, required=False
            )

    @property
    def unit_id(self) -> int | None:
        return self.version.post.unit_id if self.version else None

    def _ticked(self) -> list[int]:
        """The accounts that the answer, or else the version, is meant for."""
        if not self.is_bound:
            return list(self.initial.get("accounts", []))
        field = self.fields["accounts"]
        typed = field.widget.value_from_datadict(self.data, self.files, self.add_prefix("accounts"))
        return [int(one) for one in typed or [] if _is_key(str(one))]

    def _searched(self) -> str:
        return str(self.data.get("find", ""))[:LONGEST] if self.is_bound else ""

    def look(self) -> None:
        """Search for accounts and save nothing: what is wrong elsewhere can wait."""
        kept = {
            name: told
            for name, told in self.errors.items()
            if name == "images" or name.startswith("file_")
        }
        self.errors.clear()
        self.errors.update(kept)
        if words_of(self._searched()) and not self.offer.found:
            self.add_error("find", _("No other account that you may write for matches."))
        elif self.offer.has_more:
            told = _("Only the first %(most)s are shown. Type more words to find others.")
            self.add_error("find", told % {"most": MOST_FOUND})

    def _initial(self) -> dict[str, Any]:
        if self.version is None:
            units = self.user.units_with("content.draft")
            return {"unit": min(units) if len(units) == 1 else None, "language": "id"}
        content = self.version.content()
        initial: dict[str, Any] = {
            "title": content.title,
            "unit": self.unit_id,
            "accounts": list(content.texts),
            "text": content.text,
            "language": content.language,
            "planned_at": content.planned_at,
            "based_on": self.version.number,
        }
        for account_id, text in content.texts.items():
            initial[f"text_{account_id}"] = "" if text == content.text else text
        for number, item in enumerate(content.media):
            initial[f"kept_{number}"] = item.sha256
            initial[f"alt_{number}"] = item.alt
        return initial

    def clean_planned_at(self) -> datetime | None:
        planned: datetime | None = self.cleaned_data["planned_at"]
        if planned and not 2000 <= planned.year < 2200:
            raise forms.ValidationError(_("Choose a date between the years 2000 and 2199."))
        return planned

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if TURNING.search(title):
            raise forms.ValidationError(_("Remove the signs that turn the reading direction."))
        return title

    def clean(self) -> None:
        """Refuse unseen signs in every text, and pictures that are not there any more."""
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, str) and UNSEEN.search(value):
                self.add_error(name, _("Remove the invisible control characters."))
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

    def clean_text(self) -> str:
        return _newlines(self.cleaned_data["text"])

    def uploads(self) -> Iterator[tuple[int, bytes]]:
        """Files that came with this form, by slot."""
        for number in range(MOST_PICTURES):
            file = self.files.get(f"file_{number}")
            if file:
                yield number, file.read()

    def keep(self, number: int, media: MediaFile) -> None:
        """Put a stored upload into its slot, for this answer and the next."""
        changed = {f"kept_{number}": media.sha256, f"remove_{number}": ""}
        data = cast(QueryDict, self.data).copy()
        for name, value in changed.items():
            data[name] = value
        self.data = data

    def slots(self) -> list[Slot]:
        """The places for pictures, with what is in them."""
        kept = {number: self._kept(number) for number in range(MOST_PICTURES)}
        unit_id = self.unit_id or self._chosen_unit()
        media = {
            item.sha256: item
            for item in MediaFile.objects.filter(
                unit_id=unit_id or 0, sha256__in=[digest for digest in kept.values() if digest]
            )
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

    def shown_slots(self) -> dict[str, list[Slot]]:
        """Open: those with a picture or an error, and one to add another. The others wait."""
        slots = self.slots()
        used = [slot for slot in slots if slot.media or slot.file.errors or slot.alt.errors]
        free = [slot for slot in slots if slot not in used]
        return {"open": used + free[:1], "waiting": free[1:]}

    def file_names(self) -> str:
        """The inputs whose files a preview does not need."""
        return ",".join(f"file_{number}" for number in range(MOST_PICTURES))

    def _kept(self, number: int) -> str | None:
        """The digest in a slot; what is none is reported by the field and not looked up."""
        value = str(self[f"kept_{number}"].value() or "")
        return value if DIGEST.fullmatch(value) else None

    def _chosen_unit(self) -> int | None:
        value = str(self["unit"].value() or "")
        return int(value) if _is_key(value) else None

    def document(self) -> Document:
        """The content that this valid form says."""
        data = self.cleaned_data
        texts = {
            account.pk: _newlines(data[f"text_{account.pk}"]) or data["text"]
            for account in data["accounts"]
        }
        media = []
        for slot in self.slots():
            if slot.media is not None and not data.get(f"remove_{slot.number}"):
                media.append(_item(slot.media, data[f"alt_{slot.number}"].strip()))
        return Document(
            title=data["title"].strip(),
            text=data["text"],
            texts=texts,
            language=data["language"],
            planned_at=data["planned_at"],
            media=tuple(media),
        )

    def has_own_texts(self) -> bool:
        """Whether an account has a text of its own, or an error about it: then show the fields."""
        return any(field.value() or field.errors for account, field in self.text_fields())

    def text_fields(self) -> list[tuple[OfficialAccount, forms.BoundField]]:
        return [(account, self[f"text_{account.pk}"]) for account in self.official_accounts]


def _is_key(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 19


def _find_field() -> forms.CharField:
    return forms.CharField(
        label=_("Find official accounts"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "placeholder": _("Name or @handle")}
        ),
        help_text=_(
            "You may write for many accounts. Search for those that you mean and tick them below; "
            "what is ticked stays."
        ),
    )


def _newlines(text: str) -> str:
    """Browsers send CRLF; what is approved and sent has the newline that people typed."""
    return text.replace("\r\n", "\n").rstrip()


def _item(media: MediaFile, alt: str) -> MediaItem:
    return MediaItem(
        sha256=media.sha256,
        media_type=media.media_type,
        alt=alt,
        width=media.width,
        height=media.height,
        size=media.size,
    )


class DecisionForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note for the drafter"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        max_length=2000,
    )
    digest = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].mark = _("needed unless you approve")  # type: ignore[attr-defined]  # for field.html


class SettleForm(ReasonForm):
    is_live = forms.TypedChoiceField(
        label=gettext_lazy("Is the post on the platform?"),
        choices=[
            ("yes", gettext_lazy("Yes, I see it there")),
            ("no", gettext_lazy("No, send it again")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    permalink = forms.URLField(
        label=gettext_lazy("Address of the post"),
        required=False,
        assume_scheme="https",
        max_length=500,
        validators=[URLValidator(schemes=["https", "http"])],
    )
