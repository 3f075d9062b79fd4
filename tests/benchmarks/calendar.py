"""How long the calendar takes with 3,000 posts in a month, for up to three accounts each.

Run it against a database of its own, which it empties again by rolling back::

    make test ARGS="tests/benchmarks/calendar.py -q -s"

It makes the posts, of which two thirds have publications, asks every page 60 times through
Django's test client (server time without the network, templates included) and prints queries, the
size of the page, the median and the 95th percentile in milliseconds, and how much of it this
process and PostgreSQL used: on a busy machine the rest is waiting. The bars: at most 15 queries,
100 kB and 150 ms. It is not part of ``make test``.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.template.base import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import OfficialAccount
from content import actions
from content.documents import Document, Facets, Recipient, digest_of
from content.facets import ContentClass
from content.models import Post, PostVersion, Publication
from govsocial.web.collector import settle
from tests import factories
from tests.benchmarks.register import say
from tests.cast import Cast
from tests.triggers import without_trigger

POSTS = 3_000
ROUNDS = 60
SEED = 20_261_127
MOST_QUERIES, MOST_BYTES, MOST_MS = 15, 100_000, 150
# The first of a month in Jakarta, in a year of which every holiday is known.
FIRST = datetime(2026, 11, 30, 17, tzinfo=UTC)
TITLE = "Jadwal vaksinasi rabies keliling kelurahan dan pendaftaran nomor"


def fill(cast: Cast) -> None:
    chance = random.Random(SEED)
    units = [
        factories.unit(f"Kelurahan {number:03}", parent=cast.diskominfo) for number in range(30)
    ]
    accounts = [factories.official_account(chance.choice(units)) for _ in range(300)]
    posts = Post.objects.bulk_create(
        [Post(unit=chance.choice(units), author=cast.dwi) for _ in range(POSTS)], batch_size=500
    )
    times = [FIRST + timedelta(minutes=5 * chance.randrange(31 * 288)) for _ in posts]
    meant = [chance.sample(accounts, chance.randint(1, 3)) for _ in posts]
    versions = []
    for number, (post, at, some) in enumerate(zip(posts, times, meant, strict=True)):
        written = Document(
            title=f"{TITLE} {number:04}",
            text="Vaksin gratis, langsung ke kelurahan Anda. " * 20,
            texts={one.pk: "Vaksin gratis, langsung ke kelurahan Anda. " * 20 for one in some},
            planned_at=at,
            recipients={one.pk: Recipient(address=one.handle, unit=one.unit_id) for one in some},
            facets=Facets(classes=(ContentClass.values[number % len(ContentClass.values)],)),
        ).canonical()
        versions.append(
            PostVersion(
                post=post, number=1, editor=cast.dwi, title=f"{TITLE} {number:04}",
                canonical=written, digest=digest_of(written),
            )
        )  # fmt: skip
    PostVersion.objects.bulk_create(versions, batch_size=500)
    for post, version in zip(posts, versions, strict=True):
        post.current_version = version
    Post.objects.bulk_update(posts, ["current_version"], batch_size=500)
    _send(list(zip(posts, versions, times, meant, strict=True)))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _send(rows: list[tuple[Post, PostVersion, datetime, list[OfficialAccount]]]) -> None:
    """Two thirds are scheduled, without the decisions that this would need."""
    publications = [
        Publication(
            post=post, version=version, official_account=account, digest=version.digest,
            key=f"{post.pk}-{account.pk}", scheduled_for=at,
        )
        for number, (post, version, at, some) in enumerate(rows)
        if number % 3
        for account in some
    ]  # fmt: skip
    with without_trigger("content.Publication:gate"):
        Publication.objects.bulk_create(publications, batch_size=500)
    say(f"{POSTS} posts, {len(publications)} publications")


def measure(name: str, ask: Callable[[], object]) -> tuple[int, int, float]:
    ask()
    with CaptureQueriesContext(connection) as caught:
        answer = ask()
    queries, size = len(caught), len(answer.content)  # type: ignore[attr-defined]  # a response
    times, used, database = [], time.process_time(), in_database()
    for _round in range(ROUNDS):
        started = time.perf_counter()
        ask()
        times.append((time.perf_counter() - started) * 1000)
    cpu = (time.process_time() - used) * 1000 / ROUNDS
    worked = (in_database() - database) * 1000 / ROUNDS
    p95 = statistics.quantiles(times, n=20)[-1]
    say(
        f"{name:26} {queries:3} queries {size:8} bytes {statistics.median(times):8.1f} ms"
        f"  p95 {p95:8.1f} ms  (Python {cpu:6.1f} ms, PostgreSQL {worked:6.1f} ms)"
    )
    return queries, size, p95


def in_database() -> float:
    """Seconds that PostgreSQL has worked for this connection, where Linux tells them."""
    pid = connection.connection.info.backend_pid
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")


@pytest.fixture(autouse=True)
def templates_as_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests copy the context of every template that is rendered; nobody else pays for that."""
    monkeypatch.setattr(Template, "_render", lambda self, context: self.nodelist.render(context))


@pytest.mark.django_db
def test_a_month_of_three_thousand(cast: Cast, client_as: Callable[[object], Client]) -> None:
    fill(cast)
    client = client_as("dwi")
    # As govsocial.wsgi does; here pytest and all test modules would be looked through as well.
    settle()
    say("")
    base = "/content/calendar/"
    pages = {
        "month": f"{base}2026-12/",
        "month, another": f"{base}2026-11/",
        "week": f"{base}week/2026-12-14/",
        "agenda": f"{base}agenda/2026-12-01/",
        "agenda, last page": f"{base}agenda/2026-12-01/?page=60",
        "day": f"{base}day/2026-12-14/",
        "month, by status": f"{base}2026-12/?status=scheduled",
        "month, by unit": f"{base}2026-12/?unit={cast.diskominfo.pk}",
        "month, by class": f"{base}2026-12/?kind=dialogue",
        "month, by account": f"{base}2026-12/?account_words=kanal1",
        "month, search, many": f"{base}2026-12/?search=vaksin",
        "month, search, one": f"{base}2026-12/?search=0042",
        "month, all at once": f"{base}2026-12/?search=vaksin&status=draft&unit={cast.diskominfo.pk}"
        "&account_words=kanal&kind=information",
    }
    found = {
        name: measure(name, lambda address=address: client.get(address))  # type: ignore[misc]  # bound now
        for name, address in pages.items()
    }
    token = actions.make_calendar_feed(actor=cast.dwi)
    started = time.perf_counter()
    feed = Client().get(f"{base}feeds/{token}/content.ics")
    say(f"feed: {len(feed.content)} bytes in {(time.perf_counter() - started) * 1000:.1f} ms, once")
    assert feed.status_code == 200
    assert max(queries for queries, _size, _p95 in found.values()) <= MOST_QUERIES
    assert max(size for _queries, size, _p95 in found.values()) <= MOST_BYTES
    assert max(p95 for _queries, _size, p95 in found.values()) <= MOST_MS
