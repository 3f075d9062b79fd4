"""What content puts on the home page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.capabilities import Role
from accounts.models import User
from accounts.requests import person
from content import home_today, plan_done
from content.forms.plan_done import PlanDoneForm
from content.models import Halt, Publication
from content.plan_done import Outcome
from content.selectors import back as selectors_back
from content.selectors import freezes as selectors_freezes
from content.selectors import posts as selectors
from content.selectors.lists import reviews_to_list
from content.waiting import Waiting, waiting_for
from govsocial.web.counting import counts_of
from govsocial.web.days import midnight
from govsocial.web.home import Card

MOST = 6


def cards(request: HttpRequest) -> Iterable[Card]:
    user, waiting = person(request), waiting_for(request)
    if not user.holds("content.view"):
        return
    if user.holds("content.approve") or user.holds("content.review"):
        yield _reviews(user, waiting.reviews)
        if waiting.retrospectives:
            yield _retrospectives(waiting)
    if user.holds("content.draft"):
        yield from _mine(user, waiting.back)
    elif Role.LEADERSHIP in user.role_names():
        # Who also writes has their own posts in its place.
        yield _plan(user)
    if waiting.ended:
        yield Card(
            template="content/_home_ended.html",
            context={"number": waiting.ended},
            waiting=waiting.ended,
            order=6,
        )
    if waiting.stuck or waiting.unlooked:
        # Counted with all that waits; which they are is said in the lists.
        yield Card(
            template="content/_home_stuck.html",
            context={
                "number": waiting.stuck,
                "looks": waiting.unlooked,
                "manages": user.holds("people.manage"),
            },
            order=11,
        )
    if mentions := counts_of(request)["mentions"]:
        # How many is counted with all that waits; who said what is a page of its own.
        yield Card(
            template="content/_home_mentions.html",
            context={"number": mentions},
            order=15,
            aside=True,
        )
    start = midnight(timezone.localdate())
    until = start + timedelta(days=1)
    publications = _publications(user, start, until, waiting)
    may_freeze = user.holds("content.freeze")
    yield Card(
        template="content/_home_today.html",
        context={"today": home_today.today(publications, user, start)},
        order=15,
        head_url=reverse("content:freeze_begin") if may_freeze else "",
        head_label=_("Freeze the schedule") if may_freeze else "",
    )
    if user.holds("content.publish"):
        trouble = [one for one in publications if selectors.is_in_trouble(one, user)]
        yield Card(
            template="content/_home_trouble.html",
            context={
                "trouble": trouble[: -MOST - 1 : -1],
                "failing": _failing(publications) if waiting.failing else [],
                "undeleted": [one for one in publications if getattr(one, "is_undeleted", False)],
                "to_post": [one for one in publications if one.waits_for_hand][:MOST]
                if waiting.to_post
                else [],
                "in_hand": [one for one in publications if getattr(one, "is_in_hand", False)],
                "frozen": waiting.frozen,
            },
            waiting=waiting.attention,
            order=10,
            aside=True,
        )


def _reviews(user: User, waiting: int) -> Card:
    reviews = reviews_to_list(selectors.reviews_waiting_for(user))[:MOST] if waiting else ()
    return Card(
        template="content/_home_waiting.html",
        context={"reviews": list(reviews), "more": waiting > MOST},
        waiting=waiting,
        order=10,
    )


def _retrospectives(waiting: Waiting) -> Card:
    """Emergencies that this person is to look at. It stays until somebody has. No query."""
    return Card(
        template="content/_home_retrospectives.html",
        context={"open": waiting.retrospectives, "late": waiting.late},
        waiting=waiting.retrospectives,
        order=5,
    )


def _mine(user: User, waiting: int) -> Iterable[Card]:
    """What came back, as many as fit, before the day; the drafts after it. One query."""
    rows = list(selectors_back.own_drafts_of(user)[: 2 * MOST])
    back = [post for post in rows if post.is_back][:MOST]
    drafts = [post for post in rows if not post.is_back][:MOST]
    for post in back:
        post.remark_line = (post.remark or "").strip().partition("\n")[0]
    if back:
        context = {"back": back, "more": waiting > MOST}
        yield Card(template="content/_home_back.html", context=context, waiting=waiting, order=12)
    if drafts or not back:
        yield Card(template="content/_home_mine.html", context={"drafts": drafts}, order=20)


def _plan(user: User) -> Card:
    """This month's plan and what became of it, in the numbers of the page behind it. One query."""
    form = PlanDoneForm(QueryDict(), user=user)
    form.full_clean()
    whole = plan_done.together(plan_done.tallies(form.asked(), "unit"))
    out = whole.of(Outcome.ON_TIME, Outcome.LATE)
    due = out + whole.not_out
    return Card(
        template="content/_home_plan.html",
        context={
            "on_time": whole.of(Outcome.ON_TIME),
            "out": out,
            "due": due,
            "not_out": whole.not_out,
            "coming": whole.of(Outcome.COMING),
            "unplanned": whole.without_plan,
            "unplanned_withdrawn": whole.withdrawn_without_plan,
            "on_time_share": whole.of(Outcome.ON_TIME) / out if out else None,
            "out_share": out / due if due else None,
        },
        order=1,
    )


def _failing(publications: Iterable[Publication]) -> list[Publication]:
    """One publication of each account that cannot publish, with how many ``will_fail``."""
    failing = [one for one in publications if getattr(one, "will_fail", None)]
    return list({one.official_account_id: one for one in failing}.values())[:MOST]


def _publications(
    user: User, start: datetime, until: datetime, waiting: Waiting
) -> list[Publication]:
    """Those of the day that are shown, the latest in trouble, those to post by hand and one of each
    account that cannot publish, by time. One query for both cards."""
    visible = selectors.publications_visible_to(user)
    visible, wanted = home_today.add_today(visible, start, until), Q(of_today=True)
    if waiting.trouble:
        wanted |= Q(pk__in=selectors.publications_in_trouble(user).values("pk")[:MOST])
    if waiting.to_post:
        to_post = selectors.publications_to_post(user).order_by("scheduled_for", "pk")
        wanted |= Q(pk__in=to_post.values("pk")[:MOST])
    if waiting.in_hand:
        in_hand = selectors.publications_in_hand_of(user).order_by("scheduled_for", "pk")
        wanted |= Q(pk__in=in_hand.values("pk")[:MOST])
        visible = visible.annotate(
            is_in_hand=Exists(in_hand.filter(pk=OuterRef("pk")).order_by()),
            is_stopped=Exists(Halt.objects.filter(publication=OuterRef("pk"), released_at=None)),
        )
    if waiting.undeleted:
        undeleted = selectors_freezes.withdrawals_for(user).order_by("pk").values("pk")[:MOST]
        wanted |= Q(pk__in=undeleted)
        visible = visible.annotate(
            is_undeleted=Q(withdrawal__outcome="", withdrawal__needs_person=True)
        )
    if waiting.failing:
        failing = selectors.publications_that_will_fail(user).order_by("official_account_id")
        wanted |= Q(pk__in=failing.distinct("official_account_id").values("pk")[:MOST])
        of_account = failing.filter(official_account_id=OuterRef("official_account_id"))
        counted = of_account.values("official_account_id").annotate(number=Count("pk"))
        visible = visible.annotate(will_fail=Subquery(counted.values("number")))
    return list(visible.filter(wanted).order_by("scheduled_for", "pk"))
