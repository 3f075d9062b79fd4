from __future__ import annotations

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from content.models.media import MediaFile
from content.models.post import PostVersion
from govsocial.web.as_of_now import as_of_now


class MediaUse(models.Model):
    """A version of a post that shows a picture or a film. Written by the database itself, with the
    version: what is used is known without reading what all versions say."""

    media = models.ForeignKey(MediaFile, models.PROTECT, related_name="uses")
    version = models.ForeignKey(PostVersion, models.PROTECT, related_name="media_uses")

    class Meta:
        verbose_name = _("use of a medium")
        verbose_name_plural = _("uses of media")
        constraints = [
            models.UniqueConstraint(fields=["media", "version"], name="media_use_once"),
        ]
        triggers = [
            pgtrigger.Protect(name="immutable", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="not_put_away",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                # Whoever puts it away at this moment has locked the record: wait and look again.
                func=as_of_now("""
                    PERFORM 1 FROM content_mediarecord WHERE media_id = NEW.media_id FOR SHARE;
                    IF EXISTS (
                        SELECT 1 FROM content_mediarecord
                        WHERE media_id = NEW.media_id AND archived_at IS NOT NULL
                    ) THEN
                        RAISE EXCEPTION 'What was put away is brought back before a post shows it.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    -- Who uploaded it, or described it, wrote part of the version.
                    IF EXISTS (SELECT 1 FROM content_review WHERE version_id = NEW.version_id) THEN
                        RAISE EXCEPTION 'What a version shows is said before it is submitted.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.media} · {self.version}"


pgtrigger.register(
    pgtrigger.Trigger(
        name="says_what_it_shows",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        # Wherever it is named. A file that was made for a platform counts for its original as well.
        func="""
            INSERT INTO content_mediause (media_id, version_id)
            SELECT DISTINCT used.id, NEW.id
            FROM content_post post
            CROSS JOIN LATERAL jsonb_path_query(
                NEW.canonical::jsonb, 'lax $.**.sha256 ? (@.type() == "string")'
            ) AS named (digest)
            JOIN content_mediafile media
                ON media.unit_id = post.unit_id AND media.sha256 = named.digest #>> '{}'
            CROSS JOIN LATERAL (
                SELECT media.id UNION ALL
                SELECT original_id FROM content_mediavariant WHERE file_id = media.id
            ) AS used (id)
            WHERE post.id = NEW.post_id
            ON CONFLICT DO NOTHING;
            RETURN NULL;
        """,
    )
)(PostVersion)
