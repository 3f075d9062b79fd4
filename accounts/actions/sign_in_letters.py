"""Letters that an invitation or a page for signing in promised: kept with the promise, sent until
they left or are of no use any more, and then forgotten."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict
from datetime import timedelta
from functools import partial

from allauth.account.forms import default_token_generator
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import vault
from accounts.actions.guards import alone_with, hold
from accounts.actions.leased_letters import (
    Outcome,
    claim_of,
    note_unneeded,
    send_claimed,
    send_each,
    unclaimed,
    was_just_away,
)
from accounts.events_care import LETTER_GIVEN_UP
from accounts.mail_sign_in import SignInLetter
from accounts.models import User, WaitingLetter
from accounts.tasks import send_new_sign_in_letters as send_soon
from accounts.vault import CannotOpen
from govsocial.audit.actions import record

logger = logging.getLogger(__name__)

Kind = WaitingLetter.Kind
# One run stays within a few between two.
MOST_LETTERS = 200
MOST_SECONDS = 240.0
# Whoever can ask for a letter can ask for very many. Those to people have a bound of their own, one
# of a kind for each; of letters that nobody here has an address only so many wait.
MOST_TO_NOBODY = 500
ROWS_KEPT = timedelta(days=30)
ROWS_OF_NOBODY_KEPT = timedelta(days=3)
_SENDER = "letters about signing in"


@transaction.atomic
def keep_sign_in_letter(*, letter: SignInLetter) -> None:
    """Keep a letter and have it sent. Who asks for a new password is not signed in: no actor.

    For an address that nobody has as much is done as for others, or a page would tell by its time
    which is known: a token is made, and what would be too many is written as not to be sent.
    """
    now = timezone.now()
    valid = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    row = WaitingLetter(
        kind=letter.kind, address_digest=letter.address_digest, expires_at=now + valid
    )
    vault.seal_row(row, json.dumps(asdict(letter)))
    waiting = WaitingLetter.objects.filter(settled_at=None, kind=Kind.UNKNOWN_ADDRESS)
    number = waiting.exclude(address_digest=row.address_digest).count()
    _take_place_of_earlier(row)
    if row.kind == Kind.UNKNOWN_ADDRESS:
        default_token_generator.make_token(User.objects.system())
        if number >= MOST_TO_NOBODY:
            note_unneeded(row, "too many to addresses that nobody has wait")
            row.outcome, row.settled_at = Outcome.NOT_NEEDED, now
            row.sealed = row.address_digest = ""
    row.save(force_insert=True)
    # Without a broker beat finds it: log and go on. What waits for longer than beat is one of many.
    transaction.on_commit(lambda: send_soon.apply_async(expires=60), robust=True)


def _take_place_of_earlier(row: WaitingLetter) -> None:
    """Settle what was to be sent to this address before, since the newest link alone is of use.

    Whoever asks again does not go to the end for it. What is being sent is left to its sender.
    """
    hold(row.address_digest)
    row.next_try_at = timezone.now()
    earlier = list(
        WaitingLetter.objects.select_for_update(skip_locked=True)
        .filter(unclaimed(), kind=row.kind, address_digest=row.address_digest)
        .order_by("next_try_at")
    )
    if earlier and earlier[0].next_try_at <= row.next_try_at:
        # With the sign that the mail server was away, if so: see ``was_just_away``.
        row.next_try_at, row.claimed_until = earlier[0].next_try_at, earlier[0].claimed_until
        row.last_error = earlier[0].last_error
    _forget_unsent(earlier, "a newer one takes its place")


def send_sign_in_letters(*, actor: User) -> int:
    """Send the letters that are due, unless somebody is at it, and return how many left; see
    ``send_each``."""
    with alone_with(_SENDER) as is_alone:
        return _send_due(actor) if is_alone else 0


def send_new_sign_in_letters(*, actor: User) -> int:
    """The same at once for a new letter, unless the mail server has just been away: each of many
    would hold a worker for as long as the server says nothing. Beat has what is left."""
    return 0 if was_just_away(WaitingLetter.objects.all()) else send_sign_in_letters(actor=actor)


def _send_due(actor: User) -> int:
    _forget()
    send = partial(_send_letter, actor)
    return send_each(claim_sign_in_letter, send, most=MOST_LETTERS, seconds=MOST_SECONDS)


def claim_sign_in_letter() -> WaitingLetter | None:
    """An invitation before all others: an administrator sent it, and anybody may ask for those.
    Then letters to people, one for each, and last those of strangers, who may send hundreds."""
    letters = WaitingLetter.objects.filter(expires_at__gt=timezone.now())
    for kind in (Kind.INVITATION, Kind.NEW_PASSWORD, Kind.UNKNOWN_ADDRESS):
        if letter := claim_of(letters.filter(kind=kind)):
            return letter
    return None


@transaction.atomic
def _forget() -> None:
    """What the letters say whose time is over, also while the mail server is away. What is being
    sent has left or has not: that is for whoever sends it to say."""
    now = timezone.now()
    over = WaitingLetter.objects.select_for_update(skip_locked=True).filter(
        unclaimed(), expires_at__lte=now
    )
    _forget_unsent(list(over), "its time is over")
    settled = WaitingLetter.objects.filter(settled_at__isnull=False)
    settled.filter(settled_at__lt=now - ROWS_KEPT).delete()
    of_nobody = settled.filter(kind=Kind.UNKNOWN_ADDRESS)
    of_nobody.filter(settled_at__lt=now - ROWS_OF_NOBODY_KEPT).delete()


def _forget_unsent(letters: list[WaitingLetter], why: str) -> None:
    for letter in letters:
        note_unneeded(letter, why)
    WaitingLetter.objects.filter(pk__in=[letter.pk for letter in letters]).update(
        outcome=Outcome.NOT_NEEDED, settled_at=timezone.now(), sealed="", address_digest=""
    )


def _send_letter(actor: User, letter: WaitingLetter) -> bool:
    settle = partial(_settle, actor)
    return send_claimed(letter, why_unneeded=_why_unneeded, write=_written, settle=settle)


def _why_unneeded(letter: WaitingLetter) -> str:
    if letter.expires_at <= timezone.now():
        return "its time is over"
    return "" if _opened(letter).is_of_use() else "its link has ended, or somebody has the address"


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
    row.outcome, row.settled_at = outcome, timezone.now()
    row.sealed = row.address_digest = ""
    row.in_doubt, row.last_error = letter.in_doubt, letter.last_error
    row.save(
        update_fields=[
            "outcome", "settled_at", "sealed", "address_digest", "in_doubt", "last_error",
        ]
    )  # fmt: skip


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
            about=opened.kind.value,
            attempts=letter.attempts,
            error=letter.last_error,
        )
