"""What is wrong with each row of an uploaded list of accounts. Nothing here writes.

A row is read into the keywords of ``register_official_account`` with every error that it has and
not only the first, so that one look mends the whole file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import handles
from accounts.addresses import clean_handle, clean_host
from accounts.capabilities import roles_with
from accounts.details import EARLIEST, LONGEST, LONGEST_AHEAD, NAMES, in_order, problems
from accounts.errors import AccountError
from accounts.import_cells import BEYOND, day_of, refused_texts, values_of
from accounts.import_columns import REQUIRED, hint_of, label_of, words_of
from accounts.import_people import People
from accounts.models import OfficialAccount, Unit, User
from accounts.models.kinds import TwoStep
from accounts.names import name_line, one_line
from accounts.own_urls import refuse_foreign_url
from govsocial.web.sheets import LONGEST_CELL, is_cut
from govsocial.web.templatetags.formats import number

MOST_ROWS = 5_000
_LONGEST_NAME = 200
_LONGEST = {"handle": _LONGEST_NAME, "display_name": _LONGEST_NAME, **LONGEST}
_PEOPLE = ("person_in_charge", "administrators")


@dataclass(slots=True)
class Row:
    """One row of the file. ``number`` is its row there; ``wanted`` counts when nothing is wrong.

    A row with ``warnings`` alone is good: somebody should look, and may mean it.
    """

    number: int
    cells: Mapping[str, str]
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    warnings: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    wanted: dict[str, Any] = field(default_factory=dict)
    identity: tuple[str, ...] | None = None

    @property
    def is_good(self) -> bool:
        return not self.errors

    @property
    def meant(self) -> dict[str, list[int]]:
        """The ids that the names of a good row stand for, by column."""
        if self.errors:
            return {}
        in_charge = self.wanted["person_in_charge_id"]
        return {
            "unit": [self.wanted["unit_id"]],
            "person_in_charge": [] if in_charge is None else [in_charge],
            "administrators": [person.pk for person, _day in self.wanted["administrators"]],
        }


def check(actor: User, numbered: Iterable[tuple[int, Mapping[str, str]]]) -> list[Row]:
    """Every row with what is wrong with it, as things stand now. A few queries for all rows."""
    rows = [Row(number, cells) for number, cells in numbered]
    reader = _Reader(actor, rows)
    for row in rows:
        reader.read(row)
    _identify(rows)
    _refuse_twice(rows)
    reader.refuse_registered(rows)
    for row in rows:
        row.errors = {key: found for key, found in row.errors.items() if found}
        row.warnings = dict(row.warnings)
    return rows


class _Reader:
    def __init__(self, actor: User, rows: Sequence[Row]) -> None:
        self.now = timezone.now()
        self.zones: dict[int, ZoneInfo] = {}
        self.visible = set(actor.units_with("accounts.view"))
        self.units: dict[str, set[int]] = defaultdict(set)
        managed = Unit.objects.filter(pk__any=actor.units_with("accounts.manage"))
        for unit in managed.order_by():
            self.zones[unit.pk] = unit.zone
            for name in {unit.name.casefold(), unit.short_name.casefold()} - {""}:
                self.units[name].add(unit.pk)
        self.people = People(actor, (row.cells.get(key, "") for row in rows for key in _PEOPLE))
        meant = {
            person.pk
            for row in rows
            for key in _PEOPLE
            for word in self._words(row, key)
            for person in self.people.meant(word)
        }
        self.reach = _viewers(sorted(meant))

    def read(self, row: Row) -> None:
        cells, wanted = row.cells, row.wanted
        for key in REQUIRED:
            if not cells.get(key):
                row.errors[key].append(_("This is needed."))
        if beyond := cells.get(BEYOND):
            row.errors[BEYOND].append(
                _('More cells than the head has: %(cells)s. Put a cell with a comma in quotes (").')
                % {"cells": beyond[:80]}
            )
        self._unit(row)
        platform = self._choice(row, "platform")
        if cells.get("handle") and platform:
            self._identity(row, platform)
        if cells.get("display_name"):
            self._line(row, "display_name", _LONGEST_NAME)
        wanted["proposed"] = self._choice(row, "status") == OfficialAccount.Status.PROPOSED
        self._details(row)
        self._own_url(row)
        self._person(row)
        self._administrators(row)
        self._cut(row)
        row.errors |= {key: [told] for key, told in refused_texts(cells).items()}

    def _cut(self, row: Row) -> None:
        """No beginning of a cell is ever taken for the whole, whatever else is said of it."""
        for key, cell in row.cells.items():
            if is_cut(cell):
                most = number(_LONGEST.get(key, LONGEST_CELL))
                told = _("At most %(most)s characters; only the first %(kept)s were read.") % {
                    "most": most,
                    "kept": number(LONGEST_CELL),
                }
                row.errors[key] = [*(row.errors[key] if key == BEYOND else []), told]

    def _unit(self, row: Row) -> None:
        name = row.cells.get("unit", "").casefold()
        found = self.units.get(name, set())
        if len(found) == 1:
            row.wanted["unit_id"] = next(iter(found))
        elif found:
            row.errors["unit"].append(_("Several units have this name. Write the full name."))
        elif name:
            row.errors["unit"].append(_("You keep the accounts of no unit with this name."))

    def _identity(self, row: Row, platform: str) -> None:
        row.wanted["platform"] = platform
        try:
            handle, host = clean_handle(platform, row.cells["handle"], row.cells.get("host", ""))
            row.wanted["handle"] = handle
            row.wanted["host"] = clean_host(platform, host)
        except AccountError as exc:
            row.errors[exc.field or "handle"].append(str(exc))
        else:
            if len(handle) > _LONGEST_NAME:
                row.errors["handle"].append(
                    _("At most %(most)s characters.") % {"most": _LONGEST_NAME}
                )
            if row.cells.get("host") and platform not in handles.WITH_HOST:
                row.warnings["host"].append(
                    _("Only Mastodon and Bluesky have servers; this cell is not used.")
                )

    def _own_url(self, row: Row) -> None:
        wanted = row.wanted
        if row.errors["url"] or not {"handle", "host"} <= wanted.keys():
            return
        try:
            refuse_foreign_url(wanted["platform"], wanted["host"], wanted["handle"], wanted["url"])
        except AccountError as exc:
            row.errors["url"].append(str(exc))

    def _line(self, row: Row, key: str, most: int) -> None:
        try:
            row.wanted[key] = name_line(row.cells[key], key)
        except AccountError as exc:
            row.errors[key].append(str(exc))
        else:
            if len(row.wanted[key]) > most:
                row.errors[key].append(_("At most %(most)s characters.") % {"most": most})

    def _text(self, row: Row, key: str) -> str:
        try:
            return one_line(row.cells.get(key, ""), key)
        except AccountError as exc:
            row.errors[key].append(str(exc))
            return ""

    def _choice(self, row: Row, key: str) -> str:
        typed = row.cells.get(key, "")
        found = words_of(key).get(typed.casefold(), "")
        if typed and not found:
            row.errors[key].append(_unknown(key, typed))
        return found

    def _choices(self, row: Row, key: str) -> list[str]:
        read = dict(values_of(key, row.cells.get(key, "")))
        unknown = [word for word, value in read.items() if not value]
        if unknown:
            row.errors[key].append(_unknown(key, ", ".join(unknown)))
        return in_order(key, {value for value in read.values() if value})

    def _details(self, row: Row) -> None:
        verified = self._choice(row, "verified")
        details: dict[str, Any] = {
            "language": self._choice(row, "language") or "id",
            "media_kinds": self._choices(row, "media_kinds"),
            "channel_kind": self._choice(row, "channel_kind"),
            "audiences": self._choices(row, "audiences"),
            "verified": {"true": True, "false": False}.get(verified),
            "two_step": self._choice(row, "two_step") or "unknown",
        }
        for key in ("decree_date", "two_step_checked_on", "opened_on"):
            details[key] = self._day(row, key)
        if details["two_step"] == TwoStep.UNKNOWN:
            if details["two_step_checked_on"] and not row.errors["two_step"]:
                row.warnings["two_step_checked_on"].append(
                    _("This day is not used: fill in “%(column)s”.")
                    % {"column": label_of("two_step")}
                )
            details["two_step_checked_on"] = None
        for key in LONGEST:
            details[key] = self._text(row, key)
        for key, message in problems(details, today=self._today(row)):
            if not row.errors[key]:
                row.errors[key].append(message)
        row.wanted |= {name: details[name] for name in NAMES if name in details}

    def _today(self, row: Row) -> date:
        """The day where the unit of the row is; that of the reader for a unit that nobody knows."""
        return timezone.localdate(self.now, self.zones.get(row.wanted.get("unit_id", 0)))

    def _day(self, row: Row, key: str) -> date | None:
        typed = row.cells.get(key, "")
        if not typed:
            return None
        if found := day_of(typed):
            return found
        row.errors[key].append(_("Write a date such as 2026-03-17 or 17-03-2026."))
        return None

    def _person(self, row: Row) -> None:
        found = self._people(row, "person_in_charge")
        if len(found) > 1:
            row.errors["person_in_charge"].append(_("One account has one person in charge."))
        row.wanted["person_in_charge_id"] = found[0].pk if found else None

    def _administrators(self, row: Row) -> None:
        found = self._people(row, "administrators")
        since, today = self._day(row, "administrators_from"), self._today(row)
        if since and not EARLIEST <= since <= today + LONGEST_AHEAD:
            row.errors["administrators_from"].append(_("Choose a day within ten years."))
        if since and not found and not row.errors["administrators"]:
            row.errors["administrators"].append(_("Write who works on it since that day."))
        if since and since > today:
            row.warnings["administrators_from"].append(
                _("This day is still to come: until then nobody works on the account.")
            )
        if len(found) == 1:
            row.warnings["administrators"].append(
                _("Only one administrator; an account should have at least two.")
            )
        row.wanted["administrators"] = [(person, since or today) for person in found]

    def _people(self, row: Row, key: str) -> list[User]:
        """The people of a cell, each once, with a message about each who cannot be taken."""
        found: list[User] = []
        known: set[str | int] = set()
        twice: list[str] = []
        for word in self._words(row, key):
            meant = self.people.meant(word)
            who = meant[0].pk if len(meant) == 1 else word.casefold()
            if who in known:
                twice.append(word)
            elif trouble := self._refusal(word, meant, row.wanted.get("unit_id")):
                row.errors[key].append(trouble)
            else:
                found += meant
            known.add(who)
        if twice:
            row.warnings[key].append(
                _("Named more than once, and counted once: %(mails)s.")
                % {"mails": ", ".join(dict.fromkeys(twice))[:200]}
            )
        return found

    def _refusal(self, word: str, meant: Sequence[User], unit_id: int | None) -> str:
        """Why nobody is taken for what a cell says; empty for one person who may be named there."""
        if len(meant) > 1:
            return _("Several people are called “%(typed)s”. Write the e-mail of the person.") % {
                "typed": word[:80]
            }
        if not meant and "@" in word:
            return _("Nobody signs in here with the e-mail %(mail)s.") % {"mail": word[:80]}
        if not meant:
            return _(
                "“%(typed)s” is no e-mail, and not the full name of a person whom you may name. "
                "Write the e-mail of the person."
            ) % {"typed": word[:80]}
        if unit_id is not None and (meant[0].pk, unit_id) not in self.reach:
            return _("%(person)s has no role on this unit, or is deactivated.") % {
                "person": meant[0]
            }
        return ""

    def _words(self, row: Row, key: str) -> list[str]:
        return self.people.words(row.cells.get(key, ""), one=key == "person_in_charge")

    def refuse_registered(self, rows: Sequence[Row]) -> None:
        """Mark the rows whose account is in the register already. One query."""
        there = {
            identity(platform, handle, host): (unit_id, unit)
            for platform, handle, host, unit_id, unit in OfficialAccount.objects.exclude(
                status=OfficialAccount.Status.RELEASED
            ).order_by().values_list(
                "platform", Lower("handle"), Lower("host"), "unit_id", "unit__name"
            )
        }  # fmt: skip
        for row in rows:
            found = there.get(row.identity) if row.identity else None
            if found is None:
                continue
            unit_id, unit = found
            row.errors["handle"].append(
                _("Registered already, for %(unit)s.") % {"unit": unit}
                if unit_id in self.visible
                else _("This account is registered already, by a unit that you do not see.")
            )


def identity(platform: str, handle: str, host: str) -> tuple[str, ...]:
    """What two rows of the same account have in common, as the constraints of the table say."""
    # The platforms that tell capitals apart give out no two names that differ by them alone.
    return tuple(part.lower() for part in handles.key(platform, host, handle))


def _identify(rows: Sequence[Row]) -> None:
    """Give each row that names an account its ``identity``. One query.

    The constraints compare small letters as PostgreSQL writes them, and Python writes some others:
    of İ, and of Σ at the end of a word. Rows that only the database finds the same would be good
    here and refused there, whenever they are confirmed.
    """
    naming = [row for row in rows if {"platform", "handle", "host"} <= row.wanted.keys()]
    typed = {row.wanted[name] for row in naming for name in ("handle", "host")}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT typed, lower(typed) FROM unnest(%s::text[]) AS names(typed)", [list(typed)]
        )
        small = dict(cursor.fetchall())
    for row in naming:
        handle, host = small[row.wanted["handle"]], small[row.wanted["host"]]
        row.identity = identity(row.wanted["platform"], handle, host)


def _refuse_twice(rows: Sequence[Row]) -> None:
    """Every row but the first of the same account is one too many."""
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        if row.identity is None:
            continue
        if row.identity in first:
            row.errors["handle"].append(
                _("The same account as in row %(row)s.") % {"row": first[row.identity]}
            )
        else:
            first[row.identity] = row.number


def _unknown(key: str, typed: str) -> str:
    said = _("“%(typed)s” is not on the list of choices.") % {"typed": typed[:40]}
    return f"{said} {hint_of(key)}"


def _viewers(user_ids: Sequence[int]) -> set[tuple[int, int]]:
    """(user, unit) wherever one of these active users sees accounts. One query."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT u.id, held.unit_id FROM accounts_user u
            CROSS JOIN LATERAL accounts_roles_of(u.id) held
            WHERE u.id = ANY(%s) AND u.is_active AND held.role = ANY(%s)
            """,
            [list(user_ids), roles_with("accounts.view")],
        )
        return set(cursor.fetchall())
