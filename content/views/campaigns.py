"""Campaigns: their list, a page for each, and the way from planned to closed."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import person
from content import actions
from content.errors import ContentError
from content.filters.plan import CampaignFilter
from content.forms.plan import CampaignForm, ConclusionForm
from content.models import Campaign
from content.pages import plan as pages_plan
from content.selectors import plan as selectors_plan
from content.views.acting import acted, form_page
from govsocial.web.forms import ReasonForm
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import back_to_list, chips, csv_response, page_of, sorted_by
from govsocial.web.methods import require_form
from govsocial.web.ordering import Sorts, in_course
from govsocial.web.permissions import requires
from govsocial.web.sheets import xlsx_response

SORTS: Sorts = {
    "name": "name",
    "unit": "unit__name",
    "status": in_course("status", Campaign.Status),
    "starts": "starts_on",
    "budget": "budget",
}


@require_safe
@requires("content.view")
@vary_on_headers("HX-Request")
def campaign_list(request: HttpRequest) -> HttpResponse:
    filters = _filters(request)
    page = page_of(sorted_by(filters.qs, request, SORTS, "-starts"), request)
    context = {
        "form": filters.form,
        "chips": chips(filters),
        "page": page,
        "may_plan": person(request).holds("content.plan"),
    }
    return render(request, page_or_fragment(request, "content/campaign_list.html"), context)


@require_safe
@requires("content.view")
def campaign_export(request: HttpRequest) -> HttpResponseBase:
    """The list as filtered, as CSV, or as XLSX with ``?format=xlsx``."""
    filters = _filters(request)
    if not filters.is_valid():
        return back_to_list(request, "content:campaign_list")
    rows = sorted_by(filters.qs, request, SORTS, "-starts")
    asked = {key: value for key, value in request.GET.dict().items() if key in filters.filters}
    actions.record_plan_export(
        actor=person(request), what="campaigns", rows=rows.count(), filters=asked
    )
    name, header = _("campaigns"), pages_plan.campaign_header()
    cells = pages_plan.campaign_rows(rows.iterator(chunk_size=500))
    if request.GET.get("format") == "xlsx":
        return xlsx_response(name, header, cells, title=_("Campaigns"))
    return csv_response(name, header, cells)


def _filters(request: HttpRequest) -> CampaignFilter:
    user = person(request)
    rows = selectors_plan.with_progress(selectors_plan.campaigns_visible_to(user), user)
    return CampaignFilter(request.GET, queryset=rows, user=user)


@require_safe
@requires("content.view")
def campaign_detail(request: HttpRequest, campaign_id: int) -> HttpResponse:
    user, campaign = person(request), visible(request, campaign_id)
    stage = request.GET.get("stage", "")
    posts = pages_plan.posts_in_stage(campaign, user, stage)
    context = pages_plan.campaign_page(campaign, user, stage)
    context["page"] = page_of(posts, request)
    return render(request, "content/campaign_detail.html", context)


@require_form
@requires("content.plan")
def campaign_add(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = CampaignForm(request.POST or None, user=user)
    made: list[Campaign] = []
    if not acted(form, lambda: made.append(_planned(request, form))):
        return form_page(request, "content/campaign_form.html", form)
    messages.success(request, _("The campaign is planned."))
    return redirect("content:campaign_detail", made[0].pk)


def _planned(request: HttpRequest, form: CampaignForm) -> Campaign:
    unit = form.cleaned_data["unit"]
    return actions.plan_campaign(actor=person(request), unit_id=unit.pk, values=form.values())


@require_form
@requires("content.plan")
def campaign_edit(request: HttpRequest, campaign_id: int) -> HttpResponse:
    campaign = to_plan(request, campaign_id)
    form = CampaignForm(request.POST or None, user=person(request), campaign=campaign)
    if not acted(
        form,
        lambda: actions.change_campaign(
            actor=person(request),
            campaign_id=campaign.pk,
            edition=form.cleaned_data["edition"] or 0,
            values=form.values(),
        ),
    ):
        return form_page(request, "content/campaign_form.html", form, campaign=campaign)
    messages.success(request, _("The campaign is saved."))
    return redirect("content:campaign_detail", campaign.pk)


@require_POST
@requires("content.plan")
def campaign_start(request: HttpRequest, campaign_id: int) -> HttpResponse:
    campaign = to_plan(request, campaign_id)
    try:
        actions.start_campaign(actor=person(request), campaign_id=campaign.pk)
    except ContentError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("The campaign runs."))
    return redirect("content:campaign_detail", campaign.pk)


@require_form
@requires("content.plan")
def campaign_close(request: HttpRequest, campaign_id: int) -> HttpResponse:
    campaign = to_plan(request, campaign_id)
    form = ConclusionForm(request.POST or None, initial={"conclusion": campaign.conclusion})
    if not acted(
        form,
        lambda: actions.close_campaign(
            actor=person(request), campaign_id=campaign.pk, **form.cleaned_data
        ),
    ):
        return form_page(request, "content/campaign_close.html", form, campaign=campaign)
    messages.success(request, _("The campaign is closed."))
    return redirect("content:campaign_detail", campaign.pk)


@require_form
@requires("content.plan")
def campaign_reopen(request: HttpRequest, campaign_id: int) -> HttpResponse:
    campaign = to_plan(request, campaign_id)
    form = ReasonForm(request.POST or None)
    if not acted(
        form,
        lambda: actions.reopen_campaign(
            actor=person(request), campaign_id=campaign.pk, **form.cleaned_data
        ),
    ):
        return form_page(request, "content/campaign_reopen.html", form, campaign=campaign)
    messages.success(request, _("The campaign runs again."))
    return redirect("content:campaign_detail", campaign.pk)


def visible(request: HttpRequest, campaign_id: int) -> Campaign:
    rows = selectors_plan.campaigns_visible_to(person(request))
    campaign: Campaign = get_object_or_404(rows, pk=campaign_id)
    return campaign


def to_plan(request: HttpRequest, campaign_id: int) -> Campaign:
    """The campaign, 404 to strangers and 403 to those who only see it."""
    campaign = visible(request, campaign_id)
    if not person(request).holds("content.plan", campaign.unit_id):
        raise PermissionDenied
    return campaign
