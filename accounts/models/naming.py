"""What an official account is called, by its handle and by its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any, Protocol

from django.utils.functional import cached_property

from accounts.models.kinds import SIGNS, OfficialPlatform, at_handle


class Naming:
    """The names of a model with ``platform``, ``handle`` and ``display_name``."""

    pk: Any
    platform: str
    handle: str
    display_name: str

    @property
    def at_handle(self) -> str:
        return at_handle(self.platform, self.handle)

    @property
    def known_as(self) -> str:
        """What a button or a sentence calls it: its name where the handle is an address or a
        number, such as that of a WhatsApp channel, which says nothing to a reader."""
        handle = self.at_handle
        return handle if handle.startswith("@") else self.display_name

    @property
    def in_words(self) -> str:
        """``@samudrakota (Instagram)``, or ``Samudra (WhatsApp channel)``: as lists name it. A name
        that says the platform itself stands alone."""
        name = self.known_as
        says_it = not name.startswith("@") and self._platform.casefold() in name.casefold()
        return name if says_it else f"{name} ({self._platform})"

    @cached_property
    def called(self) -> str:
        """``in_words`` where it stands alone, as on a button; with its whole address where another
        account has that very name. One query, and none where the handle tells which it is."""
        if self.at_handle.startswith("@"):
            return self.in_words
        accounts = type(self)._default_manager  # type: ignore[attr-defined]  # of a model
        same = accounts.filter(platform=self.platform, display_name=self.display_name)
        return str(self) if same.exclude(pk=self.pk).exists() else self.in_words

    @property
    def beside_its_name(self) -> str:
        """What stands beside or below its name: ``@samudrakota (Instagram)``, or the platform alone
        where the handle says nothing to a reader."""
        return self.in_words if self.at_handle.startswith("@") else self._platform

    @property
    def _platform(self) -> str:
        return str(OfficialPlatform(self.platform).label)


class Named(Protocol):
    """An account, or a row that has its names."""

    platform: str

    @property
    def pk(self) -> int: ...
    @property
    def in_words(self) -> str: ...
    @property
    def known_as(self) -> str: ...


def told_apart(accounts: Collection[Named], *, shortly: bool = False) -> dict[int, str]:
    """What to call each of several accounts that stand together, by id.

    As ``in_words``, and with its whole address where two share even that. ``shortly`` is for
    controls with little room: the platform alone, of which there is one account.
    """
    of_platform = Counter(one.platform for one in accounts)
    same = Counter(one.in_words for one in accounts)
    return {
        one.pk: str(OfficialPlatform(one.platform).label)
        if shortly and of_platform[one.platform] == 1
        else one.in_words
        if same[one.in_words] == 1
        else str(one)
        for one in accounts
    }


def signs_of(accounts: Collection[Named]) -> dict[int, str]:
    """What marks each of several accounts in very little room, by id: ``IG``, and with its handle
    where another of them is on the same platform. Beside it goes the name, for who cannot tell."""
    of_platform = Counter(one.platform for one in accounts)
    return {
        one.pk: SIGNS[one.platform]
        if of_platform[one.platform] == 1
        else f"{SIGNS[one.platform]} {one.known_as}"
        for one in accounts
    }
