from __future__ import annotations

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Unit, User
from content.models.campaign import Campaign
from content.models.lexemes import IDEA_WORDS
from content.models.post import CAMPAIGN_OF_UNIT, Post
from govsocial.web.as_of_now import as_of_now


class IdeaSource(models.TextChoices):
    QUESTION = "question", _("A question from a citizen")
    EVENT = "event", _("An event")
    HOLIDAY = "holiday", _("A holiday")
    PROGRAMME = "programme", _("A programme or policy")
    OTHER = "other", pgettext_lazy("idea", "Other")


class IdeaState(models.TextChoices):
    OPEN = "open", pgettext_lazy("idea", "Open")
    TAKEN = "taken", pgettext_lazy("idea", "Taken up")
    DROPPED = "dropped", pgettext_lazy("idea", "Dropped")


IDEA_MOVES = (
    (IdeaState.OPEN, IdeaState.TAKEN),
    (IdeaState.OPEN, IdeaState.DROPPED),
    (IdeaState.DROPPED, IdeaState.OPEN),
)


class Idea(models.Model):
    """What could be said one day (bank ide): less than a draft, and nobody's duty yet."""

    Source = IdeaSource
    State = IdeaState

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="ideas", verbose_name=_("unit"))
    title = models.CharField(_("idea"), max_length=200)
    note = models.CharField(_("note"), max_length=2000, blank=True)
    source = models.CharField(
        _("source"), max_length=10, choices=IdeaSource.choices, default=IdeaSource.OTHER
    )
    wanted_on = models.DateField(_("wanted day"), null=True, blank=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="ideas")
    state = models.CharField(max_length=10, choices=IdeaState.choices, default=IdeaState.OPEN)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    edition = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("idea")
        verbose_name_plural = _("ideas")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["unit", "state", "-id"], name="idea_by_unit"),
            GinIndex(IDEA_WORDS, name="idea_words"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="idea_says_something"),
            models.CheckConstraint(
                condition=Q(state="dropped") & ~Q(reason="") | ~Q(state="dropped") & Q(reason=""),
                name="idea_dropped_for_a_reason",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_of_its_unit", fields=["unit", "author", "created_at"]),
            pgtrigger.FSM(
                name="moves",
                field="state",
                transitions=[(str(old), str(new)) for old, new in IDEA_MOVES],
            ),
            pgtrigger.Trigger(
                name="in_a_campaign_of_its_unit",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("campaign_id"),
                func=as_of_now(f"{CAMPAIGN_OF_UNIT} RETURN NEW;"),
            ),
            pgtrigger.Trigger(
                name="words_are_of_somebody",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("title", "note", "edition"),
                func=as_of_now("""
                    IF NEW.edition NOT IN (OLD.edition, OLD.edition + 1) THEN
                        RAISE EXCEPTION 'Editions of an idea count up without a gap.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF (NEW.title, NEW.note) IS DISTINCT FROM (OLD.title, OLD.note) AND (
                        NEW.edition = OLD.edition OR NOT EXISTS (
                            SELECT 1 FROM content_ideaedition e
                            WHERE e.idea_id = NEW.id AND e.edition = NEW.edition)) THEN
                        RAISE EXCEPTION 'Whoever changes the words of an idea says so.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class IdeaEdition(models.Model):
    """Who changed the words of an idea, and which edition that made. The first is its author's.

    Written before the idea is: its trigger asks for it. Who wrote what a post began with does not
    decide on that post.
    """

    idea = models.ForeignKey(Idea, models.PROTECT, related_name="editions")
    edition = models.PositiveIntegerField()
    editor = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("edition of an idea")
        verbose_name_plural = _("editions of ideas")
        ordering = ["idea", "edition"]
        constraints = [
            # Not one an edition: one that somebody put there ahead keeps nobody from theirs.
            models.UniqueConstraint(
                fields=["idea", "edition", "editor"], name="idea_edition_once_a_person"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="counts_up",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=as_of_now("""
                    PERFORM 1 FROM content_idea i
                        WHERE i.id = NEW.idea_id AND i.edition + 1 = NEW.edition FOR UPDATE;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'An edition is the next one of its idea.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    NEW.written_at := clock_timestamp();
                    RETURN NEW;
                """),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idea} ({self.edition})"


class IdeaVote(models.Model):
    """That somebody finds an idea useful: once a person, and taken back by deleting it."""

    idea = models.ForeignKey(Idea, models.PROTECT, related_name="votes")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    voted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("vote for an idea")
        verbose_name_plural = _("votes for ideas")
        constraints = [
            models.UniqueConstraint(fields=["idea", "person"], name="idea_vote_once_a_person")
        ]
        triggers = [pgtrigger.Protect(name="stays_itself", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"{self.person}: {self.idea}"


class IdeaPost(models.Model):
    """A post that was begun from an idea. ``key`` is of the form: sent twice, it is one post."""

    idea = models.ForeignKey(Idea, models.PROTECT, related_name="written")
    post = models.OneToOneField(Post, models.PROTECT, related_name="from_idea")
    key = models.UUIDField(unique=True, editable=False)
    # As the idea stood then; written by the trigger.
    edition = models.PositiveIntegerField(default=1, editable=False)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("post from an idea")
        verbose_name_plural = _("posts from ideas")
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="of_the_same_unit",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=as_of_now("""
                    SELECT i.edition INTO NEW.edition FROM content_idea i JOIN content_post p
                        ON p.unit_id = i.unit_id
                        WHERE i.id = NEW.idea_id AND p.id = NEW.post_id AND i.state = 'taken'
                        FOR SHARE OF i;
                    IF NOT FOUND THEN
                        RAISE EXCEPTION 'A post comes from an idea of its unit that was taken up.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    -- As it is begun: what is asked of who decides does not change afterwards.
                    PERFORM 1 FROM content_post p WHERE p.id = NEW.post_id FOR SHARE;
                    IF EXISTS (SELECT 1 FROM content_review r WHERE r.post_id = NEW.post_id)
                        OR EXISTS (SELECT 1 FROM content_postversion v
                            WHERE v.post_id = NEW.post_id AND (v.number > 1 OR EXISTS (
                                SELECT 1 FROM content_post c WHERE c.copied_from_id = v.id))) THEN
                        RAISE EXCEPTION 'What a post begins with is said as it is begun.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
        ]

    def __str__(self) -> str:
        return str(self.post)
