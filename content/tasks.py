"""Doors of the background work: an id in, one action called, a written state out."""

from __future__ import annotations

from celery import shared_task

from accounts.models import User
from content import actions


@shared_task
def claim_due_publications() -> None:
    for publication_id in actions.claim_due_publications():
        send_publication.delay(publication_id)


@shared_task
def send_publication(publication_id: int) -> None:
    actions.send_publication(publication_id=publication_id, actor=User.objects.system())
    for following_id in actions.claim_following_publications(publication_id=publication_id):
        send_publication.delay(following_id)


@shared_task
def tell_by_hand() -> None:
    """Tell people what they are to post now, and stop what may not go out any more."""
    actions.tell_due_by_hand(actor=User.objects.system())


@shared_task
def find_lost_attempts() -> None:
    actions.find_lost_attempts(actor=User.objects.system())


@shared_task
def claim_unconfirmed_publications() -> None:
    for publication_id in actions.claim_unconfirmed_publications():
        confirm_publication.delay(publication_id)


@shared_task
def confirm_publication(publication_id: int) -> None:
    actions.confirm_publication(publication_id=publication_id, actor=User.objects.system())


@shared_task
def claim_withdrawals() -> None:
    for withdrawal_id in actions.claim_withdrawals():
        delete_withdrawn.delay(withdrawal_id)


@shared_task
def delete_withdrawn(withdrawal_id: int) -> None:
    actions.delete_withdrawn(withdrawal_id=withdrawal_id, actor=User.objects.system())


@shared_task
def claim_link_checks() -> None:
    for link_id in actions.claim_link_checks():
        check_link.delay(link_id)


@shared_task
def check_link(link_id: int) -> None:
    actions.check_link(link_id=link_id)


@shared_task
def nudge_reviews() -> None:
    """Remind of reviews that wait, and bring those that wait too long to the people above."""
    actions.nudge_reviews(actor=User.objects.system())


@shared_task
def forget_unsaved() -> None:
    """What nobody came back to: texts of the composer, and uploads that were not confirmed."""
    actions.forget_scratches()
    actions.forget_draft_imports()


@shared_task
def nudge_retrospectives() -> None:
    """Remind every day of emergencies that nobody has looked at afterwards."""
    actions.nudge_retrospectives(actor=User.objects.system())


@shared_task
def tell_ended_emergencies() -> None:
    """Tell of emergency notices that are still out though they hold no longer."""
    actions.tell_ended_emergencies(actor=User.objects.system())


# A server that says its words sign by sign is as slow as it likes.
@shared_task(time_limit=900)
def send_notices() -> None:
    """Write and send the letters of notifications. The rows are the truth: what one run does not
    send is found by the next."""
    actions.plan_notice_letters()
    actions.send_notice_letters(actor=User.objects.system())
