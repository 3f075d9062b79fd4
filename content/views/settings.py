"""Lists that findings go by: contacts that may stand in posts, and election windows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import person
from content import actions
from content.errors import ContentError
from content.filters.settings import ElectionWindowFilter, KnownContactFilter
from content.forms.settings import ElectionWindowForm, KnownContactForm
from content.selectors import settings as selectors_settings
from govsocial.web.forms import ReasonForm
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import chips, page_of, sorted_by
from govsocial.web.methods import require_form
from govsocial.web.ordering import Sorts
from govsocial.web.permissions import requires

CONTACT_SORTS: Sorts = {"value": "value", "unit": "unit__name", "added": "added_at"}
WINDOW_SORTS: Sorts = {"name": "name", "unit": "unit__name", "starts": "starts_on"}


@require_safe
@requires("accounts.manage")
@vary_on_headers("HX-Request")
def known_contact_list(request: HttpRequest) -> HttpResponse:
    rows = selectors_settings.known_contacts_visible_to(person(request))
    filters = KnownContactFilter(request.GET, queryset=rows, user=person(request))
    page = page_of(sorted_by(filters.qs, request, CONTACT_SORTS, "value"), request)
    context = {"form": filters.form, "chips": chips(filters), "page": page, **_tabs(request)}
    return render(request, page_or_fragment(request, "content/known_contact_list.html"), context)


@require_form
@requires("accounts.manage")
def known_contact_add(request: HttpRequest) -> HttpResponse:
    form = KnownContactForm(request.POST or None, user=person(request))
    if not _done(form, lambda data: actions.add_known_contact(actor=person(request), **data)):
        return _form_page(request, "content/known_contact_form.html", form)
    messages.success(request, _("Posts may name it without being asked."))
    return redirect("content:known_contact_list")


@require_form
@requires("accounts.manage")
def known_contact_remove(request: HttpRequest, contact_id: int) -> HttpResponse:
    rows = selectors_settings.known_contacts_visible_to(person(request))
    contact = get_object_or_404(rows, pk=contact_id)
    form = ReasonForm(request.POST or None)
    if not _done(
        form,
        lambda data: actions.remove_known_contact(
            actor=person(request), contact_id=contact.pk, **data
        ),
    ):
        return _form_page(request, "content/known_contact_remove.html", form, contact=contact)
    messages.success(request, _("Removed. Posts that name it are asked about again."))
    return redirect("content:known_contact_list")


@require_safe
@requires("accounts.manage")
@vary_on_headers("HX-Request")
def election_window_list(request: HttpRequest) -> HttpResponse:
    rows = selectors_settings.election_windows_visible_to(person(request))
    filters = ElectionWindowFilter(request.GET, queryset=rows, user=person(request))
    page = page_of(sorted_by(filters.qs, request, WINDOW_SORTS, "-starts"), request)
    context = {"form": filters.form, "chips": chips(filters), "page": page, **_tabs(request)}
    return render(request, page_or_fragment(request, "content/election_window_list.html"), context)


@require_form
@requires("accounts.manage")
def election_window_add(request: HttpRequest) -> HttpResponse:
    form = ElectionWindowForm(request.POST or None, user=person(request))
    if not _done(form, lambda data: actions.make_election_window(actor=person(request), **data)):
        return _form_page(request, "content/election_window_form.html", form)
    messages.success(request, _("Posts are looked through for these words in that time."))
    return redirect("content:election_window_list")


@require_form
@requires("accounts.manage")
def election_window_withdraw(request: HttpRequest, window_id: int) -> HttpResponse:
    rows = selectors_settings.election_windows_visible_to(person(request))
    window = get_object_or_404(rows, pk=window_id)
    form = ReasonForm(request.POST or None)
    if not _done(
        form,
        lambda data: actions.withdraw_election_window(
            actor=person(request), window_id=window.pk, **data
        ),
    ):
        return _form_page(request, "content/election_window_withdraw.html", form, window=window)
    messages.success(request, _("Withdrawn. Its words are not looked for any more."))
    return redirect("content:election_window_list")


def _tabs(request: HttpRequest) -> dict[str, object]:
    return {"may_manage_people": person(request).holds("people.manage")}


def _done(form: forms.Form, act: Callable[[dict[str, Any]], object]) -> bool:
    """Whether a valid form was acted upon; a refusal becomes an error beside its field."""
    if not form.is_valid():
        return False
    data = dict(form.cleaned_data)
    unit = data.pop("unit", None)
    try:
        act(data if unit is None else {**data, "unit_id": unit.pk})
    except ContentError as exc:
        form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        return False
    return True


def _form_page(
    request: HttpRequest, template: str, form: forms.Form, **context: object
) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)
