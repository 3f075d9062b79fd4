"""One row of thousands: found by words where a select would be heavier than the rest of the page.

A field ``account`` is two controls: a text ``account_words`` that people type in, and ``account``,
the row that these words have come to mean. The text counts. Only where it is absent (an address
from elsewhere, a select) or still the name of that row does the row count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from govsocial.web.forms import LongSelect

SUFFIX = "_words"
LONGEST = 200
MOST_WORDS = 8
# As many as a person reads through to pick one.
MOST_FOUND = 20
# Up to here a select is the better help, and light enough.
MOST_OPTIONS = 200


def words_of(typed: str) -> list[str]:
    """The words of a search. PostgreSQL takes no NUL, and a sign alone finds nothing."""
    words = typed.replace("\0", " ").split()
    return [word for word in words if any(sign.isalnum() for sign in word)][:MOST_WORDS]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an answer said. ``words`` is None where it had no such control."""

    row: str
    words: str | None


Option = tuple[str, str] | tuple[str, list[tuple[str, str]]]
"""A value and its label, or a heading and the options below it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the control shows: the words, the row they mean, or rows and options to pick from."""

    row: str = ""
    words: str = ""
    found: Sequence[tuple[str, str]] = field(default=())
    options: Sequence[Option] | None = None

    def __str__(self) -> str:
        return self.row

    def __bool__(self) -> bool:
        return bool(self.row or self.words)


class Finder(forms.TextInput):
    input_type = "search"

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Asked:
        words = data.get(name + SUFFIX)
        return Asked(str(data.get(name) or "").strip(), None if words is None else words.strip())

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and name + SUFFIX not in data

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        shown = value if isinstance(value, Shown) else Shown()
        if shown.options is not None:
            select = LongSelect(choices=shown.options)
            return select.render(name, shown.row, attrs)
        words = super().render(name + SUFFIX, shown.words, attrs, renderer)
        row = format_html('<input type="hidden" name="{}" value="{}">', name, shown.row)
        found = format_html_join(
            "",
            '<label class="choice"><input type="radio" name="{}" value="{}"> '
            "<span>{}</span></label>",
            ((name, key, label) for key, label in shown.found),
        )
        if found:
            legend = _("Choose one of these")
            found = format_html(
                '<fieldset class="found"><legend>{}</legend>{}</fieldset>', legend, found
            )
        return format_html("{}{}{}", words, row if shown.row else "", found)


