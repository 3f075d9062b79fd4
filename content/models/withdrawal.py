from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.capabilities import roles_with
from accounts.models import User
from content.models.publication import Publication
from content.models.review import sql_list
from govsocial.web.as_of_now import as_of_now


class Withdrawal(models.Model):
    """That a publication was taken back, why, and what became of it on the platform.

    The record of what went out stays. ``outcome`` is "" until the platform, or a person who looked
    there, has said it. Of what may be out, or is on its way, it waits: that is never sent again,
    and is withdrawn as soon as it is found to be out.
    """

    class Outcome(models.TextChoices):
        DELETED = "deleted", _("Deleted on the platform")
        BY_HAND = "by_hand", _("Deleted there by a person")
        STAYS = "stays", _("Still to be seen there")

    publication = models.OneToOneField(Publication, models.PROTECT, related_name="withdrawal")
    reason = models.CharField(_("reason"), max_length=500)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    needs_person = models.BooleanField(default=False)
    problem = models.CharField(max_length=300, blank=True)
    outcome = models.CharField(max_length=10, blank=True, choices=Outcome.choices)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")
        ordering = ["-requested_at"]
        indexes = [
            models.Index(
                fields=["requested_at"], condition=models.Q(outcome=""), name="withdrawal_open"
            )
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(reason=""), name="withdrawal_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(outcome="", settled_at=None, settled_by=None)
                | ~models.Q(outcome="")
                & models.Q(settled_at__isnull=False, settled_by__isnull=False),
                name="withdrawal_is_settled_whole",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="stays_itself",
                fields=["publication", "reason", "requested_by", "requested_at"],
            ),
            pgtrigger.Protect(
                name="settled_is_final",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__outcome=""),
            ),
            pgtrigger.Trigger(
                name="by_who_may_publish",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=as_of_now(f"""
                    IF NEW.outcome <> '' OR NOT EXISTS (
                        SELECT 1 FROM content_publication p
                        JOIN accounts_officialaccount a ON a.id = p.official_account_id
                        JOIN accounts_roles_of(NEW.requested_by_id) held ON held.unit_id = a.unit_id
                        WHERE p.id = NEW.publication_id
                        AND p.status IN ('published', 'sending', 'unconfirmed')
                        AND held.role IN ({sql_list(roles_with("content.publish"))})
                    ) THEN
                        RAISE EXCEPTION 'What is out is withdrawn by who may publish there.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),  # noqa: S608  # role names of our own table, no input
            ),
        ]

    def __str__(self) -> str:
        return str(self.publication)
