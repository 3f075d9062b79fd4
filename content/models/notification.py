from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from accounts.models.leased_letter import LeasedLetter
from content.models.comment import Comment
from content.models.post import Post
from content.models.publication import Publication
from content.models.review import Review


class NoticeKind(models.TextChoices):
    """What people are told of; ``content.notices`` has the words."""

    SUBMITTED = "submitted", _("A post waits for your decision")
    STAGE = "stage", _("A post reached the next stage")
    APPROVED = "approved", _("Your post was approved")
    CHANGES = "changes", _("Changes were asked for")
    REJECTED = "rejected", _("Your post was rejected")
    COMMENT = "comment", _("A comment on your post or in your conversation")
    MENTION = "mention", _("Somebody mentioned you")
    FAILED = "failed", _("A publication failed")
    UNCONFIRMED = "unconfirmed", _("A publication must be confirmed")
    REMINDER = "reminder", _("A post has been waiting for your decision")
    ESCALATION = "escalation", _("A post waits too long for a decision")
    RETROSPECTIVE = "retrospective", _("A retrospective review is open")
    ENDED = "ended", _("The validity of an emergency notice has ended")
    LOOK_REMINDER = "look_reminder", _("A retrospective review has not been done yet")
    LOOK_ESCALATION = "look_escalation", _("A retrospective review is late")
    FREEZE_PLANNED = "freeze_planned", _("A freeze covers the planned time of your post")
    FREEZE_BEGUN = "freeze_begun", _("A freeze began")
    FREEZE_LIFTED = "freeze_lifted", _("A freeze was lifted")
    TO_POST = "to_post", _("There is something to post by hand")
    STOP = "stop", _("What you took to post by hand was withdrawn or frozen")
    WITHDRAWN = "withdrawn", _("Your post was withdrawn")


class Way(models.TextChoices):
    """How somebody hears of a notification besides seeing it in the application."""

    AT_ONCE = "at_once", _("E-mail at once")
    DAILY = "daily", _("Daily e-mail")
    APP = "app", _("Only in the application")


class NoticeChoice(models.Model):
    """By which way a person wants to hear of one kind; without a row, its usual way."""

    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    way = models.CharField(max_length=10, choices=Way.choices)

    class Meta:
        verbose_name = _("choice of notifications")
        verbose_name_plural = _("choices of notifications")
        constraints = [
            models.UniqueConstraint(fields=["person", "kind"], name="notice_choice_once_a_kind"),
            models.CheckConstraint(
                condition=models.Q(kind__in=NoticeKind.values), name="notice_choice_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(way__in=Way.values), name="notice_choice_way_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_kind_display()}"


class NoticeLetter(LeasedLetter):
    """A letter with the notifications that one person is to get by e-mail: those of a moment, or,
    with a ``day``, those of a day."""

    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    day = models.DateField(null=True)

    class Meta:
        verbose_name = _("letter of notifications")
        verbose_name_plural = _("letters of notifications")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(settled_at=None),
                name="notice_letter_due",
            )
        ]
        constraints = [
            *LeasedLetter.Meta.constraints,
            models.UniqueConstraint(fields=["person", "day"], name="notice_letter_once_a_day"),
            models.CheckConstraint(
                condition=models.Q(outcome="waiting", settled_at=None)
                | (~models.Q(outcome="waiting") & models.Q(settled_at__isnull=False)),
                name="notice_letter_settled_is_dated",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_itself", fields=["person", "day"]),
            pgtrigger.Protect(
                name="settled_is_settled",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} ({self.pk})"


class Notification(models.Model):
    """Something that one person is told, by its kind and a few facts: never the words of a post, a
    comment or a note. Who may no longer see the unit is not shown it any more."""

    Kind = NoticeKind

    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices)
    # On this unit one must see content to be shown it.
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, null=True, related_name="+")
    review = models.ForeignKey(Review, models.PROTECT, null=True, related_name="+")
    publication = models.ForeignKey(Publication, models.PROTECT, null=True, related_name="+")
    comment = models.ForeignKey(Comment, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)
    way = models.CharField(max_length=10, choices=Way.choices)
    # Set once a worker has put it into a letter.
    letter = models.ForeignKey(NoticeLetter, models.PROTECT, null=True, related_name="notices")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["person", "-id"], name="notification_of_person"),
            models.Index(
                fields=["person", "kind"],
                condition=models.Q(read_at__isnull=True),
                name="notification_unread",
            ),
            models.Index(
                fields=["way", "person"],
                condition=models.Q(letter__isnull=True, way__in=["at_once", "daily"]),
                name="notification_to_be_sent",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=NoticeKind.values), name="notification_kind_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(way__in=Way.values), name="notification_way_is_known"
            ),
            models.CheckConstraint(
                condition=models.Q(letter__isnull=True) | ~models.Q(way="app"),
                name="notification_sent_as_wanted",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_itself", exclude=["read_at", "letter"]),
            pgtrigger.Protect(
                name="in_one_letter",
                operation=pgtrigger.UpdateOf("letter_id"),
                condition=pgtrigger.Q(old__letter__isnull=False)
                & pgtrigger.Q(new__letter__df=pgtrigger.F("old__letter")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_kind_display()}"


class ReviewNudge(models.Model):
    """One step of the clock over a review that waits: each is taken once for each stage, also over
    the reviews of later versions, as long as nobody decided (``first`` is where the clock of that
    stage began)."""

    class Step(models.TextChoices):
        REMIND = "remind", _("Reminded")
        SOON = "soon", _("Reminded, for the planned time is near")
        ESCALATE = "escalate", _("Escalated")

    review = models.ForeignKey(Review, models.PROTECT, related_name="nudges")
    first = models.ForeignKey(Review, models.PROTECT, related_name="+")
    stage = models.PositiveSmallIntegerField(default=1, db_default=1)
    step = models.CharField(max_length=10, choices=Step.choices)
    waited = models.DurationField()
    people = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("reminder of a review")
        verbose_name_plural = _("reminders of reviews")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "stage", "step"], name="nudge_once_a_review_and_stage"
            ),
            models.UniqueConstraint(
                fields=["first", "stage", "step"], name="nudge_once_a_wait_and_stage"
            ),
            models.CheckConstraint(
                condition=models.Q(stage__gte=1), name="nudge_stage_counts_from_one"
            ),
            models.CheckConstraint(
                condition=models.Q(step__in=["remind", "soon", "escalate"]),
                name="nudge_step_is_known",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.review}: {self.get_step_display()}"
