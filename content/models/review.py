from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.capabilities import roles_with
from accounts.models import OfficialAccount, User
from content.checklist_versions import ETHICS_VERSIONS
from content.models.lexemes import DECISION_WORDS
from content.models.post import Post, PostVersion
from govsocial.web.as_of_now import as_of_now


def sql_list(values: list[str]) -> str:
    """Names of our own as they stand in a trigger."""
    return ", ".join(f"'{value}'" for value in values)


def holds(person: str, unit: str, capability: str) -> str:
    """In a trigger: whether a person holds a right on a unit now."""
    return (
        f"EXISTS (SELECT 1 FROM accounts_roles_of({person}) held WHERE held.unit_id = {unit}"  # noqa: S608  # names of our own, no input
        f" AND held.role = ANY (ARRAY[{sql_list(roles_with(capability))}]))"
    )


def only_by(begun_by: str, ended_at: str, ended_by: str, capability: str, to_do: str) -> str:
    """A trigger's body: who begins a row, and who ends it, holds a right on its unit."""
    return as_of_now(f"""
                    IF NOT {holds(f"NEW.{begun_by}", "NEW.unit_id", capability)}
                        AND TG_OP = 'INSERT' OR NEW.{ended_at} IS NOT NULL
                        AND NOT {holds(f"NEW.{ended_by}", "NEW.unit_id", capability)} THEN
                        RAISE EXCEPTION 'This person has no right to {to_do} here.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """)


# No policy may let an approval count for longer.
LONGEST_APPROVAL = timedelta(days=92)


class StageKind(models.TextChoices):
    """What somebody must be allowed to do who decides at a stage."""

    REVIEW = "review", _("Review")
    APPROVE = "approve", _("Approval")

    @property
    def capability(self) -> str:
        return f"content.{self.value}"


class Review(models.Model):
    """One submission of one version, until it is decided or taken back.

    ``kinds`` are its stages and ``days`` how long an approval counts, as the policies asked when it
    was submitted (``content_policy_of`` in the database); a later policy changes neither.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Waiting for a decision")
        APPROVED = "approved", _("Approved")
        CHANGES = "changes", _("Changes requested")
        REJECTED = "rejected", _("Rejected")
        SUPERSEDED = "superseded", _("Replaced by a newer version")

    post = models.ForeignKey(Post, models.PROTECT, related_name="reviews")
    version = models.OneToOneField(PostVersion, models.PROTECT, related_name="review")
    digest = models.CharField(max_length=64)
    kinds = ArrayField(models.CharField(max_length=10, choices=StageKind.choices))
    days = models.PositiveSmallIntegerField()
    remind_after = models.PositiveSmallIntegerField()
    escalate_after = models.PositiveSmallIntegerField()
    is_emergency = models.BooleanField(default=False)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["-submitted_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["post"], condition=models.Q(status="open"), name="one_open_review"
            ),
            models.CheckConstraint(
                condition=models.Q(kinds__len__gte=1), name="review_has_at_least_one_stage"
            ),
            models.CheckConstraint(
                condition=models.Q(status="open", closed_at__isnull=True)
                | (~models.Q(status="open") & models.Q(closed_at__isnull=False)),
                name="review_closed_has_a_time",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="only_closes", exclude=["status", "closed_at"]),
            pgtrigger.FSM(
                name="moves",
                field="status",
                transitions=[
                    ("open", "approved"),
                    ("open", "changes"),
                    ("open", "rejected"),
                    ("open", "superseded"),
                    ("approved", "superseded"),
                ],
            ),
            pgtrigger.Trigger(
                name="opens_on_the_current_version",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=as_of_now("""
                    IF NEW.status <> 'open' OR NOT EXISTS (
                        SELECT 1 FROM content_post p
                        JOIN content_postversion v ON v.id = p.current_version_id
                        WHERE p.id = NEW.post_id AND v.id = NEW.version_id
                        AND v.digest = NEW.digest
                    ) THEN
                        RAISE EXCEPTION 'A review opens on the current version and its digest.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NOT EXISTS (
                        SELECT 1 FROM content_policy_of(NEW.version_id) asked
                        WHERE asked.kinds = NEW.kinds::text[] AND asked.days = NEW.days
                        AND asked.remind_after = NEW.remind_after
                        AND asked.escalate_after = NEW.escalate_after
                        AND asked.is_emergency = NEW.is_emergency
                    ) THEN
                        RAISE EXCEPTION 'A review asks for the stages that the policies ask for.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.is_emergency AND NOT EXISTS (
                        SELECT 1 FROM content_postversion v WHERE v.id = NEW.version_id
                        AND v.document ->> 'planned_at' IS NULL
                        AND (v.document ->> 'valid_until')::timestamptz > NEW.submitted_at
                    ) THEN
                        RAISE EXCEPTION 'An emergency goes out at once and tells how long it holds.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NOT content_media_is_complete(NEW.version_id) THEN
                        RAISE EXCEPTION
                            'What a post shows is described, and its rights and consents are known.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NOT content_is_complete(NEW.version_id) THEN
                        RAISE EXCEPTION 'What is submitted lacks nothing that is asked for.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
        ]

    def __str__(self) -> str:
        return str(self.version)

    @property
    def stages(self) -> int:
        return len(self.kinds)

    @cached_property
    def accounts(self) -> list[OfficialAccount]:
        """Those that it is meant for, as they were when this was asked first."""
        meant = self.version.content().texts.keys()
        return list(OfficialAccount.objects.filter(pk__in=meant))

    @cached_property
    def stage(self) -> int:
        """The stage that waits for a decision, counted from one."""
        return self.stage_after(self.decisions.all())

    def stage_after(self, decisions: Iterable[Decision]) -> int:
        """The same where the decisions of the post are known already."""
        approvals = [one for one in decisions if one.verdict == Decision.Verdict.APPROVE]
        return 1 + sum(one.review_id == self.pk for one in approvals)

    @property
    def stage_kind(self) -> StageKind:
        return StageKind(self.kinds[min(self.stage, self.stages) - 1])


