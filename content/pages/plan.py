"""What the pages of campaigns and ideas show."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from content.finding_rules.paid import is_labelled
from content.models import Campaign, Idea, Post, Spending
from content.outcome import OUT, outcome
from content.selectors import plan as selectors_plan
from content.states import word
from govsocial.audit.selectors import history_of
from govsocial.web.templatetags.formats import date_long

STATUS = Campaign.Status
# Readers saw these, and mostly still do.
_SEEN = (*OUT, Post.Status.ARCHIVED)
MOST_LINES = 20
# The stages of posts that a person asks a plan about, by their outcome.
STAGES: dict[str, tuple[str, ...]] = {
    "draft": (Post.Status.DRAFT,),
    "submitted": (Post.Status.SUBMITTED,),
    "approved": (Post.Status.APPROVED, Post.Status.SCHEDULED),
    "out": OUT,
    "withdrawn": (Post.Status.WITHDRAWN,),
    "rejected": (Post.Status.REJECTED,),
}


def stage_words() -> dict[str, str]:
    return {
        "draft": _("Being written"),
        "submitted": word("in_review"),
        "approved": _("Approved or scheduled"),
        "out": _("Out"),
        "withdrawn": _("Withdrawn"),
        "rejected": _("Rejected"),
    }


def campaign_page(campaign: Campaign, user: User, stage: str) -> dict[str, Any]:
    may_plan = user.holds("content.plan", campaign.unit_id)
    is_open = campaign.status != STATUS.CLOSED
    lines = list(selectors_plan.spendings_of(campaign)[: MOST_LINES + 1])
    return {
        "campaign": campaign,
        "steps": _steps(campaign),
        "next_step": _next_step(campaign),
        "is_over": _today(campaign) > campaign.ends_on,
        "tools": list(selectors_plan.tools_of(campaign)),
        "progress": _progress(campaign, user, stage),
        "money": money_of(campaign),
        "spendings": lines[:MOST_LINES],
        "has_more_spendings": len(lines) > MOST_LINES,
        "unlabelled": unlabelled(lines),
        "history": history_of(campaign),
        "may_plan": may_plan,
        "may_change": may_plan and is_open,
        # Units whose posts this person may put in or take out.
        "places_for": _places_for(user) if is_open else frozenset(),
    }


def _places_for(user: User) -> frozenset[int]:
    return user.units_with("content.draft") | user.units_with("content.plan")


def posts_in_stage(campaign: Campaign, user: User, stage: str) -> QuerySet[Post]:
    posts = selectors_plan.posts_of(campaign, user).select_related("listed").defer("listed__words")
    if stage not in STAGES:
        return posts
    return posts.alias(outcome=outcome()).filter(outcome__in=STAGES[stage])


def _progress(campaign: Campaign, user: User, stage: str) -> list[dict[str, Any]]:
    """How many posts stand where; one query."""
    rows = selectors_plan.posts_of(campaign, user).order_by().values_list(outcome())
    counted = dict(rows.annotate(all=Count("pk")))
    found = [
        {
            "key": key,
            "label": words,
            "number": sum(counted.get(came_to, 0) for came_to in STAGES[key]),
            "active": key == stage,
        }
        for key, words in stage_words().items()
    ]
    everything = {"key": "", "label": _("All posts"), "number": sum(counted.values())}
    return [{**everything, "active": stage not in STAGES}, *found]


def money_of(campaign: Campaign) -> dict[str, Any]:
    """Spending against budget, to the rupiah. Without a line nothing is known to be spent."""
    spent: Decimal | None = campaign.spendings.aggregate(all=Sum("amount"))["all"]
    budget = campaign.budget
    left = None if budget is None else budget - (spent or 0)
    return {
        "budget": budget,
        "spent": spent,
        "left": left,
        "is_over": left is not None and left < 0,
        "share": (spent / budget) if spent is not None and budget else None,
    }


def unlabelled(lines: list[Spending]) -> list[Spending]:
    """Lines for posts that do not say in every text that they were paid for."""
    found = []
    for line in lines:
        is_undone = line.reverses_id is not None or hasattr(line, "reversed_by")
        if line.post is None or not line.label or is_undone or line.post.current_version is None:
            continue
        texts = line.post.current_version.content().texts.values()
        if not all(is_labelled(line.label, text) for text in texts):
            found.append(line)
    return found


def _steps(campaign: Campaign) -> list[dict[str, str]]:
    at = list(STATUS).index(STATUS(campaign.status))
    return [
        {
            "label": str(status.label),
            "state": "done" if place < at else "current" if place == at else "",
        }
        for place, status in enumerate(STATUS)
    ]


def _today(campaign: Campaign) -> date:
    return timezone.localdate(timezone=campaign.unit.zone)


def _next_step(campaign: Campaign) -> str:
    today = _today(campaign)
    if campaign.status == STATUS.PLANNED:
        if today < campaign.starts_on:
            return _("It begins on %(day)s.") % {"day": date_long(campaign.starts_on)}
        return _("Its first day has come: start it.")
    if campaign.status == STATUS.RUNNING:
        if today <= campaign.ends_on:
            return _("It runs until %(day)s.") % {"day": date_long(campaign.ends_on)}
        return _("Its last day has passed: close it with a conclusion.")
    return _("It is closed. Posts and spending stay as they are.")


def campaign_header() -> list[str]:
    return [
        _("Name"), _("Programme or KPI code"), _("Unit"), _("Status"), _("First day"),
        _("Last day"), _("Budget (Rp)"), _("Spent (Rp)"), pgettext("of ours", "Posts"), _("Out"),
    ]  # fmt: skip


def campaign_rows(campaigns: Iterator[Any]) -> Iterator[list[object]]:
    for one in campaigns:
        yield [
            one.name, one.code, str(one.unit), one.get_status_display(), one.starts_on,
            one.ends_on, whole(one.budget), whole(one.spent), one.number or 0, one.out or 0,
        ]  # fmt: skip


def unlabelled_words(line: Spending) -> str:
    """What is to be done about a post that is out and hides that it was paid for; else ""."""
    if line.post is None or line.post.status not in _SEEN or not unlabelled([line]):
        return ""
    return _(
        "The post is out without the label “%(label)s”, so readers are not told that it was paid "
        "for. Correct it; nothing more of it goes out."
    ) % {"label": line.label}


def spending_header() -> list[str]:
    return [
        _("Date"), _("Kind"), _("Payee"), _("Amount (Rp)"), _("Label that readers see"),
        _("Account"), _("Post"), _("Proof"), _("Reason of the reversal"), _("Recorded by"),
    ]  # fmt: skip


def spending_rows(lines: Iterator[Spending]) -> Iterator[list[object]]:
    for line in lines:
        yield [
            line.spent_on, line.get_kind_display(), line.payee, whole(line.amount), line.label,
            str(line.official_account or ""), line.post.title if line.post else "",
            line.reference, line.reason, str(line.recorded_by),
        ]  # fmt: skip


def whole(amount: Decimal | None) -> int | None:
    """Rupiah for a spreadsheet: exact, and empty where there is no amount."""
    return None if amount is None else int(amount)


def idea_header() -> list[str]:
    return [
        _("Idea"), _("Note"), _("Source"), _("Wanted day"), _("Unit"), _("Campaign"), _("State"),
        _("Useful to"), _("Author"),
    ]  # fmt: skip


def idea_rows(ideas: Iterator[Any]) -> Iterator[list[object]]:
    for one in ideas:
        wanted: date | None = one.wanted_on
        yield [
            one.title, one.note, one.get_source_display(), wanted, str(one.unit),
            str(one.campaign or ""), one.get_state_display(), one.useful or 0, str(one.author),
        ]  # fmt: skip


def idea_page(idea: Idea, user: User) -> dict[str, Any]:
    may_plan = user.holds("content.plan", idea.unit_id)
    is_open = idea.state != Idea.State.DROPPED
    return {
        "idea": idea,
        "posts": list(selectors_plan.posts_from(idea, user)),
        "history": history_of(idea),
        "key": uuid.uuid4(),
        "may_change": may_plan and is_open,
        "may_drop": may_plan and idea.state == Idea.State.OPEN,
        "may_reopen": may_plan and not is_open,
        "may_write": is_open and user.holds("content.draft", idea.unit_id),
    }
