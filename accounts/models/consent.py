from __future__ import annotations

import uuid
from datetime import timedelta

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.models.official_account import OfficialAccount
from accounts.models.people import User
from accounts.models.platform_app import PlatformApp
from accounts.sealing import Place

# How long a revocation is put off for people who are on the way to the platform. Whoever had set
# out when it was planned has come back and chosen within half of it; others may set out without
# end, and all that time a secret out of use would be good.
PUT_OFF_AT_MOST = timedelta(hours=1)


def browser_digest(session_key: str) -> str:
    """What is kept of the browser session: its key opens it, what is derived from it does not."""
    return salted_hmac("accounts.consent", session_key, algorithm="sha256").hexdigest()


class ConsentRequest(models.Model):
    """A person on the way to a platform and back, to connect one account in one browser.

    Of ``state`` only a digest is kept. ``sealed`` holds the PKCE verifier, later what the platform
    gave: whoever answers may not come to the end. It is emptied when the request is settled.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Waiting for the platform")
        ANSWERED = "answered", _("Answered")
        CHOOSING = "choosing", _("Waiting for a choice")
        CONNECTED = "connected", _("Connected")
        REFUSED = "refused", _("Refused")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    official_account = models.ForeignKey(OfficialAccount, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    app = models.ForeignKey(PlatformApp, models.PROTECT, related_name="+")
    state_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    browser_sha256 = models.CharField(max_length=64, editable=False)
    redirect_uri = models.CharField(max_length=300)
    sealed = models.TextField(editable=False)
    key_version = models.PositiveIntegerField(editable=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    # Why it was refused: a key of accounts.consent_words.
    reason = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    # By which of them goes back what it gave, where something does: whoever is first writes it.
    revocation = models.OneToOneField("Revocation", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("request for consent")
        verbose_name_plural = _("requests for consent")
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=models.Q(settled_at=None),
                name="consent_request_open",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=["connected", "refused"], settled_at__isnull=False)
                | (~models.Q(status__in=["connected", "refused"]) & models.Q(settled_at=None)),
                name="consent_request_settled_is_dated",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["waiting", "choosing"]) & ~models.Q(sealed="")
                | models.Q(status="answered")
                | models.Q(status__in=["connected", "refused"], sealed=""),
                name="consent_request_settled_holds_no_secret",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="stays_itself",
                fields=["official_account", "user", "app", "state_sha256", "browser_sha256"],
            ),
            pgtrigger.Protect(
                name="given_back_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__revocation__isnull=False)
                & pgtrigger.Q(old__revocation__df=pgtrigger.F("new__revocation")),
            ),
            # What was answered once never waits again, and what is settled stays so.
            pgtrigger.FSM(
                name="moves",
                field="status",
                transitions=[
                    ("waiting", "answered"),
                    ("waiting", "refused"),
                    ("answered", "choosing"),
                    ("answered", "connected"),
                    ("answered", "refused"),
                    ("choosing", "answered"),
                    ("choosing", "refused"),
                ],
            ),
        ]

    def __str__(self) -> str:
        return str(self.official_account)

    @property
    def place(self) -> Place:
        row = (str(self.pk), str(self.official_account_id), str(self.user_id))
        return Place("consent", "accounts_consentrequest", row)

    @property
    def is_over(self) -> bool:
        return self.expires_at <= timezone.now()


class Revocation(models.Model):
    """A secret out of use that the platform is still to be told about.

    It is asked a few times; what came of it stays. ``sealed`` is emptied when it is settled.
    """

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("The platform is being told")
        REVOKED = "revoked", _("Revoked at the platform")
        ENDED = "ended", _("Session ended at the platform")
        NOT_OFFERED = "not_offered", _("The platform has no call for this")
        SHARED = "shared", _("Left standing: other accounts are connected by the same consent")
        NOT_KNOWN = (
            "not_known",
            _(
                "Left standing: it is not known who consented, and other accounts may be connected "
                "by the same consent. Whoever consented can remove it in their own settings at the "
                "platform"
            ),
        )
        UNANSWERED = "unanswered", _("The platform did not answer")
        NOT_HERE = (
            "not_here",
            _(
                "It could not be revoked from here: remove the access in the account's settings at "
                "the platform"
            ),
        )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    official_account = models.ForeignKey(
        OfficialAccount, models.PROTECT, related_name="revocations"
    )
    app = models.ForeignKey(PlatformApp, models.PROTECT, null=True, related_name="+")
    host = models.CharField(max_length=200, blank=True)
    sealed = models.TextField(editable=False)
    key_version = models.PositiveIntegerField(editable=False)
    outcome = models.CharField(max_length=12, choices=Outcome.choices, default=Outcome.WAITING)
    # Given by a consent that connected nothing: there was no connection before.
    of_refused_consent = models.BooleanField(default=False, db_default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    last_error = models.CharField(max_length=40, blank=True)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("revocation")
        verbose_name_plural = _("revocations")
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=models.Q(settled_at=None),
                name="revocation_to_do",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(models.Q(outcome="waiting", settled_at=None) & ~models.Q(sealed=""))
                | (~models.Q(outcome="waiting") & models.Q(settled_at__isnull=False, sealed="")),
                name="revocation_settled_holds_no_secret",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return str(self.official_account)

    @property
    def is_overdue(self) -> bool:
        """Whether the platform is still to be told after a time in which it should have been."""
        return self.settled_at is None and self.created_at <= timezone.now() - PUT_OFF_AT_MOST

    @property
    def place(self) -> Place:
        row = (str(self.pk), str(self.official_account_id))
        return Place("revocation", "accounts_revocation", row)
