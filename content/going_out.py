"""What is said of how a post goes out: where the application sends it, and where a person posts it.

What nobody posts does not go out. Whoever approves it is told so by name, and does not take it for
done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from babel.lists import format_list
from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount
from accounts.models.naming import told_apart
from content.actions.settling import is_for_a_person
from content.models import Post, Publication
from content.models.publication_status import IS_COVERED
from govsocial.web.templatetags.formats import locale, moment


class Ways(NamedTuple):
    """The accounts of a post in words, "" where there are none: where the application sends it,
    where a person posts it, and, of what was approved, where a freeze holds it back now."""

    sent: str
    by_hand: str
    frozen: str = ""


def ways(accounts: Collection[OfficialAccount]) -> Ways:
    """As it would be if it were approved now. Reads the accounts with their credentials."""
    return _ways({one: "by_hand" if is_for_a_person(one) else "sent" for one in accounts})


def ways_of(posts: Iterable[Post]) -> dict[int, Ways]:
    """Of posts that were just approved, by their ids. One query."""
    found: dict[int, dict[OfficialAccount, str]] = {one.pk: {} for one in posts}
    rows = Publication.objects.filter(post__in=found, version=F("post__current_version"), part=0)
    rows = rows.select_related("official_account").annotate(is_covered=IS_COVERED).order_by("pk")
    for one in rows:
        way = "frozen" if one.is_covered else "by_hand" if one.by_hand else "sent"
        found[one.post_id][one.official_account] = way
    return {key: _ways(way) for key, way in found.items()}


def _ways(found: Mapping[OfficialAccount, str]) -> Ways:
    names = told_apart(found.keys())
    told = {
        way: str(
            format_list([names[one.pk] for one in found if found[one] == way], locale=locale())
        )
        for way in Ways._fields
    }
    return Ways(**told)


def once_approved(accounts: Collection[OfficialAccount]) -> str:
    """Of a post without a time of its own, to who is about to approve its last stage."""
    found = ways(accounts)
    told = []
    if found.sent:
        told.append(_("As soon as you approve it, it goes out on %(sent)s."))
    if found.by_hand and found.sent:
        told.append(_("On %(by_hand)s a person has to post it."))
    elif found.by_hand:
        told.append(_("It does not go out by itself: a person has to post it on %(by_hand)s."))
    return " ".join(told) % found._asdict()


def after_approval(post: Post) -> str:
    """Of a post of which the last stage was just approved. One query."""
    found = ways_of([post])[post.pk]
    if found.frozen and not (found.sent or found.by_hand):
        words = _("Approved. It is not out yet: a freeze holds it back on %(frozen)s.")
        return words % found._asdict()
    planned = post.current_version.content().planned_at if post.current_version else None
    told = found._asdict() | {"at": moment(planned, post.unit.zone) if planned else ""}
    if not found.by_hand and planned:
        words = _("Approved. It goes out on %(at)s.")
    elif not found.by_hand:
        words = _("Approved. It goes out now.")
    elif found.sent and planned:
        words = _(
            "Approved. It goes out on %(sent)s on %(at)s; on %(by_hand)s a person has to post it "
            "then."
        )
    elif found.sent:
        words = _("Approved. It goes out on %(sent)s now; on %(by_hand)s a person has to post it.")
    elif planned:
        words = _("Approved. A person has to post it on %(by_hand)s on %(at)s.")
    else:
        words = _("Approved. It is not out yet: a person has to post it on %(by_hand)s.")
    if found.frozen:
        words = " ".join([words, _("On %(frozen)s a freeze holds it back.")])
    return words % told


def to_be_posted(found: Iterable[tuple[str, Ways]]) -> str:
    """Of posts by their titles: those that a person posts somewhere, with where; "" for none."""
    posts = _listed((title, one.by_hand) for title, one in found)
    return _("A person has to post: %(posts)s.") % {"posts": posts} if posts else ""


def held_back(found: Iterable[tuple[str, Ways]]) -> str:
    """Of posts by their titles: those that a freeze holds back somewhere, with where; "" for
    none."""
    posts = _listed((title, one.frozen) for title, one in found)
    return _("A freeze holds back: %(posts)s.") % {"posts": posts} if posts else ""


def _listed(found: Iterable[tuple[str, str]]) -> str:
    return "; ".join(
        _("“%(title)s” on %(accounts)s") % {"title": title, "accounts": accounts}
        for title, accounts in found
        if accounts
    )
