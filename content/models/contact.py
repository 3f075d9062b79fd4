from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User

ONCE_A_UNIT = "known_contact_once"


class ContactKind(models.TextChoices):
    PHONE = "phone", _("Telephone number")
    EMAIL = "email", _("E-mail address")
    DOMAIN = "domain", _("Domain of e-mail addresses")
    ACCOUNT = "account", _("Bank account number")


class KnownContact(models.Model):
    """What posts of a unit, and of those below it, may name without being asked: its call centre,
    its e-mail address. Kept by administrators; one that is removed stays on record."""

    Kind = ContactKind

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="known_contacts", verbose_name=_("unit")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ContactKind.choices)
    # In the spelling of ``content.finding_rules``: digits, or small letters.
    value = models.CharField(_("contact"), max_length=200)
    reason = models.CharField(_("reason"), max_length=300)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    removed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("known contact")
        verbose_name_plural = _("known contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "value"],
                condition=models.Q(removed_at=None),
                name=ONCE_A_UNIT,
            ),
            models.CheckConstraint(
                condition=~models.Q(value="") & ~models.Q(reason=""),
                name="known_contact_says_what_and_why",
            ),
            models.CheckConstraint(
                condition=models.Q(removed_at=None, removed_by=None)
                | models.Q(removed_at__isnull=False, removed_by__isnull=False),
                name="known_contact_removed_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_removed", exclude=["removed_by", "removed_at"]),
            pgtrigger.Protect(
                name="stays_removed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__removed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.value
