"""The one word for where a post stands: from the post, its review and its publications; and what
lists of publications are filtered by.

Every list, page, calendar, search and export says what ``shown_status`` finds, and filters ask by
the same rules: so no two places disagree, and a filter finds the posts that have its word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import cache, partial, reduce
from operator import and_, or_
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    Expression,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.lookups import IsNull
from django.utils import timezone

from content.following import IS_ITS_TURN
from content.models.post import Post, PostStatus, Relation
from content.models.publication import ON_ACCOUNT_IN_USE, Publication
from content.models.publication_status import BADGES, IS_COVERED, PublicationStatus
from content.models.review import Review
from content.models.withdrawal import Withdrawal
from govsocial.web.templatetags.ui import STATUS

_LIVE = (PostStatus.LIVE,)
_WAITING = (PostStatus.APPROVED, PostStatus.SCHEDULED, *_LIVE)
# Of one that is frozen: others of the post that are not.
_NOT_STOPPED = (
    PublicationStatus.SCHEDULED,
    PublicationStatus.SENDING,
    PublicationStatus.UNCONFIRMED,
    PublicationStatus.PUBLISHED,
)
# As the partial index ``publication_not_out`` has them.
_OPEN = (
    PublicationStatus.SCHEDULED,
    PublicationStatus.SENDING,
    PublicationStatus.UNCONFIRMED,
    PublicationStatus.FAILED,
    PublicationStatus.FROZEN,
)
# A part that is put off for longer than it takes to try a thing again does not go by itself.
_SOON = timedelta(minutes=5)
# In place of the columns and of the time, in SQL that is written once.
_POST, _STATUS, _THEN = "<key of the post>", "<stored status>", datetime(2000, 1, 1, tzinfo=UTC)
_CAN_GO = ON_ACCOUNT_IN_USE & (Q(by_hand=True) | Q(official_account__credential__status="good"))

UNFINISHED = (
    "partly_to_release", "partly_frozen", "partly_live", "correcting", "withdrawing",
)  # fmt: skip
"""What is said of posts that are out, or were, and of which something is still to be done."""

NOT_OUT = (
    "unconfirmed", "to_release", "frozen", "to_post", "being_posted", "failed",
    PostStatus.SCHEDULED,
)  # fmt: skip
"""What is said of posts of which nothing is out: not yet, or not any more."""

_BY_WHAT_IS_OPEN = frozenset({*NOT_OUT, "partly_to_release", "partly_frozen", "partly_live"})


def _unfinished(now: datetime) -> Q:
    """The publications that keep a live post from being out as a whole.

    Both the words and the filter ask this, so that they agree: of a live post that has one of these
    a rule says what it is, of every other one that it is live.
    """
    is_put_off = Q(not_before__gt=now + _SOON)
    return Q(status__in=_OPEN) & (
        Q(part=0)
        | ~Q(status__in=(PublicationStatus.SCHEDULED, PublicationStatus.SENDING))
        # What follows a post goes by itself, unless something holds it up.
        | Q(status=PublicationStatus.SCHEDULED) & (Q(by_hand=True) | is_put_off | ~_CAN_GO)
        | ~_beside(status=PublicationStatus.PUBLISHED)
    )


def _beside(**fields: object) -> Q:
    """Whether its post has another publication of that kind. Asked of the few that are not out, and
    not of each post: most of what there is is out."""
    return _any(Publication.objects.filter(post=OuterRef("post"), **fields))


def _any(rows: QuerySet[Any]) -> Q:
    """Whether there are any: as ``Exists``, but asked of each row that it is needed for. PostgreSQL
    works out an ``EXISTS`` for all rows at once where it expects many, and a page has 25."""
    return Q(IsNull(Subquery(rows.order_by().values("pk")[:1]), False))


_IS_OUT = _beside(status=PublicationStatus.PUBLISHED)
# What follows a post goes on only if the post does.
_GOES_ON = _beside(status__in=_NOT_STOPPED, part=0)
_IS_FROZEN = Q(status=PublicationStatus.FROZEN)
# No freeze is on there any more. The database asks this last: it costs more than the rest.
_TO_RELEASE = _IS_FROZEN & ~Q(IS_COVERED)
_STILL_THERE = Q(status=PublicationStatus.WITHDRAWN, withdrawal__outcome="")


class Rule(NamedTuple):
    """``key`` is said of posts in some stored statuses for which a condition holds. Of several
    rules that hold, the first one counts."""

    key: str
    where: tuple[tuple[tuple[PostStatus, ...], Q], ...]

    def of(self, status: str) -> Q | None:
        """What must hold of posts stored with ``status``; None where it is never said of them."""
        return next((holds for stored, holds in self.where if status in stored), None)

    def asked(self, way: str) -> Q:
        parts = [Q(**{f"{way}status__in": stored}) & holds for stored, holds in self.where]
        return reduce(or_, parts)


def rules(way: str, now: datetime, *, of_all: bool = False) -> list[Rule]:
    """What is said instead of the status that a post is stored with. Of rows whose key is that of
    the post, as posts and ``PostSearch`` have it; ``way`` leads there from other rows. ``of_all``:
    to find the few of all posts for which a rule holds, instead of the rule of a few posts."""

    some = partial(_some, f"{way}pk", of_all)
    while_it_is_not_out = partial(_while_it_is_not_out, some)
    unfinished = some(_unfinished(now))
    return [
        Rule("changes_requested", (((PostStatus.DRAFT,), _sent_back(way)),)),
        while_it_is_not_out("unconfirmed", status=PublicationStatus.UNCONFIRMED),
        Rule("partly_to_release", ((_WAITING, some(_GOES_ON, _TO_RELEASE)),)),
        Rule("partly_frozen", ((_WAITING, some(_GOES_ON, _IS_FROZEN)),)),
        Rule("partly_live", ((_LIVE, some(_unfinished(now), _IS_OUT)),)),
        Rule("correcting", (((PostStatus.CORRECTED,), _still_wrong(way)),)),
        Rule(
            "withdrawing",
            (
                ((PostStatus.WITHDRAWN,), some(_STILL_THERE)),
                (_LIVE, unfinished & some(_STILL_THERE, ~_IS_OUT)),
            ),
        ),
        while_it_is_not_out("to_release", _TO_RELEASE),
        while_it_is_not_out("frozen", _IS_FROZEN),
        while_it_is_not_out("to_post", _by_hand_now(now)),
        while_it_is_not_out("being_posted", status=PublicationStatus.SENDING, by_hand=True),
        while_it_is_not_out("failed", ~_GOES_ON, status=PublicationStatus.FAILED),
        Rule(PostStatus.SCHEDULED, ((_LIVE, unfinished),)),
    ]


def _some(post: str, of_all: bool, *asked: Q, **fields: object) -> Q:
    """Whether the post with the key in that column has such publications."""
    found = Publication.objects.filter(*asked, **fields)
    if of_all:
        return Q(**{f"{post}__in": found.values("post")})
    return _any(found.filter(post=OuterRef(post)))


def _while_it_is_not_out(some: Callable[..., Q], key: str, *asked: Q, **fields: object) -> Rule:
    """Nor is a live post out of which everything that was out was taken back."""
    return Rule(key, ((_WAITING, some(~_IS_OUT, *asked, **fields)),))


def _sent_back(way: str) -> Q:
    reviews = Review.objects.filter(
        post=OuterRef(f"{way}pk"),
        version=F("post__current_version"),
        status=Review.Status.CHANGES,
    )
    return _any(reviews)


def _by_hand_now(now: datetime) -> Q:
    return Q(
        IS_ITS_TURN,
        ON_ACCOUNT_IN_USE,
        status=PublicationStatus.SCHEDULED,
        by_hand=True,
        scheduled_for__lte=now,
    )


def _still_wrong(way: str) -> Q:
    """Whether a post that was corrected stands uncorrected on an account that its correction was
    meant for. An account that a correction leaves out, or was cancelled for, needs none.

    Where the correction was out and was taken back, the wrong post stands there again as it was:
    it stays said, for good where nobody does more, until another correction is out on that account
    or the wrong post is withdrawn from it as well.
    """
    wrong = OuterRef(f"{way}pk")
    corrections = Publication.objects.filter(
        post__follows=wrong, post__relation=Relation.CORRECTION, part=0
    )
    is_out = PublicationStatus.PUBLISHED
    meant = corrections.exclude(status__in=(is_out, PublicationStatus.CANCELLED))
    stands = Publication.objects.filter(
        post=OuterRef("post__follows"),
        official_account=OuterRef("official_account"),
        status=is_out,
        part=0,
    )
    corrected = Publication.objects.filter(
        post__follows=OuterRef("post__follows"),
        post__relation=Relation.CORRECTION,
        official_account=OuterRef("official_account"),
        status=is_out,
        part=0,
    )
    return _any(meant.filter(_any(stands), ~_any(corrected)))


def shown_status(way: str = "") -> Expression:
    """The key in ``STATUS`` of what pages say of a post."""
    return _Said(F(f"{way}pk"), F(f"{way}status"), output_field=CharField())


class _Said(Func):
    """What is said of the post with this key and this stored status.

    Its SQL is written once: to put the rules together and compile them takes Django several times
    as long as PostgreSQL takes to find what they say of a page of posts, and every page asks.
    """

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **context: Any) -> tuple[str, Any]:
        post, status = (compiler.compile(one)[0] for one in self.get_source_expressions())
        sql, params = _rules_as_sql()
        since = timezone.now() - _THEN
        return (
            sql.replace(_POST, post).replace(_STATUS, status),
            [one + since if isinstance(one, datetime) else one for one in params],
        )


@cache
def _rules_as_sql() -> tuple[str, tuple[Any, ...]]:
    """All rules over marks in place of the columns, and as of ``_THEN`` in place of now."""
    marked = Post.objects.annotate(
        marked_pk=RawSQL(_POST, (), output_field=BigIntegerField()),  # noqa: S611  # our own mark
        marked_status=RawSQL(_STATUS, (), output_field=CharField()),  # noqa: S611  # our own mark
    )
    said = [When(one.asked("marked_"), then=Value(one.key)) for one in rules("marked_", _THEN)]
    submitted = When(marked_status=PostStatus.SUBMITTED, then=Value("in_review"))
    word = Case(*said, submitted, default=F("marked_status"), output_field=CharField())
    query = marked.annotate(word=word).query
    sql, params = query.get_compiler(DEFAULT_DB_ALIAS).compile(query.annotations["word"])
    # A subquery that asks this calls its own tables U0, V0 and so on: not to be taken for these.
    return re.sub(r"\b[A-Z]\d+\b", r"said_\g<0>", sql), tuple(params)


def with_shown_status(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Add ``shown_status`` to posts, or to their rows in ``PostSearch``, in the same query."""
    shown: QuerySet[Any] = rows.annotate(shown_status=shown_status())
    return shown


