"""What somebody writes who has a connection to the database and passes by every page and action:
the rows that would let an unapproved post out, in each way that SQL knows."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from content.models import Decision, Freeze, Post, Publication, Review
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, later, make_stage
from tests.content.test_freezes import freeze, lift
from tests.content.test_policies import TWO, policy
from tests.gathering import each

REFUSED = (IntegrityError, InternalError)
COLUMNS = (
    "post_id, version_id, official_account_id, digest, key, status, scheduled_for,"
    " platform_post_id, permalink, problem, checks, needs_person, attempts_before, sealed,"
    " key_version, created_at"
)
ROW = (
    "SELECT p.id, v.id, a.id, v.digest, 'k', 'scheduled', now(), '', '', '', 0, false, 0, '', 0,"
    " now() FROM content_post p JOIN content_postversion v ON v.id = p.current_version_id"
    " CROSS JOIN accounts_officialaccount a"
)
NAMED = ROW.replace("p.id, v.id, a.id", "p.id AS post, v.id AS version, a.id AS account")
INSERTED = f"INSERT INTO content_publication ({COLUMNS})"
VALUES = (
    "s.post, s.version, s.account, s.digest, 'k', 'scheduled', now(), '', '', '', 0, false, 0, '',"
    " 0, now()"
)


def run(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def copied(table: str, columns: str, select: str) -> None:
    """The rows that ``select`` gives, read from a file as ``COPY`` does."""
    with transaction.atomic(), connection.cursor() as cursor, connection.wrap_database_errors:
        file = io.StringIO()
        cursor.copy_expert(f"COPY ({select}) TO STDOUT", file)
        file.seek(0)
        cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", file)


def from_the_shell() -> None:
    version = Post.objects.get().current_version
    assert version is not None
    account = next(iter(version.content().texts))
    row = Publication(
        post=version.post, version=version, official_account_id=account, digest=version.digest,
        key="k", scheduled_for=timezone.now(),
    )  # fmt: skip
    with transaction.atomic():
        Publication.objects.bulk_create([row], update_conflicts=False)


WAYS: dict[str, Callable[[], None]] = {
    "insert": lambda: run(f"{INSERTED} {ROW}"),
    "copy": lambda: copied("content_publication", COLUMNS, ROW),
    "writable cte": lambda: run(f"WITH made AS ({INSERTED} {ROW} RETURNING 1) SELECT * FROM made"),
    "upsert": lambda: run(
        f"{INSERTED} {ROW} ON CONFLICT (version_id, official_account_id, part)"
        " DO UPDATE SET status = 'sending'"
    ),
    "merge": lambda: run(
        f"MERGE INTO content_publication t USING ({NAMED}) s ON t.version_id = s.version"
        f" WHEN NOT MATCHED THEN INSERT ({COLUMNS}) VALUES ({VALUES})"
    ),
    "anonymous block": lambda: run(f"DO $$ BEGIN {INSERTED} {ROW}; END $$"),
    "management shell": from_the_shell,
}


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast).submit()


@pytest.fixture
def covered(stage: Stage) -> Stage:
    policy(stage.cast, TWO)
    return stage


@each("way", list(WAYS))
def test_no_statement_makes_a_publication_of_what_was_not_approved(stage: Stage, way: str) -> None:
    with pytest.raises(REFUSED, match="right people have not approved"):
        WAYS[way]()
    assert not Publication.objects.exists()


@each("way", [way for way in WAYS if way not in {"upsert", "merge"}])
def test_the_same_statement_finds_nothing_wrong_with_what_was_approved(
    stage: Stage, way: str
) -> None:
    """Or the refusals above could be those of a wrong column."""
    if stage.fresh().status == Post.Status.SUBMITTED:
        stage.approve()
    with pytest.raises(IntegrityError, match="publication_once_per_version"):
        WAYS[way]()


DECIDED = "review_id, version_digest, stage, decider_id, verdict, note, decided_at, expires_at"


@each("person", ["dwi", "bayu", "laila", "nur", "inactive"])
def test_no_decision_is_copied_in_for_who_may_not_decide(stage: Stage, person: str) -> None:
    who = getattr(stage.cast, person)
    row = (
        f"SELECT id, digest, 1, {who.pk}, 'approve', '', now(), now() + interval '1 day'"
        " FROM content_review"
    )
    with pytest.raises(REFUSED):
        copied("content_decision", DECIDED, row)
    assert not Decision.objects.exists()


@each(
    "statement",
    [
        "UPDATE content_review SET kinds = '{}'",
        "UPDATE content_review SET digest = repeat('0', 64)",
        "UPDATE content_review SET is_emergency = true",
        "UPDATE content_review SET days = 90",
        "DELETE FROM content_review",
        "UPDATE content_post SET status = 'approved'",
        "UPDATE content_post SET unit_id = (SELECT max(id) FROM accounts_unit)",
        "UPDATE content_postversion SET editor_id = editor_id + 1",
        "DELETE FROM content_postversion",
        "DELETE FROM content_approvalpolicy",
        "UPDATE content_approvalpolicy SET stages = '{approve}'",
        "UPDATE audit_entry SET event = 'x'",
    ],
)
def test_nothing_that_a_decision_rests_on_is_rewritten(covered: Stage, statement: str) -> None:
    with pytest.raises(REFUSED):
        run(statement)


def test_a_policy_that_changes_between_approval_and_sending_changes_nothing(stage: Stage) -> None:
    stage.approve()
    policy(stage.cast, TWO)
    assert stage.send(FakePlatform()).status == Publication.Status.PUBLISHED
    later_one = make_stage(stage.cast).submit()
    assert Review.objects.get(post=later_one.post).kinds == TWO


def test_a_freeze_cannot_be_taken_away_by_deleting_or_emptying_it(cast: Cast) -> None:
    make_stage(cast, planned_at=later(hours=1)).submit().approve()
    freeze(cast)
    for statement in (
        "DELETE FROM content_freeze",
        "DELETE FROM content_halt",
        "UPDATE content_freeze SET covered = '{}', unit_id = (SELECT max(id) FROM accounts_unit)",
        "UPDATE content_halt SET released_at = now(), released_by_id = NULL",
        "UPDATE content_publication SET status = 'scheduled'",
    ):
        with pytest.raises(REFUSED):
            run(statement)
    assert Freeze.objects.get().lifted_at is None
    lift(cast)
    assert Publication.objects.get().status == Publication.Status.FROZEN
