"""After an emergency: what one person let out is looked at by another (design.md section 4)."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, User
from content import gate
from content.actions.refusals import guarded
from content.errors import ContentError, GateRefused
from content.events.posts import RETROSPECTIVE_DONE
from content.models import Retrospective, Review
from govsocial.audit.actions import record
from govsocial.web.permissions import require


def open_retrospective(review: Review) -> Retrospective:
    """Begin the look afterwards, without which an emergency is not approved."""
    now = timezone.now()
    due_at = now + timedelta(days=settings.RETROSPECTIVE_DAYS)
    return Retrospective.objects.create(review=review, opened_at=now, due_at=due_at)


@guarded("look_afterwards")
def answer_retrospective(
    *, actor: User, retrospective_id: int, verdict: str, findings: str
) -> Retrospective:
    """Close the look afterwards with what was found.

    Raises ``ContentError`` for who wrote or decided, without findings or a known verdict, while
    nothing of it is out and something may still go, and when somebody else answered meanwhile.
    """
    rows = Retrospective.objects.select_for_update(of=("self",)).select_related(
        "review__post", "review__version"
    )
    row = rows.get(pk=retrospective_id)
    review = row.review
    require(actor, "content.review", review.post.unit_id)
    meant = OfficialAccount.objects.filter(pk__in=review.version.content().texts.keys())
    for unit_id in set(meant.values_list("unit_id", flat=True)):
        require(actor, "content.review", unit_id)
    if row.done_at is not None:
        raise ContentError(_("Somebody has answered this meanwhile."))
    if gate.wrote(actor, review.version_id) or review.submitted_by_id == actor.pk:
        raise GateRefused(
            _("Somebody who did not write it looks at it afterwards."), why="own_post"
        )
    if review.decisions.filter(gate.took_part(actor)).exists():
        raise GateRefused(
            _("Somebody who did not approve it looks at it afterwards."), why="decided"
        )
    if actor.stands_in and not gate.may_decide(actor, review.version_id, "content.review"):
        raise GateRefused(
            _(
                "You stand in for somebody who wrote or approved it, or does not hold the role "
                "themselves. Somebody else looks at it afterwards."
            ),
            why="stands_in",
        )
    if not gate.can_be_looked_at(review.version_id):
        raise GateRefused(
            _("Nothing of it is out yet that could be looked at. Answer once it is."),
            why="not_out",
        )
    if not findings.strip():
        raise ContentError(_("Write what you found."), field="findings")
    if verdict not in Retrospective.Verdict.values:
        raise ContentError(_("Choose from the values that are offered."), field="verdict")
    row.verdict, row.findings = verdict, findings.strip()
    row.done_by, row.done_at = actor, timezone.now()
    row.save(update_fields=["verdict", "findings", "done_by", "done_at"])
    record(
        RETROSPECTIVE_DONE,
        actor=actor,
        target=review.post,
        version=review.version.number,
        verdict=verdict,
    )
    return row
