"""Small pieces of interface: icons, badges, status, initials, addresses, bars."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.template.context import RequestContext
from django.utils.functional import Promise
from django.utils.html import conditional_escape, escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext_lazy
from heroicons.templatetags.heroicons import heroicon_outline

from govsocial.web.filters import unknown_in
from govsocial.web.finding import SUFFIX
from govsocial.web.forms import lost_file, lost_files
from govsocial.web.hidden_signs import pieces_of
from govsocial.web.problems import in_words

register = template.Library()
register.filter("lost_file", lost_file)
register.filter("lost_files", lost_files)
register.filter("unknown_filters", unknown_in)

# Drawn, not typed: fonts of offices differ in which of these signs they have. Lines of the width
# that ``.shape`` gives them, unless they say another one: a list has a hundred.
SHAPES = {
    "check": '<path d="M1.2 6.6 4.3 9.6 10.8 2.6"/>',
    "clock": '<g stroke-width="1.3"><circle cx="6" cy="6" r="4.9"/><path d="M6 3.2V6l2 1.3"/></g>',
    "bang": '<path d="M6 1v6.2" stroke-width="2"/>'
    '<circle cx="6" cy="10.6" r="1.2" fill="currentColor" stroke="none"/>',
    "cross": '<path d="M2 2l8 8M10 2l-8 8"/>',
    "pause": '<path d="M2 1h3v10H2zM7 1h3v10H7z" fill="currentColor" stroke="none"/>',
    "dot": '<circle cx="6" cy="6" r="5" fill="currentColor" stroke="none"/>',
    "triangle": '<path d="M6 1l5.6 10H.4z" fill="currentColor" stroke="none"/>',
    "square": '<path d="M1 1h10v10H1z" fill="currentColor" stroke="none"/>',
    "ring": '<circle cx="6" cy="6" r="4.4"/>',
    "pencil": '<path d="M1.5 10.5l.6-2.6L8.4 1.6l2 2-6.3 6.3z" stroke-width="1.3"/>',
    "arrow": '<path d="M1 6h9M6.6 2.4 10.2 6 6.6 9.6" stroke-width="1.6"/>',
    "return": '<path d="M4.6 1.6 1.4 4.8 4.6 8M1.8 4.8h5.4a3 3 0 0 1 0 6H5" stroke-width="1.6"/>',
}

# Status by key: tone, shape, word. Never colour alone.
STATUS: dict[str, tuple[str, str, str | Promise]] = {
    "draft": ("", "pencil", pgettext_lazy("status", "Draft")),
    "in_review": ("note", "arrow", pgettext_lazy("status", "Under review")),
    "changes_requested": ("watch", "return", pgettext_lazy("status", "Needs changes")),
    "approved": ("good", "check", pgettext_lazy("status", "Approved")),
    "rejected": ("bad", "cross", pgettext_lazy("status", "Rejected")),
    "scheduled": ("note", "clock", pgettext_lazy("status", "Scheduled")),
    "scheduled_to_fail": ("bad", "bang", pgettext_lazy("status", "Scheduled, will fail")),
    "scheduled_by_hand": ("note", "clock", pgettext_lazy("status", "Scheduled, by hand")),
    "to_post": ("watch", "pencil", pgettext_lazy("status", "To be posted by hand")),
    "being_posted": ("note", "pencil", pgettext_lazy("status", "Being posted by hand")),
    "publishing": ("note", "arrow", pgettext_lazy("status", "Being sent")),
    "live": ("good", "check", pgettext_lazy("status", "Live")),
    "unconfirmed": ("bad", "bang", pgettext_lazy("status", "To be confirmed")),
    "failed": ("bad", "cross", pgettext_lazy("status", "Failed")),
    "frozen": ("watch", "pause", pgettext_lazy("status", "Frozen")),
    "partly_frozen": ("watch", "pause", pgettext_lazy("status", "Partly frozen")),
    "to_release": ("watch", "pause", pgettext_lazy("status", "To be released")),
    "partly_to_release": ("watch", "pause", pgettext_lazy("status", "Partly to be released")),
    "partly_live": ("watch", "clock", pgettext_lazy("status", "Partly live")),
    "cancelled": ("", "cross", pgettext_lazy("status", "Cancelled")),
    "correcting": ("watch", "clock", pgettext_lazy("status", "Correction not finished")),
    "corrected": ("watch", "return", pgettext_lazy("status", "Corrected")),
    "withdrawing": ("watch", "clock", pgettext_lazy("status", "Withdrawal not finished")),
    "withdrawn": ("", "return", pgettext_lazy("status", "Withdrawn")),
    "archived": ("", "square", pgettext_lazy("status", "Archived")),
    "reached": ("good", "dot", pgettext_lazy("status", "On target")),
    "watch": ("watch", "triangle", pgettext_lazy("status", "Watch")),
    "missed": ("bad", "square", pgettext_lazy("status", "Not reached")),
    "no_data": ("", "ring", pgettext_lazy("status", "No data")),
    "connected": ("good", "check", pgettext_lazy("status", "Connected")),
    "expiring": ("watch", "clock", pgettext_lazy("status", "Expires soon")),
    "disconnected": ("bad", "bang", pgettext_lazy("status", "Connect again")),
    "active": ("good", "check", pgettext_lazy("status", "Active")),
    "inactive": ("", "ring", pgettext_lazy("status", "Inactive")),
}

TONES = ("", "good", "watch", "bad", "note", "accent")


def shape_svg(name: str) -> SafeString:
    return mark_safe(  # noqa: S308  # our own constants above
        f'<svg class="shape" viewBox="0 0 12 12" aria-hidden="true">{SHAPES[name]}</svg>'
    )


@register.simple_tag
def shape(name: str) -> SafeString:
    """One of ``SHAPES``, as high as the text."""
    return shape_svg(name)


@register.simple_tag
def icon(name: str, size: int = 20, label: str = "") -> SafeString:
    """A heroicon of the one weight we use. Decoration unless it has a ``label``."""
    return _icon(name, size, str(label))


# The same again is drawn once in a process: a page has dozens of them, and copying and writing the
# tree of an icon takes longer than a row of a table.
@lru_cache(maxsize=512)
def _icon(name: str, size: int, label: str) -> SafeString:
    if label:
        svg = heroicon_outline(name, size=size, stroke_width="1.6", role="img", aria_label=label)
        svg = str(svg).replace(' aria-hidden="true"', "", 1)
    else:
        svg = heroicon_outline(name, size=size, stroke_width="1.6")
    return mark_safe(str(svg).replace("<svg ", '<svg class="icon" ', 1))  # noqa: S308  # heroicons


@register.simple_tag
def badge(label: Any, tone: str = "", shape: str = "") -> SafeString:
    """Words on a tone: good, watch, bad, note, accent or none."""
    if tone not in TONES:
        raise ValueError(f"There is no tone {tone!r}.")
    return _badge(conditional_escape(label), tone, shape)


@lru_cache(maxsize=512)
def _badge(words: SafeString, tone: str, shape: str) -> SafeString:
    css = f"badge badge-{tone}" if tone else "badge"
    return format_html(
        '<span class="{}">{}{}</span>', css, shape_svg(shape) if shape else "", words
    )


@register.simple_tag
def status(key: str) -> SafeString:
    """The badge of a status: one of ``STATUS``."""
    tone, sign, word = STATUS[str(key)]
    return badge(word, tone, sign)


@register.filter
def problem_words(problem: str) -> str:
    """A stored problem with a platform in the reader's words."""
    return in_words(problem)


