"""The page that compares the plan with what went out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from babel.dates import format_date
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, Unit
from content import plan_done
from content.facets import ContentClass, Function
from content.forms.plan_done import PlanDoneForm
from content.models import Campaign
from content.plan_done import NO_KEY, NOT_OUT, OUT, PLANNED, WITHOUT_PLAN, Outcome, Row, Tally
from govsocial.web.charts import Chart
from govsocial.web.charts_parts import parts_of_wholes
from govsocial.web.lists import chips
from govsocial.web.templatetags.formats import date_long, duration, locale, number

LISTED = {
    **{one.value: (one,) for one in Outcome},
    "planned": PLANNED,
    "out": OUT,
    "not_out": NOT_OUT,
    "unplanned": WITHOUT_PLAN,
}
"""What a number may be asked for by, and the outcomes behind it."""


def title_of(form: PlanDoneForm) -> str:
    first = form.first_day()
    if form.is_quarter:
        quarter = (first.month - 1) // 3 + 1
        return _("Quarter %(quarter)s of %(year)s") % {"quarter": quarter, "year": first.year}
    return str(format_date(first, "MMMM y", locale=locale()))


def chips_of(form: PlanDoneForm) -> list[tuple[str, str, str]]:
    """As of every list; a month in its own words, and as the address has it, to be removed."""
    found = chips(SimpleNamespace(form=form))
    if form.is_valid() and (month := form.cleaned_data["month"]):
        words = f"{_('Month')}: {format_date(month, 'MMMM y', locale=locale())}"
        said = ("month", f"{month:%Y-%m}", words)
        found = [said if one[0] == "month" else one for one in found]
    return found


def group_of(query: QueryDict) -> str:
    by = query.get("by", "")
    return by if by in plan_done.GROUPS else "unit"


def comparison(form: PlanDoneForm, by: str) -> dict[str, Any]:
    """Every group with its numbers and shares. Two or three queries, whatever the period holds."""
    groups = plan_done.tallies(form.asked(), by)
    whole = plan_done.together(groups)
    names = _names(by, [one.key for one in groups])
    return {
        "whole": whole,
        "groups": [
            {
                "tally": one,
                "name": names.get(one.key, one.key),
                "of_plan": _share(one.planned, whole.planned, groups),
                "of_out": _share(one.out, whole.out, groups),
                **numbers_of(one),
            }
            for one in groups
        ],
        "reasons": [
            {"key": one.value, "label": one.label, "number": whole.of(one)}
            for one in NOT_OUT
            if whole.of(one)
        ],
        **numbers_of(whole),
        "definitions": definitions(whole, many=len(groups) > 1),
    }


def _share(part: int, whole: int, groups: Sequence[Tally]) -> float | None:
    """None also where there is one group: all of everything says nothing."""
    return part / whole if whole and len(groups) > 1 else None


def numbers_of(tally: Tally) -> dict[str, int]:
    outcomes = (Outcome.ON_TIME, Outcome.LATE, Outcome.COMING, Outcome.CALLED_OFF)
    return {one.value: tally.of(one) for one in outcomes} | {
        "unplanned": tally.without_plan,
        "unplanned_withdrawn": tally.withdrawn_without_plan,
    }


def chart(form: PlanDoneForm) -> Chart:
    """How much of what was planned for each week went out. One query."""
    weeks = plan_done.weeks(form.asked())
    return parts_of_wholes(
        title=_("Did what was planned go out?"),
        points=[(one.first, one.last, one.planned, one.out) for one in weeks],
        whole_label=_("Planned"),
        part_label=_("Of these out"),
        columns=[_("From"), _("Planned"), _("Of these out"), _("Out without a plan")],
        rows=[
            (
                date_long(one.first),
                number(one.planned),
                _("still to come") if one.out is None else number(one.out),
                number(one.unplanned),
            )
            for one in weeks
        ],
    )


def _names(by: str, keys: Sequence[str]) -> dict[str, str]:
    none = {
        "unit": "", "account": _("No account chosen yet"), "campaign": _("No campaign"),
        "class": _("No class chosen yet"), "function": _("No function chosen yet"),
    }[by]  # fmt: skip
    if by == "class":
        return {**{one.value: str(one.label) for one in ContentClass}, NO_KEY: none}
    if by == "function":
        return {**{one.value: str(one.label) for one in Function}, NO_KEY: none}
    ids = [int(key) for key in keys if key != NO_KEY]
    return {**_named(by, ids), NO_KEY: none}


def _named(by: str, ids: Sequence[int]) -> dict[str, str]:
    if by == "unit":
        rows: dict[int, Any] = dict(Unit.objects.in_bulk(ids))
    elif by == "account":
        rows = dict(OfficialAccount.objects.in_bulk(ids))
    else:
        rows = dict(Campaign.objects.in_bulk(ids))
    return {str(pk): str(row) for pk, row in rows.items()}


def with_names(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows as a page or a spreadsheet shows them: three queries for all of them."""
    units = _named("unit", list({row.unit_id for row in rows}))
    accounts = _named("account", list({row.account_id for row in rows if row.account_id}))
    campaigns = _named("campaign", list({row.campaign_id for row in rows if row.campaign_id}))
    return [
        {
            "row": row,
            "unit": units.get(str(row.unit_id), ""),
            "account": accounts.get(str(row.account_id), ""),
            "campaign": campaigns.get(str(row.campaign_id), ""),
            "outcome": Outcome(row.outcome).label,
        }
        for row in rows
    ]


