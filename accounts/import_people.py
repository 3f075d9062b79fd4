"""Which people the cells of an uploaded list mean: by their e-mail, or by their full name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from accounts.models import User
from accounts.selectors import people_to_choose_for

# What stands between commas of a full name, as academic degrees do, however it is spaced.
_Name = tuple[str, ...]


class People:
    """Everybody whom the cells of a whole list name. At most two queries.

    An e-mail may be anybody's who signs in here; a name only that of a person whom ``actor`` could
    choose in the form, so that nobody learns from a list who else there is.
    """

    def __init__(self, actor: User, cells: Iterable[str]) -> None:
        texts = {cell for cell in cells if cell}
        self._named: dict[_Name, list[User]] = defaultdict(list)
        if any("@" not in part for text in texts for part in _parts(text)):
            for person in people_to_choose_for(actor):
                self._named[_name(_parts(person.full_name))].append(person)
        self._most_parts = max(map(len, self._named), default=1)
        mails = {word.lower() for text in texts for word in self.words(text) if "@" in word}
        self._mailed = {
            user.email.lower(): user
            for user in User.objects.filter(email__in=mails, is_system=False)
        }

    def words(self, cell: str, *, one: bool = False) -> list[str]:
        """Each e-mail and name of a cell, as typed; ``one``: what is no e-mail is a single name."""
        if one and "@" not in cell:
            return [cell] if cell else []
        words, parts, start = [], _parts(cell), 0
        while start < len(parts):
            end = start + self._parts_of_first(parts[start : start + self._most_parts])
            words.append(", ".join(parts[start:end]))
            start = end
        return words

    def _parts_of_first(self, parts: Sequence[str]) -> int:
        longest_first = range(len(parts), 1, -1)
        return next((size for size in longest_first if _name(parts[:size]) in self._named), 1)

    def meant(self, word: str) -> list[User]:
        """Who is meant: nobody known, one, or several of the same name."""
        if "@" not in word:
            return self._named.get(_name(_parts(word)), [])
        found = self._mailed.get(word.lower())
        return [found] if found else []


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]


def _name(parts: Iterable[str]) -> _Name:
    return tuple(" ".join(part.split()).casefold() for part in parts)
