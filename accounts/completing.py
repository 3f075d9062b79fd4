"""Who completes a handover that was signed in the place of somebody: never who signed it so."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Handover, User
from accounts.selectors import people_who_manage

MOST_NAMED = 5


def signed_in_place(handover: Handover, person: User) -> bool:
    """Whether ``person`` signed for who hands over."""
    return handover.was_stood_in_for and handover.outgoing_signed_by_id == person.pk


def who_may_complete(handover: Handover) -> QuerySet[User]:
    """Administrators of the account's unit who neither take part nor signed for who does."""
    barred = {handover.outgoing_id, handover.incoming_id}
    if handover.was_stood_in_for and handover.outgoing_signed_by_id is not None:
        barred.add(handover.outgoing_signed_by_id)
    return people_who_manage(handover.official_account.unit).exclude(pk__in=barred)


def who_is_left(handover: Handover, *, but: User | None = None) -> str:
    """Who can complete it besides ``but``, or what to do where nobody can."""
    left = who_may_complete(handover)
    people = [one.full_name for one in left if but is None or one.pk != but.pk][:MOST_NAMED]
    if people:
        return _("These can complete it: %(people)s.") % {"people": ", ".join(people)}
    return _(
        "Nobody else administers accounts of %(unit)s now: give somebody the role of administrator "
        "there, for a few days at least, or cancel the handover."
    ) % {"unit": handover.official_account.unit.name}


def who_completes(handover: Handover) -> str:
    """The next step of a handover that both have signed."""
    if not handover.was_stood_in_for:
        return _("An administrator who takes no part in it completes the handover.")
    words = _(
        "%(signer)s signed in the place of %(person)s: another administrator completes the "
        "handover."
    )
    said = words % {"signer": handover.outgoing_signed_by, "person": handover.outgoing}
    return f"{said} {who_is_left(handover)}"
