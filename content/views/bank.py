"""Templates and narratives: found, kept, replaced, withdrawn, and chosen while writing."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import person
from content import actions
from content.errors import ContentError
from content.filters.bank import BankFilter
from content.forms.bank import BankTextForm
from content.forms.pictures import is_key
from content.models import BankText
from content.pages import bank as pages_bank
from content.policy_people import writers_alone
from content.selectors import bank as selectors_bank
from govsocial.web.forms import ReasonForm
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import chips, page_of, sorted_by
from govsocial.web.methods import require_form
from govsocial.web.ordering import Sorts
from govsocial.web.permissions import requires

AT_ONCE = 10
_LONGEST = 200
SORTS: Sorts = {
    "title": "title",
    "unit": "unit__name",
    "kind": "kind",
    "until": "valid_until",
    "made": "made_at",
}


@require_safe
@requires("content.view")
@vary_on_headers("HX-Request")
def bank_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    rows = selectors_bank.bank_texts_visible_to(user)
    filters = BankFilter(request.GET, queryset=rows, user=user)
    page = page_of(sorted_by(filters.qs, request, SORTS, "title"), request)
    context = {
        "form": filters.form,
        "chips": chips(filters),
        "page": page,
        "rows": pages_bank.with_states(page.object_list),
        "may_keep": user.holds("content.bank"),
        "may_draft": user.holds("content.draft"),
    }
    return render(request, page_or_fragment(request, "content/bank_list.html"), context)


@require_safe
@requires("content.view")
def bank_detail(request: HttpRequest, text_id: int) -> HttpResponse:
    rows = selectors_bank.bank_texts_visible_to(person(request))
    text = get_object_or_404(rows, pk=text_id)
    return render(request, "content/bank_detail.html", pages_bank.detail(text, person(request)))


@require_form
@requires("content.bank")
def bank_add(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = BankTextForm(request.POST or None, user=user)
    if form.is_valid():
        unit, kind = form.cleaned_data["unit"], form.cleaned_data["kind"]
        try:
            text = actions.add_bank_text(
                actor=user, unit_id=unit.pk, kind=kind, wording=form.wording()
            )
        except ContentError as exc:
            form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        else:
            messages.success(request, _("Added to the message bank."))
            return redirect("content:bank_detail", text.pk)
    return _form_page(request, form)


@require_form
@requires("content.bank")
def bank_replace(request: HttpRequest, text_id: int) -> HttpResponse:
    user, before = person(request), _to_keep(request, text_id)
    form = BankTextForm(request.POST or None, user=user, replaced=before)
    if form.is_valid():
        try:
            text = actions.replace_bank_text(actor=user, text_id=before.pk, wording=form.wording())
        except ContentError as exc:
            form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        else:
            messages.success(request, _("The new wording is offered from now on."))
            return redirect("content:bank_detail", text.pk)
    return _form_page(request, form, before=before)


@require_form
@requires("content.bank")
def bank_withdraw(request: HttpRequest, text_id: int) -> HttpResponse:
    text = _to_keep(request, text_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            actions.withdraw_bank_text(
                actor=person(request), text_id=text.pk, reason=form.cleaned_data["reason"]
            )
        except ContentError as exc:
            form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        else:
            messages.success(request, _("Withdrawn. Posts that hold it are asked about."))
            return redirect("content:bank_detail", text.pk)
    context = {"form": form, "text": text}
    status = 422 if form.errors else 200
    return render(request, "content/bank_withdraw.html", context, status=status)


@require_safe
@requires("content.draft")
@vary_on_headers("HX-Request")
def bank_pick(request: HttpRequest) -> HttpResponse:
    """Narratives to put into the post that is being written: those that count today."""
    unit = request.GET.get("unit", "")
    unit_id = int(unit) if is_key(unit) else None
    words = request.GET.get("words", "")[:_LONGEST]
    rows = selectors_bank.bank_texts_to_use(person(request), unit_id)
    found = selectors_bank.found_in(rows.filter(kind=BankText.Kind.NARRATIVE), words)
    page = page_of(found, request, size=AT_ONCE)
    alone = writers_alone(person(request), unit_id, page.object_list)
    context = {"unit_id": unit_id, "words": words, "page": page, "alone": alone}
    return render(request, "content/_bank_picker.html", context)


def _to_keep(request: HttpRequest, text_id: int) -> BankText:
    """The text, 404 to strangers and 403 to those who only read it."""
    user = person(request)
    text = get_object_or_404(selectors_bank.bank_texts_visible_to(user), pk=text_id)
    if not user.holds("content.bank", text.unit_id):
        raise PermissionDenied
    return text


def _form_page(
    request: HttpRequest, form: BankTextForm, before: BankText | None = None
) -> HttpResponse:
    status = 422 if form.errors else 200
    context = {"form": form, "before": before}
    return render(request, "content/bank_form.html", context, status=status)
