from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import person
from content import actions
from content.errors import ContentError
from content.forms.deciding import SettleForm
from content.models import Publication
from content.pages import by_hand as pages_by_hand
from content.pages import freezes as pages_freezes
from content.pages import publications as pages
from content.views.acting import moved_on, to_run, to_see
from govsocial.web.forms import ReasonForm
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires


@require_safe
@requires("content.view")
def publication_detail(request: HttpRequest, publication_id: int) -> HttpResponse:
    user = person(request)
    publication = to_see(request, publication_id)
    context = pages.publication_page(publication, user)
    context |= pages_freezes.publication_extras(publication, user)
    context |= pages_by_hand.extras(publication, user)
    return render(request, "content/publication_detail.html", context)


@require_POST
@requires("content.publish")
def publication_retry(request: HttpRequest, publication_id: int) -> HttpResponse:
    publication = to_run(request, publication_id)
    try:
        row = actions.retry_publication(actor=person(request), publication_id=publication.pk)
    except ContentError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, pages_freezes.after_retry(row))
    return redirect("content:publication_detail", publication.pk)


@require_form
@requires("content.publish")
def publication_cancel(request: HttpRequest, publication_id: int) -> HttpResponse:
    publication = to_run(request, publication_id)
    if publication.status not in pages.CANCELLABLE:
        return moved_on(request, publication)
    form = ReasonForm(request.POST or None)
    return _with_form(request, publication, form, actions.cancel_publication, "cancel")


@require_form
@requires("content.publish")
def publication_settle(request: HttpRequest, publication_id: int) -> HttpResponse:
    publication = to_run(request, publication_id)
    if publication.status not in pages.SETTLABLE:
        return moved_on(request, publication)
    if publication.by_hand:
        return redirect("content:publication_by_hand", publication.pk)
    form = SettleForm(request.POST or None)
    return _with_form(request, publication, form, actions.settle_publication, "settle")


def _with_form(
    request: HttpRequest,
    publication: Publication,
    form: forms.Form,
    action: Callable[..., Any],
    page: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            action(actor=person(request), publication_id=publication.pk, **form.cleaned_data)
        except ContentError as exc:
            form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        else:
            messages.success(request, _("Saved."))
            return redirect("content:publication_detail", publication.pk)
    status = 422 if form.errors else 200
    context = {"form": form, **pages.before_action(publication, person(request), page)}
    return render(request, f"content/publication_{page}.html", context, status=status)
