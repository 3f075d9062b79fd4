"""Registering many accounts at once: template, upload, preview, confirmation, rejected rows."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Page
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import actions, import_meanings, import_pages, selectors
from accounts.errors import AccountError
from accounts.evidence_forms import ImportForm
from accounts.import_columns import COLUMNS
from accounts.models import ImportBatch
from accounts.requests import attempt, person
from govsocial.web.lists import csv_response, page_of
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires
from govsocial.web.sheets import xlsx_response


def _batch(request: HttpRequest, batch_id: int) -> ImportBatch:
    """The person's own upload that is still kept; 404 for all others."""
    return get_object_or_404(selectors.imports_of(person(request)), pk=batch_id)


@require_form
@requires("accounts.manage")
def import_add(request: HttpRequest) -> HttpResponse:
    is_sent = request.method == "POST"
    form = ImportForm(request.POST, request.FILES) if is_sent else ImportForm()
    batch = attempt(form, lambda: import_pages.keep(person(request), form.cleaned_data["file"]))
    if batch is None:
        earlier = selectors.imports_of(person(request)).defer("rows")[:5]
        context = {"form": form, "columns": COLUMNS, "earlier": earlier}
        status = 422 if form.errors else 200
        return render(request, "accounts/import_add.html", context, status=status)
    return redirect("accounts:import_detail", batch.pk)


@require_safe
@requires("accounts.manage")
def import_template(request: HttpRequest) -> HttpResponseBase:
    """An empty list with its columns: CSV, or XLSX with help and choices."""
    if request.GET.get("format") == "csv":
        header = [column.label for column in COLUMNS]
        return csv_response(_("official-accounts-template"), header, [])
    return import_pages.template()


@require_safe
@requires("accounts.manage")
def import_detail(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The preview: what would happen, then every row, those with something wrong first."""
    batch, show = _batch(request, batch_id), request.GET.get("show", "")
    rows = import_pages.shown(batch, show)
    page: Page[dict[str, object]] = page_of(rows, request, size=import_pages.PREVIEW_ROWS)
    context = {
        "batch": batch,
        "page": page,
        "lines": import_pages.lines(batch.columns, page.object_list),
        "tabs": import_pages.tabs(batch, show),
        "outlook": import_pages.outlook(batch),
        "shown": import_meanings.mark_of(batch.rows),
    }
    return render(request, "accounts/import_detail.html", context)


@require_POST
@requires("accounts.manage")
def import_confirm(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Pressed twice it does nothing twice: an import that is done stays as it is."""
    _batch(request, batch_id)
    try:
        batch = actions.import_accounts(
            actor=person(request), batch_id=batch_id, shown=request.POST.get("shown", "")
        )
    except AccountError as exc:
        messages.error(request, str(exc))
        return redirect("accounts:import_detail", batch_id)
    if not batch.is_done:
        messages.warning(request, import_pages.not_imported(batch))
    return redirect("accounts:import_detail", batch.pk)


@require_safe
@requires("accounts.manage")
def import_rejected(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """The rows that are left out, as they came, with what is wrong in a last column."""
    batch = _batch(request, batch_id)
    name = _("rejected-rows")
    header, rows = import_pages.rejected(batch)
    if request.GET.get("format") == "csv":
        return csv_response(name, header, rows)
    return xlsx_response(name, header, rows, title=_("Rejected rows"))
