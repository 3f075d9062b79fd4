from __future__ import annotations

import logging
from datetime import timedelta
from itertools import islice

from celery import shared_task

from accounts import documents, mail
from accounts.models import User
from accounts.posting import NOT_SENT

logger = logging.getLogger(__name__)

# One run stays within the time between two.
MOST_SECRETS = 50


# For most of a day, with pauses shorter than the broker waits before it hands a task out again. Not
# where the letter may have left.
@shared_task(
    autoretry_for=NOT_SENT,
    max_retries=40,
    retry_backoff=30,
    retry_backoff_max=1800,
    retry_jitter=False,
    ignore_result=True,
)
def tell_signed_in_place(handover_id: int) -> None:
    """Tell who hands over that somebody signed for them."""
    mail.send_signed_in_place(handover_id)


# A server that says its words sign by sign is as slow as it likes; nobody else sends meanwhile.
@shared_task(ignore_result=True, time_limit=900)
def send_sign_in_letters() -> None:
    """Send invitations and letters of the pages for signing in that nobody else is sending."""
    from accounts import actions  # actions import tasks

    actions.send_sign_in_letters(actor=User.objects.system())


@shared_task(ignore_result=True, time_limit=900)
def send_new_sign_in_letters() -> None:
    """The same as soon as there is one, as long as it is of use: beat comes for all others."""
    from accounts import actions  # actions import tasks

    actions.send_new_sign_in_letters(actor=User.objects.system())


@shared_task(ignore_result=True)
def claim_due_reminders() -> int:
    """Plan the letters of today and send those that nobody else is sending; return how many.

    The rows are the truth: with the broker emptied, the next run finds what is still to send.
    """
    from accounts.actions import reminders  # actions import tasks

    reminders.plan_reminders()
    return reminders.send_reminders(actor=User.objects.system())


# Actions import the tasks that they enqueue; these tasks are enqueued by beat alone.


@shared_task
def claim_renewals() -> None:
    from accounts import actions

    for official_account_id in actions.claim_renewals():
        renew_connection.delay(official_account_id)


@shared_task
def renew_connection(official_account_id: int) -> None:
    """Refresh the token of an account before it ends."""
    from accounts import actions

    actions.renew_connection(actor=User.objects.system(), official_account_id=official_account_id)


@shared_task
def revoke_secrets() -> None:
    """Tell platforms about secrets that are out of use.

    What goes wrong in this application is counted on its row and raised: the others are claimed by
    the next run.
    """
    from accounts import actions

    system = User.objects.system()
    for revocation in islice(iter(actions.claim_revocation, None), MOST_SECRETS):
        actions.revoke_at_platform(actor=system, revocation=revocation)


@shared_task
def warn_of_ends() -> None:
    """Write and send the letters about connections that end."""
    from accounts import actions

    actions.plan_warnings()
    actions.send_warnings(actor=User.objects.system())


@shared_task
def tidy_consents() -> None:
    """Settle consents whose time is over, and forget applications that nothing needs any more."""
    from accounts import actions

    system = User.objects.system()
    actions.tidy_consents(actor=system)
    actions.forget_former_apps(actor=system)


@shared_task
def forget_uploads() -> int:
    """Empty lists that were uploaded and never confirmed: they name people."""
    from accounts import actions

    return actions.forget_expired_imports()


@shared_task
def remove_orphans() -> None:
    """Clear away files of documents that were never stored after all."""
    removed = documents.remove_orphans(older_than=timedelta(days=1))
    if removed:
        logger.info("Files without a document were removed.", extra={"files": removed})
