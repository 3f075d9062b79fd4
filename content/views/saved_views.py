"""Views of lists that a person saved. Whoever asks for another's finds none."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import person
from content import actions, saved_views
from content.errors import ContentError
from content.forms.lists import RenameViewForm, SaveViewForm
from content.selectors import lists as selectors_lists
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires


@require_safe
@requires("content.view")
def saved_view_list(request: HttpRequest) -> HttpResponse:
    views = selectors_lists.saved_views_of(person(request))
    rows = [(view, saved_views.address_of(view)) for view in views]
    return render(request, "content/saved_view_list.html", {"rows": rows})


@require_form
@requires("content.view")
def saved_view_create(request: HttpRequest) -> HttpResponse:
    """Give a name to the filters and the sort that the address names."""
    if request.method != "POST":
        asked = {name: request.GET.get(name, "") for name in ("place", "query")}
        return _form_page(request, SaveViewForm(initial=asked))
    form = SaveViewForm(request.POST)
    if form.is_valid():
        try:
            view = actions.save_view(actor=person(request), **form.cleaned_data)
        except ContentError as exc:
            form.add_error(exc.field, str(exc))
        else:
            messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
            return redirect(saved_views.address_of(view))
    return _form_page(request, form, status=422)


@require_form
@requires("content.view")
def saved_view_edit(request: HttpRequest, view_id: int) -> HttpResponse:
    user = person(request)
    view = get_object_or_404(selectors_lists.saved_views_of(user), pk=view_id)
    initial = {"name": view.name, "is_default": view.is_default}
    form = RenameViewForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_view(actor=user, view_id=view.pk, **form.cleaned_data)
        except ContentError as exc:
            form.add_error(exc.field, str(exc))
        else:
            messages.success(request, _("Saved."))
            return redirect("content:saved_view_list")
    return _form_page(request, form, status=422 if form.errors else 200, view=view)


@require_POST
@requires("content.view")
def saved_view_remove(request: HttpRequest, view_id: int) -> HttpResponse:
    user = person(request)
    view = get_object_or_404(selectors_lists.saved_views_of(user), pk=view_id)
    try:
        actions.remove_view(actor=user, view_id=view.pk)
    except ContentError as exc:
        messages.warning(request, str(exc))
    else:
        messages.success(request, _("The view “%(name)s” is removed.") % {"name": view.name})
    return redirect("content:saved_view_list")


def _form_page(
    request: HttpRequest, form: RenameViewForm, status: int = 200, **context: object
) -> HttpResponse:
    page = "content/saved_view_form.html"
    return render(request, page, {"form": form, **context}, status=status)
