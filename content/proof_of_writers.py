"""Who wrote what a post may begin with or show, held against the trail: ideas, texts of the message
bank, alternative texts and files of the media library.

Whoever wrote one of these does not decide on the post. Who may write rows by SQL can put somebody
else's name there; the action would have left an entry of who it was.
"""

from __future__ import annotations

_IDEAS = """
    SELECT NULL, NULL, i.id, u.full_name, 'added'
    FROM content_idea i
    JOIN accounts_user u ON u.id = i.author_id
    WHERE NOT EXISTS (
        SELECT 1 FROM audit_entry e
        WHERE e.target_type = %(idea)s AND e.target_id = i.id::text
        AND e.event = 'content.idea.added' AND e.actor_id = i.author_id)
    ORDER BY i.id
"""
# An entry from before they held the edition was written in the moment of its row.
_EDITIONS = """
    SELECT NULL, NULL, w.id, u.full_name, 'written'
    FROM content_ideaedition w
    JOIN accounts_user u ON u.id = w.editor_id
    WHERE NOT EXISTS (
        SELECT 1 FROM audit_entry e
        WHERE e.target_type = %(idea)s AND e.target_id = w.idea_id::text
        AND e.event = 'content.idea.changed' AND e.actor_id = w.editor_id
        AND e.data -> 'changed' ?| ARRAY['title', 'note']
        AND CASE WHEN e.data ? 'edition' THEN e.data ->> 'edition' = w.edition::text
            ELSE e.at BETWEEN w.written_at - interval '5 minutes'
                AND w.written_at + interval '5 minutes' END)
    ORDER BY w.id
"""
_BANK = """
    SELECT NULL, NULL, t.id, u.full_name, 'made'
    FROM content_banktext t
    JOIN accounts_user u ON u.id = t.made_by_id
    WHERE NOT EXISTS (
        SELECT 1 FROM audit_entry e
        WHERE e.target_type = %(bank_text)s AND e.target_id = t.id::text
        AND e.event = CASE WHEN t.replaces_id IS NULL THEN 'content.bank_text.added'
            ELSE 'content.bank_text.replaced' END
        AND e.actor_id = t.made_by_id)
    ORDER BY t.id
"""
# The trail has a mark of the text: twelve digits of its SHA-256 (``content.media_fields``).
_ALTS = """
    SELECT NULL, NULL, w.id, u.full_name, 'written'
    FROM content_mediaalt w
    JOIN content_mediarecord r ON r.media_id = w.media_id
    JOIN accounts_user u ON u.id = w.editor_id
    WHERE NOT EXISTS (
        SELECT 1 FROM audit_entry e
        WHERE e.target_type = %(media_record)s AND e.target_id = r.id::text
        AND e.event = 'content.media.described' AND e.actor_id = w.editor_id
        AND e.data -> 'changed' ? 'alt' AND e.data -> 'after'
            ? left(encode(sha256(convert_to(w.alt, 'UTF8')), 'hex'), 12)
        AND CASE WHEN e.data ? 'edition' THEN e.data ->> 'edition' = w.edition::text
            ELSE e.at BETWEEN w.written_at - interval '5 minutes'
                AND w.written_at + interval '5 minutes' END)
    ORDER BY w.id
"""
# Read by the event, which few entries are of: older ones are of the file, not of its record.
_FILES = """
    WITH told AS MATERIALIZED (
        SELECT e.actor_id, COALESCE(e.data ->> 'variant_sha256', e.data ->> 'sha256') AS sha256
        FROM audit_entry e
        WHERE e.event IN ('content.media.uploaded', 'content.media.variant_made')
    )
    SELECT NULL, NULL, f.id, u.full_name, 'uploaded'
    FROM content_mediafile f
    JOIN accounts_user u ON u.id = f.uploaded_by_id
    LEFT JOIN told ON told.sha256 = f.sha256 AND told.actor_id = f.uploaded_by_id
    WHERE told.sha256 IS NULL
    ORDER BY f.id
"""
QUESTIONS = (
    ("idea", _IDEAS),
    ("edition of an idea", _EDITIONS),
    ("text of the message bank", _BANK),
    ("alternative text", _ALTS),
    ("file", _FILES),
)
COUNTED = {
    "ideas": "content_idea",
    "idea_editions": "content_ideaedition",
    "bank_texts": "content_banktext",
    "alternative_texts": "content_mediaalt",
    "files": "content_mediafile",
}
