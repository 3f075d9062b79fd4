"""Letters that an invitation or a page for signing in promised: kept with the promise, sent until
they left or are of no use any more, and then forgotten."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import vault
from accounts.actions.leased_letters import Outcome, claim_of, send_claimed, send_each
from accounts.events_care import LETTER_GIVEN_UP
from accounts.mail_sign_in import INVITATION, SignInLetter
from accounts.models import User, WaitingLetter
from accounts.tasks import send_sign_in_letters as send_soon
from accounts.vault import CannotOpen
from govsocial.audit.actions import record

logger = logging.getLogger(__name__)

# One run stays within a few between two.
MOST_LETTERS = 200
MOST_SECONDS = 240.0
# Whoever can ask for a letter can ask for very many.
ROWS_KEPT = timedelta(days=30)


@transaction.atomic
def keep_sign_in_letter(*, letter: SignInLetter) -> None:
    """Keep a letter and have it sent. Who asks for a new password is not signed in: no actor."""
    now = timezone.now()
    valid = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    row = WaitingLetter(next_try_at=now, expires_at=now + valid)
    vault.seal_row(row, json.dumps(asdict(letter)))
    row.save(force_insert=True)
    # Without a broker beat finds it: log and go on. What waits for longer than beat is one of many.
    transaction.on_commit(lambda: send_soon.apply_async(expires=60), robust=True)


def send_sign_in_letters(*, actor: User) -> int:
    """Send the letters that are due and return how many left; see ``send_each``."""
    _forget()
    send = partial(_send_letter, actor)
    return send_each(claim_sign_in_letter, send, most=MOST_LETTERS, seconds=MOST_SECONDS)


def claim_sign_in_letter() -> WaitingLetter | None:
    return claim_of(WaitingLetter.objects.all())


@transaction.atomic
def _forget() -> None:
    """What the letters say whose time is over, also while the mail server is away."""
    now = timezone.now()
    over = WaitingLetter.objects.select_for_update(skip_locked=True).filter(
        settled_at=None, expires_at__lte=now
    )
    WaitingLetter.objects.filter(pk__in=list(over.values_list("pk", flat=True))).update(
        outcome=Outcome.NOT_NEEDED, settled_at=now, sealed=""
    )
    WaitingLetter.objects.filter(settled_at__lt=now - ROWS_KEPT).delete()


def _send_letter(actor: User, letter: WaitingLetter) -> bool:
    settle = partial(_settle, actor)
    return send_claimed(letter, is_wanted=_is_of_use, write=_written, settle=settle)


def _is_of_use(letter: WaitingLetter) -> bool:
    return letter.expires_at > timezone.now() and _opened(letter).is_of_use()


def _written(letter: WaitingLetter) -> tuple[str, str, str]:
    return _opened(letter).written(until=letter.expires_at)


def _opened(letter: WaitingLetter) -> SignInLetter:
    return SignInLetter(**json.loads(vault.open_row(letter)))


@transaction.atomic
def _settle(actor: User, letter: WaitingLetter, outcome: Outcome) -> None:
    row = WaitingLetter.objects.select_for_update().get(pk=letter.pk)
    if row.settled_at is not None:
        return
    if outcome == Outcome.GIVEN_UP:
        _tell(actor, letter)
    row.outcome, row.settled_at, row.sealed = outcome, timezone.now(), ""
    row.in_doubt, row.last_error = letter.in_doubt, letter.last_error
    row.save(update_fields=["outcome", "settled_at", "sealed", "in_doubt", "last_error"])


def _tell(actor: User, letter: WaitingLetter) -> None:
    """In the trail, where somebody has this address: an administrator may know a better one."""
    try:
        opened = _opened(letter)
    except (CannotOpen, ValueError, TypeError):
        # Of another release, or of other keys.
        logger.error("A letter does not open.", extra={"letter_id": letter.pk})
        return
    person = opened.person()
    if person is not None:
        record(
            LETTER_GIVEN_UP,
            actor=actor,
            target=person,
            about="invitation" if opened.template == INVITATION else "new_password",
            attempts=letter.attempts,
            error=letter.last_error,
        )
