"""Entries in the words of people, in the language of the reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from django.apps import apps
from django.utils.dateparse import parse_date
from django.utils.formats import date_format, localize
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from govsocial.audit.events import CHANGES, PLAIN_SENTENCE, Value, find, is_phrase, speaker
from govsocial.web.problems import in_words, is_own
from govsocial.web.templatetags.formats import number

if TYPE_CHECKING:
    from govsocial.audit.models import Entry

SHORT_DIGEST = 12
# Keys of events that hold the words of a person.
_WRITTEN = frozenset({"reason"})
# What keys with _on in their name hold: a day.
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
# Every value is text by now, and a bare %s would print all of them.
_ODD_PLACE = re.compile(r"%(?!\(\w+\)s)")
_PLACE = re.compile(r"%\((\w+)\)s")
_ALWAYS = frozenset({"actor", "target", "label"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What one field said before and after, in words and whole; "not given" where nothing was."""

    label: str
    before: str
    after: str

    def __str__(self) -> str:
        return _("%(field)s: %(before)s → %(after)s") % {
            "field": self.label,
            "before": self.before,
            "after": self.after,
        }


def sentence(entry: Entry) -> str:
    """Say what the entry tells: "Sari Wulandari approved “Selamat pagi”." Plain text, not HTML."""
    return render_template(_template(entry), _values(entry, "“{}”".format))


def sentence_html(entry: Entry, told: str = "", **instead: str) -> SafeString:
    """The same for a page: marks of direction in a title or a reason stay within it.

    ``told`` is another sentence than that of the event; ``instead`` are values for its places, in
    plain text: a page need not repeat what it is about.
    """

    def quote(text: str) -> str:
        return format_html("“<bdi>{}</bdi>”", text)

    kept = _values(entry, quote) | instead
    values = {key: conditional_escape(value) for key, value in kept.items()}
    said = render_template(conditional_escape(told or _template(entry)), values)
    return mark_safe(said)  # noqa: S308  # the template and every value are escaped above


def _template(entry: Entry) -> str:
    event = find(entry.event)
    # A row whose keys differ from today's declaration still reads: code changes, rows do not.
    if event is None:
        return str(PLAIN_SENTENCE)
    fuller = (told for key, told in event.fuller.items() if entry.data.get(key))
    told = str(next(fuller, event.sentence))
    return told if set(_PLACE.findall(told)) <= _ALWAYS | entry.data.keys() else str(PLAIN_SENTENCE)


def changes_of(entry: Entry) -> list[Change]:
    """What changed from what to what, in the order in which it was written down.

    Empty for other events, and for entries from before values were kept: they only name fields.
    """
    event = find(entry.event)
    lists = [entry.data.get(key) for key in CHANGES]
    if event is None or event.kept_words is None or not all(isinstance(x, list) for x in lists):
        return []
    labels = event.words.get("changed", {})
    return [
        Change(
            label=str(labels.get(str(name), name)),
            before=event.kept_words(str(name), str(before)) or _("not given"),
            after=event.kept_words(str(name), str(after)) or _("not given"),
        )
        for name, before, after in zip(*lists, strict=False)
    ]


def _values(entry: Entry, quote: Callable[[str], str]) -> dict[str, str]:
    """What may stand in the sentence; what a person wrote (a title, a reason) is in quotes."""
    event = find(entry.event)
    values = {key: spoken(key, value) for key, value in entry.data.items()}
    for key in _WRITTEN & values.keys():
        # What the application gave as its reason is nobody's words.
        if entry.data[key] and not is_own(str(entry.data[key])):
            values[key] = quote(values[key])
    values |= {key: said for key in values if (said := amount_of(entry, key))}
    for key, words in (event.words if event else {}).items():
        if key not in entry.data:
            continue
        code = "" if entry.data[key] is None else entry.data[key]
        if isinstance(code, str) and code in words:
            values[key] = str(words[code])
        elif isinstance(code, list) and code:
            values[key] = ", ".join(str(words.get(str(one), one)) for one in code)
    values["actor"] = actor_of(entry)
    values["target"] = entry.target_label
    if entry.target_label and _has_title(entry.target_type):
        values["target"] = quote(entry.target_label)
    values["label"] = str(event.label) if event else entry.event
    return values


def _has_title(kind: str) -> bool:
    """People, units and accounts have names; what has a title is called by it, in quotes."""
    try:
        return hasattr(apps.get_model(kind), "title")
    except (LookupError, ValueError):
        return False


def render_template(template: str, values: Mapping[str, str]) -> str:
    """Fill ``%(name)s`` places; raises ``KeyError`` or ``ValueError`` for a bad template."""
    if _ODD_PLACE.search(template.replace("%%", "")):
        raise ValueError("it has a % that is neither %(name)s nor %%")
    return template % values


def actor_of(entry: Entry) -> str:
    if not entry.on_behalf_of_name:
        return entry.actor_name
    return _("%(actor)s on behalf of %(principal)s") % {
        "actor": entry.actor_name,
        "principal": entry.on_behalf_of_name,
    }


def spoken(key: str, value: Value) -> str:
    """A value as a person reads it; digests are shortened to what can be compared by eye."""
    if value is None or value == "" or value == []:
        return _("not given")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple):
        return ", ".join(spoken(key, item) for item in value)
    if isinstance(value, str):
        return _text_spoken(key, value)
    # Ids are names made of digits: 12345, never 12.345.
    return str(value) if key.endswith("_id") or key == "id" else str(localize(value))


def _text_spoken(key: str, value: str) -> str:
    if key.endswith("sha256"):
        return value[:SHORT_DIGEST]
    if is_phrase(value):
        return _(value)
    if say := speaker(key):
        return say(value)
    # Days are kept as "2026-12-06" and read as people write them.
    try:
        day = parse_date(value) if "_on" in key and _DAY.fullmatch(value) else None
    except ValueError:
        day = None
    return date_format(day, "j F Y") if day else in_words(value)


def amount_of(entry: Entry, key: str) -> str:
    """ "50000.00" as people write it; empty for what is no amount of money."""
    event = find(entry.event)
    if event is None or key not in event.amounts:
        return ""
    try:
        return number(Decimal(str(entry.data[key])), 2 if event.cents else 0)
    except InvalidOperation:
        return ""


def kind_in_words(kind: str) -> str:
    """The name of a model, "content.post", as people read it; as it is when the model is gone."""
    try:
        return capfirst(str(apps.get_model(kind)._meta.verbose_name))
    except (LookupError, ValueError):
        return kind
