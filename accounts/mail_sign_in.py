"""Letters of the pages for signing in. They are written by the worker that sends them: a page takes
no longer for an address that somebody has than for one that nobody has."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts import vault
from accounts.mail import post_to
from accounts.models import User
from accounts.sealing import Place

_QUEUE = Place("letter", "queue", ())


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLetter:
    """What a page wants sent. ``language`` is that of whoever asked, for an address that nobody
    here has; ``values`` are what only the page knows, such as a link."""

    template: str
    email: str
    language: str
    values: Mapping[str, str]

    def written(self) -> tuple[str, str]:
        """Subject and text, as the person with this address reads them."""
        person = User.objects.filter(email__iexact=self.email).first()
        context = {
            **self.values,
            "person": person,
            "email": self.email,
            "agency_name": settings.AGENCY_NAME,
        }
        with (
            translation.override(person.language if person else self.language),
            timezone.override(person.zone if person else None),
        ):
            subject = render_to_string(f"{self.template}_subject.txt", context)
            message = render_to_string(f"{self.template}_message.txt", context)
        return settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + subject.strip(), message.strip()


def sealed_letter(letter: SignInLetter) -> str:
    """For the queue: whoever reads along there learns neither whose it is nor the link in it."""
    return vault.seal_text(json.dumps(asdict(letter)), _QUEUE)


def send_sealed(sealed: str) -> None:
    """Send what ``sealed_letter`` sealed. Raises like ``mail.post``."""
    letter = SignInLetter(**json.loads(vault.open_text(sealed, _QUEUE)))
    post_to(letter.email, *letter.written())
