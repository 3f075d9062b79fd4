from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import actions, selectors
from accounts.errors import AccountChanged
from accounts.forms import NewUnitForm, UnitForm, UnitPlaceForm
from accounts.leaving import LeftBehind, left_by_moving
from accounts.models import Unit
from accounts.requests import attempt, person
from accounts.unit_form import UnitEditForm, form_over
from govsocial.web.lists import page_of
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires


def _unit(request: HttpRequest, unit_id: int) -> Unit:
    units = selectors.units_visible_to(person(request), "people.manage")
    return get_object_or_404(units, pk=unit_id)


@require_safe
@requires("people.manage")
def unit_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    context = {
        "page": page_of(selectors.unit_tree_for(user), request),
        "may_move": selectors.units_that_may_move(user),
    }
    return render(request, "accounts/unit_list.html", context)


@require_form
@requires("people.manage")
def unit_add(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = NewUnitForm(
        request.POST or None, user=user, initial={"parent": request.GET.get("below")}
    )
    made = attempt(
        form,
        lambda: actions.create_unit(
            actor=user, parent_id=form.cleaned_data.pop("parent").pk, **form.cleaned_data
        ),
    )
    if made is None:
        return _form_page(request, form, _("Add a unit"), _("Add the unit"))
    messages.success(request, _("%(unit)s is added.") % {"unit": made.name})
    return redirect("people:unit_list")


@require_form
@requires("people.manage")
def unit_edit(request: HttpRequest, unit_id: int) -> HttpResponse:
    unit, actor = _unit(request, unit_id), person(request)
    form = UnitEditForm(request.POST or None, unit=unit)
    try:
        saved = attempt(
            form, lambda: actions.change_unit(actor=actor, unit_id=unit.pk, **form.cleaned_data)
        )
    except AccountChanged as exc:
        saved, form = None, form_over(request.POST, exc, _unit(request, unit_id))
    if saved is None:
        title = _("Change %(unit)s") % {"unit": unit.name}
        return _form_page(request, form, title, _("Save the unit"))
    messages.success(request, _("%(unit)s is changed.") % {"unit": saved.name})
    return redirect("people:unit_list")


@require_form
@requires("people.manage")
def unit_move(request: HttpRequest, unit_id: int) -> HttpResponse:
    unit, user = _unit(request, unit_id), person(request)
    if unit.pk not in selectors.units_that_may_move(user):
        status = 422 if request.method == "POST" else 200
        return render(request, "accounts/unit_stands.html", {"unit": unit}, status=status)
    form = UnitPlaceForm(request.POST or None, user=user, unit=unit)
    moved = attempt(
        form,
        lambda: actions.move_unit(
            actor=user, unit_id=unit.pk, parent_id=form.cleaned_data["parent"].pk
        ),
    )
    if moved is None:
        title = _("Move %(unit)s") % {"unit": unit.name}
        left = left_by_moving(unit, seen_by=user)
        return _form_page(request, form, title, _("Move the unit"), left)
    messages.success(request, _("%(unit)s is moved.") % {"unit": moved.name})
    return redirect("people:unit_list")


def _form_page(
    request: HttpRequest,
    form: UnitForm | UnitPlaceForm,
    title: str,
    button: str,
    left: LeftBehind | None = None,
) -> HttpResponse:
    context = {"form": form, "title": title, "button": button, "left": left}
    status = 422 if form.errors else 200
    return render(request, "accounts/unit_form.html", context, status=status)
