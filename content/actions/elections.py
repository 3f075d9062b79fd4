"""Election windows: made and withdrawn by administrators, never changed under a running one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from content.errors import ContentError
from content.events.findings import WINDOW_MADE, WINDOW_WITHDRAWN
from content.models import ElectionWindow
from govsocial.audit.actions import record
from govsocial.web.hidden_signs import readable
from govsocial.web.permissions import require

MOST_WORDS = 200
LONGEST_WORD = 60


@transaction.atomic
def make_election_window(
    *,
    actor: User,
    unit_id: int,
    name: str,
    starts_on: date,
    ends_on: date,
    citation: str,
    words: Sequence[str],
) -> ElectionWindow:
    """Have posts of the unit and below looked through for ``words`` from a day to a day."""
    require(actor, "accounts.manage", unit_id)
    name, citation = readable(name), readable(citation)
    for field, said in (("name", name), ("citation", citation)):
        if not said:
            raise ContentError(_("Write something that can be read."), field=field)
    if ends_on < starts_on:
        raise ContentError(_("The last day comes after the first day."), field="ends_on")
    wanted = list(dict.fromkeys(" ".join(word.split()).casefold() for word in words))
    wanted = [word for word in wanted if any(sign.isalnum() for sign in word)]
    if not 1 <= len(wanted) <= MOST_WORDS or any(len(word) > LONGEST_WORD for word in wanted):
        raise ContentError(
            _("Write 1 to %(most)s words or short phrases.") % {"most": MOST_WORDS}, field="words"
        )
    window = ElectionWindow.objects.create(
        unit_id=unit_id,
        name=name,
        starts_on=starts_on,
        ends_on=ends_on,
        citation=citation,
        words=wanted,
        made_by=actor,
    )
    record(
        WINDOW_MADE,
        actor=actor,
        target=window,
        unit=str(window.unit),
        starts_on=starts_on.isoformat(),
        ends_on=ends_on.isoformat(),
        citation=citation,
        words=wanted,
    )
    return window


@transaction.atomic
def withdraw_election_window(*, actor: User, window_id: int, reason: str) -> ElectionWindow:
    """Stop looking for its words; it stays on record."""
    window = ElectionWindow.objects.select_for_update().get(pk=window_id)
    require(actor, "accounts.manage", window.unit_id)
    if window.withdrawn_at is not None:
        raise ContentError(_("It has been withdrawn already."))
    reason = readable(reason)
    if not reason:
        raise ContentError(_("Give a reason."), field="reason")
    window.withdrawn_by, window.withdrawn_at = actor, timezone.now()
    window.save(update_fields=["withdrawn_by", "withdrawn_at"])
    record(WINDOW_WITHDRAWN, actor=actor, target=window, reason=reason)
    return window
