"""Every component in every state on one page, for developers, tests and eyes.

Only where ``DEBUG`` or ``TRAINING`` is set. The people and figures are the made-up agency's.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from govsocial.web import charts
from govsocial.web.permissions import requires
from govsocial.web.templatetags.ui import STATUS

WHEN = datetime(2026, 11, 22, 0, 2, tzinfo=UTC)


class ExampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("Only colleagues see it; it does not go out."),
    )
    text = forms.CharField(label=gettext_lazy("Text of the post"), widget=forms.Textarea)
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"), choices=[("1", "Diskominfo"), ("2", "Dinas Kesehatan")]
    )
    accounts = forms.MultipleChoiceField(
        label=gettext_lazy("Official accounts"),
        widget=forms.CheckboxSelectMultiple,
        choices=[("b", "@samudrakota (Bluesky)"), ("m", "@dinkes (Mastodon)")],
    )
    function = forms.ChoiceField(
        label=gettext_lazy("Function"),
        widget=forms.RadioSelect,
        choices=[("i", gettext_lazy("Inform")), ("e", gettext_lazy("Educate"))],
    )
    goes_out_at = forms.DateTimeField(
        label=gettext_lazy("Publication time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        help_text=gettext_lazy("Time of your unit. Left empty: at once after approval."),
    )
    image = forms.ImageField(label=gettext_lazy("Image"), required=False)
    source_checked = forms.BooleanField(label=gettext_lazy("I have checked the source."))


class ExampleFilter(forms.Form):
    search = forms.CharField(label=gettext_lazy("Search"), required=False)
    unit = forms.ChoiceField(
        label=gettext_lazy("Unit"), required=False, choices=[("", "—"), ("1", "Diskominfo")]
    )
    platform = forms.ChoiceField(
        label=gettext_lazy("Platform"), required=False, choices=[("", "—"), ("b", "Bluesky")]
    )


def _only_for_developers() -> None:
    if not (settings.DEBUG or settings.TRAINING):
        raise Http404


@require_safe
@requires("home.view")
def gallery(request: HttpRequest) -> HttpResponse:
    _only_for_developers()
    return render(request, "web/gallery.html", example_context())


@require_safe
@requires("home.view")
def gallery_chart(request: HttpRequest, name: str) -> HttpResponse:
    _only_for_developers()
    examples = {"line": example_line, "bars": example_bars}
    if name not in examples:
        raise Http404
    return charts.respond(request, examples[name]())


def example_context() -> dict[str, Any]:
    refused = ExampleForm(
        {"refused-text": "Vaksin rabies gratis", "refused-unit": "9"}, prefix="refused"
    )
    return {
        "statuses": list(STATUS),
        "form": ExampleForm(),
        "refused_form": refused,
        "filter_form": ExampleFilter({"search": "vaksin", "unit": "1"}),
        "chips": [("search", "vaksin", _("Search: vaksin")), ("unit", "1", "Diskominfo")],
        "page": Paginator(range(1284), 50).page(3),
        "at": WHEN,
        "recently": timezone.now() - timedelta(hours=2),
        "steps": [
            {"label": _("Submitted"), "state": "done"},
            {"label": "Rina Lestari", "state": "done"},
            {"label": _("Approval"), "state": "current"},
            {"label": _("Scheduled"), "state": ""},
            {"label": _("Live"), "state": ""},
        ],
        "history": [
            {"sentence": "Sari Wulandari menyetujui versi 3", "at": WHEN, "tone": "good"},
            {
                "sentence": "Rina Lestari meminta perbaikan",
                "at": WHEN - timedelta(hours=3),
                "tone": "watch",
                "quote": "Batas umur hewan belum sama dengan surat edaran.",
            },
            {"sentence": "Dwi Hartono mengajukan versi 2", "at": WHEN - timedelta(days=1)},
        ],
        "tabs": [
            {"label": _("Month"), "url": "?period=month"},
            {"label": _("Quarter"), "url": "?period=quarter", "active": True},
            {"label": _("Year"), "url": "?period=year"},
        ],
        "units": [
            {"name": "Dinas Perhubungan", "followers": 96240, "rate": 1.5, "status": "missed"},
            {"name": "Dinas Kesehatan", "followers": 210118, "rate": 2.1, "status": "watch"},
            {"name": "Diskominfo", "followers": 540902, "rate": 3.4, "status": "reached"},
            {"name": "Kecamatan Pesisir", "followers": None, "rate": None, "status": "no_data"},
        ],
        "tones": {"missed": "bad", "watch": "watch", "reached": ""},
        "rows": [
            (_("Unit"), "Diskominfo"),
            (_("Followers"), 1284310),
            (_("Reach"), None),
        ],
        "mix": [(_("Information"), 54), (_("Dialogue"), 17), (_("Symbolic"), 29)],
    }


def example_line() -> charts.Chart:
    start = date(2026, 5, 4)
    rates = [2.42, 2.35, 2.6, 2.45, 2.42, 2.68, 3.07, 3.02, 3.03, 2.68, 2.93, 2.77, 2.73, 2.71]
    rates_after = [3.32, 3.35, 2.96, 3.07, 3.32, 3.43, 3.54, 3.6, 3.06, 3.45, 3.53, 3.44]
    values: list[float | None] = [*rates, None, None, *rates_after]
    points = [(start + timedelta(weeks=week), value) for week, value in enumerate(values)]
    return charts.line(
        title=_("Does engagement per reach stay above the target?"),
        points=points,
        value_label=_("Engagement per reach"),
        unit="%",
        target=3.0,
        decimals=2,
    )


def example_bars() -> charts.Chart:
    return charts.bars(
        title=_("Which unit has the most followers?"),
        values=[("Diskominfo", 540902), ("Dinas Kesehatan", 210118), ("Kecamatan Pesisir", None)],
        value_label=_("Followers"),
    )
