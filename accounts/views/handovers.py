from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import actions, named, selectors_handover
from accounts.exports import list_response
from accounts.filters_care import HANDOVER_STATES, HandoverFilter
from accounts.forms_care import HandoverForm, ScanForm, default_due
from accounts.handover_page import HandoverPage
from accounts.models import Handover
from accounts.requests import attempt, person
from accounts.views.official_accounts import managed_account
from govsocial.audit.selectors import history_of
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import back_to_list, chips, page_of, sorted_by
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires

SORTS = {
    "account": "official_account__display_name",
    "unit": "official_account__unit__name",
    "outgoing": "outgoing__full_name",
    "incoming": "incoming__full_name",
    "due": "due_on",
}


def visible_handover(request: HttpRequest, handover_id: int) -> Handover:
    """The handover, or 404 for strangers."""
    rows = selectors_handover.handovers_visible_to(person(request))
    return get_object_or_404(selectors_handover.with_checklist(rows), pk=handover_id)


def _filters(request: HttpRequest) -> HandoverFilter:
    user = person(request)
    rows = selectors_handover.with_progress(selectors_handover.handovers_visible_to(user))
    return HandoverFilter(request.GET, queryset=rows, user=user)


@require_safe
@requires("accounts.view")
@vary_on_headers("HX-Request")
def handover_list(request: HttpRequest) -> HttpResponse:
    filters = _filters(request)
    page = page_of(sorted_by(filters.qs, request, SORTS, "due"), request)
    named.with_who_may_take_over(list(page))
    context = {"form": filters.form, "chips": chips(filters), "page": page}
    return render(request, page_or_fragment(request, "accounts/handover_list.html"), context)


@require_safe
@requires("accounts.view")
def handover_export(request: HttpRequest) -> HttpResponseBase:
    """The list as filtered, as CSV, or as XLSX with ``?format=xlsx``."""
    filters = _filters(request)
    if not filters.is_valid():
        return back_to_list(request, "accounts:handover_list")
    rows: QuerySet[Handover] = sorted_by(filters.qs, request, SORTS, "due")
    count = rows.count()
    asked = {key: str(value) for key, value in request.GET.items() if key in filters.filters}
    actions.record_handover_export(actor=person(request), rows=count, filters=asked)
    return list_response(
        request, filters, name=_("handovers"), title=_("Handovers"), count=count,
        header=_header(), rows=_lines(rows.iterator(chunk_size=500)),
    )  # fmt: skip


def _header() -> list[object]:
    return [
        _("Display name"), _("Handle"), _("Platform"), _("Unit"), _("Hands over"), _("Takes over"),
        _("State"), _("Late"), _("Items of the checklist that are settled"),
        _("Items of the checklist"), _("Due on"), _("Started"), _("Ended"), _("Decree"),
        _("Reason"),
    ]  # fmt: skip


def _lines(handovers: Iterator[Handover]) -> Iterator[list[object]]:
    for handover in handovers:
        account = handover.official_account
        yield [
            account.display_name,
            account.handle,
            account.get_platform_display(),
            account.unit.name,
            str(handover.outgoing),
            str(handover.incoming),
            str(HANDOVER_STATES[handover.state]),
            _("yes") if handover.is_late else _("no"),
            handover.items_settled,  # type: ignore[attr-defined]  # with_progress
            handover.items_all,  # type: ignore[attr-defined]  # with_progress
            handover.due_on,
            handover.started_at,
            handover.ended_at,
            handover.decree,
            handover.reason,
        ]


@require_form
@requires("accounts.manage")
def handover_start(request: HttpRequest, official_account_id: int) -> HttpResponse:
    account = managed_account(request, official_account_id)
    initial: dict[str, Any] = {"due_on": default_due(account.unit.today)}
    if "outgoing" in request.GET:
        initial["outgoing"] = request.GET["outgoing"]
    form = HandoverForm(request.POST or None, official_account=account, initial=initial)
    made = attempt(form, lambda: _start(request, account.pk, form))
    if made is None:
        context = {
            "form": form,
            "official_account": account,
            "under_way": selectors_handover.open_handover_of(account),
        }
        status = 422 if form.errors else 200
        return render(request, "accounts/handover_start.html", context, status=status)
    messages.success(
        request, _("The handover of %(account)s is started.") % {"account": account.called}
    )
    return redirect("accounts:handover_detail", made.pk)


def _start(request: HttpRequest, official_account_id: int, form: HandoverForm) -> Handover:
    data = dict(form.cleaned_data)
    return actions.start_handover(
        actor=person(request),
        official_account_id=official_account_id,
        outgoing_id=data.pop("outgoing").pk,
        incoming_id=data.pop("incoming").pk,
        **data,
    )


@require_safe
@requires("accounts.view")
def handover_detail(request: HttpRequest, handover_id: int) -> HttpResponse:
    handover = visible_handover(request, handover_id)
    return detail_page(request, HandoverPage(handover, person(request)))


def detail_page(
    request: HttpRequest, page: HandoverPage, scan: ScanForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of one handover, also with what somebody typed and must mend."""
    context = {
        "handover": page.handover,
        "official_account": page.handover.official_account,
        "shown": page,
        "scan_form": scan or ScanForm(),
        "history": history_of(page.handover),
    }
    return render(request, "accounts/handover_detail.html", context, status=status)


@require_safe
@requires("accounts.view")
def handover_minutes(request: HttpRequest, handover_id: int) -> HttpResponse:
    """The minutes (berita acara serah terima), to print and to sign on paper."""
    handover = visible_handover(request, handover_id)
    page = HandoverPage(handover, person(request))
    context = {
        "handover": handover,
        "official_account": handover.official_account,
        "shown": page,
        "facts": page.facts,
        "day": handover.ended_at or timezone.now(),
    }
    return render(request, "accounts/handover_minutes.html", context)
