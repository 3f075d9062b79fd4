"""Forms that more than one app asks with."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from datetime import tzinfo as TimeZone
from html import escape
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.functional import Promise, lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from govsocial.web.hidden_signs import readable
from govsocial.web.templatetags.formats import zone_name

REASON_LENGTH = 300
GIVE_A_REASON = _("Give a reason.")
# Above a form that does something with what is there, instead of saving what was typed.
NOT_DECIDED = _("You have not decided yet. Please correct this first:")
NOT_DONE = _("Nothing has been done yet. Please correct this first:")


def lost_file(field: forms.BoundField) -> bool:
    """Whether a file was chosen here and must be chosen anew, because another field is wrong.

    No browser shows a chosen file again. A form that stores files as they arrive says so by
    ``keeps_files``; a file that was itself refused has its own error.
    """
    form = field.form
    if not form.errors or getattr(form, "keeps_files", False):
        return False
    return field.html_name in form.files and not field.errors


def lost_files(form: forms.BaseForm) -> list[forms.BoundField]:
    """The fields of a form for which ``lost_file`` holds."""
    return [field for field in form if lost_file(field)]


class LongSelect(forms.Select):
    """A select of hundreds of options, without Django's template for each of them."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = {str(one) for one in self.format_value(value) or []}
        written = {**self.build_attrs(self.attrs, attrs), "name": name}
        options = "".join(_options(value, label, chosen) for value, label in self.choices)
        return format_html("<select{}>{}</select>", flatatt(written), mark_safe(options))  # noqa: S308  # _option escapes


def _options(value: Any, label: Any, chosen: set[str]) -> str:
    """An option, or a heading with the options below it."""
    if not isinstance(label, list | tuple):
        return _option(str(value), label, chosen)
    below = "".join(_option(str(one), words, chosen) for one, words in label)
    return f'<optgroup label="{escape(str(value))}">{below}</optgroup>'


def _option(value: str, label: Any, chosen: set[str]) -> str:
    selected = " selected" if value in chosen else ""
    # Not Django's conditional_escape, which takes five times as long to find out what it was given.
    words = label.__html__() if hasattr(label, "__html__") else escape(str(label))
    return f'<option value="{escape(value)}"{selected}>{words}</option>'


def _zone_here() -> TimeZone:
    return timezone.get_current_timezone()


def _name_of(zone: Callable[[], TimeZone]) -> str:
    return zone_name(timezone.localtime(timezone=zone()))


class MomentField(forms.DateTimeField):
    """A day and a time. They are read in the zone in which the pages of this person show times, or
    in the one that ``read_in`` says; the label names it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, *, label: str | Promise, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
        self.unzoned = label
        super().__init__(**kwargs)
        self.read_in(_zone_here)

    def read_in(self, zone: Callable[[], TimeZone]) -> None:
        """Read and show it in the zone that ``zone`` gives whenever it is asked: the unit of a post
        may be chosen on the same page."""
        self.zone = zone
        self.label = format_lazy(
            "{label} ({zone})", label=self.unzoned, zone=lazy(_name_of, str)(zone)
        )

    def prepare_value(self, value: Any) -> Any:
        with timezone.override(self.zone()):
            return super().prepare_value(value)

    def to_python(self, value: Any) -> datetime | None:
        """The instant that was typed. Raises ``ValidationError``."""
        with timezone.override(self.zone()):
            read: datetime | None = super().to_python(value)
        return read


class ZonedSelect(forms.Select):
    """A select of what has a zone: a script names that of the chosen one beside the times below.
    Without it the next page does."""

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option: dict[str, Any] = super().create_option(name, value, *args, **kwargs)
        row = getattr(value, "instance", None)
        zone = row.zone if row is not None else _zone_here()
        option["attrs"]["data-zone"] = zone_name(timezone.localtime(timezone=zone))
        return option


class KeyForm(forms.Form):
    """The key of a form that asks for nothing else: sent twice, it is answered once."""

    key = forms.UUIDField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why something is ended, closed or called off, in a person's words."""

    refused: str | Promise = NOT_DONE
    # Also where the reason is all that is asked: a missing one looks the same on every page.
    is_summed = True

    reason = forms.CharField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        error_messages={"required": GIVE_A_REASON},
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It goes into the trail and is shown to the people concerned."),
    )

    def clean_reason(self) -> str:
        """What can be read of it."""
        reason = readable(self.cleaned_data["reason"])
        if not reason:
            raise forms.ValidationError(self.fields["reason"].error_messages["required"])
        return reason
