"""Head and cells of an uploaded list of accounts: which column is which, and how a cell is read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import pairwise

from django.utils.translation import gettext as _

from accounts.custody import (
    ADDRESS,
    ENDS_TOLD,
    MASKED,
    SECRET_WORDS,
    names_address,
    names_secret,
    names_telephone,
    plain_of,
    refuse_holder,
    refuse_remark,
    refuse_secret,
    without_campaign,
)
from accounts.details import CUSTODY, SHOWN_TO_ALL
from accounts.errors import AccountError
from accounts.handles import ON_SERVERS
from accounts.import_columns import (
    CHOICES,
    COLUMNS,
    REQUIRED,
    exported_heads,
    heads,
    ignored_heads,
    label_of,
    words_of,
)
from accounts.import_pieces import (
    TELLING,
    Piece,
    has_words,
    is_address,
    is_number,
    is_reference,
    piece_of,
    spread,
    weight,
)
from govsocial.web.sheets import cut

BEYOND = ""
"""The key of what a row holds beyond its head: a column without a name has no other cells."""
DAYS = frozenset({"decree_date", "two_step_checked_on", "opened_on", "administrators_from"})
"""The columns of dates."""
_EXPLAINED = frozenset({"handle", "host", "decree_number", "person_in_charge", "administrators"})
"""Columns of texts in which a number of its own may stand, though none of a telephone."""
_NO_TELEPHONES = frozenset({"unit", "display_name", "host", "person_in_charge", "administrators"})
"""Columns of texts in which no number of a telephone can stand, whatever is written beside it."""
_BY_ADDRESS = frozenset({"person_in_charge", "administrators"})
"""Columns of texts in which an e-mail address belongs."""
_IS_NAME = re.compile(r"(?<!kata)(?<!kata )\bsandi\W*$", re.IGNORECASE)
"""How a name ends behind which no password is to be expected."""
_PATTERNS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y")


def day_of(typed: str) -> date | None:
    """The day that a cell names, days before months as in Indonesia; None for what is no date."""
    for pattern in _PATTERNS:
        try:
            return datetime.strptime(typed, pattern).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    return None


def values_of(key: str, cell: str) -> list[tuple[str, str]]:
    """Each word of a cell of choices with its value, "" for a word that nobody knows."""
    known = words_of(key)
    # A name of a choice may have a comma in it.
    commas = [word for word in known if "," in word]
    names = "|".join(re.escape(word) for word in sorted(commas, key=len, reverse=True))
    found = re.findall(rf"\s*({names})|([^,;]+)" if names else "()([^,;]+)", cell, re.IGNORECASE)
    words = [(name or other).strip() for name, other in found]
    return [(word, known.get(word.casefold(), "")) for word in words if word]


def columns_of(head: Sequence[str]) -> list[str]:
    """The keys of the columns, "" for one without a name. Raises ``AccountError``."""
    known = heads()
    keys = [known.get(words.casefold(), "") for words in head]
    unknown = [
        words
        for words, key in zip(head, keys, strict=True)
        if words and not key and words.casefold() not in ignored_heads() | exported_heads()
    ]
    if unknown:
        raise AccountError(
            _("The file has columns that nobody knows: %(columns)s. Compare it with the template.")
            % {"columns": ", ".join(words[:40] for words in unknown[:5])},
            field="file",
        )
    named = [key for key in keys if key]
    twice = {key for key in named if named.count(key) > 1}
    if twice:
        raise AccountError(
            _("The file has a column twice: %(columns)s.")
            % {"columns": ", ".join(label_of(key) for key in sorted(twice))},
            field="file",
        )
    missing = [str(column.label) for column in COLUMNS if column.key in REQUIRED - set(named)]
    if missing:
        raise AccountError(
            _("The file lacks columns: %(columns)s.") % {"columns": ", ".join(missing)},
            field="file",
        )
    return keys


def unused_columns(head: Sequence[str]) -> list[str]:
    """Heads that come from an export of the register, which nothing is read from here."""
    return [words for words in head if words.casefold() in exported_heads()]


def cells_of(
    keys: Sequence[str], rows: Sequence[Sequence[str]]
) -> list[tuple[int, dict[str, str]]]:
    """Number and cells of each row that is not empty; the head is row 1. Numbers and addresses
    where a holder belongs are not among them: see ``_secret_places``."""
    first = min((keys.index(key) for key in CUSTODY if key in keys), default=None)
    found = []
    for number, row in enumerate(rows, start=2):
        cells = {key: cell for key, cell in zip(keys, row, strict=False) if key}
        if beyond := [cell for cell in row[len(keys) :] if cell]:
            cells[BEYOND] = cut(", ".join(beyond))
        if not any(cells.values()):
            continue
        if first is not None:
            platform = words_of("platform").get(cells.get("platform", "").casefold(), "")
            behind = [
                _Behind(key or None, cell, plain_of(cell), platform)
                for key, cell in zip(keys[first:], row[first:], strict=False)
            ]
            behind += [_Behind(BEYOND, cell, plain_of(cell)) for cell in row[len(keys) :]]
            refused = {behind[place].key for place in _secret_places(behind)}
            cells |= {key: MASKED for key in refused if key is not None}
        cells |= {key: MASKED for key in SHOWN_TO_ALL if refuse_secret(cells.get(key, ""))}
        found.append((number, cells))
    return found


def refused_texts(cells: Mapping[str, str]) -> dict[str, str]:
    """What to say beside each text that was not kept: the mark in its place could be a text too."""
    told = _(
        "What stood here looks like a telephone number, an e-mail or a password, and is not kept. "
        'Leave it out. If it is something else, put cells with a comma in quotes ("), and this '
        "column before those of the holders."
    )
    others = {BEYOND, *CUSTODY, *DAYS, *CHOICES}
    return {key: told for key, cell in cells.items() if cell == MASKED and key not in others}


@dataclass(frozen=True)
class _Behind:
    """A cell of a holder, or behind one, where a comma without quotes moves what a holder's cell
    said, or pieces of it. ``key`` is None in a column without a name, of which nothing is kept."""

    key: str | None
    typed: str
    plain: str
    platform: str = ""

    @property
    def is_strict(self) -> bool:
        """Whether nothing but days or words of a list is taken here."""
        return self.key == BEYOND or self.key in DAYS or self.key in CHOICES

    @cached_property
    def weight(self) -> int:
        return weight(self.plain)

    @cached_property
    def unknown(self) -> str:
        """What is no value of such a column."""
        if self.key is None or self.key not in CHOICES:
            return self.plain
        if self.typed.casefold() in words_of(self.key):
            return ""
        words = [word for word, value in values_of(self.key, self.typed) if not value]
        return plain_of(", ".join(words))

    @cached_property
    def is_good(self) -> bool:
        """Whether it is a day or words of a list, where those belong."""
        if self.key in DAYS:
            return day_of(self.typed) is not None
        return self.key in CHOICES and not self.unknown

    @property
    def piece(self) -> Piece | None:
        """None where no piece of a number can be: nothing, a good value, a decree of some year."""
        if not self.plain or self.is_good:
            return None
        if self.is_strict or self.key in CUSTODY:
            return piece_of(self.plain)
        return None if is_reference(self.plain) else piece_of(self.plain, explained=True)


def _secret_places(behind: Sequence[_Behind]) -> set[int]:
    """Where a number, an address or a password stands, or a piece of one. No such cell is kept even
    for a day, nor told; the mark in its place is refused like it."""
    is_moved = any(one.key == BEYOND and one.typed for one in behind)
    places = {place for place, one in enumerate(behind) if one.plain and _is_secret(one, is_moved)}
    if any(one.weight for one in behind):
        places |= spread([one.piece for one in behind])
    beyond = [place for place, one in enumerate(behind) if one.key == BEYOND]
    if sum(behind[place].weight for place in beyond) >= TELLING:
        places.update(beyond)
    return places | _addresses(behind) | _passwords(behind)


def _is_secret(one: _Behind, is_moved: bool) -> bool:
    """By itself. ``is_moved``: the row has more cells than the head."""
    if one.key is None:
        return False
    if one.key in CUSTODY:
        if refuse_holder(one.typed) or _is_secret_in_lines(one.typed):
            return True
        return one.weight >= TELLING and not has_words(one.plain)
    if one.is_good:
        return False
    if one.is_strict:
        unknown = one.unknown
        if "@" in unknown or ADDRESS.search(unknown) or names_secret(unknown):
            return True
        # What is beyond the head is counted together.
        return one.key != BEYOND and weight(unknown) >= TELLING
    if refuse_secret(one.typed):
        return True
    if one.key in _NO_TELEPHONES and names_telephone(one.plain):
        return True
    explained = one.key in _EXPLAINED
    if is_moved and (refuse_remark if explained else refuse_holder)(one.typed):
        return True
    addressed = one.key in _BY_ADDRESS or (one.key == "handle" and one.platform in ON_SERVERS)
    return is_number(one.plain, explained=explained) or (not addressed and is_address(one.plain))


def _is_secret_in_lines(typed: str) -> bool:
    """Whether the lines of a holder are one, read together."""
    lines = typed.splitlines()
    if len(lines) < 2:
        return False
    pieces = [piece_of(plain_of(line)) for line in lines]
    return bool(spread(pieces) or refuse_remark(" ".join(lines)))


def _addresses(behind: Sequence[_Behind]) -> set[int]:
    """Where an e-mail address stands that a comma cut in two."""
    found = set[int]()
    filled = [place for place, one in enumerate(behind) if one.plain]
    for first, second in pairwise(filled):
        one, other = behind[first], behind[second]
        if one.key not in {BEYOND, *CUSTODY} or other.key == "handle":
            continue
        if names_address(one.plain) or names_address(other.plain):
            continue
        if any(map(names_address, (one.plain + other.plain, f"{one.plain} {other.plain}"))):
            found |= {first, second}
    return found


def _passwords(behind: Sequence[_Behind]) -> set[int]:
    """Where a password, or the rest of one, stands behind the cell that names it."""
    found, before = set[int](), ""
    if not any(SECRET_WORDS.search(one.plain) for one in behind):
        return found
    for place, one in enumerate(behind):
        if not one.plain:
            continue
        together = f"{before} {one.plain}".strip()
        # A text may well follow “Agus Sandi”, and a day with its year whatever comes before it.
        is_word = " " not in one.plain and (not _IS_NAME.search(before) or names_secret(before))
        could_be = has_words(one.plain) if one.is_strict else is_word
        asked = ENDS_TOLD.search(before) or (before and could_be)
        named = asked and (names_secret(before) or names_secret(together))
        if named and not one.is_good:
            found.add(place)
            before = together
        else:
            before = one.plain if one.key in CUSTODY else without_campaign(one.plain)
    return found