@register.filter
def initials(name: object) -> str:
    """``Sari Wulandari`` is ``SW``; ``@samudrakota`` is ``S``."""
    words = re.findall(r"[^\W_]+", str(name))
    picked = words if len(words) < 2 else [words[0], words[-1]]
    return "".join(word[0] for word in picked).upper()


@register.simple_tag(takes_context=True)
def without(context: RequestContext, key: str, value: object = None) -> str:
    """The present address without one filter (or one value of it) and on the first page."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    kept = [v for v in query.getlist(key) if value is not None and v != str(value)]
    query.pop(key, None)
    query.pop("page", None)
    # The words of a field of ``finding`` belong to it.
    query.pop(f"{key}{SUFFIX}", None)
    if kept:
        query.setlist(key, kept)
    return f"?{query.urlencode()}" if query else request.path


@register.simple_tag(takes_context=True)
def with_query(context: RequestContext, **changes: object) -> str:
    """The present address with parameters set (None removes one); the page is forgotten unless
    it is what changes."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    if "page" not in changes:
        query.pop("page", None)
    for key, value in changes.items():
        if value is None:
            query.pop(key, None)
        else:
            query[key] = str(value)
    return f"?{query.urlencode()}" if query else request.path


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(
    context: RequestContext, key: str, label: object, num: bool = False, default: str = ""
) -> Any:
    """A column head that sorts by ``?sort=key`` and, pressed again, by ``?sort=-key``.

    ``default``, on the column by which the list is sorted unasked: how, "key" or "-key".
    """
    current = context["request"].GET.get("sort") or default
    state = {key: "ascending", f"-{key}": "descending"}.get(current, "none")
    following = f"-{key}" if state == "ascending" else key
    return {"url": with_query(context, sort=following), "label": label, "state": state, "num": num}


