"""Forms of the media library: what is uploaded, and what is said about it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.forms import DateInput
from accounts.models import Unit, User
from accounts.register_forms import EvidenceField
from content.forms.posts import TURNING, UNSEEN
from content.media_fields import FILES, LABELS
from content.models import MediaRecord
from content.models.media_record import Answer, Licence
from govsocial.web.forms import LongSelect

MOST_FILES = 20
ACCEPT = "image/jpeg,image/png,image/webp,video/mp4,video/quicktime,.mov"


class _SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or several; what each is, the action finds out."""

    widget = _SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Sequence[UploadedFile[Any]]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(files) > MOST_FILES:
            told = _("Choose at most %(most)s files at once.")
            raise forms.ValidationError(told % {"most": MOST_FILES})
        return list(files)


class UploadForm(forms.Form):
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(),
        label=gettext_lazy("Unit"),
        empty_label=gettext_lazy("Choose a unit"),
        widget=LongSelect,
        help_text=gettext_lazy("Posts of this unit can show it."),
    )
    chosen = FilesField(
        label=gettext_lazy("Pictures and films"),
        widget=_SeveralFiles(attrs={"accept": ACCEPT}),
        help_text=gettext_lazy(
            "Up to 20 files at once. Pictures: JPEG, PNG or WebP, up to 10 MB. Films: MP4 or MOV "
            "with H.264 or H.265, up to 300 MB. Place and camera data are removed."
        ),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        units = user.units_with("content.draft")
        if len(units) == 1:
            kwargs.setdefault("initial", {"unit": min(units)})
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(pk__in=units)  # type: ignore[attr-defined]  # a model choice field


class RecordForm(forms.Form):
    """What people say about a medium, in the order in which they are asked."""

    title = forms.CharField(label=LABELS["title"], max_length=200, required=False)
    alt = forms.CharField(
        label=LABELS["alt"],
        max_length=1500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy(
            "What there is to see, for people who cannot see it. A post begins with it and may say "
            "it otherwise."
        ),
    )
    description = forms.CharField(
        label=LABELS["description"],
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("For your colleagues: occasion, day, names. It is not published."),
    )
    licence = forms.ChoiceField(label=LABELS["licence"], choices=Licence.choices, required=False)
    licence_note = forms.CharField(
        label=LABELS["licence_note"],
        max_length=300,
        required=False,
        help_text=gettext_lazy("Which right, or its conditions: number of the contract, credit."),
    )
    owner = forms.CharField(
        label=LABELS["owner"],
        max_length=200,
        required=False,
        help_text=gettext_lazy("Who made it or holds the rights."),
    )
    source = forms.CharField(
        label=LABELS["source"],
        max_length=300,
        required=False,
        help_text=gettext_lazy("Where it comes from: a colleague, an archive, an address."),
    )
    licence_until = forms.DateField(
        label=LABELS["licence_until"],
        required=False,
        widget=DateInput(),
        help_text=gettext_lazy("Empty: it does not end."),
    )
    proof_file = EvidenceField(
        label=LABELS["proof_file"],
        help_text=gettext_lazy("Permission, invoice or licence: PDF or picture, at most 10 MB."),
    )
    proof_url = forms.URLField(
        label=LABELS["proof_url"], required=False, max_length=500, assume_scheme="https"
    )
    people = forms.ChoiceField(
        label=LABELS["people"],
        choices=Answer.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Somebody who knows them would know them by the picture or film."),
    )
    minors = forms.ChoiceField(
        label=LABELS["minors"], choices=Answer.choices, widget=forms.RadioSelect
    )
    consent_by_guardians = forms.BooleanField(
        label=gettext_lazy("Parents or guardians of the minors have agreed"), required=False
    )
    consent_place = forms.CharField(
        label=LABELS["consent_place"],
        max_length=300,
        required=False,
        help_text=gettext_lazy("For example: archive of public relations, folder 12."),
    )
    consent_file = EvidenceField(
        label=LABELS["consent_file"],
        help_text=gettext_lazy(
            "The signed consent, PDF or picture, at most 10 MB. Only those who write, review or "
            "approve posts of the unit can open it."
        ),
    )
    consent_until = forms.DateField(
        label=LABELS["consent_until"],
        required=False,
        widget=DateInput(),
        help_text=gettext_lazy("Empty: it does not end."),
    )
    made_with_ai = forms.ChoiceField(
        label=LABELS["made_with_ai"],
        choices=Answer.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Made or clearly changed by artificial intelligence."),
    )
    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    SECTIONS = (
        ("words", gettext_lazy("What it shows"), ("title", "alt", "description")),
        (
            "rights",
            gettext_lazy("By what right it is published"),
            ("licence", "licence_note", "owner", "source", "licence_until", "proof_file",
             "proof_url"),
        ),
        (
            "consent",
            pgettext_lazy("media", "Consent"),
            ("people", "minors", "consent_by_guardians", "consent_place", "consent_file",
             "consent_until"),
        ),
        ("ai", gettext_lazy("How it was made"), ("made_with_ai",)),
    )  # fmt: skip

    def __init__(self, *args: Any, record: MediaRecord, typed: str = "", **kwargs: Any) -> None:
        """``typed``: the alternative text to begin with, where the record has none."""
        said = {name: getattr(record, name) for name in LABELS if name not in FILES}
        said["alt"] = said["alt"] or typed
        kwargs["initial"] = {**said, "edition": record.edition}
        super().__init__(*args, **kwargs)
        for name in ("alt", "licence"):
            self.fields[name].mark = _("needed to submit")  # type: ignore[attr-defined]  # for field.html
        for name in FILES:
            if document := getattr(record, name):
                self.fields[name].mark = _("kept: %(name)s") % {"name": document}  # type: ignore[attr-defined]  # for field.html

    def sections(self) -> list[tuple[str, Any, list[forms.BoundField]]]:
        return [(key, title, [self[name] for name in names]) for key, title, names in self.SECTIONS]

    def clean(self) -> None:
        """Refuse unseen signs in every text, and those that turn the reading direction."""
        for name, value in list(self.cleaned_data.items()):
            if not isinstance(value, str):
                continue
            if UNSEEN.search(value):
                self.add_error(name, _("Remove the invisible control characters."))
            elif TURNING.search(value):
                self.add_error(name, _("Remove the signs that turn the reading direction."))
            else:
                self.cleaned_data[name] = value.replace("\r\n", "\n").strip()

    def wanted(self) -> dict[str, Any]:
        """What ``describe_media`` takes."""
        data = dict(self.cleaned_data)
        return {"edition": data.pop("edition"), "values": data}
