"""Letters about connections that end: one for each reader, sent outside of transactions."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import mail
from accounts.actions.leased_letters import Outcome, claim_of, place_of, send_claimed, send_each
from accounts.events_care import LETTER_GIVEN_UP
from accounts.events_connections import CONNECTION_WARNED
from accounts.models import ConnectionLetter, ConnectionWarning, Credential, User
from accounts.selectors import people_who_manage
from govsocial.audit.actions import record

logger = logging.getLogger(__name__)

# One run stays within the time between two.
MOST_WARNINGS = 500
MOST_LETTERS = 200
MOST_SECONDS = 240.0


def send_warnings(*, actor: User) -> int:
    """Send the letters that are due and return how many left; see ``send_each``."""
    _go_on_with_all(actor)
    send = partial(_send_letter, actor)
    return send_each(claim_letter, send, most=MOST_LETTERS, seconds=MOST_SECONDS)


def _go_on_with_all(actor: User) -> None:
    """With the warnings of which no letter is under way: none is written yet, or whoever settled
    the last one could not close them. What fails takes the place of no other."""
    under_way = ConnectionLetter.objects.filter(warning=OuterRef("pk"), settled_at=None)
    waiting = ConnectionWarning.objects.filter(sent_at=None).exclude(Exists(under_way))
    gone_on = 0
    for pk in list(waiting.order_by("pk").values_list("pk", flat=True)):
        gone_on += _try_to_go_on(actor, pk)
        if gone_on >= MOST_WARNINGS:
            return


def claim_letter() -> ConnectionLetter | None:
    return claim_of(
        ConnectionLetter.objects.select_related(
            "person", "warning__credential__official_account__unit"
        )
    )


def _send_letter(actor: User, letter: ConnectionLetter) -> bool:
    settle = partial(_settle, actor)
    return send_claimed(letter, why_unneeded=_why_unneeded, write=_written, settle=settle)


def _written(letter: ConnectionLetter) -> tuple[str, str, str]:
    return letter.person.email, *mail.connection_letter(letter)


def _why_unneeded(letter: ConnectionLetter) -> str:
    if not _still_true(letter.warning):
        return "the connection does not end then any more"
    keepers = people_who_manage(letter.warning.credential.official_account.unit)
    is_keeper = keepers.filter(pk=letter.person_id).exists()
    return "" if is_keeper else "who reads it does not keep the account any more"


def _settle(actor: User, letter: ConnectionLetter, outcome: Outcome) -> None:
    """Two transactions: a warning that does not go on is no reason to send its letter again."""
    _write_down(actor, letter, outcome)
    _try_to_go_on(actor, letter.warning_id)


@transaction.atomic
def _write_down(actor: User, letter: ConnectionLetter, outcome: Outcome) -> None:
    row = ConnectionLetter.objects.select_for_update().get(pk=letter.pk)
    if row.settled_at is not None:
        return
    row.outcome, row.settled_at = outcome, timezone.now()
    row.in_doubt, row.last_error = letter.in_doubt, letter.last_error
    row.save(update_fields=["outcome", "settled_at", "in_doubt", "last_error"])
    if outcome == Outcome.GIVEN_UP:
        record(
            LETTER_GIVEN_UP,
            actor=actor,
            target=letter.person,
            about="connection",
            attempts=row.attempts,
            error=row.last_error,
        )


def _try_to_go_on(actor: User, warning_id: int) -> bool:
    """Where that fails it keeps back no other, and the next run tries again."""
    try:
        _go_on(actor, warning_id)
    except Exception as exc:
        logger.exception(
            "A warning did not go on.", exc_info=place_of(exc), extra={"warning_id": warning_id}
        )
        return False
    return True


@transaction.atomic
def _go_on(actor: User, warning_id: int) -> None:
    """Write the letters that a warning lacks, also to who has come to keep the accounts since the
    first were written; when all are settled, close it and say so in the trail."""
    warning = (
        ConnectionWarning.objects.select_for_update(of=("self",))
        .select_related("credential__official_account__unit")
        .get(pk=warning_id)
    )
    if warning.sent_at is not None:
        return
    account, now = warning.credential.official_account, timezone.now()
    if _still_true(warning):
        told = warning.addressed.values("person")
        missing = people_who_manage(account.unit).exclude(pk__in=told)
        ConnectionLetter.objects.bulk_create(
            ConnectionLetter(warning=warning, person=person, next_try_at=now) for person in missing
        )
    if warning.addressed.filter(settled_at=None).exists():
        return
    warning.letters = warning.addressed.filter(outcome=Outcome.SENT).count()
    warning.sent_at = now
    warning.save(update_fields=["letters", "sent_at"])
    record(
        CONNECTION_WARNED,
        actor=actor,
        target=account,
        days=warning.days,
        letters=warning.letters,
    )


def _still_true(warning: ConnectionWarning) -> bool:
    """Whether the connection still ends then: it may have been renewed or made anew."""
    credential = warning.credential
    ends: datetime | None = credential.expires_at
    if warning.days == ConnectionWarning.REVOKED:
        return credential.status == Credential.Status.REVOKED
    return credential.status == Credential.Status.GOOD and ends == warning.about
