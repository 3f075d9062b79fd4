"""What views of forms share: act on a valid form, and show it again with what was refused."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from content.errors import ContentError


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
