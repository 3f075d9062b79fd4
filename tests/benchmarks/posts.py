"""How long the list of posts and the search take over 100,000 posts.

Run it against a database of its own, which is thrown away::

    make test ARGS="tests/benchmarks/posts.py -q -s"

It writes the posts, of 300 units and up to three of 600 accounts each, with what became of them on
each account (three of a thousand are frozen, failed or still to come), asks every page 25 times
through Django's test client (server time without the network, templates included) and prints
queries, the size of the page, the median and the 95th percentile in milliseconds, and how much of
it this process and PostgreSQL used: on a busy machine the rest is waiting. Of each query that reads
the rows of the list the plan's own time is printed too. The bars: at most 15 queries, 100 kB and
100 ms. It is not part of ``make test``.

The rows are committed and the table is vacuumed, as PostgreSQL does by itself: only then is what an
index holds read from it alone.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pgtrigger
import pytest
from django.db import connection, transaction
from django.template.base import Template
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import OfficialAccount, Unit
from content.documents import Document, Facets, Recipient, digest_of
from content.facets import ContentClass
from content.models import Post, PostVersion
from govsocial.web.collector import settle
from tests import factories
from tests.benchmarks import calendar
from tests.benchmarks.register import say
from tests.cast import Cast
from tests.triggers import migrating

POSTS = 100_000
AT_ONCE = 5_000
# What a post goes through on its way, of which nothing is here.
KEPT = [
    f"content.Post:{name}"
    for name in (
        "moves",
        "submitted_whole",
        "approved_by_decisions",
        "corrected_or_withdrawn_in_fact",
        "is_listed",
    )
] + [
    "content.PostSearch:written_by_the_database",
    "content.Publication:gate",
]
SEED = 20_261_128
MOST_QUERIES, MOST_BYTES, MOST_MS = 15, 100_000, 100
NOW = datetime(2026, 11, 27, 3, tzinfo=UTC)
FILL = """
    INSERT INTO content_postsearch (post_id, unit_id, author_id, status, title, sensitivity,
        classes, accounts, planned_at, updated_at, words)
    SELECT p.id, p.unit_id, p.author_id, p.status, v.title,
        v.document #>> '{facets,sensitivity}',
        ARRAY(SELECT jsonb_array_elements_text(v.document #> '{facets,classes}')),
        ARRAY(SELECT jsonb_object_keys(v.document -> 'variants')::bigint),
        p.planned_at, p.updated_at, said.words || setweight(to_tsvector('simple', v.title), 'A')
    FROM unnest(%s::bigint[]) WITH ORDINALITY AS one (id, number)
    JOIN content_post p ON p.id = one.id
    JOIN content_postversion v ON v.id = p.current_version_id
    JOIN said ON said.number = 1 + (%s + one.number - 1) %% %s
"""
SEND = """
    INSERT INTO content_publication (post_id, version_id, official_account_id, digest, key, status,
        scheduled_for, published_at, permalink, platform_post_id, problem, checks, needs_person,
        sealed, key_version, attempts_before, created_at)
    SELECT one.post_id, one.version_id, one.account::bigint, one.digest, one.said, one.status,
        one.updated_at, CASE one.status WHEN 'published' THEN one.updated_at END,
        CASE one.status WHEN 'published' THEN 'https://x.example/' || one.said ELSE '' END,
        '', '', 0, false, '', 0, 0, one.updated_at
    FROM (
        SELECT v.post_id, v.id AS version_id, account, v.digest, p.updated_at,
            v.post_id || '-' || account AS said,
            CASE (v.post_id + account::bigint) %% 1000
                WHEN 0 THEN 'frozen' WHEN 1 THEN 'failed' WHEN 2 THEN 'scheduled'
                ELSE 'published' END AS status
        FROM content_post p JOIN content_postversion v ON v.id = p.current_version_id,
            jsonb_object_keys(v.document -> 'variants') AS account
        WHERE p.id = ANY(%s) AND p.status = 'live'
    ) AS one
"""
TEXTS = 5_000
# In every post, in one of twenty, in one of five thousand.
COMMON, SOME, RARE = "layanan", "vaksinasi", "gerhana"
SYLLABLES = ["ba", "ca", "du", "ga", "ji", "ka", "lu", "ma", "ni", "pa", "ra", "su", "ta", "wi"]
STATUSES = ["draft"] * 10 + ["submitted"] * 2 + ["approved", "scheduled"] + ["live"] * 76
STATUSES += ["withdrawn"] + ["rejected"] * 3 + ["archived"] * 6


def fill(cast: Cast) -> None:
    chance = random.Random(SEED)
    units = [factories.unit(f"Kelurahan {n:03}", parent=cast.diskominfo) for n in range(300)]
    accounts = [factories.official_account(chance.choice(units)) for _ in range(600)]
    words = sorted(
        {"".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) for _ in range(6000)}
    )
    texts = [_text(chance, words, number) for number in range(TEXTS)]
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE said (number int PRIMARY KEY, words tsvector)")
        cursor.execute(
            "INSERT INTO said SELECT number, setweight(content_lexemes(said), 'B')"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS one (said, number)",
            [texts],
        )
    for start in range(0, POSTS, AT_ONCE):
        with transaction.atomic():
            _some(cast, chance, units, accounts, texts, range(start, start + AT_ONCE))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("SELECT pg_size_pretty(pg_total_relation_size('content_postsearch'))")
        (size,) = cursor.fetchone()
    say(f"{POSTS} posts in {time.perf_counter() - began:.0f} s; list and indexes: {size}")


def _some(
    cast: Cast,
    chance: random.Random,
    units: list[Unit],
    accounts: list[OfficialAccount],
    texts: list[str],
    numbers: range,
) -> None:
    with migrating(), pgtrigger.ignore("content.Post:is_listed"):
        posts = Post.objects.bulk_create(
            [
                Post(unit=chance.choice(units), author=chance.choice([cast.dwi, cast.rina]))
                for _ in numbers
            ],
            batch_size=AT_ONCE,
        )
    versions = [
        _version(cast, chance, accounts, texts[number % TEXTS], number, post)
        for number, post in zip(numbers, posts, strict=True)
    ]
    PostVersion.objects.bulk_create(versions, batch_size=AT_ONCE)
    statuses = [chance.choice(STATUSES) for _ in posts]
    changed = [NOW - timedelta(minutes=chance.randrange(1_500_000)) for _ in posts]
    with migrating(), pgtrigger.ignore(*KEPT), connection.cursor() as cursor:
        # The words of a text are worked out once, which would take an hour on a busy machine.
        cursor.execute(
            "UPDATE content_post SET current_version_id = one.version, status = one.status,"
            " updated_at = one.changed FROM unnest(%s::bigint[], %s::bigint[], %s::text[],"
            " %s::timestamptz[]) AS one (id, version, status, changed)"
            " WHERE content_post.id = one.id",
            [[post.pk for post in posts], [one.pk for one in versions], statuses, changed],
        )
        cursor.execute(FILL, [[post.pk for post in posts], numbers.start, TEXTS])
        cursor.execute(SEND, [[post.pk for post in posts]])


def _text(chance: random.Random, words: list[str], number: int) -> str:
    said = [COMMON, *(words[int(len(words) * chance.random() ** 3)] for _ in range(70))]
    said += [SOME] if number % 20 == 0 else []
    said += [RARE] if number == 7 else []
    return " ".join(said)


def _version(
    cast: Cast,
    chance: random.Random,
    accounts: list[OfficialAccount],
    text: str,
    number: int,
    post: Post,
) -> PostVersion:
    title = f"{' '.join(chance.sample(text.split(), 6)).capitalize()} {number:06}"
    some = chance.sample(accounts, chance.randint(1, 3))
    written = Document(
        title=title,
        text=text,
        texts={one.pk: text for one in some},
        planned_at=NOW + timedelta(minutes=chance.randrange(-1_500_000, 60_000)),
        recipients={one.pk: Recipient(address=one.handle, unit=one.unit_id) for one in some},
        facets=Facets(
            classes=(chance.choice(ContentClass.values),),
            sensitivity="sensitive" if number % 10 == 0 else "ordinary",
        ),
    ).canonical()
    return PostVersion(
        post=post, number=1, editor=cast.dwi, title=title, canonical=written,
        digest=digest_of(written),
    )  # fmt: skip


def plan_times(ask: Callable[[], object]) -> str:
    """What PostgreSQL itself says of the queries that read the rows of the list."""
    with CaptureQueriesContext(connection) as caught:
        ask()
    told = []
    with connection.cursor() as cursor:
        for one in caught:
            if "content_postsearch" not in (sql := one["sql"]) or not sql.startswith("SELECT"):
                continue
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}")
            (found,) = cursor.fetchone()
            plan = found[0] if isinstance(found, list) else json.loads(found)[0]
            blocks = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
            scans = re.findall(r"\"Index Name\": \"([^\"]+)\"", json.dumps(plan))
            told.append(f"{plan['Execution Time']:.1f} ms/{blocks} blocks {'+'.join(scans)}")
    return "; ".join(told)


@pytest.fixture(autouse=True)
def templates_as_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests copy the context of every template that is rendered; nobody else pays for that."""
    monkeypatch.setattr(Template, "_render", lambda self, context: self.nodelist.render(context))
    monkeypatch.setattr(calendar, "ROUNDS", 25)


@pytest.mark.django_db(transaction=True)
def test_a_hundred_thousand_posts(cast: Cast, client_as: Callable[[object], Client]) -> None:
    fill(cast)
    client = client_as("dwi")
    settle()
    say("")
    base, unit = "/content/posts/", cast.diskominfo.pk
    account = OfficialAccount.objects.order_by("pk").first()
    assert account is not None
    everything = (
        f"?search={COMMON}+{SOME[:6]}&status=live&unit={unit}&account={account.pk}"
        f"&kind=information&sensitivity=ordinary&author={cast.dwi.pk}"
        "&planned_from=2024-01-01&planned_to=2026-12-31"
    )
    pages = {
        "first page": base,
        "page 1,000": f"{base}?page=1000",
        "last page": f"{base}?page=999999",
        "by title": f"{base}?sort=title",
        "by title, page 900": f"{base}?sort=title&page=900",
        "by plan, the latest": f"{base}?sort=-planned",
        "by unit": f"{base}?sort=unit",
        "by status": f"{base}?sort=status",
        "search, a word of all": f"{base}?search={COMMON}",
        "search, of all, page 1,000": f"{base}?search={COMMON}&page=1000",
        "search, a beginning": f"{base}?search={COMMON[:4]}",
        "search, one of twenty": f"{base}?search={SOME}",
        "search, rare": f"{base}?search={RARE}",
        "search, two words": f"{base}?search={COMMON}+{SOME}",
        "search, nothing": f"{base}?search=xyzzy",
        "status draft": f"{base}?status=draft",
        "status live": f"{base}?status=live",
        "status partly live": f"{base}?status=partly_live",
        "status scheduled": f"{base}?status=scheduled",
        "status failed": f"{base}?status=failed",
        "status withdrawn": f"{base}?status=withdrawn",
        "unit and below": f"{base}?unit={unit}",
        "account": f"{base}?account={account.pk}",
        "account by words": f"{base}?account_words=kanal",
        "class": f"{base}?kind=dialogue",
        "sensitivity": f"{base}?sensitivity=sensitive",
        "author": f"{base}?author={cast.rina.pk}",
        "author by words": f"{base}?author_words=dwi",
        "planned period": f"{base}?planned_from=2026-11-01&planned_to=2026-11-30",
        "everything at once": f"{base}{everything}",
        "search page, of all": f"/content/search/?q={COMMON}",
        "search page, rare": f"/content/search/?q={RARE}",
        "search page, posts": f"/content/search/?q={SOME}&kind=posts",
    }
    found = {}
    for name, address in pages.items():

        def ask(address: str = address) -> object:
            return client.get(address)

        found[name] = calendar.measure(name, ask)
        say(f"{'':26} {plan_times(ask)}")
    assert max(queries for queries, _size, _p95 in found.values()) <= MOST_QUERIES
    assert max(size for _queries, size, _p95 in found.values()) <= MOST_BYTES
    slow = {name: p95 for name, (_queries, _size, p95) in found.items() if p95 > MOST_MS}
    assert not slow, slow