_ROLES_THAT_DECIDE = f"""CASE WHEN NEW.verdict = 'changes'
                            OR (NEW.verdict = 'approve' AND r.kinds[NEW.stage] = 'review')
                        THEN ARRAY[{sql_list(roles_with("content.review"))}]
                        ELSE ARRAY[{sql_list(roles_with("content.approve"))}] END"""


class Decision(models.Model):
    """What one person decided on one version's digest. Never changed, never deleted."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", _("Approved")
        CHANGES = "changes", _("Changes requested")
        REJECT = "reject", _("Rejected")

    review = models.ForeignKey(Review, models.PROTECT, related_name="decisions")
    version_digest = models.CharField(max_length=64)
    stage = models.PositiveSmallIntegerField(default=1)
    decider = models.ForeignKey(User, models.PROTECT, related_name="+")
    # In whose place the decider stood, where only a delegation gave them the right.
    on_behalf_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    note = models.TextField(blank=True)
    decided_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    # Together with others, by a tick in the list: only what this person had opened.
    in_bulk = models.BooleanField(default=False, db_default=False)
    # Which list of ``content.checklist`` an approval confirms, and in which version of its words.
    confirmed_list = models.CharField(max_length=20, blank=True, default="", db_default="")
    confirmed_version = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["decided_at"]
        indexes = [GinIndex(DECISION_WORDS, name="decision_words")]
        constraints = [
            models.UniqueConstraint(fields=["review", "decider"], name="decision_once_per_person"),
            models.UniqueConstraint(
                fields=["review", "stage"],
                condition=models.Q(verdict="approve"),
                name="decision_once_per_stage",
            ),
            models.CheckConstraint(
                condition=~models.Q(verdict="approve") | models.Q(expires_at__isnull=False),
                name="decision_approval_expires",
            ),
            models.CheckConstraint(
                condition=models.Q(stage__gte=1), name="decision_stage_counts_from_one"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__isnull=True)
                | models.Q(expires_at__lte=models.F("decided_at") + LONGEST_APPROVAL),
                name="decision_does_not_last_for_ever",
            ),
            models.CheckConstraint(
                condition=models.Q(verdict="approve") | ~models.Q(note=""),
                name="decision_against_has_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(in_bulk=False) | models.Q(verdict="approve"),
                name="decision_in_bulk_only_approves",
            ),
            # Approvals from before there was a list to confirm have none; new ones must: "lawful".
            models.CheckConstraint(
                condition=models.Q(confirmed_list="", confirmed_version=None)
                | models.Q(
                    verdict="approve",
                    confirmed_list="ethics",
                    confirmed_version__in=ETHICS_VERSIONS,
                ),
                name="decision_confirms_a_known_list",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="lawful",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[
                    ("r", "content_review%ROWTYPE"),
                    ("p", "content_post%ROWTYPE"),
                    ("planned", "timestamptz"),
                ],
                func=as_of_now(f"""
                    -- Post before review, as the actions do: one order, no deadlock.
                    SELECT post.* INTO p FROM content_post post
                        JOIN content_review review ON review.post_id = post.id
                        WHERE review.id = NEW.review_id FOR UPDATE OF post;
                    SELECT * INTO r FROM content_review WHERE id = NEW.review_id FOR UPDATE;
                    IF r.status <> 'open' OR p.current_version_id <> r.version_id THEN
                        RAISE EXCEPTION 'This version is not waiting for a decision.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.version_digest <> r.digest THEN
                        RAISE EXCEPTION 'A decision is bound to the digest under review.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.stage > cardinality(r.kinds) OR NEW.stage <> 1 + (
                        SELECT count(*) FROM content_decision d
                        WHERE d.review_id = r.id AND d.verdict = 'approve') THEN
                        RAISE EXCEPTION 'Stages are decided one after the other.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    SELECT (v.document ->> 'planned_at')::timestamptz INTO planned
                        FROM content_postversion v WHERE v.id = r.version_id;
                    IF NEW.expires_at > NEW.decided_at + r.days * interval '1 day'
                        OR (planned IS NOT NULL AND NEW.expires_at
                            > GREATEST(planned, NEW.decided_at) + interval '1 day') THEN
                        RAISE EXCEPTION 'An approval counts no longer than its policy says.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    -- Dated ahead, it would count for longer. Clocks differ a little.
                    IF NEW.decided_at > clock_timestamp() + interval '1 minute' THEN
                        RAISE EXCEPTION 'Nobody has decided in a time to come.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.decider_id = r.submitted_by_id
                        OR content_wrote(NEW.decider_id, r.version_id) THEN
                        RAISE EXCEPTION 'Nobody decides on what they wrote.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NOT content_may_decide(NEW.decider_id, r.version_id,
                        {_ROLES_THAT_DECIDE}) THEN
                        RAISE EXCEPTION 'This person has no right to decide here.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.verdict = 'approve' AND NEW.confirmed_list <> 'ethics' THEN
                        RAISE EXCEPTION 'An approval confirms the ethics statements.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.in_bulk AND (r.is_emergency OR NOT EXISTS (
                        SELECT 1 FROM content_openedversion o
                        WHERE o.version_id = r.version_id AND o.person_id = NEW.decider_id
                        AND o.digest = NEW.version_digest)) THEN
                        RAISE EXCEPTION 'Together is approved only what this person opened.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),  # noqa: S608  # role names of our own table, no input
            ),
            pgtrigger.Trigger(
                name="says_for_whom",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                declare=[("r", "content_review%ROWTYPE")],
                func=as_of_now(f"""
                    SELECT * INTO r FROM content_review WHERE id = NEW.review_id;
                    IF NEW.on_behalf_of_id IS DISTINCT FROM content_acts_for(
                        NEW.decider_id, r.version_id,
                        {_ROLES_THAT_DECIDE}) THEN
                        RAISE EXCEPTION 'A decision says for whom its decider stands in.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF EXISTS (SELECT FROM content_decision d WHERE d.review_id = r.id
                        AND d.on_behalf_of_id = NEW.decider_id) THEN
                        RAISE EXCEPTION 'An earlier stage was decided in the place of this person.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),  # noqa: S608  # role names of our own table, no input
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decider}: {self.get_verdict_display()}"

    @property
    def who(self) -> str:
        """Who decided, and in whose place."""
        if self.on_behalf_of is None:
            return str(self.decider)
        return gettext("%(actor)s on behalf of %(principal)s") % {
            "actor": self.decider,
            "principal": self.on_behalf_of,
        }

    @property
    def confirmed_words(self) -> str:
        """Which statements an approval confirmed; empty for others, and for those of before."""
        if not self.confirmed_list:
            return ""
        return gettext("confirms the eight ethics statements (edition %(version)s of the list)") % {
            "version": self.confirmed_version
        }
