"""What happens to many at once asks the database as often as what happens to few."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from content import actions
from content.models import Notification, Post, Publication
from govsocial.audit.models import Entry
from tests.cast import Cast
from tests.content.stage import Stage, connected_account, document, later, make_stage
from tests.content.test_freezes import freeze, lift
from tests.content.test_layers import without_triggers


def scheduled(cast: Cast, *, accounts: int, parts: int) -> Stage:
    rows = [connected_account(cast.diskominfo) for _number in range(accounts)]
    thread = [f"Bagian {number}." for number in range(1, parts)]
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(*rows, thread=thread)
    )
    return Stage(cast, rows[0], post).submit().approve()


def put_out(stage: Stage) -> None:
    """All but one account, as if it had been sent; the last one waits."""
    accounts = stage.post.publications.order_by("official_account")
    *out, _waits = accounts.values_list("official_account", flat=True).distinct()
    now = timezone.now()
    with without_triggers():
        for one in stage.post.publications.filter(official_account__in=out):
            Publication.objects.filter(pk=one.pk).update(
                status="published", sent_at=now, published_at=now,
                platform_post_id=one.key if one.part else "", permalink=f"https://x.example/{one.key}",
            )  # fmt: skip
        Post.objects.filter(pk=stage.post.pk).update(status="live")


def test_a_long_thread_on_many_accounts_is_withdrawn_in_as_many_queries_as_a_post(
    cast: Cast,
) -> None:
    def queries(accounts: int, parts: int) -> int:
        stage = scheduled(cast, accounts=accounts, parts=parts)
        put_out(stage)
        with CaptureQueriesContext(connection) as asked:
            withdrawn = actions.withdraw_post(
                actor=cast.sari, post_id=stage.post.pk, reason="Keliru"
            )
        assert len(withdrawn) == (accounts - 1) * parts
        assert stage.fresh().status == Post.Status.WITHDRAWN
        told = Entry.objects.filter(target_id=str(stage.post.pk))
        assert told.filter(event="content.publication.withdrawn").count() == len(withdrawn)
        assert told.filter(event="content.publication.cancelled").count() == parts
        return len(asked)

    assert queries(2, 1) == queries(4, 3)


def test_a_freeze_tells_the_writers_of_many_planned_posts_in_as_many_queries_as_of_one(
    cast: Cast,
) -> None:
    def queries(number: int) -> int:
        for _ in range(number):
            make_stage(cast, planned_at=later(hours=5))
        with CaptureQueriesContext(connection) as asked:
            freeze(cast, expected_until=later(hours=9))
        lift(cast)
        told = Notification.objects.filter(kind="freeze_planned")
        assert {one.person for one in told} == {cast.dwi}
        return len(asked)

    few = queries(1)
    assert queries(3) <= few
    assert Notification.objects.filter(kind="freeze_planned").count() == 1 + 4
