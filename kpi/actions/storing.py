"""Rows of one capture: many at once, by COPY and by joins with VALUES."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import StringIO
from typing import Any

from django.db import connection
from psycopg2.extras import execute_values

from accounts.models import OfficialAccount
from govsocial.platforms.base import DayMetrics, Profile, SeenPost
from kpi import ladder
from kpi.metrics import DAY_METRICS, POST_METRICS
from kpi.models import AccountSnapshot, PlatformDay, PlatformPost
from kpi.payloads import clean_text, difference, storable
from kpi.rollup import local_day

_COLUMNS = ", ".join(POST_METRICS)


@dataclass(frozen=True, slots=True)
class Known:
    """What the database already has of a post."""

    pk: int
    posted_on: date
    text: str
    permalink: str
    due: bool
    gone: bool
    raw: Mapping[str, Any]


def store_profile(account: OfficialAccount, profile: Profile, at: datetime) -> None:
    AccountSnapshot.objects.create(
        official_account=account,
        captured_at=at,
        followers=profile.followers,
        following=profile.following,
        posts=profile.posts,
        definition=profile.definition,
        raw=storable(profile.raw),
    )


def store_days(account: OfficialAccount, days: Sequence[DayMetrics], at: datetime) -> None:
    """Keep the latest word of the platform on each day."""
    rows = [
        PlatformDay(
            official_account=account,
            day=one.day,
            definition=one.definition,
            captured_at=at,
            raw=storable(one.raw),
            **{name: getattr(one, name) for name in DAY_METRICS},
        )
        for one in days
    ]
    PlatformDay.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["official_account", "day", "definition"],
        update_fields=["captured_at", "raw", *DAY_METRICS],
    )


def known_posts(account: OfficialAccount, ids: Sequence[str], at: datetime) -> dict[str, Known]:
    rows = PlatformPost.objects.filter(official_account=account, platform_id__in=ids).values_list(
        "platform_id", "pk", "posted_on", "text", "permalink", "next_pull_at", "gone_at", "raw"
    )
    return {
        platform_id: Known(
            pk=pk,
            posted_on=posted_on,
            text=text,
            permalink=permalink,
            due=gone is not None or (due is not None and due <= at),
            gone=gone is not None,
            raw=raw,
        )
        for platform_id, pk, posted_on, text, permalink, due, gone, raw in rows
    }


def add_posts(account: OfficialAccount, posts: Iterable[SeenPost], at: datetime) -> dict[str, int]:
    """Add posts that are new; return their keys by platform id."""
    zone = account.unit.zone
    rows = [
        (
            account.pk,
            post.platform_id,
            post.permalink,
            post.posted_at,
            local_day(post.posted_at, zone),
            clean_text(post.text),
            str(post.kind),
            at,
            json.dumps(storable(post.raw), ensure_ascii=False),
        )
        for post in posts
    ]
    if not rows:
        return {}
    with connection.cursor() as cursor:
        added = execute_values(
            cursor.cursor,
            "INSERT INTO kpi_platformpost (official_account_id, platform_id, permalink, posted_at, "
            "posted_on, text, kind, first_seen_at, raw) VALUES %s "
            "ON CONFLICT (official_account_id, platform_id) DO NOTHING RETURNING platform_id, id",
            rows,
            page_size=500,
            fetch=True,
        )
    return dict(added)


def change_posts(changed: Iterable[tuple[Known, SeenPost]]) -> None:
    """Keep the words as they are now. The earlier ones stand in the payload of earlier captures."""
    for known, post in changed:
        PlatformPost.objects.filter(pk=known.pk).update(
            text=clean_text(post.text), permalink=post.permalink, gone_at=None
        )


def copy_snapshots(
    account: OfficialAccount,
    captures: Sequence[tuple[int, SeenPost, Mapping[str, Any]]],
    at: datetime,
) -> None:
    """Write one snapshot per (key, post, first payload).

    COPY knows no ON CONFLICT and needs none: the account's snapshot of the same moment was written
    before in this transaction, so this moment was not captured yet.
    """
    moment = at.isoformat()
    buffer = StringIO()
    for pk, post, first in captures:
        kept = json.dumps(difference(first, storable(post.raw)), ensure_ascii=False)
        cells = [str(pk), str(account.pk), moment]
        for name in POST_METRICS:
            value = getattr(post, name)
            cells.append("\\N" if value is None else str(value))
        cells += [post.definition, "api", kept.replace("\\", "\\\\")]
        buffer.write("\t".join(cells) + "\n")
    buffer.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            "COPY kpi_postsnapshot (platform_post_id, official_account_id, captured_at, "
            f"{_COLUMNS}, definition, source, raw) FROM STDIN",
            buffer,
        )


def note_latest(captures: Sequence[tuple[int, SeenPost, Mapping[str, Any]]], at: datetime) -> None:
    """Repeat the latest values on the posts and say when each is due again."""
    rows = [
        (
            pk,
            at,
            ladder.next_capture(posted_at=post.posted_at, captured_at=at),
            *(getattr(post, name) for name in POST_METRICS),
        )
        for pk, post, _first in captures
    ]
    types = ["bigint", "timestamptz", "timestamptz", *["bigint"] * len(POST_METRICS)]
    template = "(" + ", ".join(f"%s::{name}" for name in types) + ")"
    sets = ", ".join(f"{name} = v.{name}" for name in POST_METRICS)
    with connection.cursor() as cursor:
        execute_values(
            cursor.cursor,
            f"UPDATE kpi_platformpost p SET captured_at = v.captured_at, "  # noqa: S608  # our names
            f"next_pull_at = v.next_pull_at, gone_at = NULL, {sets} "
            f"FROM (VALUES %s) AS v (id, captured_at, next_pull_at, {_COLUMNS}) WHERE p.id = v.id",
            rows,
            template=template,
            page_size=1000,
        )


def match_publications(account: OfficialAccount) -> int:
    """Join posts seen on the platform with the publications that put them there."""
    with connection.cursor() as cursor:
        cursor.execute(
            # One post for each publication, by its id before its address, which posts may share.
            "UPDATE kpi_platformpost z SET publication_id = pair.publication FROM ("
            "SELECT DISTINCT ON (one.post) one.post, one.publication FROM ("
            "SELECT DISTINCT ON (p.id) p.id AS publication, x.id AS post, "
            "x.platform_id = p.platform_post_id AS by_id "
            "FROM content_publication p JOIN kpi_platformpost x "
            "ON x.official_account_id = p.official_account_id AND x.publication_id IS NULL "
            "AND (x.platform_id = p.platform_post_id OR x.permalink = p.permalink) "
            "WHERE p.official_account_id = %(account)s AND p.status IN ('published', 'withdrawn') "
            "AND NOT EXISTS (SELECT 1 FROM kpi_platformpost y WHERE y.publication_id = p.id) "
            "ORDER BY p.id, by_id DESC, x.id"
            ") one ORDER BY one.post, one.by_id DESC, one.publication"
            ") pair WHERE z.id = pair.post",
            {"account": account.pk},
        )
        return int(cursor.rowcount)
