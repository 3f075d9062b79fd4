from __future__ import annotations

from celery import shared_task

from accounts import mail

# One run stays within the time between two.
MOST_LETTERS = 200


@shared_task(
    autoretry_for=(OSError,), max_retries=5, retry_backoff=30, retry_jitter=True, ignore_result=True
)
def send_invitation(user_id: int) -> None:
    """Send the link with which an invited person chooses a password."""
    mail.send_invitation(user_id)


@shared_task(ignore_result=True)
def claim_due_reminders() -> int:
    """Plan the letters of today and send those that nobody else is sending; return how many.

    The rows are the truth: with the broker emptied, the next run finds what is still to send.
    """
    from accounts.actions import reminders  # actions import tasks

    reminders.plan_reminders()
    sent, tried = 0, set[int]()
    while len(tried) < MOST_LETTERS:
        reminder = reminders.claim_reminder(but=tried)
        if reminder is None:
            break
        tried.add(reminder.pk)
        sent += reminders.send_reminder(reminder=reminder)
    return sent
