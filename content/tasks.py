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
