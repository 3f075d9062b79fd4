"""What belongs to a campaign: lines of its plan, its spending, its posts."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import person
from content import actions
from content.errors import ContentError
from content.forms.plan import PlaceForm, SpendingForm, ToolForm
from content.models import Campaign
from content.pages import plan as pages_plan
from content.selectors import plan as selectors_plan
from content.views.acting import acted, form_page
from content.views.campaigns import to_plan, visible
from govsocial.web.forms import ReasonForm
from govsocial.web.lists import csv_response, page_of
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires
from govsocial.web.sheets import xlsx_response


@require_form
@requires("content.plan")
def tool_add(request: HttpRequest, campaign_id: int) -> HttpResponse:
    campaign = to_plan(request, campaign_id)
    form = ToolForm(request.POST or None, campaign=campaign)
    if not acted(
        form,
        lambda: actions.add_tool(actor=person(request), campaign_id=campaign.pk, **form.wanted()),
    ):
        return form_page(request, "content/campaign_tool.html", form, campaign=campaign)
    messages.success(request, _("The line is in the plan."))
    return redirect("content:campaign_detail", campaign.pk)


@require_POST
@requires("content.plan")
def tool_remove(request: HttpRequest, campaign_id: int, tool_id: int) -> HttpResponse:
    campaign = to_plan(request, campaign_id)
    try:
        actions.remove_tool(actor=person(request), campaign_id=campaign.pk, tool_id=tool_id)
    except ContentError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("The line is out of the plan."))
    return redirect("content:campaign_detail", campaign.pk)


@require_safe
@requires("content.view")
def spending_list(request: HttpRequest, campaign_id: int) -> HttpResponse:
    campaign = visible(request, campaign_id)
    context = {
        "campaign": campaign,
        "page": page_of(selectors_plan.spendings_of(campaign), request),
        "money": pages_plan.money_of(campaign),
        "may_change": _may_change(request, campaign),
    }
    return render(request, "content/spending_list.html", context)


def _may_change(request: HttpRequest, campaign: Campaign) -> bool:
    may = person(request).holds("content.plan", campaign.unit_id)
    return may and campaign.status != Campaign.Status.CLOSED


@require_safe
@requires("content.view")
def spending_export(request: HttpRequest, campaign_id: int) -> HttpResponseBase:
    """Every line, as CSV, or as XLSX with ``?format=xlsx``."""
    campaign = visible(request, campaign_id)
    lines = selectors_plan.spendings_of(campaign)
    actions.record_plan_export(
        actor=person(request),
        what="spending",
        rows=lines.count(),
        filters={"campaign": campaign.name},
    )
    header = pages_plan.spending_header()
    cells = pages_plan.spending_rows(lines.iterator(chunk_size=500))
    if request.GET.get("format") == "xlsx":
        return xlsx_response(_("spending"), header, cells, title=_("Spending"))
    return csv_response(_("spending"), header, cells)


@require_form
@requires("content.plan")
def spending_add(request: HttpRequest, campaign_id: int) -> HttpResponse:
    campaign = to_plan(request, campaign_id)
    form = SpendingForm(request.POST or None, campaign=campaign, user=person(request))

    def spend() -> None:
        line = actions.record_spending(
            actor=person(request), campaign_id=campaign.pk, **form.wanted()
        )
        messages.success(request, _("The spending is recorded."))
        if told := pages_plan.unlabelled_words(line):
            messages.warning(request, told)

    if not acted(form, spend):
        return form_page(request, "content/spending_form.html", form, campaign=campaign)
    return redirect("content:campaign_detail", campaign.pk)


@require_form
@requires("content.plan")
def spending_reverse(request: HttpRequest, campaign_id: int, spending_id: int) -> HttpResponse:
    campaign = to_plan(request, campaign_id)
    lines = selectors_plan.spendings_of(campaign)
    line = get_object_or_404(lines, pk=spending_id)
    form = ReasonForm(request.POST or None)
    if not acted(
        form,
        lambda: actions.reverse_spending(
            actor=person(request), campaign_id=campaign.pk, spending_id=line.pk,
            **form.cleaned_data,
        ),
    ):  # fmt: skip
        page = "content/spending_reverse.html"
        return form_page(request, page, form, campaign=campaign, line=line)
    messages.success(request, _("The line is reversed. Both stay to be seen."))
    return redirect("content:campaign_detail", campaign.pk)


@require_form
@requires("content.view")
def campaign_post_add(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Who writes or plans for the post's unit; the campaign may be of a unit above."""
    user, campaign = person(request), visible(request, campaign_id)
    if not (user.holds("content.draft") or user.holds("content.plan")):
        raise PermissionDenied
    form = PlaceForm(request.POST or None, campaign=campaign, user=user)
    if not acted(
        form,
        lambda: actions.place_post(
            actor=user, post_id=form.cleaned_data["post"].pk, campaign_id=campaign.pk
        ),
    ):
        return form_page(request, "content/campaign_post.html", form, campaign=campaign)
    messages.success(request, _("The post belongs to the campaign."))
    return redirect("content:campaign_detail", campaign.pk)


@require_POST
@requires("content.view")
def campaign_post_remove(request: HttpRequest, campaign_id: int, post_id: int) -> HttpResponse:
    user, campaign = person(request), visible(request, campaign_id)
    post = get_object_or_404(selectors_plan.posts_of(campaign, user), pk=post_id)
    try:
        actions.place_post(actor=user, post_id=post.pk, campaign_id=None)
    except ContentError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("The post is out of the campaign."))
    return redirect("content:campaign_detail", campaign.pk)