@register.simple_tag
def bar(value: Any, maximum: Any = 1, target: Any = None, tone: str = "") -> SafeString:
    """A bar of ``value`` of ``maximum`` with a mark at ``target``. The number stands beside it,
    so for screen readers it is decoration."""
    share = min(max(float(value) / float(maximum), 0.0), 1.0) * 100 if maximum else 0.0
    mark: SafeString | str = ""
    if target is not None and maximum:
        place = min(max(float(target) / float(maximum), 0.0), 1.0) * 100
        mark = format_html(
            '<rect class="bar-target" x="{}%" y="-3" width="2" height="14"/>', f"{place:.1f}"
        )
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false">'
        '<rect class="bar-track" width="100%" height="8" rx="4"/>'
        '<rect class="bar-fill" width="{}%" height="8" rx="4"/>{}</svg>',
        f"bar bar-{tone}" if tone else "bar",
        f"{share:.1f}",
        mark,
    )


@register.filter
def breakable(name: object) -> SafeString:
    """A handle or other long name that lines may break after ``.``, ``/``, ``@`` and ``_``."""
    # The first sign of a handle stays with what it begins.
    parts = re.split(r"(?<=.[./@_])(?![./@_]|$)", str(name))
    return mark_safe("<wbr>".join(escape(part) for part in parts))  # noqa: S308  # each is escaped


_LINKS = re.compile(r"(https?://[^\s<]+[^\s<.,;:!?)\]]|(?<![\w/])[@#]\w[\w.@-]*\w)")


@register.filter
def linked(text: str) -> SafeString:
    """The text of a post with links, mentions and hashtags set off as a platform shows them."""
    return _set_off(text, names_only=False)


@register.filter
def names_linked(text: str) -> SafeString:
    """``linked`` for a platform that leaves web addresses as text."""
    return _set_off(text, names_only=True)


def _set_off(text: str, *, names_only: bool) -> SafeString:
    parts = _LINKS.split(str(text))
    marked = [
        f'<span class="post-link">{escape(part)}</span>'
        if index % 2 and not (names_only and part.startswith("http"))
        else conditional_escape(part)
        for index, part in enumerate(parts)
    ]
    return mark_safe("".join(marked))  # noqa: S308  # every part is escaped above


@register.filter
def is_choice_list(field: BoundField) -> bool:
    """Radio buttons or checkboxes: the label of the group is a legend."""
    return field.use_fieldset


@register.filter
def is_single_choice(field: BoundField) -> bool:
    """One checkbox: its label stands beside it."""
    return getattr(field.field.widget, "input_type", "") == "checkbox" and not field.use_fieldset


@register.filter
def needs_summary(form: BaseForm) -> bool:
    """Whether what is wrong with a form is told above it too; beside an only field it is enough."""
    if not form.errors or getattr(form, "is_summed", False) or len(form.visible_fields()) > 1:
        return bool(form.errors)
    return bool(form.non_field_errors()) or any(field.errors for field in form.hidden_fields())


@register.filter
def besides_search(chips: Sequence[Sequence[str]]) -> int:
    """How many filters of a list are set; what is searched for stands in its own field."""
    return sum(chip[0] != "search" for chip in chips or ())


@register.filter
def picture_of(src: str) -> str:
    """The address of a chart up to the name of its picture: add ``column-light`` and the like."""
    return f"{src}{'&' if '?' in src else '?'}picture="


@register.filter
def hidden_named(text: str) -> SafeString:
    """``text`` with the name of each hidden sign in its place: else nobody finds what to mend."""
    return format_html_join("", "{}", ((_named(*piece),) for piece in pieces_of(text)))


def _named(piece: str, name: str) -> str:
    times = f" ×{len(piece)}" if len(piece) > 1 else ""
    return format_html('<mark class="hidden-sign">{}{}</mark>', name, times) if name else piece
