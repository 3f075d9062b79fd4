"""What views share: the publication that somebody acts upon; to act on a valid form, and to show it
again with what was refused."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.requests import person
from content.errors import ContentError
from content.models import Publication
from content.selectors import posts as selectors


def to_see(request: HttpRequest, publication_id: int, *beside: str) -> Publication:
    """404 to strangers; what is read ``beside`` it comes in the same query."""
    visible = selectors.publications_visible_to(person(request))
    rows = visible.select_related(*beside) if beside else visible
    return get_object_or_404(rows, pk=publication_id)


def to_run(request: HttpRequest, publication_id: int, *beside: str) -> Publication:
    """404 to strangers, 403 to who sees it and may not publish on its account."""
    publication = to_see(request, publication_id, *beside)
    if not person(request).holds("content.publish", publication.official_account.unit_id):
        raise PermissionDenied
    return publication


def moved_on(request: HttpRequest, publication: Publication) -> HttpResponse:
    """Back to a publication that is not any more what the page was for."""
    messages.warning(request, _("This publication has moved on meanwhile."))
    return redirect("content:publication_detail", publication.pk)


def acted(form: forms.Form, act: Callable[[], object]) -> bool:
    """Whether a valid form was acted upon; a refusal becomes an error beside its field."""
    if not form.is_valid():
        return False
    try:
        act()
    except ContentError as exc:
        form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        return False
    return True


def form_page(
    request: HttpRequest, template: str, form: forms.Form, **context: object
) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)
