"""The columns of a list of drafts that people upload, and the words that each cell may have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.import_columns import Column, by_words
from content.errors import ContentError, GateRefused
from content.facets import Audience, ContentClass, Function, Sensitivity, Stage

# With these begins the head of a column of one account's own texts.
TEXT_FOR = _("Text for")

COLUMNS: tuple[Column, ...] = (
    Column(
        "title",
        _("Title"),
        _("For you and your colleagues; it is not published."),
        "Jadwal vaksinasi rabies",
        True,
    ),
    Column(
        "text", _("Text"), _("The text for all accounts."), "Vaksin rabies gratis di kelurahan."
    ),
    Column(
        "accounts",
        _("Official accounts"),
        _("Platform and handle, several with commas between them."),
        "Instagram @samudrakota, X @samudrakota",
    ),
    Column(
        "planned_at",
        _("Publication time"),
        _("Day and time in the zone of the unit; as soon as it is approved when empty."),
        "01/12/2026 09.30",
    ),
    Column(
        "link",
        _("Link"),
        _("The whole address that the post leads to."),
        "https://samudrakota.go.id/rabies",
    ),
    Column(
        "first_comment",
        _("First comment"),
        _("What the account puts under its own post on Facebook, Instagram and YouTube."),
    ),
    Column(
        "campaign",
        _("Campaign"),
        _("Code or name of a campaign of the unit or of a unit above that is not closed."),
    ),
    Column("language", _("Language of the post"), _("id or en; id when empty."), "id"),
    Column(
        "primary_class",
        _("Class of content"),
        _("As on the sheet of choices."),
        ContentClass.INFORMATION.label,
    ),
    Column(
        "other_classes", _("It is also"), _("Further classes, several with commas between them.")
    ),
    Column("function", _("Function"), _("As on the sheet of choices."), Function.INFORM.label),
    Column("stage", _("Stage of use"), _("As on the sheet of choices.")),
    Column(
        "audiences", _("Audience"), _("As on the sheet of choices, several with commas."), "g2c"
    ),
    Column("sensitivity", _("Sensitivity"), _("Ordinary when empty.")),
    Column(
        "valid_until",
        _("Valid until"),
        _("When an emergency notice stops to hold. Needed for emergencies only."),
    ),
)
CHOICES: Mapping[str, Sequence[tuple[str, Any]]] = {
    "language": settings.LANGUAGES,
    "primary_class": ContentClass.choices,
    "other_classes": ContentClass.choices,
    "function": Function.choices,
    "stage": Stage.choices,
    "audiences": Audience.choices,
    "sensitivity": Sensitivity.choices,
}
SEVERAL = frozenset({"other_classes", "audiences"})
MOMENTS = frozenset({"planned_at", "valid_until"})
OWN_TEXT = "text: "
"""With this begins the key of a column of one account's own texts."""
# What only the gate says of a post. A file that says it asks for more than drafts.
_OF_THE_GATE = (
    "status", "approv", "setuju", "digest", "sha256", "decision", "keputusan", "version", "versi",
    "canonical", "document", "published", "tayang", "live", "permalink", "review", "telaah", "id",
)  # fmt: skip


def label_of(key: str) -> str:
    if key.startswith(OWN_TEXT):
        return f"{TEXT_FOR} {key.removeprefix(OWN_TEXT)}"
    return str(next((column.label for column in COLUMNS if column.key == key), key))


@cache
def words_of(key: str) -> Mapping[str, str]:
    """Values of a column of choices by what may stand in a cell, in any language."""
    return by_words(CHOICES[key])


def names_of_choices(key: str) -> str:
    return ", ".join(str(label) for _value, label in CHOICES[key])


def keys_of(head: Sequence[str]) -> list[str]:
    """The keys of the columns, "" for one without a name. Raises ``ContentError`` for a head that
    cannot be read, and ``GateRefused`` for one that speaks of states and approvals."""
    keys = [_key_of(words) for words in head]
    named = [(words, key) for words, key in zip(head, keys, strict=True) if words]
    unknown = [words[:40] for words, key in named if not key]
    asked = [words for words in unknown if _is_of_the_gate(words)]
    if asked:
        raise GateRefused(
            gettext(
                "An import makes drafts and nothing else; they are approved as every post is. "
                "Leave these columns out: %(columns)s."
            )
            % {"columns": ", ".join(asked[:5])},
            why="only_drafts",
            field="file",
        )
    if unknown:
        raise ContentError(
            gettext(
                "The file has columns that nobody knows: %(columns)s. Compare it with the template."
            )
            % {"columns": ", ".join(unknown[:5])},
            field="file",
        )
    known = [key for key in keys if key]
    twice = sorted({label_of(key) for key in known if known.count(key) > 1})
    if twice:
        raise ContentError(
            gettext("The file has a column twice: %(columns)s.") % {"columns": ", ".join(twice)},
            field="file",
        )
    if "title" not in known:
        raise ContentError(
            gettext("The file lacks columns: %(columns)s.") % {"columns": label_of("title")},
            field="file",
        )
    return keys


def _key_of(words: str) -> str:
    plain = " ".join(words.casefold().split())
    if plain in _heads():
        return _heads()[plain]
    for prefix in _prefixes():
        if plain.startswith(f"{prefix} "):
            return OWN_TEXT + plain.removeprefix(prefix).strip(" :")
    return ""


def _is_of_the_gate(words: str) -> bool:
    plain = words.casefold().replace(" ", "_").strip("_")
    return any(
        plain == one or plain.endswith("_id") or (len(one) > 3 and one in plain)
        for one in _OF_THE_GATE
    )


@cache
def _heads() -> Mapping[str, str]:
    return by_words([(column.key, column.label) for column in COLUMNS])


@cache
def _prefixes() -> frozenset[str]:
    found = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.add(str(TEXT_FOR).casefold())
    return frozenset(found)
