"""The columns of a list of accounts that people upload, and the words that each cell may have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from accounts import register_rows
from accounts.models import OfficialAccount
from accounts.models.kinds import Audience, ChannelKind, MediaKind, TwoStep


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str | Promise
    help: str | Promise
    example: str | Promise = ""
    required: bool = False


COLUMNS: tuple[Column, ...] = (
    Column(
        "unit",
        gettext_lazy("Unit"),
        gettext_lazy("Name or short name of the unit that answers for it."),
        "Diskominfo",
        True,
    ),
    Column(
        "platform",
        gettext_lazy("Platform"),
        gettext_lazy("Name of the platform, as on the sheet of choices."),
        "Instagram",
        True,
    ),
    Column(
        "handle",
        gettext_lazy("Handle"),
        gettext_lazy("For example @samudrakota; for a website or a WhatsApp channel its address."),
        "samudrakota",
        True,
    ),
    Column(
        "host",
        gettext_lazy("Server"),
        gettext_lazy("Only for Mastodon and Bluesky."),
    ),
    Column(
        "display_name",
        gettext_lazy("Display name"),
        gettext_lazy("The name that people see on the platform."),
        "Pemerintah Kota Samudra",
        True,
    ),
    Column(
        "purpose",
        gettext_lazy("Purpose"),
        gettext_lazy("What this account is for, in one sentence."),
        "Kabar dan layanan kota untuk warga",
    ),
    Column(
        "status",
        gettext_lazy("Status"),
        gettext_lazy("Active or proposed; active when empty."),
        OfficialAccount.Status.ACTIVE.label,
    ),
    Column(
        "language",
        gettext_lazy("Language of posts"),
        gettext_lazy("id or en; id when empty."),
        "id",
    ),
    Column(
        "url",
        gettext_lazy("Address"),
        gettext_lazy("The full address of the account, beginning with https://."),
        "https://www.instagram.com/samudrakota",
    ),
    Column(
        "audiences",
        gettext_lazy("Audiences"),
        gettext_lazy("g2c, g2b, g2g, g2e; several with commas between them."),
        "g2c, g2b",
    ),
    Column(
        "media_kinds",
        gettext_lazy("Kinds of media"),
        gettext_lazy("As on the sheet of choices, with commas; the usual ones when empty."),
    ),
    Column(
        "channel_kind",
        gettext_lazy("Kind of channel"),
        gettext_lazy("As on the sheet of choices; the usual one when empty."),
    ),
    Column(
        "verified",
        gettext_lazy("Verified badge"),
        gettext_lazy("yes or no; empty when nobody has looked."),
        gettext_lazy("Yes"),
    ),
    Column(
        "decree_number",
        gettext_lazy("Number of the decree"),
        gettext_lazy("The decree (SK) that makes the account official."),
        "800/41/2026",
    ),
    Column(
        "decree_date",
        gettext_lazy("Date of the decree"),
        gettext_lazy("A date, for example 2026-03-17 or 17-03-2026."),
        "2026-03-17",
    ),
    Column(
        "person_in_charge",
        gettext_lazy("Person in charge"),
        gettext_lazy("E-mail with which the person signs in here, or the full name."),
        "sari@samudrakota.example",
    ),
    Column(
        "administrators",
        gettext_lazy("Administrators"),
        gettext_lazy(
            "E-mails or full names of those who work on the account, with commas; at least two."
        ),
        "sari@samudrakota.example, dwi@samudrakota.example",
    ),
    Column(
        "administrators_from",
        gettext_lazy("Administrators from"),
        gettext_lazy("The day from which they work on it; today when empty."),
        "2026-01-05",
    ),
    Column(
        "recovery_email_holder",
        gettext_lazy("Holder of the recovery e-mail"),
        gettext_lazy("Name or position, never the address itself."),
        "Kepala Bidang Humas",
    ),
    Column(
        "recovery_phone_holder",
        gettext_lazy("Holder of the recovery phone"),
        gettext_lazy("Name or position, never the number itself."),
        "Sekretariat Diskominfo",
    ),
    Column(
        "two_step",
        gettext_lazy("Two-step sign-in"),
        gettext_lazy("on, off, or empty when nobody knows."),
        TwoStep.ON.label,
    ),
    Column(
        "two_step_checked_on",
        gettext_lazy("Two-step sign-in checked on"),
        gettext_lazy("The day on which somebody looked; needed with on or off."),
        "2026-09-01",
    ),
    Column(
        "opened_on",
        gettext_lazy("Opened on"),
        gettext_lazy("The day on which the account was opened."),
        "2019-05-20",
    ),
)
KEYS = tuple(column.key for column in COLUMNS)
REQUIRED = frozenset(column.key for column in COLUMNS if column.required)

STATUSES = (OfficialAccount.Status.ACTIVE, OfficialAccount.Status.PROPOSED)
_YES, _NO = "true", "false"


def _statuses() -> list[tuple[str, Any]]:
    return [(str(status), status.label) for status in STATUSES]


CHOICES: Mapping[str, Callable[[], Sequence[tuple[str, Any]]]] = {
    "platform": lambda: OfficialAccount.Platform.choices,
    "status": _statuses,
    "language": lambda: settings.LANGUAGES,
    "audiences": lambda: Audience.choices,
    "media_kinds": lambda: MediaKind.choices,
    "channel_kind": lambda: ChannelKind.choices,
    "two_step": lambda: TwoStep.choices,
    "verified": lambda: [(_YES, gettext_lazy("Yes")), (_NO, gettext_lazy("No"))],
}


# A choice between more than these is a list to choose from.
_FEW = 4


def hint_of(key: str) -> str:
    """What may stand in a column of choices, by the names that the reader knows."""
    names = [str(label) for _value, label in CHOICES[key]()]
    if len(names) > _FEW:
        return gettext("Choose from: %(names)s.") % {"names": ", ".join(names)}
    joined = {"first": ", ".join(names[:-1]), "last": names[-1]}
    if len(names) == 2:
        return gettext("Write %(first)s or %(last)s.") % joined
    return gettext("Write %(first)s, or %(last)s.") % joined


def label_of(key: str) -> str:
    return str({column.key: column.label for column in COLUMNS}[key])


# Heads of the columns that a list of rejected rows has more, which people upload again.
ORIGINAL = gettext_lazy("Original row")
PROBLEMS = gettext_lazy("What is wrong")
ADMINISTRATORS_TODAY = gettext_lazy("Administrators today")


@cache
def ignored_heads() -> frozenset[str]:
    return frozenset(by_words([("original", ORIGINAL), ("problems", PROBLEMS)]))


@cache
def exported_heads() -> frozenset[str]:
    """Heads of the register's own export that no column here has, in any language: what it works
    out itself, or what is changed in another place. Such columns are told of and left aside."""
    found: set[str] = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {str(words).casefold() for words in register_rows.header()}
    return frozenset(found - heads().keys())


@cache
def heads() -> Mapping[str, str]:
    """Column keys by what may stand in the head: the key itself, or its label in any language.

    Who works on an account today is what a row of the register says of its administrators.
    """
    columns = [(column.key, column.label) for column in COLUMNS]
    return by_words([*columns, ("administrators", ADMINISTRATORS_TODAY)])


@cache
def words_of(key: str) -> Mapping[str, str]:
    """Values of a column of choices by what may stand in a cell, in any language."""
    found = dict(by_words(CHOICES[key]()))
    if key == "verified":
        found |= {"1": _YES, "0": _NO}
    if key == "two_step":
        # As people answer a question, which is what the head asks.
        found |= by_words([(TwoStep.ON, gettext_lazy("Yes")), (TwoStep.OFF, gettext_lazy("No"))])
    return found


def by_words(pairs: Sequence[tuple[Any, Any]]) -> dict[str, str]:
    """Values by what may stand for them in small letters: itself, or its label in any language."""
    found: dict[str, str] = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found |= {str(label).casefold(): str(value) for value, label in pairs}
    return found | {str(value).casefold(): str(value) for value, _label in pairs}
