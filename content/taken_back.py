"""What was taken back of a post: by whom, when, why, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import OfficialAccount, User
from content.models import Post, Publication, Withdrawal
from govsocial.web.templatetags.formats import number

TOGETHER = timedelta(minutes=10)
"""How far apart the steps of one action may be: parts and accounts are sent, withdrawn, deleted and
settled one by one, each at its own moment."""
_GONE = (Withdrawal.Outcome.DELETED, Withdrawal.Outcome.BY_HAND)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """Publications that one person withdrew together, for one reason: at least one."""

    publications: tuple[Publication, ...]

    @property
    def who(self) -> User:
        return self._first.requested_by

    @property
    def at(self) -> datetime:
        return self._first.requested_at

    @property
    def reason(self) -> str:
        return self._first.reason

    @property
    def _first(self) -> Withdrawal:
        return self.publications[0].withdrawal

    @property
    def where(self) -> str:
        """ "@samudrakota (X)", or "2 accounts"."""
        return _accounts(self.publications)

    @property
    def gone_at(self) -> datetime | None:
        """When the last of them was deleted; None while one of them is not."""
        ends = [one.withdrawal for one in self.publications]
        times = [one.settled_at for one in ends if one.outcome in _GONE and one.settled_at]
        return max(times) if len(times) == len(ends) else None

    def came_of_it(self) -> list[str]:
        """In sentences, what became of them on the platforms."""
        open_ones = _by_outcome(self.publications).get("")
        told = self.settled()
        if open_ones:
            told.append(_("Not gone yet from %(where)s.") % {"where": _accounts(open_ones)})
        return told

    def settled(self) -> list[str]:
        """The same without what is still to be deleted, for a page that lists this by itself."""
        of = _by_outcome(self.publications)
        gone = [one for outcome in _GONE for one in of.get(outcome, ())]
        stays = of.get(Withdrawal.Outcome.STAYS)
        told = []
        if gone:
            told.append(_("Deleted on %(where)s.") % {"where": _accounts(gone)})
        if stays:
            told.append(_("Still to be seen on %(where)s.") % {"where": _accounts(stays)})
        return told


def taken_back(publications: Iterable[Publication]) -> list[TakenBack]:
    """What was withdrawn after it was out, the latest first. No query where the publications come
    from ``selectors.publications_of``."""
    gone = [one for one in publications if one.status == Publication.Status.WITHDRAWN]
    gone = [one for one in gone if hasattr(one, "withdrawal")]
    gone.sort(key=lambda one: one.withdrawal.requested_at)
    groups: list[list[Publication]] = []
    for one in gone:
        if groups and _is_one_with(one.withdrawal, groups[-1][-1].withdrawal):
            groups[-1].append(one)
        else:
            groups.append([one])
    return [TakenBack(tuple(group)) for group in reversed(groups)]


def taken_back_at(post: Post) -> datetime | None:
    """When the last of a post was withdrawn. One query."""
    rows = Withdrawal.objects.filter(publication__post=post).order_by("-requested_at")
    return rows.values_list("requested_at", flat=True).first()


def is_all_taken_back(post: Post, publications: Iterable[Publication]) -> bool:
    """Whether something was out, and nothing of it is or can be any more."""
    ends = {one.status for one in publications}
    over = {Publication.Status.WITHDRAWN, Publication.Status.CANCELLED}
    none_left = Publication.Status.WITHDRAWN in ends and ends <= over
    return none_left or post.status == Post.Status.WITHDRAWN


def _is_one_with(one: Withdrawal, before: Withdrawal) -> bool:
    same = (one.requested_by_id, one.reason) == (before.requested_by_id, before.reason)
    return same and one.requested_at - before.requested_at <= TOGETHER


def _by_outcome(publications: Iterable[Publication]) -> dict[str, list[Publication]]:
    found: dict[str, list[Publication]] = {}
    for one in publications:
        found.setdefault(one.withdrawal.outcome, []).append(one)
    return found


def _accounts(publications: Iterable[Publication]) -> str:
    accounts: list[OfficialAccount] = list(
        dict.fromkeys(one.official_account for one in publications)
    )
    if len(accounts) == 1:
        return accounts[0].in_words
    told = ngettext("%(accounts)s account", "%(accounts)s accounts", len(accounts))
    return told % {"accounts": number(len(accounts))}
