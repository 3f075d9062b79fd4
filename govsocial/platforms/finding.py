"""Finding out by its words whether a post is out, where the platform knows no key of ours.

All platforms but Bluesky come to this: some always, some when the handle is lost or not known any
more. What differs between them is how a page is read and what makes two posts equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from govsocial.platforms.base import OutgoingPost
from govsocial.platforms.clock import clock_ahead
from govsocial.platforms.errors import PlatformError, Unavailable, UnknownOutcome

CLOCK_SLACK = timedelta(minutes=2)
"""``Date`` tells a platform's clock in whole seconds and from another machine than the one that
stamped the post, and our own clock may be set between an attempt and the look."""
PAGES_SEARCHED = 10
"""The search ends at the first post from before the attempt, so that one page does as a rule. Ten
are 200 to 1,000 posts: an account that has made more since then is for a person to look at."""
SETTLES_IN = timedelta(minutes=5)
"""How long the absence of a post says nothing. A request whose answer was lost may still be worked
on, and lists come from caches and copies that are seconds to minutes behind. No platform promises
a time; this is well beyond the longest call, and short against the three hours of asking."""
ASKED_AT = "asked_at"
"""The handle that says when the call was made that puts a post out. It stands only while that call
may have done its work."""

Model = TypeVar("Model")


@dataclass(frozen=True, slots=True)
class Listed(Generic[Model]):
    """A post of the account's own list; ``raw`` is the payload as received."""

    platform_id: str
    moment: datetime
    model: Model
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page(Generic[Model]):
    """Part of the account's own posts, newest first. ``headers`` tell the platform's clock."""

    posts: Sequence[Listed[Model]]
    headers: Mapping[str, str]
    more: bool


def oldest_match(
    pages: Iterable[Page[Model]],
    post: OutgoingPost,
    is_like: Callable[[Model], bool],
    *,
    is_certainly: Callable[[Model], bool] | None = None,
) -> Listed[Model] | None:
    """The oldest own post since ``post.created_at`` that ``is_like`` this one and is not known to
    be another's; before that, any that ``is_certainly`` this one.

    The oldest, because whoever writes the same again by hand does so later. Raises ``Unavailable``
    when there are more posts since then than are searched.
    """
    match: Listed[Model] | None = None
    for number, page in enumerate(pages, start=1):
        # Moments of posts are those of the platform's clock, which may be hours off.
        since = post.created_at - CLOCK_SLACK + clock_ahead(page.headers)
        for one in page.posts:
            if is_certainly is not None and is_certainly(one.model):
                return one
            new = one.platform_id not in post.taken and one.moment >= since
            if new and is_like(one.model):
                match = one
        if not page.more or any(one.moment < since for one in page.posts):
            return match
        if number >= PAGES_SEARCHED:
            break
    raise Unavailable("Too many posts since the attempt to know whether it is out.")


def is_told(told: str | None, wanted: str) -> bool:
    """Whether a reply or comment with the right words has ``told``, its author or what it answers,
    as ``wanted``. Raises ``Unavailable`` where the platform leaves that out: it may be the one."""
    if not told:
        raise Unavailable(
            "A comment with the same words is there, and the platform does not say whose it is."
        )
    return told == wanted


def check_settled(
    post: OutgoingPost, *, handle: str = ASKED_AT, settles_in: timedelta = SETTLES_IN
) -> None:
    """Raise ``Unavailable`` while it is too early to say that ``post`` is not out.

    Without ``handle`` no earlier attempt came as far as the call that puts it out.
    """
    asked_at = post.handles.get(handle)
    if asked_at and datetime.now(UTC) - datetime.fromisoformat(asked_at) < settles_in:
        raise Unavailable("The post is not listed, and it is too early to know that it is not out.")


@contextmanager
def asking(post: OutgoingPost) -> Iterator[None]:
    """Around the one call that puts ``post`` out: keep when it is made.

    A call that certainly did nothing takes that back, so that what an earlier attempt noted stands
    and no later one waits for, or is taken for, a request that never was.
    """
    post.keep({ASKED_AT: datetime.now(UTC).isoformat()})
    try:
        yield
    except UnknownOutcome:
        raise
    except PlatformError:
        # Whoever was given up meanwhile may not write any more: the note stands then.
        with suppress(PlatformError):
            post.keep({ASKED_AT: post.handles.get(ASKED_AT, "")})
        raise


@contextmanager
def may_be_out() -> Iterator[None]:
    """Around a look in ``publish`` at whether an earlier attempt has done its work: where the
    platform does not tell, nobody may conclude that the post is not out."""
    failed: PlatformError | None = None
    try:
        yield
    except PlatformError as failure:
        failed = failure
    if failed is not None:
        raise UnknownOutcome(
            str(failed), status=failed.status, retry_after=failed.retry_after, words=failed.words
        )
