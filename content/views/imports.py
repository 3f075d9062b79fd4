"""Beginning many drafts at once: template, upload, preview, confirmation."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.requests import person
from content import actions
from content.errors import ContentError
from content.forms.importing import DraftImportForm
from content.import_columns import COLUMNS
from content.models import DraftImport
from content.pages import importing as pages_importing
from content.selectors import importing as selectors_importing
from govsocial.web.lists import csv_response, page_of
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires

AT_ONCE = 25


@require_form
@requires("content.draft")
def draft_import_add(request: HttpRequest) -> HttpResponse:
    user = person(request)
    form = DraftImportForm(request.POST or None, request.FILES or None, user=user)
    if form.is_valid():
        data = form.cleaned_data
        try:
            kept = pages_importing.keep(user, data["unit"].pk, data["file"])
        except ContentError as exc:
            form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        else:
            return redirect("content:draft_import_detail", kept.pk)
    earlier = selectors_importing.draft_imports_of(user).defer("rows")[:5]
    context = {"form": form, "columns": COLUMNS, "earlier": earlier}
    status = 422 if form.errors else 200
    return render(request, "content/draft_import_add.html", context, status=status)


@require_safe
@requires("content.draft")
def draft_import_template(request: HttpRequest) -> HttpResponseBase:
    """An empty list with its columns: CSV, or XLSX with help and choices."""
    if request.GET.get("format") == "csv":
        return csv_response(_("drafts-template"), [column.label for column in COLUMNS], [])
    return pages_importing.template()


@require_safe
@requires("content.draft")
def draft_import_detail(request: HttpRequest, import_id: int) -> HttpResponse:
    kept = _own(request, import_id)
    context = pages_importing.preview(person(request), kept)
    if kept.is_done:
        made = selectors_importing.posts_made(person(request), kept)
        context["page"] = page_of(made, request, size=AT_ONCE)
    else:
        page = page_of(context["rows"], request, size=AT_ONCE)
        context |= {"page": page, "lines": pages_importing.lines(page.object_list)}
    return render(request, "content/draft_import_detail.html", context)


@require_POST
@requires("content.draft")
def draft_import_confirm(request: HttpRequest, import_id: int) -> HttpResponse:
    """Pressed twice it does nothing twice: an import that is done stays as it is."""
    kept = _own(request, import_id)
    try:
        actions.import_drafts(
            actor=person(request), import_id=kept.pk, shown=request.POST.get("shown", "")
        )
    except ContentError as exc:
        messages.error(request, str(exc))
    return redirect("content:draft_import_detail", kept.pk)


def _own(request: HttpRequest, import_id: int) -> DraftImport:
    """The person's own upload that is still kept; 404 for all others."""
    return get_object_or_404(selectors_importing.draft_imports_of(person(request)), pk=import_id)
