from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.capabilities import roles_with
from accounts.models import User
from content.models.post import PostVersion
from content.models.publication import Publication
from content.models.review import sql_list
from govsocial.web.as_of_now import as_of_now


class OpenedPublication(models.Model):
    """That a person had the page before them that shows exactly what a publication says.

    Whoever lets go what was frozen has opened it since: the trigger ``released_by_an_approver``
    of halts asks for it. The clock is that of the database, as it is for halts.
    """

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="opened")
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("opened publication")
        verbose_name_plural = _("opened publications")
        ordering = ["publication", "person"]
        constraints = [
            models.UniqueConstraint(fields=["publication", "person"], name="opened_once_a_person")
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_itself", fields=["publication", "person"]),
            pgtrigger.Trigger(
                name="opened_when_it_is_written",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    NEW.opened_at := clock_timestamp();
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.publication} ({self.person})"


class OpenedVersion(models.Model):
    """That a person who may decide on it had the page before them that shows all of a version.

    Several are approved together only by who opened each: the trigger ``lawful`` of decisions asks
    for it. Bound to the digest, as the decision is.
    """

    version = models.ForeignKey(PostVersion, models.PROTECT, related_name="opened")
    digest = models.CharField(max_length=64)
    person = models.ForeignKey(User, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = _("opened version")
        verbose_name_plural = _("opened versions")
        ordering = ["version", "person"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "person"], name="opened_version_once_a_person"
            )
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="stays_itself", fields=["version", "digest", "person"]),
            pgtrigger.Trigger(
                name="opened_what_it_says",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=as_of_now(f"""
                    NEW.opened_at := clock_timestamp();
                    IF NOT content_may_decide(NEW.person_id, NEW.version_id,
                        ARRAY[{sql_list(roles_with("content.review"))}]) THEN
                        RAISE EXCEPTION 'This person has no right to decide here.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NOT EXISTS (SELECT 1 FROM content_postversion v
                        WHERE v.id = NEW.version_id AND v.digest = NEW.digest) THEN
                        RAISE EXCEPTION 'Who opens a version opens the content of its digest.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),  # noqa: S608  # role names of our own table, no input
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.person})"
