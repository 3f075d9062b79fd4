"""The times of the week at which accounts publish."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import person
from content import actions
from content.errors import ContentError
from content.filters.slots import SlotFilter
from content.forms.slots import SlotsForm
from content.pages import slots as pages_slots
from content.selectors import slots as selectors_slots
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import chips
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires


@require_safe
@requires("content.view")
@vary_on_headers("HX-Request")
def slot_list(request: HttpRequest) -> HttpResponse:
    user = person(request)
    filters = SlotFilter(request.GET, queryset=selectors_slots.slots_visible_to(user), user=user)
    context = pages_slots.slots_page(filters.qs, user, request)
    context |= {"form": filters.form, "chips": chips(filters)}
    return render(request, page_or_fragment(request, "content/slot_list.html"), context)


@require_form
@requires("accounts.manage")
def slot_add(request: HttpRequest) -> HttpResponse:
    form = SlotsForm(request.POST or None, user=person(request))
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_slots(actor=person(request), **form.wanted())
        except ContentError as exc:
            form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        else:
            messages.success(request, _("Added."))
            return redirect("content:slot_list")
    status = 422 if form.errors else 200
    return render(request, "content/slot_form.html", {"form": form}, status=status)


@require_POST
@requires("accounts.manage")
def slot_remove(request: HttpRequest, slot_id: int) -> HttpResponse:
    user = person(request)
    slot = get_object_or_404(selectors_slots.slots_visible_to(user), pk=slot_id)
    if not user.holds("accounts.manage", slot.official_account.unit_id):
        raise PermissionDenied
    actions.remove_slot(actor=user, slot_id=slot.pk)
    # The list says so and offers the way back.
    return redirect(pages_slots.after_removal(slot, request.POST.get("list", "")))
