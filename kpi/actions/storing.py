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
from kpi.models import AccountSnapshot, PlatformDay, PlatformPost, PostSnapshot
from kpi.payloads import clean_text, difference, storable
from kpi.rollup import local_day

_COLUMNS = ", ".join(POST_METRICS)
NotMeant = Mapping[str | date | None, frozenset[str]]
"""Names of figures that the platform cannot have meant, by the post, the day or the account."""
_NOTHING: frozenset[str] = frozenset()


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


def store_days(
    account: OfficialAccount, days: Sequence[DayMetrics], at: datetime, not_meant: NotMeant
) -> None:
    """Keep the latest word of the platform on each day: what it did not mean is no word."""
    rows: dict[frozenset[str], list[PlatformDay]] = {}
    for one in days:
        rows.setdefault(not_meant.get(one.day, _NOTHING), []).append(
            PlatformDay(
                official_account=account,
                day=one.day,
                definition=one.definition,
                captured_at=at,
                raw=storable(one.raw),
                **{name: getattr(one, name) for name in DAY_METRICS},
            )
        )
    for odd, group in rows.items():
        told = [name for name in DAY_METRICS if name not in odd]
        PlatformDay.objects.bulk_create(
            group,
            update_conflicts=True,
            unique_fields=["official_account", "day", "definition"],
            update_fields=["captured_at", "raw", *told],
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


def note_latest(
    captures: Sequence[tuple[int, SeenPost, Mapping[str, Any]]], at: datetime, not_meant: NotMeant
) -> None:
    """Repeat the latest values on the posts and say when each is due again.

    A figure that was not meant leaves the one from before, as long as that has the same definition:
    it is the latest one, and sums and lists of posts go on with it.
    """
    odd = {pk: post for pk, post, _first in captures if post.platform_id in not_meant}
    known = _definitions_before(list(odd), at)
    groups: dict[frozenset[str], list[tuple[int, SeenPost]]] = {}
    for pk, post, _first in captures:
        stays = pk in odd and known.get(pk) == post.definition
        names = not_meant[post.platform_id] if stays else _NOTHING
        groups.setdefault(names, []).append((pk, post))
    for names, group in groups.items():
        _note_latest(group, at, [name for name in POST_METRICS if name not in names])


def _definitions_before(keys: Sequence[int], at: datetime) -> dict[int, str]:
    """What the figures of each post meant in its last capture before this one."""
    if not keys:
        return {}
    earlier = PostSnapshot.objects.filter(platform_post_id__in=keys, captured_at__lt=at)
    newest = earlier.order_by("platform_post_id", "-captured_at").distinct("platform_post_id")
    return dict(newest.values_list("platform_post_id", "definition"))


def _note_latest(
    captures: Sequence[tuple[int, SeenPost]], at: datetime, names: Sequence[str]
) -> None:
    rows = [
        (
            pk,
            at,
            ladder.next_capture(posted_at=post.posted_at, captured_at=at),
            *(getattr(post, name) for name in names),
        )
        for pk, post in captures
    ]
    types = ["bigint", "timestamptz", "timestamptz", *["bigint"] * len(names)]
    template = "(" + ", ".join(f"%s::{name}" for name in types) + ")"
    columns = ", ".join(["id", "captured_at", "next_pull_at", *names])
    sets = ", ".join(["gone_at = NULL", *(f"{name} = v.{name}" for name in names)])
    with connection.cursor() as cursor:
        execute_values(
            cursor.cursor,
            f"UPDATE kpi_platformpost p SET captured_at = v.captured_at, "  # noqa: S608  # our names
            f"next_pull_at = v.next_pull_at, {sets} "
            f"FROM (VALUES %s) AS v ({columns}) WHERE p.id = v.id",
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