class FoundField(forms.Field):
    """The row of ``queryset`` that is meant: one that ``matching`` finds by each of the words.

    ``label_of`` names a row that was found so that people can tell it from its like, and
    ``labels_of`` several that stand together, by id. ``group_of`` says below which heading a row
    stands in a select, where the rows, which come in that order, have more than one. With
    ``several``, words that match many rows are an answer too, and are given back as they were
    typed; else they are refused with the first rows to choose from. A queryset of at most
    ``most_options`` rows is a select.
    """

    widget = Finder
    default_error_messages = {
        "invalid_choice": _("Nothing that you may see has this number. Search by words instead."),
        "unknown_filter": _("This filter is not known. Search by words instead."),
        "none": _("Nothing that you may see matches “%(words)s”. Try fewer or other words."),
        "several": _("More than one matches “%(words)s”. Choose one below, or type more words."),
        "too_many": _(
            "More than %(most)s match “%(words)s”. Choose one below, or type more words."
        ),
        "long": _("Type at most %(most)s characters."),
    }

    def __init__(
        self,
        *,
        matching: Callable[[str], Q],
        queryset: QuerySet[Any] | None = None,
        label_of: Callable[[Any], str] = str,
        labels_of: Callable[[Sequence[Any]], Mapping[int, str]] | None = None,
        group_of: Callable[[Any], str] | None = None,
        several: bool = False,
        most_options: int = MOST_OPTIONS,
        empty_label: Any = "---------",
        placeholder: Any = "",
        **kw: Any,
    ) -> None:
        super().__init__(**kw)
        self.queryset = queryset
        self.matching = matching
        self.label_of = label_of
        self.labels_of = labels_of
        self.group_of = group_of
        self.several = several
        self.most_options = most_options
        self.empty_label = empty_label
        # Read once for an answer and its page.
        self._rows: dict[Any, Any] = {}
        self.widget.attrs |= {"autocomplete": "off", "maxlength": LONGEST}
        if placeholder:
            self.widget.attrs["placeholder"] = placeholder

    def __deepcopy__(self, memo: dict[int, Any]) -> FoundField:
        copied: FoundField = super().__deepcopy__(memo)
        copied._rows = {}
        return copied

    def rows(self, words: str) -> QuerySet[Any]:
        """All rows that the words find; none without a word."""
        asked = words_of(words)
        found = self._all() if asked else self._all().none()
        for word in asked:
            found = found.filter(self.matching(word))
        return found

    def clean(self, value: Any) -> Any:
        asked = value if isinstance(value, Asked) else Asked("", None)
        words = asked.words
        if words == "" or (words is None and not asked.row):
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        row = self._meant(asked)
        if row is not None:
            return row
        if words is None:
            code = "unknown_filter" if self.several else "invalid_choice"
            raise ValidationError(self.error_messages[code], code=code)
        if len(words) > LONGEST:
            self._refuse("long", words, most=LONGEST)
        if self.several:
            if not self.rows(words).exists():
                self._refuse("none", words)
            return words
        return self._only_one(words)

    def _only_one(self, words: str) -> Any:
        found = self._first(words)
        if not found:
            self._refuse("none", words)
        if len(found) == 1:
            return found[0]
        same = [row for row in found if self.label_of(row).casefold() == words.casefold()]
        if len(same) == 1:
            return same[0]
        self._refuse("too_many" if len(found) > MOST_FOUND else "several", words, most=MOST_FOUND)
        raise AssertionError  # refused above

    def _refuse(self, code: str, words: str, **more: object) -> None:
        raise ValidationError(self.error_messages[code], code=code, params={"words": words, **more})

    def prepare_value(self, value: Any) -> Shown:
        """What ``Finder`` shows for an answer, or for an initial row or its key."""
        asked = value if isinstance(value, Asked) else Asked(_key(value), None)
        options = self._options()
        if options is not None:
            return Shown(row=asked.row, options=options)
        row = self._meant(asked)
        if row is not None:
            return Shown(str(row.pk), self.label_of(row))
        words = asked.words or ""
        if self.several or not words or len(words) > LONGEST:
            return Shown(words=words)
        found = self._first(words)[:MOST_FOUND]
        if len(found) < 2:
            return Shown(words=words)
        return Shown(words=words, found=self._labelled(found))

    def _meant(self, asked: Asked) -> Any:
        """The row that the answer names, unless its words say something else."""
        row = self._by_key(asked.row) if asked.words != "" else None
        if row is None or asked.words is None or asked.words == self.label_of(row):
            return row
        if self.several or len(asked.words) > LONGEST:
            return None
        return row if row in self._first(asked.words) else None

    def _labelled(self, rows: Sequence[Any]) -> list[tuple[str, str]]:
        if self.labels_of is None:
            return [(str(row.pk), self.label_of(row)) for row in rows]
        labels = self.labels_of(rows)
        return [(str(row.pk), labels[row.pk]) for row in rows]

    def _options(self) -> list[Option] | None:
        if not self.most_options:
            return None
        if "options" not in self._rows:
            self._rows["options"] = list(self._all()[: self.most_options + 1])
        rows = self._rows["options"]
        if len(rows) > self.most_options:
            return None
        none = [] if self.required and self.empty_label is None else [("", self.empty_label)]
        options = (
            self._labelled(rows) if self.labels_of else [(str(one.pk), str(one)) for one in rows]
        )
        if self.group_of is None:
            return [*none, *options]
        groups: dict[str, list[tuple[str, str]]] = {}
        for row, option in zip(rows, options, strict=True):
            groups.setdefault(self.group_of(row), []).append(option)
        return [*none, *(options if len(groups) == 1 else groups.items())]

    def _by_key(self, key: str) -> Any:
        if not (key.isascii() and key.isdecimal() and len(key) < 18):
            return None
        if ("row", key) not in self._rows:
            self._rows["row", key] = self._all().filter(pk=int(key)).first()
        return self._rows["row", key]

    def _first(self, words: str) -> list[Any]:
        if ("words", words) not in self._rows:
            self._rows["words", words] = list(self.rows(words)[: MOST_FOUND + 1])
        return self._rows["words", words]  # type: ignore[no-any-return]  # a list since the line above

    def _all(self) -> QuerySet[Any]:
        if self.queryset is None:
            raise ValueError("Give the field its rows first.")
        return self.queryset.all()


def _key(value: Any) -> str:
    return "" if value in (None, "") else str(getattr(value, "pk", value))


class FoundFilter(django_filters.Filter):  # type: ignore[misc]  # untyped library
    """A filter by a row or by all rows that some words find; ``by`` takes the row's path.

    A method gets the row, or the words as they were typed.
    """

    field_class = FoundField

    def __init__(self, *args: Any, **kw: Any) -> None:
        super().__init__(*args, several=True, most_options=0, **kw)

    def filter(self, qs: QuerySet[Any], value: Model | str | None) -> QuerySet[Any]:
        if value is None:
            return qs
        if isinstance(value, str):
            found = self.field.rows(value).order_by().values("pk")
            return qs.filter(**{f"{self.field_name}__in": found})
        return qs.filter(**{self.field_name: value})
