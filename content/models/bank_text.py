from __future__ import annotations

from datetime import date

import pgtrigger
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.capabilities import roles_with
from accounts.models import Unit, User
from content.documents import Facets
from content.finding_rules.bank import SHORTEST
from content.models.lexemes import BANK_WORDS
from content.models.post import PostVersion
from content.models.review import sql_list
from govsocial.web.as_of_now import as_of_now


class BankKind(models.TextChoices):
    TEMPLATE = "template", _("Template")
    NARRATIVE = "narrative", _("Narrative")


class BankState(models.TextChoices):
    """How a text stands on a day."""

    VALID = "valid", _("Valid")
    UPCOMING = "upcoming", _("Not valid yet")
    EXPIRED = "expired", _("Expired")
    REPLACED = "replaced", _("Replaced")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class BankText(models.Model):
    """A text for posts of a unit and of those below it, for a time.

    A template is what a post begins with; a narrative (narasi tunggal) is put into posts as it is.
    None is ever changed or deleted: another one takes its place, or it is withdrawn with a reason.
    """

    Kind = BankKind
    State = BankState

    unit = models.ForeignKey(
        Unit, models.PROTECT, related_name="bank_texts", verbose_name=_("unit")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=BankKind.choices)
    title = models.CharField(_("title"), max_length=200)
    purpose = models.CharField(_("purpose"), max_length=300)
    text = models.TextField(_("text"))
    # The longest piece between placeholders, as ``content.finding_rules.bank`` compares texts.
    mark = models.TextField(editable=False)
    # Facets that a post begins with (``content.documents.Facets``).
    facets = models.JSONField(default=dict)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("text of the message bank")
        verbose_name_plural = _("texts of the message bank")
        ordering = ["title", "-pk"]
        indexes = [
            models.Index(fields=["unit", "kind", "valid_until"], name="bank_text_of_unit"),
            GinIndex(BANK_WORDS, name="bank_text_words"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(title="") & ~models.Q(purpose="") & ~models.Q(text=""),
                name="bank_text_says_what_for",
            ),
            models.CheckConstraint(
                condition=models.Q(valid_until=None)
                | models.Q(valid_until__gte=models.F("valid_from")),
                name="bank_text_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=BankKind.values), name="bank_text_is_of_a_kind"
            ),
            models.CheckConstraint(
                # A narrative without words of its own would be found in every post.
                condition=models.Q(kind=BankKind.TEMPLATE)
                | models.Q(mark__regex=f"^.{{{SHORTEST}}}"),
                name="bank_text_can_be_found",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None, withdrawn_by=None, withdrawn_because="")
                | (
                    models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~models.Q(withdrawn_because="")
                ),
                name="bank_text_withdrawn_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="only_withdrawn",
                exclude=["withdrawn_by", "withdrawn_at", "withdrawn_because"],
            ),
            pgtrigger.Protect(
                name="stays_withdrawn",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__withdrawn_at__isnull=False),
            ),
            pgtrigger.Trigger(
                name="replaces_its_own_kind",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                condition=pgtrigger.Q(new__replaces__isnull=False),
                func=as_of_now("""
                    IF NOT EXISTS (SELECT 1 FROM content_banktext o WHERE o.id = NEW.replaces_id
                        AND o.unit_id = NEW.unit_id AND o.kind = NEW.kind
                        AND o.withdrawn_at IS NULL) THEN
                        RAISE EXCEPTION 'A text replaces one of its unit and kind that is in use.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_narrative(self) -> bool:
        return self.kind == BankKind.NARRATIVE

    def suggested(self) -> Facets:
        return Facets.from_dict(self.facets) if self.facets else Facets()

    def state_on(self, day: date) -> BankState:
        """How it stands; ``replaced_by`` is asked for."""
        if self.withdrawn_at is not None:
            return BankState.WITHDRAWN
        if getattr(self, "replaced_by", None) is not None:
            return BankState.REPLACED
        if day < self.valid_from:
            return BankState.UPCOMING
        if self.valid_until is not None and self.valid_until < day:
            return BankState.EXPIRED
        return BankState.VALID


class BankUse(models.Model):
    """That a version of a post took a text of the message bank over: some of its words were saved.
    Who wrote that text, or one that it replaced, wrote part of the post: as with an earlier
    version, whatever became of the words since."""

    version = models.ForeignKey(PostVersion, models.PROTECT, related_name="bank_uses")
    text = models.ForeignKey(BankText, models.PROTECT, related_name="uses")

    class Meta:
        verbose_name = _("use of a text of the message bank")
        verbose_name_plural = _("uses of texts of the message bank")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["version", "text"], name="bank_use_once")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="of_a_text_that_its_writer_sees",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func=as_of_now(f"""
                    -- Or saw by a role that has ended since: what stands in a text that was typed
                    -- before is taken over all the same, and who wrote it is to be known.
                    IF NOT EXISTS (
                        SELECT 1 FROM content_postversion v
                        JOIN content_banktext t ON t.id = NEW.text_id
                        JOIN accounts_grant g ON g.user_id = v.editor_id
                        WHERE v.id = NEW.version_id AND g.starts_at <= statement_timestamp()
                        AND g.role = ANY (ARRAY[{sql_list(roles_with("content.view"))}])
                        AND t.unit_id = ANY (content_units_above(g.unit_id)
                            || content_units_below(g.unit_id))) THEN
                        RAISE EXCEPTION 'A post takes over what its writer sees in the bank.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    -- With the version: what is asked of who decides does not change afterwards.
                    PERFORM 1 FROM content_post p JOIN content_postversion v ON v.post_id = p.id
                        WHERE v.id = NEW.version_id FOR SHARE OF p;
                    IF EXISTS (SELECT 1 FROM content_review r WHERE r.version_id = NEW.version_id)
                        OR EXISTS (SELECT 1 FROM content_post c
                            WHERE c.copied_from_id = NEW.version_id)
                        OR EXISTS (
                            SELECT 1 FROM content_postversion v JOIN content_postversion later
                            ON later.post_id = v.post_id AND later.number > v.number
                            WHERE v.id = NEW.version_id) THEN
                        RAISE EXCEPTION 'What a version takes over is said as it is saved.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),  # noqa: S608  # roles of our own, no input
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.text}"
