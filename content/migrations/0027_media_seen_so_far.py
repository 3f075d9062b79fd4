"""What was uploaded before there was a library is in it, and known where it was used."""

from django.db import migrations

RECORDS = """
INSERT INTO content_mediarecord (
    media_id, title, description, alt, licence, licence_note, source, owner, proof_url, people,
    minors, consent_place, consent_by_guardians, made_with_ai, edition
)
SELECT id, '', '', '', '', '', '', '', '', 'unknown', 'unknown', '', FALSE, 'unknown', 1
FROM content_mediafile
ON CONFLICT (media_id) DO NOTHING
"""

USES = """
INSERT INTO content_mediause (media_id, version_id)
SELECT DISTINCT media.id, version.id
FROM content_postversion version
JOIN content_post post ON post.id = version.post_id
CROSS JOIN LATERAL jsonb_path_query(version.document, 'lax $.media[*].sha256') AS named (digest)
JOIN content_mediafile media
    ON media.unit_id = post.unit_id AND media.sha256 = named.digest #>> '{}'
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("content", "0026_media_library")]

    operations = [
        migrations.RunSQL(RECORDS, migrations.RunSQL.noop),
        migrations.RunSQL(USES, migrations.RunSQL.noop),
    ]
