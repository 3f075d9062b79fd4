"""The media library: its list, a page for each picture and film, uploads."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import User
from accounts.requests import person
from content import actions, media_rows
from content.errors import ContentError
from content.filters.media import MediaFilter
from content.forms.media import RecordForm, UploadForm
from content.forms.pictures import is_key
from content.media_rules import in_the_library
from content.models import MediaFile, MediaRecord
from content.pages import media as pages_media
from content.selectors import media as selectors_media
from content.uploading import store_all
from content.views import describing
from govsocial.web.htmx import page_or_fragment
from govsocial.web.lists import back_to_list, chips, csv_response, page_of, sorted_by
from govsocial.web.methods import require_form
from govsocial.web.ordering import Sorts
from govsocial.web.permissions import requires
from govsocial.web.sheets import xlsx_response
from govsocial.web.way_back import way_back

SORTS: Sorts = {
    "uploaded": "created_at",
    "title": "record__title",
    "size": "size",
    "length": "seconds",
}
# What the list offers; an address may say the opposite direction of each.
OFFERED = (
    ("-uploaded", gettext_lazy("newest")),
    ("title", gettext_lazy("title")),
    ("-size", gettext_lazy("largest")),
    ("-length", gettext_lazy("longest film")),
)


@require_safe
@requires("content.view")
@vary_on_headers("HX-Request")
def media_list(request: HttpRequest) -> HttpResponse:
    filters = _filters(request)
    page = page_of(sorted_by(filters.qs, request, SORTS, "-uploaded"), request)
    shown = chips(filters)
    context = {
        "form": filters.form,
        "chips": shown,
        "seldom_set": bool({*filters.errors, *(chip[0] for chip in shown)} & {*filters.SELDOM}),
        "page": page,
        "sorts": OFFERED,
        "sorted": request.GET.get("sort") or "-uploaded",
        "rows": [(media, pages_media.states_of(media)) for media in page],
        "may_draft": person(request).holds("content.draft"),
    }
    return render(request, page_or_fragment(request, "content/media_list.html"), context)


@require_safe
@requires("content.view")
def media_export(request: HttpRequest) -> HttpResponseBase:
    """The list as filtered, as CSV, or as XLSX with ``?format=xlsx``."""
    filters = _filters(request)
    if not filters.is_valid():
        return back_to_list(request, "content:media_list")
    rows = sorted_by(filters.qs, request, SORTS, "-uploaded")
    asked = {key: str(value) for key, value in request.GET.items() if key in filters.filters}
    actions.record_media_export(actor=person(request), rows=rows.count(), filters=asked)
    name, header = _("media-library"), media_rows.header()
    cells = media_rows.rows_of(rows.iterator(chunk_size=500))
    if request.GET.get("format") != "xlsx":
        return csv_response(name, header, cells)
    return xlsx_response(name, header, cells, title=_("Media library"))


def _filters(request: HttpRequest) -> MediaFilter:
    user = person(request)
    return MediaFilter(request.GET, queryset=selectors_media.library_of(user), user=user)


@require_safe
@requires("content.view")
def media_detail(request: HttpRequest, media_id: int) -> HttpResponse:
    user = person(request)
    media = get_object_or_404(selectors_media.library_of(user), pk=media_id)
    context = pages_media.detail_page(media, user)
    return render(request, "content/media_detail.html", context)


@require_form
@requires("content.draft")
def media_upload(request: HttpRequest) -> HttpResponse:
    """Choose files, then see what became of each. Sending the same again changes nothing."""
    user = person(request)
    form = UploadForm(request.POST or None, request.FILES or None, user=user)
    if is_key(unit_id := request.GET.get("unit", "")):
        form.initial["unit"] = unit_id
    page = page_or_fragment(request, "content/media_upload.html", "upload")
    back = way_back(request)
    if not form.is_valid():
        status = 422 if form.errors else 200
        return render(request, page, {"form": form, "next": back}, status=status)
    unit = form.cleaned_data["unit"]
    outcome = store_all(actor=user, unit_id=unit.pk, files=form.cleaned_data["chosen"])
    form = UploadForm(user=user, initial={"unit": unit.pk})
    context = {"form": form, "outcome": outcome, "next": back}
    return render(request, page, context, status=200 if outcome.kept else 422)


@require_form
@requires("content.draft")
def media_edit(request: HttpRequest, media_id: int) -> HttpResponse:
    user = person(request)
    media = _to_change(user, media_id)
    form = RecordForm(
        request.POST or None,
        request.FILES or None,
        record=media.record,
        typed=describing.typed_words(user, request.GET, media),
    )
    if request.method == "POST" and form.is_valid():
        try:
            record = actions.describe_media(actor=user, media_id=media.pk, **form.wanted())
        except ContentError as exc:
            form.add_error(exc.field if exc.field in form.fields else None, str(exc))
            return _form_page(request, media, form, status=409)
        _tell_saved(request, record)
        return redirect(way_back(request) or reverse("content:media_detail", args=[media.pk]))
    return _form_page(request, media, form, status=422 if form.errors else 200)


def _form_page(
    request: HttpRequest, media: MediaFile, form: RecordForm, status: int
) -> HttpResponse:
    context: dict[str, Any] = {"media": media, "record": media.record, "form": form}
    context["next"] = way_back(request)
    return render(request, "content/media_form.html", context, status=status)


@require_POST
@requires("content.draft")
def media_archive(request: HttpRequest, media_id: int) -> HttpResponse:
    media = _to_change(person(request), media_id)
    try:
        actions.archive_media(actor=person(request), media_id=media.pk)
    except ContentError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("Put away. It can be brought back."))
    return redirect("content:media_detail", media.pk)


@require_POST
@requires("content.draft")
def media_restore(request: HttpRequest, media_id: int) -> HttpResponse:
    media = _to_change(person(request), media_id)
    actions.restore_media(actor=person(request), media_id=media.pk)
    messages.success(request, _("Back in the library."))
    return redirect("content:media_detail", media.pk)


def _tell_saved(request: HttpRequest, record: MediaRecord) -> None:
    """Saved, and what is asked again before a post with it can be submitted."""
    missing = " ".join(in_the_library(record))
    if not missing:
        messages.success(request, _("The details are saved."))
        return
    told = _("Saved. Still missing before it may be shown: %(missing)s")
    messages.warning(request, told % {"missing": missing})


def _to_change(user: User, media_id: int) -> MediaFile:
    """The medium, 404 to strangers and 403 to those who only see it."""
    media: MediaFile = get_object_or_404(selectors_media.library_of(user), pk=media_id)
    if not user.holds("content.draft", media.unit_id):
        raise PermissionDenied
    return media
