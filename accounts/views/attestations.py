from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from django.contrib import messages
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import actions, named, selectors, selectors_attestation
from accounts.exports import list_response
from accounts.filters_care import AttestationFilter
from accounts.models import Attestation, OfficialAccount
from accounts.requests import attempt, person
from accounts.selectors_attestation import AttestationState
from accounts.sheets import Card, Sheet, card_for
from accounts.views.official_accounts import visible_account
from accounts.waiting import waiting_for
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import back_to_list, chips, page_of_many, sorted_by
from govsocial.web.methods import require_form
from govsocial.web.permissions import require, requires

# Rows of an export whose people are asked about together.
AT_ONCE = 500
SORTS = {
    "name": "display_name",
    "unit": "unit__name",
    "person": "person_in_charge__full_name",
    "state": "attestation_rank",
    "confirmed": "attested_at",
}


def _filters(request: HttpRequest) -> AttestationFilter:
    user = person(request)
    rows = selectors.official_accounts_visible_to(user).select_related("person_in_charge")
    return AttestationFilter(request.GET, queryset=rows, user=user)


@require_safe
@requires("accounts.view")
@vary_on_headers("HX-Request")
def attestation_list(request: HttpRequest) -> HttpResponse:
    user, filters = person(request), _filters(request)
    period = filters.period or selectors_attestation.current_period()
    units = selectors_attestation.counts_by_unit(filters.of_any_state)
    context = {
        "form": filters.form,
        "chips": chips(filters),
        "page": _page(request, filters.qs),
        "units": units,
        "counts": selectors_attestation.sum_of(units),
        "period": period,
        "today": selectors_attestation.agency_today(),
        "mine": waiting_for(request).accounts,
        "may_keep_periods": selectors_attestation.may_keep_periods(user),
        "managed": set(user.units_with("accounts.manage")),
    }
    template = page_or_fragment(request, "accounts/attestation_list.html")
    return render(request, template, context)


def _page(request: HttpRequest, rows: QuerySet[OfficialAccount]) -> Page[OfficialAccount]:
    wanted = sorted_by(rows, request, SORTS, "state")
    page = page_of_many(wanted, request, lambda keys: rows.filter(pk__any=keys))
    named.with_who_may_answer(list(page))
    return page


@require_safe
@requires("accounts.view")
def attestation_export(request: HttpRequest) -> HttpResponseBase:
    """The list as filtered, as CSV, or as XLSX with ``?format=xlsx``."""
    filters = _filters(request)
    if not filters.is_valid():
        return back_to_list(request, "accounts:attestation_list")
    rows = sorted_by(filters.qs, request, SORTS, "state")
    count = rows.count()
    asked = {key: str(value) for key, value in request.GET.items() if key in filters.filters}
    actions.record_attestation_export(actor=person(request), rows=count, filters=asked)
    return list_response(
        request, filters, name=_("attestations"), title=_("Attestation of official accounts"),
        count=count, header=_header(), rows=_lines(rows.iterator(chunk_size=AT_ONCE)),
    )  # fmt: skip


def _header() -> list[object]:
    return [
        _("Display name"), _("Handle"), _("Platform"), _("Unit"), _("Person in charge"),
        _("Without a role on the unit"), _("State"), _("Days late"), _("Answered"),
    ]  # fmt: skip


def _asked(accounts: Iterator[OfficialAccount]) -> Iterator[OfficialAccount]:
    while some := list(islice(accounts, AT_ONCE)):
        named.with_who_may_answer(some)
        yield from some


def _lines(accounts: Iterator[OfficialAccount]) -> Iterator[list[object]]:
    for account in _asked(accounts):
        stated: object = account
        in_charge = account.person_in_charge
        yield [
            account.display_name,
            account.handle,
            account.get_platform_display(),
            account.unit.name,
            str(in_charge or ""),
            str(in_charge) if in_charge and in_charge.pk not in account.with_a_role else "",  # type: ignore[attr-defined]  # asked above
            AttestationState(getattr(stated, "attestation_state", "")).label,
            getattr(stated, "attestation_days_late", None),
            getattr(stated, "attested_at", None),
        ]


