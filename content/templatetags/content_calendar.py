"""Days and times as the calendar writes them."""

from __future__ import annotations

from datetime import date, datetime, tzinfo

from babel.dates import format_date
from django import template
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

from govsocial.web.templatetags.formats import locale, zone_name
from govsocial.web.templatetags.ui import SHAPES

register = template.Library()


@register.filter
def weekday(day: date) -> str:
    """``Sen``, in English ``Mon``."""
    return format_date(day, "EEE", locale=locale())


@register.filter
def zone_of(at: datetime) -> str:
    """``WIB``: the zone in which the reader's days are counted."""
    return zone_name(timezone.localtime(at))


@register.filter
def iso_local(at: datetime, zone: tzinfo) -> str:
    """``2026-11-27T14:30`` in a zone, as a form takes it back."""
    return f"{timezone.localtime(at, zone):%Y-%m-%dT%H:%M}"


@register.simple_tag
def shape_symbols() -> SafeString:
    """The shapes of states once for a page: ``<use href="#s-clock">`` draws one again."""
    return format_html_join(
        "",
        '<symbol id="s-{}" viewBox="0 0 12 12">{}</symbol>',
        ((name, mark_safe(drawn)) for name, drawn in SHAPES.items()),  # noqa: S308  # our own
    )
