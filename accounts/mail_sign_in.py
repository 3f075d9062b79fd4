"""Invitations and letters of the pages for signing in. The worker that sends them writes them, so
that a page has as little to do for an address that somebody has as for one that nobody has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac

from accounts.mail import invited_by
from accounts.models import User, WaitingLetter

INVITATION = "accounts/mail/invitation"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLetter:
    """What is to be sent. ``language`` is that of whoever asked, for an address that nobody
    here has; ``values`` are what only the page knows, such as a link."""

    template: str
    email: str
    language: str
    values: Mapping[str, str]

    @property
    def kind(self) -> WaitingLetter.Kind:
        if self.template == INVITATION:
            return WaitingLetter.Kind.INVITATION
        known, unknown = WaitingLetter.Kind.NEW_PASSWORD, WaitingLetter.Kind.UNKNOWN_ADDRESS
        return known if self._link else unknown

    @property
    def address_digest(self) -> str:
        """The same for the same address, and telling nothing of it."""
        address = self.email.strip().lower()
        return salted_hmac("accounts.letter", address, algorithm="sha256").hexdigest()

    def person(self) -> User | None:
        """Whom the link in it is for, as long as it works and they have this address. None for a
        letter without one, which goes to whoever nobody here knows."""
        person = invited_by(self._link) if self._link else None
        return person if person and person.email.lower() == self.email.lower() else None

    def is_of_use(self) -> bool:
        """No link that has ended is, nor that an address is unknown, once somebody has it."""
        if self._link:
            return self.person() is not None
        return not User.objects.filter(email__iexact=self.email, is_active=True).exists()

    @property
    def _link(self) -> str:
        return self.values.get("link") or self.values.get("password_reset_url", "")

    def written(self, *, until: datetime) -> tuple[str, str, str]:
        """Address, subject and text, as the person with this address reads them. ``until`` is when
        a link in it ends."""
        person = self.person()
        context = {
            **self.values,
            "person": person,
            "email": self.email,
            "until": until,
            "agency_name": settings.AGENCY_NAME,
        }
        with (
            translation.override(person.language if person else self.language),
            timezone.override(person.zone if person else None),
        ):
            subject = render_to_string(f"{self.template}_subject.txt", context)
            message = render_to_string(f"{self.template}_message.txt", context)
        return self.email, subject, message.strip()
