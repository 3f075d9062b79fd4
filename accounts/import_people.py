"""Which people the cells of an uploaded list mean: by their e-mail, or by their full name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from accounts.models import User
from accounts.selectors import people_to_choose_for

_BETWEEN = ",;\n"


class People:
    """Everybody whom the cells of a whole list name. At most two queries.

    An e-mail may be anybody's who signs in here; a name only that of a person whom ``actor`` could
    choose in the form, so that nobody learns from a list who else there is.
    """

    def __init__(self, actor: User, cells: Iterable[str]) -> None:
        texts = {cell for cell in cells if cell}
        self._named: dict[str, list[User]] = defaultdict(list)
        if any("@" not in word for text in texts for word in _words(text, "")):
            for person in people_to_choose_for(actor):
                self._named[_folded(person.full_name)].append(person)
        # Names may have commas in them, as academic degrees are written behind them.
        glued = [name for name in self._named if not set(_BETWEEN).isdisjoint(name)]
        self._glued = "|".join(
            re.escape(name).replace(r"\ ", r"\s+") for name in sorted(glued, key=len, reverse=True)
        )
        mails = {word.lower() for text in texts for word in self.words(text) if "@" in word}
        self._mailed = {
            user.email.lower(): user
            for user in User.objects.filter(email__in=mails, is_system=False)
        }

    def words(self, cell: str, *, one: bool = False) -> list[str]:
        """Each e-mail and name of a cell, as typed; ``one``: what is no e-mail is a single name."""
        if one and "@" not in cell:
            return [cell] if cell else []
        return _words(cell, self._glued)

    def meant(self, word: str) -> list[User]:
        """Who is meant: nobody known, one, or several of the same name."""
        if "@" not in word:
            return self._named.get(_folded(word), [])
        found = self._mailed.get(word.lower())
        return [found] if found else []


def _words(cell: str, glued: str) -> list[str]:
    names = rf"\s*({glued})\s*(?=[{_BETWEEN}]|$)|" if glued else "()"
    found = re.findall(rf"{names}([^{_BETWEEN}]+)", cell, re.IGNORECASE)
    words = [(name or other).strip() for name, other in found]
    return [word for word in words if word]


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
