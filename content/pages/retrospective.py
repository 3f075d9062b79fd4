"""What the page of a look afterwards shows: the notice as it went out, and how fast."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from content import turns
from content.document_words import answered, declared_rows, facet_rows
from content.models import Decision, Publication, Retrospective
from content.outlets import outlets
from content.pages import posts as pages
from content.selectors import posts as selectors
from content.selectors.retrospectives import is_late, why_not
from content.taken_back import is_all_taken_back, taken_back
from govsocial.web.templatetags.formats import duration


def retrospective_page(row: Retrospective, user: User, chosen: str | None) -> dict[str, Any]:
    review = row.review
    post, version = review.post, review.version
    content = version.content()
    accounts = pages.accounts_of(content)
    publications = [one for one in selectors.publications_of(post) if one.version_id == version.pk]
    decisions = list(review.decisions.select_related("decider", "on_behalf_of"))
    reason = "" if row.done_at else why_not(row, user)
    return {
        "row": row,
        "post": post,
        "version": version,
        "content": content,
        # What was said and confirmed of it when it was approved.
        "facets": facet_rows(content, post.unit.zone),
        "declared": declared_rows(content),
        "answered": answered(content),
        "is_late": is_late(row),
        "previews": pages.previews(post, content, accounts),
        "shown": pages.shown_of(accounts, chosen),
        "outlets": outlets(publications),
        "is_all_taken_back": is_all_taken_back(post, publications),
        "decisions": decisions,
        "timeline": _timeline(row, decisions, publications),
        "may_answer": row.done_at is None and not reason,
        "why_not": reason,
        "manages": user.holds("people.manage", post.unit_id),
        "who": None if row.done_at else turns.who_may(review, "content.review"),
    }


def _timeline(
    row: Retrospective, decisions: Iterable[Decision], publications: Collection[Publication]
) -> list[dict[str, Any]]:
    """From the submission on, each with the time since the one before it."""
    review = row.review
    told: list[tuple[datetime, str, str, str]] = [
        (review.submitted_at, _("%(who)s submitted it") % {"who": review.submitted_by}, "", "")
    ]
    for one in decisions:
        words = _("%(who)s approved it alone") % {"who": one.who}
        told.append((one.decided_at, words, "", one.note))
    for each in publications:
        if each.published_at:
            words = _("It went out on %(account)s") % {"account": each.official_account}
            told.append((each.published_at, words, "good", ""))
    for back in taken_back(publications):
        words = _("%(who)s withdrew it from %(where)s") % {"who": back.who, "where": back.where}
        told.append((back.at, words, "bad", back.reason))
        if back.gone_at:
            told.append((back.gone_at, " ".join(back.came_of_it()), "", ""))
    if row.done_at:
        words = _("%(who)s looked at it: %(verdict)s") % {
            "who": row.done_by,
            "verdict": row.get_verdict_display(),
        }
        told.append((row.done_at, words, "", row.findings))
    told.sort(key=lambda each: each[0])
    before = [None, *(at for at, *_rest in told)]
    return [
        {"sentence": words, "at": at, "tone": tone, "quote": quote, "detail": _after(earlier, at)}
        for (at, words, tone, quote), earlier in zip(told, before, strict=False)
    ]


def _after(earlier: datetime | None, at: datetime) -> str:
    if earlier is None:
        return ""
    seconds = round((at - earlier).total_seconds())
    if not seconds:
        return ""
    if seconds < 60:
        return _("%(seconds)s seconds later") % {"seconds": seconds}
    return _("%(duration)s later") % {"duration": duration(seconds)}
