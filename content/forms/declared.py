"""The part of the composer in which whoever submits confirms, answers and justifies."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms import DateInput
from content.checklist import (
    CONDUCT,
    ETHICS,
    LISTS,
    POINTS,
    Excluded,
    PersonalData,
    Secrecy,
    Statements,
)
from content.documents import Declaration
from content.findings import KEY_LENGTH, Finding
from content.forms.facets import NEEDED, FacetForm
from content.forms.pictures import is_key

WHY = re.compile(rf"why_([0-9a-f]{{{KEY_LENGTH}}})\Z")
# More than all rules together find.
MOST_REASONS = 100
LONGEST_REASON = 500


class CarriedTick(forms.CheckboxInput):
    """A tick that says where it comes from: the number of the version that it was set in, or "on"
    where somebody set it in this form."""

    def value_from_datadict(
        self, data: Mapping[str, Any], files: Mapping[str, Any], name: str
    ) -> Any:
        return data.get(name) or False


def _version_of(tick: object) -> int:
    """The version that a tick came along from; 0 where somebody set it in this form."""
    said = str(tick)
    return int(said) if is_key(said) and len(said) < 6 else 0


def _confirmation() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("I have read these statements, and this post keeps to them"),
        required=False,
        widget=CarriedTick,
    )


class DeclaredForm(FacetForm):
    """Two lists that are read and confirmed as a whole, three questions, a source, and a reason for
    each finding that stays."""

    confirm_ethics = _confirmation()
    confirm_conduct = _confirmation()
    doubts = forms.MultipleChoiceField(
        label=_("I am in doubt about"),
        choices=[(point.key, point.words) for point in POINTS.values()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    doubt = forms.CharField(
        label=_("What I am in doubt about"),
        widget=forms.Textarea(attrs={"rows": 2}),
        required=False,
        max_length=1000,
        help_text=_("Whoever approves reads this beside the post."),
    )
    source = forms.CharField(
        label=_("Source of the facts"),
        required=False,
        max_length=300,
        help_text=_("An office, a document or an address. It is not published."),
    )
    data_date = forms.DateField(label=_("Facts as of"), required=False, widget=DateInput())
    secrecy = forms.ChoiceField(
        label=_("Security class"), choices=Secrecy.choices, widget=forms.RadioSelect, required=False
    )
    excluded = forms.ChoiceField(
        label=_("Does it have information that is excluded (Article 17 of Law 14/2008)?"),
        choices=Excluded.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    personal = forms.ChoiceField(
        label=_("Does it show personal data, in words or in a picture (Law 27/2022)?"),
        choices=PersonalData.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    personal_basis = forms.CharField(
        label=_("Lawful basis"),
        required=False,
        max_length=300,
        help_text=_("For example: written consent of 3 December 2026, kept at the office."),
    )

    def add_declarations(self) -> None:
        for name in ("confirm_ethics", "confirm_conduct", "secrecy", "excluded", "personal"):
            self.fields[name].mark = NEEDED  # type: ignore[attr-defined]  # for field.html
        self.fields["source"].mark = gettext("needed for information and emergencies")  # type: ignore[attr-defined]  # for field.html
        self.fields["data_date"].mark = gettext("needed for information")  # type: ignore[attr-defined]  # for field.html
        self.fields["personal_basis"].mark = gettext("needed with personal data")  # type: ignore[attr-defined]  # for field.html
        names = [name for name in self.data if WHY.match(name)] if self.is_bound else []
        for name in names[:MOST_REASONS]:
            self._add_reason(name)

    def _add_reason(self, name: str) -> None:
        if name not in self.fields:
            self.fields[name] = forms.CharField(
                label=gettext("Why it may stand"),
                widget=forms.Textarea(attrs={"rows": 2}),
                required=False,
                max_length=LONGEST_REASON,
            )
            self.fields[name].mark = gettext("or change the post")  # type: ignore[attr-defined]  # for field.html

    def declared_initial(self, declared: Declaration, *, own: int) -> dict[str, Any]:
        """``own``: the number of the version in which whoever writes now confirmed it, else 0;
        nobody confirms for somebody else."""
        return {
            "doubts": list(declared.doubts),
            "doubt": declared.doubt,
            "source": declared.source,
            "data_date": declared.data_date,
            "secrecy": declared.secrecy,
            "excluded": declared.excluded,
            "personal": declared.personal,
            "personal_basis": declared.personal_basis,
            **{
                f"confirm_{one.key}": declared.confirmed.get(one.key) == one.version and own
                for one in LISTS
            },
        }

    def declaration(self) -> Declaration:
        """What this form declares, as far as it is valid."""
        data = self.cleaned_data
        return Declaration(
            confirmed={one.key: one.version for one in LISTS if data.get(f"confirm_{one.key}")},
            doubts=tuple(data.get("doubts") or ()),
            data_date=data.get("data_date"),
            **{
                name: (data.get(name) or "").strip()
                for name in ("doubt", "source", "secrecy", "excluded", "personal", "personal_basis")
            },
        )

    def carried(self) -> dict[str, int]:
        """The confirmations that came along from an earlier version, by list, with its number."""
        ticks = {one.key: _version_of(self[f"confirm_{one.key}"].data) for one in LISTS}
        return {key: number for key, number in ticks.items() if number}

    def reasons(self) -> dict[str, str]:
        """By the key of a finding; the action keeps those whose finding is there."""
        return {
            name.removeprefix("why_"): str(words).strip()
            for name, words in self.cleaned_data.items()
            if WHY.match(name) and str(words).strip()
        }

    def statement_fields(self) -> list[tuple[forms.BoundField, Statements, int]]:
        """Each list with its tick, and the version that the tick came along from, else 0."""
        rows = [(self["confirm_ethics"], ETHICS), (self["confirm_conduct"], CONDUCT)]
        return [(field, one, _version_of(field.value())) for field, one in rows]

    def found(self) -> Sequence[Finding]:
        """What is found in the document that this form is about."""
        raise NotImplementedError

    @cached_property
    def all_found(self) -> Sequence[Finding]:
        """``found``, asked for once: the form and the preview beside it both list it."""
        return self.found()

    def finding_fields(self) -> list[tuple[Finding, forms.BoundField]]:
        """Each finding with the field for the reason why it may stand."""
        rows = []
        for one in self.all_found:
            self._add_reason(f"why_{one.key}")
            rows.append((one, self[f"why_{one.key}"]))
        return rows