def with_status_of_first(posts: QuerySet[Any]) -> QuerySet[Any]:
    """Add ``first_status``: the same of the post that each follows; None where it follows none. And
    ``first_withdrawn_at``, when the last of that was taken back."""
    gone = Withdrawal.objects.filter(publication__post=OuterRef("follows")).order_by(
        "-requested_at"
    )
    told: QuerySet[Any] = posts.annotate(
        first_status=shown_status("follows__"),
        first_withdrawn_at=Subquery(gone.values("requested_at")[:1]),
    )
    return told


def in_state(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    """Those of which pages say ``key``: that of a rule, or a stored status."""
    if key == PostStatus.LIVE:
        # Most posts are live and whole. What is not is little: read once and not asked of each.
        unfinished = Publication.objects.filter(_unfinished(timezone.now())).values("post")
        return rows.filter(status=key).exclude(pk__in=unfinished)
    if key in _BY_WHAT_IS_OPEN:
        # Few, and known at once: else PostgreSQL would look at every live post.
        said = _said_of_what_is_open()
        found = Q(pk__any=[post for post, word in said if word == key])
        if key in PostStatus.values:
            found |= Q(status=key) & ~Q(pk__any=[post for post, word in said if word != key])
        return rows.filter(found)
    known = rules("", timezone.now(), of_all=True)
    if key in PostStatus.values:
        return rows.filter(_but(Q(status=key), filter(None, (rule.of(key) for rule in known))))
    at = [rule.key for rule in known].index(key)
    return rows.filter(_but(known[at].asked(""), [rule.asked("") for rule in known[:at]]))


def _said_of_what_is_open() -> list[tuple[int, str]]:
    """Each post of which a publication is still open, and what is said of it."""
    still_open = Publication.objects.filter(status__in=_OPEN).order_by().values("post")
    return list(
        with_shown_status(Post.objects.filter(pk__in=still_open)).values_list("pk", "shown_status")
    )


def _but(holds: Q, others: Iterable[Q]) -> Q:
    return reduce(and_, (~one for one in others), holds)


def status_of(post: Post) -> str:
    """The same of one post that was read without it. One query."""
    found: str = with_shown_status(Post.objects.filter(pk=post.pk)).values_list(
        "shown_status", flat=True
    )[0]
    return found


def publications_in_state(rows: QuerySet[Publication], key: str) -> QuerySet[Publication]:
    """Those with a stored status, or with one of ``FINER``: as ``Publication.display_status``."""
    if key not in FINER:
        return rows.filter(status=key)
    if key == "withdrawing":
        return rows.filter(status=PublicationStatus.WITHDRAWN, withdrawal__outcome="")
    if key == "being_posted":
        return rows.filter(status=PublicationStatus.SENDING, by_hand=True)
    if key == "to_release":
        return rows.filter(_TO_RELEASE)
    rows = rows.filter(status=PublicationStatus.SCHEDULED)
    if key == "scheduled_to_fail":
        return rows.exclude(_CAN_GO)
    is_due = Q(scheduled_for__lte=timezone.now()) & IS_ITS_TURN
    return rows.filter(ON_ACCOUNT_IN_USE, is_due if key == "to_post" else ~is_due, by_hand=True)


def word(key: str) -> str:
    """How pages call it."""
    return str(STATUS[key][2])


ORDER = (
    "draft", "changes_requested", "in_review", "rejected", "approved", "scheduled",
    "scheduled_by_hand", "scheduled_to_fail", "to_post", "being_posted", "publishing",
    "unconfirmed", "failed", "frozen", "partly_frozen", "to_release", "partly_to_release",
    "partly_live", "live", "correcting", "corrected", "withdrawing", "withdrawn", "cancelled",
    "archived",
)  # fmt: skip
"""The badges as a post comes by them: in this order every list offers them to be filtered by."""

_BADGES = {**BADGES, PostStatus.SUBMITTED: "in_review"}


def choices_of(keys: Iterable[str]) -> list[tuple[str, Any]]:
    """Keys to filter by in ``ORDER``, each in the word of its badge."""
    named = sorted((ORDER.index(_BADGES.get(key, key)), str(key)) for key in keys)
    return [(key, STATUS[ORDER[place]][2]) for place, key in named]


CHOICES = choices_of([
    "changes_requested", "to_post", "being_posted", "unconfirmed", "failed", "frozen",
    "partly_frozen", "to_release", "partly_to_release", "partly_live", "correcting", "withdrawing",
    *PostStatus.values,
])  # fmt: skip
"""What posts can be filtered by: as stored statuses, of which addresses tell, and the further
keys, each in the word of its badge."""

JUDGED = frozenset({*UNFINISHED, *NOT_OUT})
"""Keys that are said of a post by its publications."""

FINER = (
    "to_post", "being_posted", "scheduled_by_hand", "scheduled_to_fail", "to_release",
    "withdrawing",
)  # fmt: skip
"""What pages say of some publications that are scheduled, being sent, frozen or withdrawn."""

PUBLICATION_CHOICES = choices_of([*FINER, *PublicationStatus.values])
"""What publications can be filtered by; a stored status finds the finer ones too."""
