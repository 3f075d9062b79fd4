from __future__ import annotations

from celery import shared_task

from accounts import mail


@shared_task(
    autoretry_for=(OSError,), max_retries=5, retry_backoff=30, retry_jitter=True, ignore_result=True
)
def send_invitation(user_id: int) -> None:
    """Send the link with which an invited person chooses a password."""
    mail.send_invitation(user_id)
