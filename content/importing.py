"""What is wrong with each row of an uploaded list of drafts, and what it would make.

Nothing here writes. Every error of a row is told, so that one look mends the whole file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, Unit, User
from content.documents import Document, Facets
from content.facets import Sensitivity
from content.finding_rules.personal import identity_numbers
from content.forms.links import refuse_no_link
from content.forms.posts import LONGEST_TEXT, TURNING, UNSEEN, PostForm
from content.import_columns import (
    CHOICES,
    COLUMNS,
    MOMENTS,
    OWN_TEXT,
    SEVERAL,
    label_of,
    names_of_choices,
    words_of,
)
from content.models import Campaign
from content.selectors.plan import campaigns_to_join
from content.selectors.posts import accounts_to_write_for
from govsocial.web.templatetags.formats import number

MOST_ROWS = 200
BEYOND = ""
"""The key of what a row holds beyond its head."""
_MOMENTS = (
    "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H.%M", "%d-%m-%Y %H:%M",
    "%d-%m-%Y %H.%M", "%d/%m/%Y %H:%M", "%d/%m/%Y %H.%M",
)  # fmt: skip

Cells = Mapping[str, str]


@dataclass(slots=True)
class Row:
    """One row of the file; ``document`` is what it makes when nothing is wrong with it."""

    number: int
    cells: Cells
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    accounts: list[OfficialAccount] = field(default_factory=list)
    document: Document | None = None
    campaign: Campaign | None = None

    @property
    def is_good(self) -> bool:
        return self.document is not None


def check(actor: User, unit: Unit, numbered: Iterable[tuple[int, Cells]]) -> list[Row]:
    """Every row with what is wrong with it as things stand now. The same queries for any number of
    rows."""
    rows = [Row(number, cells) for number, cells in numbered]
    reader = _Reader(actor, unit)
    seen: dict[tuple[tuple[str, str], ...], int] = {}
    for row in rows:
        same = seen.setdefault(tuple(sorted(row.cells.items())), row.number)
        if same != row.number:
            row.errors[BEYOND].append(_("It is the same as row %(row)s.") % {"row": same})
        reader.read(row)
    return rows


class _Reader:
    def __init__(self, actor: User, unit: Unit) -> None:
        self.unit = unit
        self.accounts: dict[str, dict[int, OfficialAccount]] = defaultdict(dict)
        for account in accounts_to_write_for(actor):
            handle = account.handle.casefold()
            platform = account.platform
            label = str(account.get_platform_display()).casefold()
            for name in (handle, f"{platform} {handle}", f"{label} {handle}"):
                self.accounts[name][account.pk] = account
            self.accounts[_plain(str(account))][account.pk] = account
        self.campaigns: dict[str, dict[int, Campaign]] = defaultdict(dict)
        for campaign in campaigns_to_join(frozenset({unit.pk})):
            for name in (campaign.code, campaign.name):
                if name:
                    self.campaigns[_plain(name)][campaign.pk] = campaign

    def read(self, row: Row) -> None:
        if row.cells.get(BEYOND):
            row.errors[BEYOND].append(
                _('More cells than the head has: %(cells)s. Put a cell with a comma in quotes (").')
                % {"cells": row.cells[BEYOND][:80]}
            )
        said: dict[str, Any] = {key: self._cell(row, key) for key in _KEYS}
        row.accounts = self._accounts(row)
        row.campaign = self._campaign(row, said["campaign"])
        texts = self._texts(row, said["text"] or "")
        if said["other_classes"] and not said["primary_class"]:
            row.errors["primary_class"].append(_("Choose the main class first."))
        if row.errors:
            return
        others = [one for one in said["other_classes"] if one != said["primary_class"]]
        row.document = Document(
            title=said["title"],
            text=said["text"] or "",
            texts=texts,
            language=said["language"] or "id",
            planned_at=said["planned_at"],
            valid_until=said["valid_until"],
            link=(said["link"] or "").strip(),
            first_comment=(said["first_comment"] or "").replace("\r\n", "\n").rstrip(),
            facets=Facets(
                classes=(said["primary_class"], *others) if said["primary_class"] else (),
                function=said["function"] or "",
                stage=said["stage"] or "",
                audiences=tuple(dict.fromkeys(said["audiences"])),
                sensitivity=said["sensitivity"] or Sensitivity.ORDINARY,
            ),
        )

    def _cell(self, row: Row, key: str) -> Any:
        """What a cell means; None or nothing where it is empty or wrong."""
        cell = row.cells.get(key, "")
        if key in MOMENTS:
            return self._moment(row, key, cell) if cell else None
        if key in CHOICES:
            return _choice(row, key, cell)
        if key == "title" and not cell:
            row.errors[key].append(_("This is needed."))
        elif told := _refused_text(key, cell):
            row.errors[key].append(told)
        return cell

    def _moment(self, row: Row, key: str, cell: str) -> datetime | None:
        for pattern in _MOMENTS:
            try:
                read = datetime.strptime(cell, pattern)  # noqa: DTZ007  # the unit's zone follows
            except ValueError:
                continue
            if 2000 <= read.year < 2200:
                moment = timezone.make_aware(read, self.unit.zone)
                if key == "planned_at" and moment < timezone.now():
                    row.errors[key].append(_("This time has passed. Choose a later one."))
                return moment
        row.errors[key].append(
            _("Write a day and a time, for example 01/12/2026 09.30. “%(typed)s” is none.")
            % {"typed": cell[:40]}
        )
        return None

    def _accounts(self, row: Row) -> list[OfficialAccount]:
        found: dict[int, OfficialAccount] = {}
        for word in row.cells.get("accounts", "").replace(";", ",").replace("\n", ",").split(","):
            if word.strip():
                account = self._account(row, "accounts", word.strip())
                if account is not None:
                    found[account.pk] = account
        return list(found.values())

    def _account(self, row: Row, key: str, word: str) -> OfficialAccount | None:
        meant = list(self.accounts.get(_plain(word), {}).values())
        if len(meant) == 1:
            return meant[0]
        told = (
            _("“%(typed)s” is the handle of several accounts. Write the platform before it.")
            if meant
            else _("You may not write for “%(typed)s”, or there is no such account in use.")
        )
        row.errors[key].append(told % {"typed": word[:60]})
        return None

    def _campaign(self, row: Row, word: str) -> Campaign | None:
        meant = list(self.campaigns.get(_plain(word), {}).values())
        if not word or len(meant) == 1:
            return meant[0] if word else None
        told = (
            _("Several campaigns are called “%(typed)s”. Write the code of the one you mean.")
            if meant
            else _("“%(typed)s” is no campaign that posts of this unit may join.")
        )
        row.errors["campaign"].append(told % {"typed": word[:60]})
        return None

    def _texts(self, row: Row, common: str) -> dict[int, str]:
        texts = {account.pk: common for account in row.accounts}
        for key, cell in row.cells.items():
            if not key.startswith(OWN_TEXT) or not cell:
                continue
            if told := _refused_text(key, cell):
                row.errors[key].append(told)
            account = self._account(row, key, key.removeprefix(OWN_TEXT))
            if account is not None and account.pk not in texts:
                row.errors[key].append(
                    _("This row is not meant for that account. Add it to “%(column)s”.")
                    % {"column": label_of("accounts")}
                )
            elif account is not None:
                texts[account.pk] = cell
        return texts


# Judged by the fields of the composer.
_AS_TYPED = frozenset({"link", "first_comment"})
_KEYS = tuple(column.key for column in COLUMNS if column.key != "accounts")


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("@", " ").split())


def _choice(row: Row, key: str, cell: str) -> Any:
    words = [one.strip() for one in cell.replace(";", ",").split(",")] if key in SEVERAL else [cell]
    found = []
    for word in words:
        value = words_of(key).get(word.casefold())
        if value:
            found.append(value)
        elif word:
            row.errors[key].append(
                _("“%(typed)s” is not on the list of choices: %(names)s.")
                % {"typed": word[:40], "names": names_of_choices(key)}
            )
    return found if key in SEVERAL else next(iter(found), None)


def _refused_text(key: str, cell: str) -> str:
    """What is wrong with a text, as the composer says it; "" when nothing is."""
    if UNSEEN.search(cell):
        return _("Remove the invisible control characters.")
    if len(cell) > LONGEST_TEXT:
        return _("At most %(most)s characters.") % {"most": number(LONGEST_TEXT)}
    if key in _AS_TYPED:
        return _refused_by_field(key, cell)
    if key != "title":
        return ""
    if TURNING.search(cell):
        return _("Remove the signs that turn the reading direction.")
    if any(identity_numbers(cell)):
        return _("Leave identity numbers out of the title.")
    return _refused_by_field(key, cell)


def _refused_by_field(key: str, cell: str) -> str:
    """What the field of the composer says of it."""
    try:
        PostForm.base_fields[key].clean(cell)
        if key == "link":
            refuse_no_link(cell.strip())
    except ValidationError as exc:
        return " ".join(exc.messages)
    return ""