@require_form
@requires("accounts.view")
def attestation_mine(request: HttpRequest) -> HttpResponse:
    """Go through the accounts that one is in charge of, on one page."""
    sheet = Sheet(person(request), request.POST if request.method == "POST" else None)
    good = request.method != "POST" or sheet.confirm()
    if sheet.gone:
        messages.warning(request, _gone_words(sheet.gone))
    if request.method == "POST" and good:
        tell = messages.success if sheet.confirmed else messages.info
        tell(request, _kept_words(sheet.confirmed))
        return redirect("accounts:attestation_mine")
    period = sheet.period
    late = (selectors_attestation.agency_today() - period.due_on).days if period else 0
    context = {"sheet": sheet, "period": period, "late": late}
    status = 200 if good else 422
    return render(request, "accounts/attestation_mine.html", context, status=status)


def _kept_words(kept: Sequence[Attestation]) -> str:
    if not kept:
        return _("Nothing was answered, so nothing was confirmed.")
    wrong = sum(bool(one.problem) for one in kept)
    right = len(kept) - wrong
    words = [
        ngettext("%(number)s account is confirmed.", "%(number)s accounts are confirmed.", right)
        % {"number": right},
        ngettext(
            "Of %(number)s account it is noted what is wrong.",
            "Of %(number)s accounts it is noted what is wrong.",
            wrong,
        )
        % {"number": wrong},
    ]
    return " ".join(one for one, number in zip(words, (right, wrong), strict=True) if number)


def _gone_words(number: int) -> str:
    return ngettext(
        "%(number)s account that you answered no longer waits for you: somebody was quicker, or "
        "is in charge of it now.",
        "%(number)s accounts that you answered no longer wait for you: somebody was quicker, or "
        "is in charge of them now.",
        number,
    ) % {"number": number}


@require_form
@requires("accounts.view")
def attestation_add(request: HttpRequest, official_account_id: int) -> HttpResponse:
    """Confirm one account, as its person in charge or on their behalf; or correct that."""
    account = visible_account(request, official_account_id)
    if account.person_in_charge_id != person(request).pk:
        require(person(request), "accounts.manage", account.unit_id)
    said = selectors_attestation.last_said([account]).get(account.pk)
    period = selectors_attestation.current_period()
    corrects = said is not None and said.period == period and selectors_attestation.stands(said)
    data = request.POST if request.method == "POST" else None
    card = card_for(account, said, data, period=period, corrects=corrects)
    done = attempt(card.form, lambda: _keep(request, card))
    if done is None:
        context = {"card": card, "official_account": account, "period": period}
        context["corrects"] = corrects
        status = 422 if card.form.errors else 200
        return render(request, "accounts/attestation_add.html", context, status=status)
    messages.success(
        request, _("The answers about %(account)s are kept.") % {"account": account.called}
    )
    return redirect("accounts:attestation_detail", done.pk)


def _keep(request: HttpRequest, card: Card) -> Attestation:
    data, user = card.form.cleaned_data, person(request)
    common = {"answers": card.form.answers, "seen_sha256": data["seen"]}
    if card.form.fields["note"].required and card.before is not None:
        return actions.correct_attestation(
            actor=user,
            attestation_id=card.before.pk,
            reason=data["note"],
            problem=data["problem"],
            **common,
        )
    period = card.form.asked_for
    return actions.attest_account(
        actor=user,
        official_account_id=card.account.pk,
        period_id=period.pk if period else None,
        note=data["note"],
        problem=data["problem"],
        **common,
    )


@require_safe
@requires("accounts.view")
def attestation_detail(request: HttpRequest, attestation_id: int) -> HttpResponse:
    user = person(request)
    rows = selectors_attestation.attestations_visible_to(user)
    shown = get_object_or_404(rows, pk=attestation_id)
    account = shown.official_account
    own = account.person_in_charge_id == user.pk
    current = selectors_attestation.current_period()
    context = {
        "attestation": shown,
        "official_account": account,
        "rows": selectors_attestation.answered(shown),
        "others": selectors_attestation.said_before(shown),
        "may_correct": not hasattr(shown, "superseded_by")
        and shown.period == current
        and (own or user.holds("accounts.manage", account.unit_id)),
    }
    return render(request, "accounts/attestation_detail.html", context)
