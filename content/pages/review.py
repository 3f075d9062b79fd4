"""The queue of those who decide: what may be ticked, and what became of what was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import User
from content import actions, going_out, stuck
from content.errors import ContentError
from content.findings import key_of_withdrawal
from content.going_out import Ways
from content.models import Post
from content.selectors import posts as selectors
from govsocial.web.lists import PAGE_SIZE
from govsocial.web.templatetags.formats import moment

MAY, OPEN_FIRST, BY_ITSELF = "may", "open_first", "by_itself"
Chosen = list[tuple[Post, str]]


def with_ticks(reviews: Iterable[Any], user: User, ticked: Iterable[str] = ()) -> list[Any]:
    """Give each review of ``selectors.reviews_to_tick`` its ``tick``: whether this person may
    approve it together with others, or what keeps them from it; "" where it is not theirs. And
    how many ``texts`` go out, ``strands``, the stage that their approval would leave nobody for,
    None where it does not, and ``said_before``: ``who`` took a text of it back before, ``why``, and
    whether it ``is_same`` still; None where nobody did."""
    rows, kept = list(reviews), set(ticked)
    stranded = stuck.stranded_by(user, rows)
    for one in rows:
        one.tick = _tick(one, user)
        one.value = f"{one.post_id}:{one.digest}"
        one.is_ticked = one.value in kept
        one.strands = stranded.get(one.pk)
        one.said_before = _said_before(one)
        one.texts = len({each["text"] for each in one.version.document["variants"].values()})
    return rows


def _said_before(review: Any) -> dict[str, Any] | None:
    """A version that says again what was taken back is submitted with a reason for it alone."""
    reasons = review.version.document.get("justified", {})
    found = [
        one | {"is_same": key_of_withdrawal(one["pk"]) in reasons} for one in review.taken_back
    ]
    return max(found, key=lambda one: (one["is_same"], one["pk"]), default=None)


def out_at_once(rows: Iterable[Any]) -> tuple[list[str], str]:
    """Of those rows of ``with_ticks`` that can be ticked and have no time of their own: the titles
    of what goes out as soon as it is approved, and in words what a person has to post, and where.
    One query where there are any."""
    due = [
        one for one in rows if one.tick == MAY and one.is_last_stage and one.post.planned_at is None
    ]
    if not due:
        return [], ""
    known = selectors.accounts_known(pk for one in due for pk in one.post.listed.accounts)
    found = [
        (
            one.version.title,
            going_out.ways([known[pk] for pk in one.post.listed.accounts if pk in known]),
        )
        for one in due
    ]
    return [title for title, ways in found if ways.sent], going_out.to_be_posted(found)


def for_whom(rows: Iterable[Any]) -> list[str]:
    """The names of those in whose place this person would decide on what can be ticked."""
    names = {getattr(one, "for_whom", None) for one in rows if one.tick == MAY}
    return sorted(name for name in names if name)


def _tick(review: Any, user: User) -> str:
    variants = review.version.document["variants"].values()
    units = {review.post.unit_id, *(one["unit"] for one in variants if "unit" in one)}
    capability = f"content.{review.present_stage}"
    if not all(user.holds(capability, unit) for unit in units):
        return ""
    if review.is_emergency:
        return BY_ITSELF
    return MAY if review.has_opened else OPEN_FIRST


def chosen_of(values: Iterable[str], user: User) -> Chosen:
    """The posts that were ticked, as far as this person sees them, each with the digest that the
    page had shown."""
    digests: dict[int, str] = {}
    for value in list(values)[:PAGE_SIZE]:
        key, _colon, digest = value.partition(":")
        if key.isascii() and key.isdecimal() and len(key) < 19:
            digests[int(key)] = digest
    posts = selectors.posts_visible_to(user).filter(pk__in=digests).order_by("pk")
    return [(post, digests[post.pk]) for post in posts]


def left_out(chosen: Chosen) -> list[str]:
    """The titles of those that are not any more what was ticked: they changed, or wait no more."""
    return [
        post.title
        for post, digest in chosen
        if post.status != Post.Status.SUBMITTED
        or post.current_version is None
        or post.current_version.digest != digest
    ]


def approve_each(user: User, chosen: Chosen, confirmed: int) -> tuple[list[str], list[str]]:
    """Decide on each by itself; say of each what became of it: what was approved, and what not or
    with nobody left for its next stage."""
    approved: list[Post] = []
    refused: list[str] = []
    for post, digest in chosen:
        title = post.title
        try:
            approved.append(
                actions.approve_post(
                    actor=user, post_id=post.pk, digest=digest, confirmed=confirmed, in_bulk=True
                )
            )
        except PermissionDenied:
            refused.append(f"{title}: " + _("You have no right to decide on it."))
        except ContentError as exc:
            refused.append(f"{title}: {exc}")
    alone = stuck.stuck_posts(approved)
    done: dict[str, list[str]] = {}
    whole = [post for post in approved if post.pk not in alone]
    ways = going_out.ways_of(whole)
    for post in whole:
        done.setdefault(_together(post, ways[post.pk]), []).append(post.title)
    if titles := [post.title for post in approved if post.pk in alone]:
        words = _(
            "Approved (%(number)s), but nobody may approve the next stage now. Stuck: %(titles)s."
        )
        refused.insert(0, words % _counted(titles))
    told = [words % _counted(titles) for words, titles in done.items()]
    where = [(post.title, ways[post.pk]) for post in whole]
    further = [going_out.to_be_posted(where), going_out.held_back(where)]
    return [*told, *filter(None, further)], refused


def _counted(titles: list[str]) -> dict[str, object]:
    return {"number": len(titles), "titles": ", ".join(titles)}


def _together(post: Post, ways: Ways) -> str:
    """What approvals that were just given together mean; ``%(number)s`` and ``%(titles)s``."""
    if post.status == Post.Status.SUBMITTED:
        return _("Approved (%(number)s); somebody else decides on the next stage: %(titles)s.")
    planned = post.current_version.content().planned_at if post.current_version else None
    if not ways.sent and (planned is None or not ways.by_hand):
        return _("Approved, and not out yet (%(number)s): %(titles)s.")
    if planned is None:
        return _("Approved and going out now (%(number)s): %(titles)s.")
    told = _("Approved (%(number)s), to go out on %(at)s: %(titles)s.")
    return told.replace("%(at)s", moment(planned, post.unit.zone).replace("%", "%%"))


def approved_words(post: Post) -> str:
    """What an approval that was just given means."""
    if post.status == Post.Status.SUBMITTED:
        if stuck.stuck_posts([post]):
            return _("Approved. Nobody may approve the next stage now: the post is stuck.")
        return _("Approved. Somebody else decides on the next stage.")
    return going_out.after_approval(post)
