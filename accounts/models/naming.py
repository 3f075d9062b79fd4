"""What an official account is called, by its handle and by its name."""

from __future__ import annotations

from accounts.models.kinds import OfficialPlatform, at_handle


class Naming:
    """The names of a model with ``platform``, ``handle`` and ``display_name``."""

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
        """``@samudrakota (Instagram)``, or ``Samudra (WhatsApp channel)``: as lists name it."""
        return f"{self.known_as} ({OfficialPlatform(self.platform).label})"
