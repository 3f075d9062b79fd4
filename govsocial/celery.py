"""The Celery application: queues, routes and the beat schedule.

Every entry of the schedule claims work in PostgreSQL; the broker may be emptied at any moment
(ADR D4). ``expires`` is under the interval, so that entries never pile up behind a slow worker.
"""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import import_modules
from kombu import Queue

from govsocial.web import collector

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govsocial.settings.prod")

QUEUES = ("publishing", "metrics", "reports", "default")

# Signals are told in the order of their receivers: this one before Django and its checks.
import_modules.connect(collector.begin_loading)
app = Celery("govsocial")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.task_queues = [Queue(name, routing_key=name) for name in QUEUES]
app.conf.task_routes = {
    # They are no reason for a publication to wait: a mail server may be slow.
    "content.tasks.nudge_reviews": {"queue": "default"},
    "content.tasks.nudge_retrospectives": {"queue": "default"},
    "content.tasks.tell_ended_emergencies": {"queue": "default"},
    "content.tasks.send_notices": {"queue": "default"},
    "content.tasks.forget_unsaved": {"queue": "default"},
    "content.tasks.*": {"queue": "publishing"},
    "kpi.tasks.*": {"queue": "metrics"},
    # They wait for platforms, as pulls do.
    "accounts.tasks.renew_connection": {"queue": "metrics"},
    "accounts.tasks.revoke_secrets": {"queue": "metrics"},
    "content.tasks.check_link": {"queue": "metrics"},
    "govsocial.audit.tasks.verify_trail": {"queue": "reports"},
}


def every(seconds: float, task: str) -> dict[str, object]:
    return {"task": task, "schedule": seconds, "options": {"expires": seconds * 0.9}}


app.conf.beat_schedule = {
    "claim due publications": every(5, "content.tasks.claim_due_publications"),
    "tell of posts by hand": every(30, "content.tasks.tell_by_hand"),
    "find lost attempts": every(15, "content.tasks.find_lost_attempts"),
    "confirm publications": every(10, "content.tasks.claim_unconfirmed_publications"),
    "delete withdrawn": every(10, "content.tasks.claim_withdrawals"),
    "look at links": every(20, "content.tasks.claim_link_checks"),
    "nudge reviews": every(600, "content.tasks.nudge_reviews"),
    "nudge retrospectives": every(1800, "content.tasks.nudge_retrospectives"),
    "tell of ended emergencies": every(60, "content.tasks.tell_ended_emergencies"),
    "send notices": every(60, "content.tasks.send_notices"),
    "claim due pulls": every(15, "kpi.tasks.claim_due_pulls"),
    "claim due reminders": every(900, "accounts.tasks.claim_due_reminders"),
    "send sign-in letters": every(60, "accounts.tasks.send_sign_in_letters"),
    "renew connections": every(60, "accounts.tasks.claim_renewals"),
    "revoke secrets": every(20, "accounts.tasks.revoke_secrets"),
    "warn of ends": every(300, "accounts.tasks.warn_of_ends"),
    "tidy consents": every(60, "accounts.tasks.tidy_consents"),
    "forget uploads": every(3600, "accounts.tasks.forget_uploads"),
    "forget unsaved texts": every(3600, "content.tasks.forget_unsaved"),
    "seal the trail": every(60, "govsocial.audit.tasks.seal_entries"),
    "verify the trail": {
        "task": "govsocial.audit.tasks.verify_every_night",
        "schedule": crontab(hour=18, minute=10),  # UTC: ten past one in the night in Jakarta
        "options": {"expires": 3600},
    },
    "remove orphans": {
        "task": "accounts.tasks.remove_orphans",
        "schedule": crontab(hour=18, minute=25),
        "options": {"expires": 3600},
    },
    "clear sessions": {
        "task": "govsocial.web.tasks.clear_sessions",
        "schedule": crontab(hour=18, minute=40),
        "options": {"expires": 3600},
    },
}
app.conf.imports = ["govsocial.web.heartbeat"]
app.autodiscover_tasks()
import_modules.connect(collector.end_loading)
