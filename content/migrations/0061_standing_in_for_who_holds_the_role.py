from importlib import import_module

from django.db import migrations

_0058 = import_module("content.migrations.0058_nobody_in_the_place_of_a_writer")

# In whose place somebody holds one of the roles for a unit now; NULL for a role of their own.
#
# One stands in only for who holds the role themselves, now, and is active: what one holds for
# another is not handed on (docs/adr/0027). An approver may review, so who stands in for one may.
HELD_FOR = """
CREATE OR REPLACE FUNCTION content_held_for(person bigint, unit bigint, roles text[])
RETURNS SETOF bigint LANGUAGE sql STABLE AS $$
    WITH held AS (
        SELECT g.user_id, g.role, g.on_behalf_of_id FROM accounts_grant g
        WHERE g.user_id IN (
            SELECT person UNION SELECT p.on_behalf_of_id FROM accounts_grant p
            WHERE p.user_id = person)
        AND g.role = ANY (roles || ARRAY['approver'])
        AND g.unit_id = ANY (content_units_above(unit))
        AND g.starts_at <= statement_timestamp()
        AND (g.ends_at IS NULL OR g.ends_at > statement_timestamp())
    )
    SELECT DISTINCT h.on_behalf_of_id FROM held h
    WHERE h.user_id = person AND h.role = ANY (roles) AND (
        h.on_behalf_of_id IS NULL
        OR EXISTS (
            SELECT FROM held own JOIN accounts_user u ON u.id = own.user_id AND u.is_active
            WHERE own.user_id = h.on_behalf_of_id AND own.on_behalf_of_id IS NULL
            AND (own.role = h.role OR (h.role = 'reviewer' AND own.role = 'approver'))))
$$
"""
# Whether somebody holds one of the roles themselves in each unit that a version concerns.
HOLDS_ALONE = """
CREATE FUNCTION content_holds_alone(person bigint, version bigint, roles text[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT NOT EXISTS (
        SELECT FROM content_units_of(version) n(unit_id)
        WHERE NOT EXISTS (
            SELECT FROM content_held_for(person, n.unit_id, roles) own(place)
            WHERE own.place IS NULL))
$$
"""
# By unit, in whose place somebody may decide on a version; NULL: by a role of their own.
#
# It is the place of somebody who might decide themselves, in every unit. In the place of who wrote
# it, submitted it, or decided or had somebody decide for them, in the review that waits or on an
# emergency, which is looked at afterwards, nobody does.
PLACES = """
CREATE OR REPLACE FUNCTION content_places(person bigint, version bigint, roles text[])
RETURNS TABLE(unit_id bigint, place bigint)
LANGUAGE sql STABLE AS $$
    SELECT n.unit_id, h.place
    FROM content_units_of(version) n(unit_id)
    CROSS JOIN LATERAL content_held_for(person, n.unit_id, roles) h(place)
    WHERE h.place IS NULL OR (
        content_holds_alone(h.place, version, roles)
        AND NOT content_wrote(h.place, version)
        AND NOT EXISTS (
            SELECT FROM content_review r LEFT JOIN content_decision d ON d.review_id = r.id
            WHERE r.version_id = version AND (r.status = 'open'
                -- By these roles an emergency is looked at afterwards; by fewer it is let go.
                OR (r.is_emergency AND 'reviewer' = ANY (roles)))
            AND h.place IN (r.submitted_by_id, d.decider_id, d.on_behalf_of_id)))
$$
"""


def _again(made: str) -> str:
    return made.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):

    dependencies = [
        ('content', '0060_told_to_stop'),
    ]

    operations = [
        migrations.RunSQL(HELD_FOR, _again(_0058.HELD_FOR)),
        migrations.RunSQL(
            HOLDS_ALONE, "DROP FUNCTION content_holds_alone(bigint, bigint, text[])"
        ),
        migrations.RunSQL(PLACES, _again(_0058.PLACES)),
        migrations.RunSQL(
            "DROP FUNCTION content_had_from(bigint, bigint, text[])",
            _0058.HELD_BEFORE,
        ),
    ]
