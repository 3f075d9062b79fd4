from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import OfficialAccount
from accounts.sealing import Place
from content import outlet_words
from content.models.hand_triggers import ON_PUBLICATIONS
from content.models.obstacle import Obstacle
from content.models.post import Post, PostVersion
from content.models.publication_status import BADGES, PUBLICATION_MOVES, PublicationStatus
from govsocial.platforms.registry import limits
from govsocial.web.as_of_now import as_of_now

ONE_PUBLICATION_A_POST = "publication_platform_post_once"
ONE_PUBLICATION_AN_ADDRESS = "publication_address_once"
NOT_YET = [str(old) for old, new in PUBLICATION_MOVES if new == PublicationStatus.PUBLISHED]

SHOWN_AT = Coalesce("published_at", "scheduled_for")
"""When a publication went out, else when it is to go out."""

ON_ACCOUNT_IN_USE = models.Q(official_account__status=OfficialAccount.Status.ACTIVE)
"""Nothing goes out on the others, by whoever's hand."""


class Publication(models.Model):
    """One version on one official account. At most once, never silently lost.

    The trigger ``gate`` lets a row be sendable only while the decisions that its version's digest
    needs exist and have not expired. See docs/adr/0011-the-gate-stands-in-the-database.md.
    """

    Status = PublicationStatus
    # May be on the platform: no second publication of the post on that account beside it.
    PERHAPS_OUT = (Status.SENDING, Status.UNCONFIRMED, Status.PUBLISHED)
    # Certainly not out: a person may call it back.
    CALLED_BACK = (Status.SCHEDULED, Status.FAILED, Status.FROZEN)

    post = models.ForeignKey(Post, models.PROTECT, related_name="publications")
    version = models.ForeignKey(PostVersion, models.PROTECT, related_name="publications")
    official_account = models.ForeignKey(
        OfficialAccount, models.PROTECT, related_name="publications"
    )
    digest = models.CharField(max_length=64)
    key = models.CharField(max_length=64)
    # 0 is the post itself; the others follow it on the account, each after the one before: the
    # texts of its thread, or its first comment (``Prepared.parts``).
    part = models.PositiveSmallIntegerField(default=0, db_default=0)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.SCHEDULED)
    scheduled_for = models.DateTimeField()
    not_before = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    # When the first attempt started that may have reached the platform.
    sent_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    platform_post_id = models.CharField(max_length=300, blank=True)
    permalink = models.URLField(max_length=500, blank=True)
    problem = models.CharField(max_length=300, blank=True)
    checks = models.PositiveSmallIntegerField(default=0)
    needs_person = models.BooleanField(default=False)
    # What the platform gave on the way (a container, an upload), written before the call that uses
    # it: whoever goes on after a crash asks the platform what became of it. Some of it lets anybody
    # send to the platform, so it is sealed, and emptied once nothing is left to be asked.
    sealed = models.TextField(blank=True, editable=False)
    key_version = models.PositiveIntegerField(default=0, editable=False)
    # Attempts made before a person had it tried again: the count starts anew from there.
    attempts_before = models.PositiveSmallIntegerField(default=0)
    # A person posts it and proves it: so since it was scheduled while there was no connection, or
    # since a person chose it.
    by_hand = models.BooleanField(default=False, db_default=False)
    # When people were told that it waits for one of them.
    hand_told_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publications")
        ordering = ["-scheduled_for", "-pk"]
        indexes = [
            models.Index(
                fields=["scheduled_for"],
                condition=models.Q(status="scheduled"),
                name="publication_due",
            ),
            models.Index(
                fields=["status"],
                condition=models.Q(status__in=["sending", "unconfirmed"]),
                name="publication_open",
            ),
            # Of posts that are out, which have one that is not: lists ask it of all.
            models.Index(
                fields=["post"],
                condition=models.Q(
                    status__in=["scheduled", "sending", "unconfirmed", "failed", "frozen"]
                ),
                name="publication_not_out",
            ),
            models.Index(
                fields=["official_account", "-published_at"], name="publication_by_account"
            ),
            # The order of the list as it opens, written as ``sorted_by`` writes it.
            models.Index(
                SHOWN_AT.desc(nulls_last=True),
                models.F("id").desc(),
                name="publication_by_time",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "official_account", "part"],
                name="publication_once_per_version",
            ),
            models.UniqueConstraint(
                fields=["post", "official_account", "part"],
                condition=models.Q(status__in=["sending", "unconfirmed", "published"]),
                name="publication_at_most_once",
            ),
            models.UniqueConstraint(
                fields=["official_account", "key"], name="publication_key_once"
            ),
            models.UniqueConstraint(
                fields=["official_account", "platform_post_id"],
                condition=~models.Q(platform_post_id=""),
                name=ONE_PUBLICATION_A_POST,
            ),
            # What people settle has no id: two of them are not the same post either.
            models.UniqueConstraint(
                fields=["official_account", "permalink"],
                condition=~models.Q(permalink=""),
                name=ONE_PUBLICATION_AN_ADDRESS,
            ),
            models.CheckConstraint(
                condition=~models.Q(status="published")
                | (models.Q(published_at__isnull=False) & ~models.Q(permalink="")),
                name="publication_live_has_an_address",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["published", "withdrawn", "cancelled"])
                | models.Q(sealed=""),
                name="publication_settled_holds_no_handles",
            ),
            # No platform can be asked for what a person posted: only a person looks.
            models.CheckConstraint(
                condition=~models.Q(status="unconfirmed", by_hand=True)
                | models.Q(needs_person=True),
                name="publication_by_hand_asks_a_person",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="stays_itself",
                fields=[
                    "post",
                    "version",
                    "official_account",
                    "part",
                    "digest",
                    "key",
                    "scheduled_for",
                    "created_at",
                ],
            ),
            pgtrigger.FSM(
                name="moves",
                field="status",
                transitions=[(str(old), str(new)) for old, new in PUBLICATION_MOVES],
            ),
            pgtrigger.Trigger(
                name="kept_as_published",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf(
                    "platform_post_id", "permalink", "published_at", "sent_at"
                ),
                condition=pgtrigger.Q(old__status__in=["published", "withdrawn"]),
                func="""
                    RAISE EXCEPTION 'What was published is kept as it was.'
                        USING ERRCODE = 'check_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="withdrawn_with_a_reason",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),
                condition=pgtrigger.Q(new__status="withdrawn"),
                func=as_of_now("""
                    IF NOT EXISTS (SELECT 1 FROM content_withdrawal
                        WHERE publication_id = NEW.id) THEN
                        RAISE EXCEPTION 'A withdrawal says who asked for it and why.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
            pgtrigger.Trigger(
                name="published_by_an_attempt",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),
                condition=pgtrigger.Q(new__status="published", old__status__in=NOT_YET),
                func=as_of_now("""
                    IF NOT EXISTS (SELECT 1 FROM content_attempt
                        WHERE publication_id = NEW.id AND outcome IN ('published', 'unknown')) THEN
                        RAISE EXCEPTION 'Nobody has tried to publish this.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
            pgtrigger.Trigger(
                name="gate",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("status", "scheduled_for"),
                func=as_of_now("""
                    IF TG_OP = 'INSERT' AND NEW.status NOT IN ('scheduled', 'frozen') THEN
                        RAISE EXCEPTION 'A publication starts as scheduled.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.status IN ('scheduled', 'sending') THEN
                        -- A freeze that begins holds its accounts: it sees this row, or is seen.
                        PERFORM 1 FROM accounts_officialaccount
                            WHERE id = NEW.official_account_id FOR SHARE;
                    END IF;
                    IF NEW.status IN ('scheduled', 'sending') AND (
                        content_is_frozen(NEW.official_account_id, NEW.version_id)
                        OR EXISTS (SELECT 1 FROM content_halt
                            WHERE publication_id = NEW.id AND released_at IS NULL)) THEN
                        RAISE EXCEPTION 'It is frozen until an approver lets it go.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.status IN ('scheduled', 'sending') AND EXISTS (
                        SELECT 1 FROM content_withdrawal WHERE publication_id = NEW.id) THEN
                        RAISE EXCEPTION 'It was withdrawn.' USING ERRCODE = 'check_violation';
                    END IF;
                    -- Nor does it come back into line to wait for a word of an approver. What a
                    -- freeze stops was in line by right: a freeze never fails.
                    IF TG_OP = 'UPDATE' AND NEW.status = 'frozen'
                        AND OLD.status IN ('sending', 'unconfirmed', 'failed') AND (
                        EXISTS (SELECT 1 FROM content_withdrawal WHERE publication_id = NEW.id)
                        OR NOT EXISTS (SELECT 1 FROM content_post WHERE id = NEW.post_id
                            AND status IN ('approved', 'scheduled', 'live'))) THEN
                        RAISE EXCEPTION 'Nothing more of it goes out.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'INSERT' OR NEW.status IN ('scheduled', 'sending') THEN
                        -- The version row cannot change; the post row can, so it is locked.
                        PERFORM 1 FROM content_post p
                        JOIN content_postversion v ON v.id = p.current_version_id
                        JOIN accounts_officialaccount a ON a.id = NEW.official_account_id
                        WHERE p.id = NEW.post_id AND v.id = NEW.version_id
                        AND v.digest = NEW.digest
                        -- Nothing more of a post that was corrected, withdrawn or archived.
                        AND p.status IN ('approved', 'scheduled', 'live')
                        -- The account is still the one that was approved, and of that unit.
                        AND v.document -> 'variants' -> a.id::text ->> 'to'
                            = concat_ws(' ', a.platform, a.host, a.handle)
                        AND v.document -> 'variants' -> a.id::text ->> 'unit' = a.unit_id::text
                        -- What follows it is what was approved to follow it.
                        AND (NEW.part = 0 OR NEW.part <= jsonb_array_length(
                            v.document #> ARRAY['variants', a.id::text, 'sent', 'parts']))
                        -- The planned time is approved with the rest: never before it.
                        AND NEW.scheduled_for >= COALESCE(
                            (v.document ->> 'planned_at')::timestamptz, NEW.scheduled_for)
                        FOR SHARE OF p, a;
                        IF NOT FOUND OR NOT content_is_approved(NEW.version_id) THEN
                            RAISE EXCEPTION
                                'Nothing goes out that the right people have not approved.'
                                USING ERRCODE = 'check_violation';
                        END IF;
                        IF NOT content_is_labelled(NEW.version_id) THEN
                            RAISE EXCEPTION 'What is paid for never goes out without its label.'
                                USING ERRCODE = 'check_violation';
                        END IF;
                    END IF;
                    RETURN NEW;
                """),
            ),
            pgtrigger.Trigger(
                name="one_after_the_other",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),
                condition=pgtrigger.Q(new__status="sending", new__part__gt=0),
                func=as_of_now("""
                    -- Held: what it answers is not withdrawn while it goes out.
                    PERFORM 1 FROM content_publication
                        WHERE version_id = NEW.version_id AND part = NEW.part - 1
                        AND official_account_id = NEW.official_account_id
                        AND status = 'published'
                        -- What a person put out has no id that the application could answer.
                        AND (NEW.by_hand OR platform_post_id <> '') FOR SHARE;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'A part goes out after the one before it.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
            pgtrigger.Trigger(
                name="halts",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("status"),
                condition=pgtrigger.Q(new__status="frozen"),
                func="""
                    INSERT INTO content_halt (publication_id, halted_at)
                        VALUES (NEW.id, clock_timestamp()) ON CONFLICT DO NOTHING;
                    RETURN NULL;
                """,
            ),
            *ON_PUBLICATIONS,
        ]

    def __str__(self) -> str:
        return f"{self.version.title}: {self.official_account}"

    @property
    def place(self) -> Place:
        """Handles sealed here open on no other publication."""
        row = (str(self.pk), str(self.official_account_id), self.key)
        return Place("handles", "content_publication", row)

    @property
    def is_comment(self) -> bool:
        """Whether it is the first comment under a post, and not a post itself."""
        return self.part > 0 and not limits(self.official_account.platform).thread

    @property
    def outlet(self) -> str:
        """Its account, and which part of a thread goes out there: for the trail and notices,
        which say it with ``outlet_words``."""
        return self._of_account(str(self.official_account))

    @property
    def outlet_in_words(self) -> str:
        """``outlet`` in the language of the reader, which calls a part after its platform."""
        account = self.official_account
        told = f"{account.known_as} ({account.get_platform_display()})"
        return outlet_words.in_words(self._of_account(told)) if self.part else account.in_words

    def _of_account(self, account: str) -> str:
        return f"{account} · {self.part + 1}" if self.part else account

    @property
    def part_label(self) -> str:
        """Which of what goes out on the account it is; "" for the post itself."""
        if not self.part:
            return ""
        if self.is_comment:
            return gettext("First comment")
        return gettext("Part %(number)s of the thread") % {"number": self.part + 1}

    @property
    def goes_on_label(self) -> str:
        """What follows it, of rows that were read with ``follow_it``."""
        number = self.follow_it  # type: ignore[attr-defined]  # of others nobody knows: it fails
        if number and not limits(self.official_account.platform).thread:
            return gettext("with a first comment")
        return gettext("a thread of %(number)s parts") % {"number": number + 1} if number else ""

    @property
    def obstacle(self) -> Obstacle | None:
        """What its account lacks while it is scheduled; reads the account and its credential.

        ``selectors.publications_that_will_fail`` asks the same of the database.
        """
        account = self.official_account
        if self.status != PublicationStatus.SCHEDULED or (
            account.is_active and (self.by_hand or account.is_connected)
        ):
            return None
        if account.status == OfficialAccount.Status.SUSPENDED:
            return Obstacle.SUSPENDED
        return Obstacle.UNCONNECTED if account.is_active else Obstacle.CLOSED

    @property
    def waits_for_hand(self) -> bool:
        """Whether its time has come and a person is to post it. What follows a post waits for its
        turn, which no rows know but those of ``following.with_turn``; of others it fails."""
        waits = self.by_hand and self.status == PublicationStatus.SCHEDULED
        if not waits or self.scheduled_for > timezone.now():
            return False
        return not self.part or self.its_turn  # type: ignore[attr-defined]  # see above

    @property
    def display_status(self) -> str:
        """The key of the badge that pages show, of rows read with ``following.with_turn``."""
        if self.obstacle:
            return "scheduled_to_fail"
        if self.by_hand and self.status == PublicationStatus.SCHEDULED:
            return "to_post" if self.waits_for_hand else "scheduled_by_hand"
        if self.by_hand and self.status == PublicationStatus.SENDING:
            return "being_posted"
        if self.status == PublicationStatus.FROZEN and getattr(self, "is_covered", None) is False:
            return "to_release"
        if self.status == PublicationStatus.WITHDRAWN and hasattr(self, "withdrawal"):
            return "withdrawn" if self.withdrawal.outcome else "withdrawing"
        return BADGES.get(self.status, self.status)
