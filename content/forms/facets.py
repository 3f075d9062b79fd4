"""The part of the composer that says what kind of content it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from content import codebook
from content.codebook import Chapter, Code
from content.documents import Facets
from content.facets import Audience, ContentClass, Function, Sensitivity, Stage
from content.forms.pictures import PictureForm
from govsocial.web.forms import MomentField

NEEDED = _("needed to submit")


@dataclass(frozen=True, slots=True)
class Coded:
    """One choice with what it means."""

    choice: forms.boundfield.BoundWidget
    code: Code


class FacetForm(PictureForm):
    """Facets with their codebook. A draft may lack them, a submission may not."""

    primary_class = forms.ChoiceField(
        label=_("Class of content"),
        choices=ContentClass.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    other_classes = forms.MultipleChoiceField(
        label=_("It is also"),
        choices=ContentClass.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    function = forms.ChoiceField(
        label=_("Function"), choices=Function.choices, widget=forms.RadioSelect, required=False
    )
    stage = forms.ChoiceField(
        label=_("Stage of use"), choices=Stage.choices, widget=forms.RadioSelect, required=False
    )
    audiences = forms.MultipleChoiceField(
        label=_("Audience"),
        choices=Audience.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    sensitivity = forms.ChoiceField(
        label=_("Sensitivity"),
        choices=Sensitivity.choices,
        widget=forms.RadioSelect,
        required=False,
        initial=Sensitivity.ORDINARY,
    )
    valid_until = MomentField(
        label=_("Valid until"),
        required=False,
        help_text=_(
            "Nothing of the post goes out from this time on. An emergency notice needs it."
        ),
    )

    def mark_facets(self) -> None:
        for name in ("primary_class", "function", "stage", "audiences"):
            self.fields[name].mark = NEEDED  # type: ignore[attr-defined]  # for field.html
        self.fields["sensitivity"].required = False
        # Which of the two holds is said by the choice above it, as soon as it is made.
        self.fields["valid_until"].mark = format_html(  # type: ignore[attr-defined]  # for field.html
            '<span class="unless-emergency">{}</span><span class="if-emergency">{}</span>',
            gettext("optional"),
            gettext("needed for an emergency"),
        )

    def facets_initial(self, facets: Facets) -> dict[str, Any]:
        return {
            "primary_class": facets.classes[0] if facets.classes else "",
            "other_classes": list(facets.classes[1:]),
            "function": facets.function,
            "stage": facets.stage,
            "audiences": list(facets.audiences),
            "sensitivity": facets.sensitivity,
        }

    def clean_facets(self) -> None:
        """Refuse further classes without a main one: the first would be taken for it."""
        data = self.cleaned_data
        if data.get("other_classes") and not data.get("primary_class"):
            self.add_error("primary_class", _("Choose the main class first."))

    def facets(self) -> Facets:
        """The facets that this form says, as far as it is valid."""
        data = self.cleaned_data
        primary = data.get("primary_class")
        others = [one for one in data.get("other_classes") or [] if one != primary]
        return Facets(
            classes=(primary, *others) if primary else (),
            function=data.get("function") or "",
            stage=data.get("stage") or "",
            audiences=tuple(data.get("audiences") or ()),
            sensitivity=data.get("sensitivity") or Sensitivity.ORDINARY,
        )

    def facet_fields(self) -> list[tuple[forms.BoundField, Chapter, list[Coded]]]:
        """Each facet with its chapter of the codebook and its choices; the class comes first."""
        chapters = {
            "primary_class": codebook.CLASSES,
            "function": codebook.FUNCTIONS,
            "stage": codebook.STAGES,
            "audiences": codebook.AUDIENCES,
            "sensitivity": codebook.SENSITIVITIES,
        }
        return [(self[name], one, _coded(self[name], one)) for name, one in chapters.items()]


def _coded(field: forms.BoundField, chapter: Chapter) -> list[Coded]:
    return [
        Coded(choice, code)
        for choice in field.subwidgets
        if (code := chapter.code(str(choice.data["value"])))
    ]
