from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.capabilities import roles_with
from accounts.models import OfficialAccount, Unit, User
from content.models.publication import Publication
from content.models.review import only_by, sql_list
from govsocial.web.as_of_now import as_of_now

ONE_FREEZE_AT_A_TIME = "freeze_once_for_what_it_covers"


class Freeze(models.Model):
    """Nothing goes out on the accounts of a unit and all below it, or on one account, until it is
    lifted; and then only what an approver lets go again (design.md section 4, point 8).

    What is scheduled stops with the row itself: its trigger turns every pending publication in its
    scope to ``frozen``. What is being sent at that moment is on its way.
    """

    class Kind(models.TextChoices):
        MOURNING = "mourning", _("Day of mourning")
        DISASTER = "disaster", _("Disaster")
        ELECTION = "election", _("Election silence")
        OTHER = "other", _("Another reason")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="freezes")
    official_account = models.ForeignKey(
        OfficialAccount, models.PROTECT, null=True, blank=True, related_name="freezes"
    )
    kind = models.CharField(_("occasion"), max_length=10, choices=Kind.choices)
    reason = models.CharField(_("reason"), max_length=500)
    spares_emergencies = models.BooleanField(_("emergency notices still go out"), default=True)
    # What people expect; nothing ends by itself.
    expected_until = models.DateTimeField(_("expected until"), null=True, blank=True)
    begun_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    begun_at = models.DateTimeField(default=timezone.now)
    # The accounts that it covered when it began, written by ``of_an_account_of_its_unit``: nothing
    # leaves it by being moved.
    covered = ArrayField(models.BigIntegerField(), default=list, editable=False)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lift_reason = models.CharField(_("reason for lifting"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("freeze")
        verbose_name_plural = _("freezes")
        ordering = ["-begun_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "official_account"],
                condition=models.Q(lifted_at=None),
                nulls_distinct=False,
                name=ONE_FREEZE_AT_A_TIME,
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at=None, lifted_by=None, lift_reason="")
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False)
                & ~models.Q(lift_reason=""),
                name="freeze_is_lifted_with_a_reason",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="freeze_has_a_reason"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["mourning", "disaster", "election", "other"]),
                name="freeze_kind_is_known",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="only_lifts", exclude=["lifted_by", "lifted_at", "lift_reason"]
            ),
            pgtrigger.Protect(
                name="lifted_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__lifted_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="of_an_account_of_its_unit",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=as_of_now("""
                    IF NEW.lifted_at IS NOT NULL OR NEW.official_account_id IS NOT NULL
                        AND NOT EXISTS (SELECT 1 FROM accounts_officialaccount a
                        WHERE a.id = NEW.official_account_id AND a.unit_id = NEW.unit_id) THEN
                        RAISE EXCEPTION 'A freeze begins on a unit or on an account of it.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    -- Held until it is there: what comes into line meanwhile waits, and finds it.
                    SELECT COALESCE(array_agg(held.id), '{}') INTO NEW.covered FROM (
                        SELECT a.id FROM accounts_officialaccount a
                        WHERE CASE WHEN NEW.official_account_id IS NULL
                            THEN a.unit_id = ANY (content_units_below(NEW.unit_id))
                            ELSE a.id = NEW.official_account_id END
                        ORDER BY a.id FOR NO KEY UPDATE
                    ) held;
                    RETURN NEW;
                """),
            ),
            pgtrigger.Trigger(
                name="by_who_may_freeze",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=only_by(
                    "begun_by_id", "lifted_at", "lifted_by_id", "content.freeze", "freeze"
                ),
            ),
            pgtrigger.Trigger(
                name="stops_at_once",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                    -- Before they are frozen, so that these are known as its own: see ``at_once``.
                    INSERT INTO content_halt (publication_id, halted_at, at_once)
                    SELECT id, clock_timestamp(), true FROM content_publication
                        WHERE status = 'scheduled'
                        AND content_is_frozen(official_account_id, version_id)
                        FOR NO KEY UPDATE
                    ON CONFLICT DO NOTHING;
                    UPDATE content_publication SET status = 'frozen', leased_until = NULL
                    WHERE status = 'scheduled'
                    AND content_is_frozen(official_account_id, version_id);
                    -- What is on its way or failed does not come back into line by itself.
                    INSERT INTO content_halt (publication_id, halted_at)
                    SELECT id, clock_timestamp() FROM content_publication
                        WHERE status IN ('sending', 'unconfirmed', 'failed')
                        AND content_is_frozen(official_account_id, version_id)
                    ON CONFLICT DO NOTHING;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return str(self.official_account or self.unit)

    @property
    def named(self) -> str:
        """What it is on, as pages call it."""
        account = self.official_account
        return account.in_words if account else str(self.unit)


class Halt(models.Model):
    """That a publication was frozen, and who let it go again. Written by the trigger ``halts`` of
    publications; while one is open, nothing is scheduled or sent."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="halts")
    halted_at = models.DateTimeField()
    # Which freeze did it, written by ``made_by_a_freeze``: of several that cover it the one that
    # was there first, for the others found it stopped. None where no freeze covered it any more.
    freeze = models.ForeignKey(
        Freeze, models.PROTECT, null=True, related_name="halts", editable=False
    )
    # Whether it was scheduled and stopped when the freeze began, and did not come to it later.
    at_once = models.BooleanField(default=False, db_default=False, editable=False)
    released_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("halt")
        verbose_name_plural = _("halts")
        ordering = ["publication", "halted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["publication"],
                condition=models.Q(released_at=None),
                name="halt_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(released_at=None, released_by=None)
                | models.Q(released_at__isnull=False, released_by__isnull=False),
                name="halt_is_released_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="stays_itself", fields=["publication", "halted_at", "freeze", "at_once"]
            ),
            pgtrigger.Trigger(
                name="made_by_a_freeze",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    SELECT content_frozen_by(p.official_account_id, p.version_id)
                        INTO NEW.freeze_id
                        FROM content_publication p WHERE p.id = NEW.publication_id;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(
                name="released_is_final",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__released_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="released_by_an_approver",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func=as_of_now(f"""
                    IF EXISTS (
                        SELECT 1 FROM content_publication p WHERE p.id = NEW.publication_id AND (
                            content_is_frozen(p.official_account_id, p.version_id)
                            OR content_wrote(NEW.released_by_id, p.version_id)
                            OR NOT content_may_decide(NEW.released_by_id, p.version_id,
                                ARRAY[{sql_list(roles_with("content.approve"))}])
                            OR NOT EXISTS (SELECT 1 FROM content_openedpublication o
                                WHERE o.publication_id = p.id AND o.person_id = NEW.released_by_id
                                AND o.opened_at >= OLD.halted_at))
                    ) THEN
                        RAISE EXCEPTION 'After the freeze, an approver who saw it lets it go.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    -- By the clock that the trail goes by, whatever the application's says.
                    IF OLD.released_at IS NULL AND NEW.released_at IS NOT NULL THEN
                        NEW.released_at := GREATEST(clock_timestamp(), OLD.halted_at);
                    END IF;
                    RETURN NEW;
                """),  # noqa: S608  # role names of our own table, no input
            ),
        ]

    def __str__(self) -> str:
        return str(self.publication)
