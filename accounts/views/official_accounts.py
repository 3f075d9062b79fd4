from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import actions, compliance, named, register_rows, selectors
from accounts.documents import document_response
from accounts.errors import AccountChanged
from accounts.filters import WITHOUT_A_ROLE, OfficialAccountFilter
from accounts.health import with_health
from accounts.models import OfficialAccount
from accounts.register_again import form_over
from accounts.register_forms import OfficialAccountForm
from accounts.requests import attempt, person
from accounts.selectors_attestation import attestation_state
from accounts.selectors_documents import documents_of, replaced_documents_of
from accounts.warnings import losses_now, warnings_about
from govsocial.audit.selectors import history_of
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import back_to_list, chips, csv_response, page_of_many, sorted_by
from govsocial.web.methods import require_form
from govsocial.web.ordering import Sorts, by_label, in_course
from govsocial.web.permissions import require, requires
from govsocial.web.sheets import xlsx_response

SORTS: Sorts = {
    "name": "display_name",
    "handle": "handle",
    "platform": by_label("platform", OfficialAccount.Platform),
    "unit": "unit__name",
    "person": "person_in_charge__full_name",
    "status": in_course("status", OfficialAccount.Status),
    "complete": "completeness",
    "since": "created_at",
}


def visible_account(request: HttpRequest, official_account_id: int) -> OfficialAccount:
    """The account, or 404 for strangers."""
    accounts = selectors.official_accounts_visible_to(person(request))
    return get_object_or_404(accounts, pk=official_account_id)


def managed_account(request: HttpRequest, official_account_id: int) -> OfficialAccount:
    """Like ``visible_account``, and 403 for those who may only look."""
    official_account = visible_account(request, official_account_id)
    require(person(request), "accounts.manage", official_account.unit_id)
    return official_account


def _rows(request: HttpRequest) -> QuerySet[OfficialAccount]:
    visible = selectors.official_accounts_visible_to(person(request))
    return visible.select_related("person_in_charge")


def _filters(request: HttpRequest) -> OfficialAccountFilter:
    return OfficialAccountFilter(request.GET, queryset=_rows(request), user=person(request))


def _sorted(request: HttpRequest, rows: QuerySet[OfficialAccount]) -> QuerySet[OfficialAccount]:
    if request.GET.get("sort", "").lstrip("-") == "complete":
        rows = compliance.by_completeness(rows)
    return sorted_by(rows, request, SORTS, "name")


@require_safe
@requires("accounts.view")
@vary_on_headers("HX-Request")
def official_account_list(request: HttpRequest) -> HttpResponse:
    filters = _filters(request)
    shown = chips(filters)
    context = {
        "form": filters.form,
        "chips": shown,
        "seldom_set": bool({*filters.errors, *(chip[0] for chip in shown)} & {*filters.SELDOM}),
        "page": _page(request, filters),
        # Looking for what no row has takes a template fifty times as long as for what they have.
        "names_outsiders": _names_outsiders(request),
        "may_manage": person(request).holds("accounts.manage"),
    }
    template = page_or_fragment(request, "accounts/official_account_list.html")
    return render(request, template, context)


def _page(request: HttpRequest, filters: OfficialAccountFilter) -> Page[OfficialAccount]:
    rows = _rows(request)
    wanted = _sorted(request, filters.qs)
    page = page_of_many(wanted, request, lambda keys: rows.filter(pk__any=keys))
    compliance.count_rules(list(page))
    if _names_outsiders(request):
        named.with_administering_outsiders(page)
    return page


def _names_outsiders(request: HttpRequest) -> bool:
    return request.GET.get("missing") == WITHOUT_A_ROLE


@require_safe
@requires("accounts.view")
def official_account_export(request: HttpRequest) -> HttpResponseBase:
    """The list as filtered, as CSV, or as XLSX with ``?format=xlsx``."""
    user, filters = person(request), _filters(request)
    if not filters.is_valid():
        return back_to_list(request, "accounts:official_account_list")
    rows = register_rows.with_people(_sorted(request, filters.qs))
    count = filters.qs.count()
    asked = {key: str(value) for key, value in request.GET.items() if key in filters.filters}
    actions.record_export(actor=user, rows=count, filters=asked)
    name, header = _("official-accounts"), register_rows.header()
    cells = register_rows.rows_of(rows.iterator(chunk_size=register_rows.AT_ONCE))
    if request.GET.get("format") != "xlsx":
        return csv_response(name, header, cells)
    about = register_rows.about(user, chips(filters), count)
    return xlsx_response(name, header, cells, title=_("Official accounts"), about=about)


@require_safe
@requires("accounts.view")
def official_account_detail(request: HttpRequest, official_account_id: int) -> HttpResponse:
    visible = selectors.official_accounts_visible_to(person(request))
    accounts = attestation_state(with_health(selectors.with_evidence(visible)))
    official_account = get_object_or_404(accounts, pk=official_account_id)
    context = {
        "official_account": official_account,
        "losses": losses_now(official_account),
        "connection": selectors.connection_of(official_account),
        "may_manage": person(request).holds("accounts.manage", official_account.unit_id),
        "checklist": compliance.checklist(official_account),
        "release": selectors.release_of(official_account),
        "replaced_documents": replaced_documents_of(official_account),
        "history": history_of(official_account),
    }
    return render(request, "accounts/official_account_detail.html", context)


@require_safe
@requires("accounts.view")
def document_download(
    request: HttpRequest, official_account_id: int, document_id: int
) -> HttpResponse:
    """A file that proves what the register says. Who took it out goes into the trail."""
    account = visible_account(request, official_account_id)
    document = get_object_or_404(documents_of(account), pk=document_id)
    response = document_response(document)
    if response is None:
        raise Http404
    actions.record_document_taken_out(
        actor=person(request), official_account=account, document=document
    )
    return response


@require_form
@requires("accounts.manage")
def official_account_register(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = OfficialAccountForm(request.POST or None, request.FILES or None, user=user)
    made = attempt(form, lambda: actions.register_official_account(actor=user, **form.wanted()))
    if made is None:
        return _form_page(request, form)
    messages.success(request, _("%(account)s is registered.") % {"account": made.called})
    return redirect("accounts:official_account_detail", made.pk)


@require_form
@requires("accounts.manage")
def official_account_edit(request: HttpRequest, official_account_id: int) -> HttpResponse:
    user, account = person(request), managed_account(request, official_account_id)
    form = OfficialAccountForm(
        request.POST or None, request.FILES or None, user=user, official_account=account
    )
    pk = account.pk
    try:
        saved = attempt(
            form,
            lambda: actions.change_official_account(
                actor=user, official_account_id=pk, **form.wanted()
            ),
        )
    except AccountChanged as exc:
        account = managed_account(request, pk)
        return _form_page(request, form_over(request, exc, account, user), account)
    if saved is None:
        return _form_page(request, form, account)
    messages.success(request, _("%(account)s is changed.") % {"account": saved.called})
    return redirect("accounts:official_account_detail", pk)


def _form_page(
    request: HttpRequest, form: OfficialAccountForm, account: OfficialAccount | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "official_account": account,
        "losses": warnings_about(account) if account else [],
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/official_account_form.html", context, status=status)
