"""API calls for 1,000 posts with their metrics, per platform, beside what the platform allows.

    .venv/bin/python -m tests.benchmarks.api_calls

Starts the training platforms on loopback, with accounts that post often enough, connects each as
its owner would, and counts the requests that arrive: for the list of posts from the newest on, for
the same posts asked for by name, as a pull does later, and for the newest page that the next pull
begins with, by a client that is new. It needs no database and no network.

The least that is possible follows from how many posts one call may bring (platforms.md, and the
documentation named there). Signing in, the profile and refreshing tokens are left out.
"""

from __future__ import annotations

import logging
import math
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from govsocial.platforms.base import PlatformClient
from govsocial.platforms.registry import connect, spec, with_clients
from govsocial.training.agency import ACCOUNTS, TrainingAccount
from govsocial.training.app import TrainingPlatforms
from govsocial.training.http import Environ, StartResponse
from govsocial.training.server import running
from tests.platforms.conftest import QUICK
from tests.platforms.fakes import MemoryStore
from tests.training import line

POSTS = 1000
BUSY = 3.2
"""Posts a weekday: enough for a thousand in the two years of the story."""


@dataclass(frozen=True, slots=True)
class Least:
    """How many posts one call brings at most, in lists and by name; and how many of them the call
    that brings their metrics, where that is another one (0: the same one does)."""

    listed: float
    named: float
    metrics: float
    why: str

    def calls(self, posts: int, brought: float) -> int:
        apart = math.ceil(posts / self.metrics) if self.metrics else 0
        return max(math.ceil(posts / brought), 1) + apart


LEAST = {
    "bluesky": Least(100, 25, 0, "getAuthorFeed takes 100, getPosts 25"),
    "mastodon": Least(40, 20, 0, "40 a page; 20 by id since 4.3"),
    "facebook": Least(100, 50, 0, "100 a page with insights in it; ?ids= takes 50"),
    "instagram": Least(100, 50, 50, "100 a page; insights for 50 ids of one kind of media"),
    "threads": Least(100, 1, 1, "100 a page; insights are documented for one post at a time"),
    "x": Least(100, 100, 0, "100 a page, 100 ids"),
    "youtube": Least(25, 50, 500, "playlistItems 50, then videos.list 50; reports take 500 ids"),
    "tiktok": Least(20, 20, 0, "20 a page, 20 ids"),
    "feed": Least(math.inf, math.inf, 0, "one document, which holds the newest 20"),
}


@dataclass
class Counting:
    """A WSGI application that notes each call on its way to another."""

    inner: Callable[[Environ, StartResponse], Iterable[bytes]]
    calls: list[str] = field(default_factory=list)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        self.calls.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}")
        return self.inner(environ, start_response)


def client_for(account: TrainingAccount, base: str) -> PlatformClient:
    """Connect as the account's owner: with a secret where one is entered, else by consent."""
    platform = account.platform
    entered = {
        "bluesky": {"app_password": account.secret},
        "mastodon": {"access_token": account.secret},
        "feed": {"feed_url": f"{base}/feed/rss.xml"},
    }
    if platform not in entered:
        _way, choice = line.consented(platform, base)
        return line.client_of(platform, base, MemoryStore(**choice.secret))
    return connect(
        platform,
        host=base,
        handle=account.handle,
        secrets=MemoryStore(**entered[platform]),
        allowed_private={base.removeprefix("http://")},
        timing=QUICK,
    )


def measure(
    client: PlatformClient, counted: Counting, anew: Callable[[], PlatformClient]
) -> tuple[list[str], int, int, int]:
    """The ids that were read, the calls for their list, those for asking by name, and those of a
    new client, signed in, for the newest page."""
    counted.calls.clear()
    ids: list[str] = []
    cursor: str | None = None
    while len(ids) < POSTS:
        page = client.posts(cursor=cursor)
        ids += [post.platform_id for post in page.posts]
        cursor = page.next_cursor
        if cursor is None:
            break
    listed = len(counted.calls)
    counted.calls.clear()
    client.metrics(ids[:POSTS])
    named = len(counted.calls)
    following = anew()
    following.profile()
    counted.calls.clear()
    following.posts()
    return ids[:POSTS], listed, named, len(counted.calls)


def rows() -> Iterable[tuple[str, int, int, int, int, int, int, str]]:
    """Per platform: posts, calls of the list, the least, calls by name, the least, calls for the
    newest page of the next pull, and why."""
    for account in ACCOUNTS:
        # Frozen for everybody else; a busier city exists only in this process.
        object.__setattr__(account, "posts_per_weekday", BUSY)
    by_platform: dict[str, TrainingAccount] = {}
    for account in ACCOUNTS:
        by_platform.setdefault(account.platform, account)
    with tempfile.TemporaryDirectory() as folder:
        app = TrainingPlatforms(Path(folder))
        counted = Counting(app)
        server: Any = counted
        with running(server) as base:
            for platform in with_clients():
                if platform not in by_platform:
                    continue
                again = partial(client_for, by_platform[platform], base)
                client = again()
                if platform != "feed":
                    # A feed is fetched once for both; elsewhere this signs in.
                    client.profile()
                ids, listed, named, newest = measure(client, counted, again)
                least = LEAST[platform]
                yield (
                    platform,
                    len(ids),
                    listed,
                    least.calls(len(ids), least.listed),
                    named,
                    least.calls(len(ids), least.named),
                    newest,
                    least.why,
                )
        app.close()


def main() -> int:
    logging.disable(logging.WARNING)
    out = sys.stdout.write
    columns = ("listed", 7), ("least", 6), ("named", 7), ("least", 6), ("next", 5)
    out(f"{'platform':10} {'posts':>6} {' '.join(f'{name:>{wide}}' for name, wide in columns)}\n")
    for platform, posts, listed, least, named, least_named, newest, why in rows():
        billed = " billed" if spec(platform).price_lists else ""
        out(
            f"{platform:10} {posts:6} {listed:7} {least:6} {named:7} {least_named:6} {newest:5}  "
            f"{why}{billed}\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