def header() -> list[str]:
    return [
        _("Title"), _("Unit"), _("Account"), _("Campaign"), _("Planned for"), _("Went out"),
        _("Outcome"), _("Minutes late"),
    ]  # fmt: skip


def cells(rows: Sequence[Row]) -> Iterator[list[object]]:
    for one in with_names(rows):
        row: Row = one["row"]
        late = None if row.delay is None else int(row.delay.total_seconds() // 60)
        yield [
            row.title, one["unit"], one["account"], one["campaign"], row.planned_at,
            row.published_at, one["outcome"], late,
        ]  # fmt: skip


def definitions(whole: Tally, *, many: bool) -> list[tuple[str, str]]:
    """What the numbers that are shown say; ``many`` where several groups are compared."""
    told = [
        (
            _("What is counted"),
            _(
                "One post on one official account: a post for three accounts counts three times. "
                "Posts of the units that you may see."
            ),
        ),
        (
            _("Planned"),
            _(
                "The present version has a publication time in the period. A post that was moved "
                "to another time counts where it is now. Without an account it counts once."
            ),
        ),
        (
            _("Out on time"),
            _("Out no later than %(time)s after the planned time.")
            % {"time": duration(plan_done.TOLERANCE)},
        ),
        (_("Out late"), _("Out later than that, and still there.")),
        (
            _("Still to come"),
            _("Its planned time has not come yet; also what is frozen or has failed until then."),
        ),
        (
            _("Not out"),
            _(
                "Its time has passed and readers do not see it: not approved in time, rejected, "
                "approval expired, frozen, failed, not certain, not sent yet, cancelled, or "
                "withdrawn after it was out."
            ),
        ),
        (
            _("Out without a plan"),
            _(
                "Went out in the period and never had a planned time; also emergency notices, and "
                "what was withdrawn since. What was withdrawn does not count as out."
            ),
        ),
    ]
    if whole.of(Outcome.CALLED_OFF):
        told.append((_("Called off"), _("Rejected or cancelled before its planned time came.")))
    if many:
        percentages = _(
            "How much of all that was planned, and of all that is out, is of this row: with "
            "them the mix of classes and functions is compared with the plan."
        )
        told.append((_("Percentages below planned and out"), percentages))
    return told
