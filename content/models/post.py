from __future__ import annotations

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Unit, User
from content.documents import Document
from govsocial.web.as_of_now import as_of_now


class PostStatus(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted")
    APPROVED = "approved", _("Approved")
    SCHEDULED = "scheduled", _("Scheduled")
    LIVE = "live", _("Live")
    CORRECTED = "corrected", pgettext_lazy("status", "Corrected")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ARCHIVED = "archived", _("Archived")
    REJECTED = "rejected", _("Rejected")


POST_MOVES = (
    (PostStatus.DRAFT, PostStatus.SUBMITTED),
    (PostStatus.SUBMITTED, PostStatus.DRAFT),
    (PostStatus.SUBMITTED, PostStatus.APPROVED),
    (PostStatus.SUBMITTED, PostStatus.REJECTED),
    (PostStatus.APPROVED, PostStatus.SCHEDULED),
    (PostStatus.APPROVED, PostStatus.DRAFT),
    (PostStatus.SCHEDULED, PostStatus.APPROVED),
    (PostStatus.SCHEDULED, PostStatus.DRAFT),
    (PostStatus.SCHEDULED, PostStatus.LIVE),
    # A publication that was cancelled or failed is sent after all by a person's word.
    (PostStatus.APPROVED, PostStatus.LIVE),
    (PostStatus.LIVE, PostStatus.CORRECTED),
    (PostStatus.LIVE, PostStatus.WITHDRAWN),
    (PostStatus.CORRECTED, PostStatus.WITHDRAWN),
    (PostStatus.LIVE, PostStatus.ARCHIVED),
    (PostStatus.CORRECTED, PostStatus.ARCHIVED),
    (PostStatus.WITHDRAWN, PostStatus.ARCHIVED),
    # It was still out, and is taken back after all.
    (PostStatus.ARCHIVED, PostStatus.WITHDRAWN),
)


# The name of the constraint: of the posts of one person, one for each form.
ONCE_A_FORM = "post_once_a_form"

CAMPAIGN_OF_UNIT = """
    IF NEW.campaign_id IS NOT NULL
        AND (TG_OP = 'INSERT' OR OLD.campaign_id IS DISTINCT FROM NEW.campaign_id) THEN
        PERFORM 1 FROM content_campaign c WHERE c.id = NEW.campaign_id AND c.status <> 'closed'
            AND NEW.unit_id = ANY (content_units_below(c.unit_id)) FOR SHARE OF c;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'The campaign is closed, or not one of this unit or of a unit above.'
                USING ERRCODE = 'check_violation';
        END IF;
    END IF;
"""
"""In a trigger: whatever has a campaign is of the campaign's unit or of one below it."""


class Relation(models.TextChoices):
    """What a post is to the one that it follows."""

    CORRECTION = "correction", _("Correction")
    UPDATE = "update", _("Update")


class Post(models.Model):
    """What the agency intends to say (naskah). Its words live in its versions."""

    Status = PostStatus
    EDITABLE = (Status.DRAFT, Status.SUBMITTED, Status.APPROVED, Status.SCHEDULED)

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", verbose_name=_("unit"))
    author = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("author"))
    status = models.CharField(
        _("status"), max_length=10, choices=Status.choices, default=Status.DRAFT
    )
    follows = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="followed_by",
        verbose_name=_("follows"),
    )
    relation = models.CharField(max_length=10, blank=True, choices=Relation.choices)
    # What it was begun with, and nothing else of that one: who wrote it wrote part of this.
    copied_from = models.ForeignKey(
        "content.PostVersion", models.PROTECT, null=True, related_name="copies", editable=False
    )
    current_version = models.OneToOneField(
        "content.PostVersion", models.PROTECT, null=True, related_name="+"
    )
    # Its unit and every unit above it when it was begun, written by the trigger ``begins_below``:
    # the policies of these are asked too, wherever the unit is moved.
    above = ArrayField(models.BigIntegerField(), default=list, editable=False)
    # Of the current version, written by the trigger ``version_goes_forward``: lists go by it.
    planned_at = models.DateTimeField(null=True, editable=False)
    # What it is planned for, and no part of what is approved: the approved digest is of what
    # readers get. A post joins or leaves a campaign also when it is out, so that the plan is told
    # as it was carried out; were it in the digest, each of these would void an approval.
    campaign = models.ForeignKey(
        "content.Campaign",
        models.PROTECT,
        null=True,
        related_name="posts",
        verbose_name=_("campaign"),
    )
    # Of the form that began it: sent twice, it is one post. None where no form did.
    key = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # What pages say of it: queries of lists add it (``content.states``).
    shown_status: str

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["-updated_at", "-pk"]
        indexes = [
            models.Index(fields=["unit", "status", "-updated_at"], name="post_by_unit"),
            models.Index(
                fields=["planned_at"],
                condition=models.Q(planned_at__isnull=False),
                name="post_by_planned_time",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(planned_at__isnull=True)
                | models.Q(current_version__isnull=False),
                name="post_is_planned_by_a_version",
            ),
            models.CheckConstraint(
                condition=models.Q(follows=None, relation="")
                | models.Q(follows__isnull=False, relation__in=["correction", "update"]),
                name="post_says_how_it_follows",
            ),
            models.UniqueConstraint(fields=["author", "key"], name=ONCE_A_FORM),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="keeps_its_unit",
                fields=[
                    "unit",
                    "above",
                    "author",
                    "created_at",
                    "follows",
                    "relation",
                    "copied_from",
                    "key",
                ],
            ),
            pgtrigger.FSM(
                name="moves",
                field="status",
                transitions=[(str(old), str(new)) for old, new in POST_MOVES],
            ),
            pgtrigger.Trigger(
                name="starts_as_draft",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=~pgtrigger.Q(new__status="draft"),
                func="""
                    RAISE EXCEPTION 'A post starts as a draft.' USING ERRCODE = 'check_violation';
                """,
            ),
            pgtrigger.Trigger(
                name="begins_below",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=as_of_now("""
                    NEW.above := content_units_above(NEW.unit_id);
                    RETURN NEW;
                """),
            ),
            pgtrigger.Trigger(
                name="follows_what_was_out",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__follows__isnull=False),
                func=as_of_now("""
                    IF NOT EXISTS (SELECT 1 FROM content_post o WHERE o.id = NEW.follows_id
                        AND o.unit_id = NEW.unit_id AND o.status IN ('live', 'corrected')) THEN
                        RAISE EXCEPTION 'A post follows one of its unit that is out.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
            pgtrigger.Trigger(
                name="in_a_campaign_of_its_unit",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("campaign_id"),
                func=as_of_now(f"""{CAMPAIGN_OF_UNIT}
                    IF TG_OP = 'UPDATE' AND OLD.campaign_id IS DISTINCT FROM NEW.campaign_id THEN
                        IF EXISTS (SELECT 1 FROM content_campaign c WHERE c.id = OLD.campaign_id
                            AND c.status = 'closed') THEN
                            RAISE EXCEPTION 'The campaign is closed: its posts stay in it.'
                                USING ERRCODE = 'check_violation';
                        END IF;
                        IF 0 <> (SELECT COALESCE(SUM(s.amount), 0) FROM content_spending s
                            WHERE s.post_id = NEW.id) THEN
                            RAISE EXCEPTION 'A post that was paid for stays in its campaign.'
                                USING ERRCODE = 'check_violation';
                        END IF;
                    END IF;
                    RETURN NEW;
                """),  # noqa: S608  # text of our own above, no input
            ),
            pgtrigger.Trigger(
                name="corrected_or_withdrawn_in_fact",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),
                condition=pgtrigger.Q(new__status__in=["corrected", "withdrawn"]),
                func=as_of_now("""
                    IF NEW.status = 'corrected' AND NOT EXISTS (SELECT 1 FROM content_post c
                        WHERE c.follows_id = NEW.id AND c.relation = 'correction'
                        AND c.status = 'live') THEN
                        RAISE EXCEPTION 'No correction of this post is out.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.status = 'withdrawn' AND (
                        EXISTS (SELECT 1 FROM content_publication WHERE post_id = NEW.id
                            AND status NOT IN ('withdrawn', 'cancelled'))
                        OR NOT EXISTS (SELECT 1 FROM content_publication
                            WHERE post_id = NEW.id AND status = 'withdrawn')) THEN
                        RAISE EXCEPTION 'Not everything of this post was withdrawn.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
            pgtrigger.Trigger(
                name="version_goes_forward",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("current_version_id", "planned_at"),
                # Going back would revive decisions on a version that was edited since.
                func=as_of_now("""
                    SELECT (v.document ->> 'planned_at')::timestamptz INTO NEW.planned_at
                        FROM content_postversion v WHERE v.id = NEW.current_version_id;
                    IF NOT EXISTS (
                        SELECT 1 FROM content_postversion v
                        WHERE v.id = NEW.current_version_id AND v.post_id = NEW.id
                        AND v.number >= COALESCE((
                            SELECT o.number FROM content_postversion o
                            WHERE o.id = OLD.current_version_id), 0)
                    ) THEN
                        RAISE EXCEPTION 'A post only moves on to a newer version of its own.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
            pgtrigger.Trigger(
                name="submitted_whole",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status", "current_version_id"),
                condition=pgtrigger.Q(new__status="submitted"),
                func=as_of_now("""
                    IF NOT content_is_complete(NEW.current_version_id) THEN
                        RAISE EXCEPTION 'What is submitted lacks nothing that is asked for.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
            pgtrigger.Trigger(
                name="approved_by_decisions",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status", "current_version_id"),
                condition=pgtrigger.Q(new__status__in=["approved", "scheduled", "live"]),
                func=as_of_now("""
                    IF NEW.status = 'live' THEN
                        -- Live stays live, whatever becomes of the approval; it begins with a post.
                        IF OLD.status <> 'live' AND NOT EXISTS (SELECT 1 FROM content_publication
                            WHERE post_id = NEW.id AND status = 'published') THEN
                            RAISE EXCEPTION 'Nothing of this post has been published.'
                                USING ERRCODE = 'check_violation';
                        END IF;
                        RETURN NEW;
                    END IF;
                    IF NOT content_is_approved(NEW.current_version_id) THEN
                        RAISE EXCEPTION 'The decisions that this version needs are missing.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return self.current_version.title if self.current_version else ""

    @property
    def display_status(self) -> str:
        """The key of the badge that pages show: as the query of its list found it, else asked."""
        shown: str | None = getattr(self, "shown_status", None)
        if shown is None:
            # It asks for publications and reviews, which stand on posts.
            from content.states import status_of

            shown = self.shown_status = status_of(self)
        return shown

    @property
    def is_editable(self) -> bool:
        return self.status in self.EDITABLE


class PostVersion(models.Model):
    """One exact content of a post. Immutable: an edit is another version.

    Everything that is approved and sent stands in ``canonical``, a JSON text with one spelling per
    content (see ``content.documents``); ``digest`` is its SHA-256, checked by the database itself.
    """

    post = models.ForeignKey(Post, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    editor = models.ForeignKey(User, models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=200)
    canonical = models.TextField(editable=False)
    digest = models.CharField(max_length=64, editable=False)
    document = models.GeneratedField(
        expression=Cast("canonical", models.JSONField()),
        output_field=models.JSONField(),
        db_persist=True,
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["post", "-number"]
        indexes = [GinIndex(fields=["document"], name="version_document", opclasses=["jsonb_ops"])]
        constraints = [
            models.UniqueConstraint(fields=["post", "number"], name="version_number_once"),
            models.CheckConstraint(
                condition=models.Q(
                    digest=models.Func(
                        models.Func(
                            models.Func(
                                models.F("canonical"),
                                models.Value("UTF8"),
                                function="convert_to",
                            ),
                            function="sha256",
                        ),
                        models.Value("hex"),
                        function="encode",
                        output_field=models.CharField(),
                    )
                ),
                name="version_digest_is_of_its_content",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="counts_up",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=as_of_now("""
                    IF NEW.number <> 1 + COALESCE((SELECT max(number) FROM content_postversion
                        WHERE post_id = NEW.post_id), 0) THEN
                        RAISE EXCEPTION 'Versions of a post count up without a gap.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    def content(self) -> Document:
        return Document.parse(self.canonical)
