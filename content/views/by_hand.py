from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.documents import document_response
from accounts.requests import person
from content import actions
from content.errors import ContentError
from content.forms.by_hand import AttemptForm, ProofForm, WayForm
from content.models import Publication
from content.pages import by_hand as pages_by_hand
from content.permalinks import hides_account
from content.selectors import posts as selectors
from content.views.acting import moved_on, to_run
from govsocial.web.permissions import requires


@require_safe
@requires("content.publish")
def publication_by_hand(request: HttpRequest, publication_id: int) -> HttpResponse:
    """What to post, once this person took it; and what became of it."""
    publication = to_run(request, publication_id)
    if not publication.by_hand:
        return moved_on(request, publication)
    return _page(request, publication)


@require_POST
@requires("content.publish")
def publication_claim(request: HttpRequest, publication_id: int) -> HttpResponse:
    publication = to_run(request, publication_id)
    try:
        actions.claim_by_hand(actor=person(request), publication_id=publication.pk)
    except ContentError as exc:
        messages.error(request, str(exc))
    return redirect("content:publication_by_hand", publication.pk)


@require_POST
@requires("content.publish")
def publication_record(request: HttpRequest, publication_id: int) -> HttpResponse:
    publication = to_run(request, publication_id)
    if publication.status not in actions.TAKEN_BY_HAND or not publication.by_hand:
        return moved_on(request, publication)
    form = ProofForm(request.POST, request.FILES, zone=publication.post.unit.zone)
    if not form.is_valid():
        return _page(request, publication, form)
    try:
        recorded = actions.record_by_hand(
            actor=person(request), publication_id=publication.pk, **form.cleaned_data
        )
    except ContentError as exc:
        form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        return _page(request, publication, form)
    return _recorded(request, recorded, form.cleaned_data["permalink"])


@require_POST
@requires("content.publish")
def publication_hand_back(request: HttpRequest, publication_id: int) -> HttpResponse:
    publication = to_run(request, publication_id)
    form = AttemptForm(request.POST)
    if not form.is_valid():
        return moved_on(request, publication)
    try:
        actions.hand_back(actor=person(request), publication_id=publication.pk, **form.cleaned_data)
    except ContentError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("Handed back: it was not posted."))
    return redirect("content:publication_detail", publication.pk)


@require_POST
@requires("content.publish")
def publication_way(request: HttpRequest, publication_id: int) -> HttpResponse:
    publication = to_run(request, publication_id)
    form = WayForm(request.POST)
    if not form.is_valid():
        return moved_on(request, publication)
    by_hand = form.cleaned_data["way"] == "hand"
    try:
        actions.choose_way(actor=person(request), publication_id=publication.pk, by_hand=by_hand)
    except ContentError as exc:
        messages.error(request, str(exc))
    else:
        told = _("A person posts it by hand."), _("The application sends it.")
        messages.success(request, told[0] if by_hand else told[1])
    return redirect("content:publication_detail", publication.pk)


@require_safe
@requires("content.publish")
def publication_file(request: HttpRequest, publication_id: int, number: int) -> HttpResponseBase:
    """A picture or a film to post, as long as it may be posted, to who took it."""
    publication = to_run(request, publication_id)
    response = pages_by_hand.file_to_post(publication, person(request), number)
    if response is None:
        raise Http404
    return response


@require_safe
@requires("content.view")
def publication_screenshot(request: HttpRequest, publication_id: int) -> HttpResponse:
    """The picture that proves a post made by hand, to who sees the publication."""
    visible = selectors.publications_visible_to(person(request))
    publication = get_object_or_404(visible, pk=publication_id)
    document = pages_by_hand.screenshot_of(publication)
    response = document_response(document) if document else None
    if response is None:
        raise Http404
    return response


def _recorded(request: HttpRequest, publication: Publication, typed: str) -> HttpResponse:
    if publication.status == Publication.Status.WITHDRAWN:
        told = _("Recorded. It was withdrawn: delete it there by hand, then say so here.")
        messages.warning(request, told)
    else:
        messages.success(request, _("Recorded. It is live."))
    if hides_account(publication.official_account, typed):
        messages.warning(request, pages_by_hand.hidden(publication.official_account))
    return redirect("content:publication_detail", publication.pk)


def _page(
    request: HttpRequest, publication: Publication, form: ProofForm | None = None
) -> HttpResponse:
    context = pages_by_hand.by_hand_page(publication, person(request), form)
    status = 422 if _has_errors(form) else 200
    return render(request, "content/publication_by_hand.html", context, status=status)


def _has_errors(form: forms.Form | None) -> bool:
    return form is not None and bool(form.errors)
