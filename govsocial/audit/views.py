from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from govsocial.audit import actions, selectors
from govsocial.audit.export import HEADER, rows
from govsocial.audit.filters import EntryFilter
from govsocial.web.htmx import page_or_fragment, wants_fragment
from govsocial.web.lists import PAGE_SIZE, back_to_list, chips, csv_response
from govsocial.web.permissions import requires


def _user(request: HttpRequest) -> Any:
    """The signed-in user; this app knows users only by what they can do."""
    return cast(Any, request.user)


def _filters(request: HttpRequest) -> EntryFilter:
    return EntryFilter(request.GET, queryset=selectors.entries_visible_to(_user(request)))


@require_safe
@requires("audit.view")
@vary_on_headers("HX-Request")
def entry_list(request: HttpRequest) -> HttpResponse:
    filters = _filters(request)
    pages = selectors.TrailPaginator(filters.qs.order_by("-id"), PAGE_SIZE)
    context = {
        "form": filters.form,
        "chips": chips(filters),
        "page": pages.get_page(request.GET.get("page")),
        "is_cut": pages.is_cut,
        "longest": selectors.LONGEST_LIST,
        "chain": selectors.chain_state(),
    }
    return render(request, page_or_fragment(request, "audit/entry_list.html"), context)


@require_safe
@requires("audit.view")
def entry_export(request: HttpRequest) -> HttpResponseBase:
    """The list as filtered, as CSV, whole. The export is itself an entry, and not in it."""
    filters = _filters(request)
    if not filters.is_valid():
        return back_to_list(request, "audit:entry_list")
    newest = filters.qs.aggregate(newest=Max("id"))["newest"] or 0
    entries = filters.qs.filter(pk__lte=newest).order_by("-id")
    actions.record_export(actor=_user(request), filters=filters.in_words(), entries=entries.count())
    language = translation.get_language() or "id"
    return csv_response(_("audit-trail"), HEADER, rows(entries, language))


@require_safe
@requires("audit.view")
def entry_detail(request: HttpRequest, entry_id: int) -> HttpResponse:
    visible = selectors.entries_visible_to(_user(request))
    entry = get_object_or_404(visible, pk=entry_id)
    same_target = visible.filter(target_type=entry.target_type, target_id=entry.target_id)
    same_request = visible.filter(request_id=entry.request_id).exclude(request_id="")
    context = {
        "entry": entry,
        "seal": selectors.seal_of(entry),
        "same_target": same_target.exclude(pk=entry.pk).order_by("-id")[:10],
        "same_request": same_request.exclude(pk=entry.pk).order_by("id")[:20],
    }
    return render(request, "audit/entry_detail.html", context)


@require_safe
@requires("audit.view")
@vary_on_headers("HX-Request")
def chain_detail(request: HttpRequest) -> HttpResponse:
    """The state of the chain alone: what the list asks for while a verification runs."""
    template = "audit/_chain.html" if wants_fragment(request) else "audit/chain_detail.html"
    return render(request, template, {"chain": selectors.chain_state()})


@require_POST
@requires("audit.view")
def verification_create(request: HttpRequest) -> HttpResponse:
    actions.request_verification(actor=_user(request))
    messages.success(request, _("The trail is being verified. The result will show here."))
    return redirect("audit:entry_list")
