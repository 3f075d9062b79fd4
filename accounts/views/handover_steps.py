from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import actions, seen, selectors_handover
from accounts.actions.handover_steps import in_place_problem
from accounts.completing import who_is_left
from accounts.documents import document_response
from accounts.errors import AccountError
from accounts.forms_care import DueForm, InPlaceForm, ScanForm
from accounts.handover_page import HandoverPage
from accounts.models import Handover, HandoverScan
from accounts.requests import attempt, person
from accounts.views.handovers import detail_page, visible_handover
from govsocial.web.forms import ReasonForm
from govsocial.web.methods import require_form
from govsocial.web.permissions import require, requires


@require_POST
@requires("accounts.view")
def handover_check(request: HttpRequest, handover_id: int) -> HttpResponse:
    """Fill in the checklist, all items at once."""
    handover = visible_handover(request, handover_id)
    page = HandoverPage(handover, person(request), request.POST)
    page.require_part()
    done = attempt(
        page.form,
        lambda: actions.check_items(
            actor=person(request), handover_id=handover.pk, checks=page.form.checks
        ),
    )
    if done is None:
        return detail_page(request, page, status=422)
    messages.success(request, _("The checklist is kept."))
    return redirect("accounts:handover_detail", handover.pk)


@require_POST
@requires("accounts.view")
def handover_sign(request: HttpRequest, handover_id: int) -> HttpResponse:
    handover = visible_handover(request, handover_id)
    return _step(
        request,
        handover,
        lambda: actions.sign_handover(
            actor=person(request),
            handover_id=handover.pk,
            seen=seen.read(request.POST.get("seen", "")),
        ),
        _("You have signed the handover of %(account)s.") % _about(handover),
    )


@require_POST
@requires("accounts.manage")
def handover_complete(request: HttpRequest, handover_id: int) -> HttpResponse:
    handover = visible_handover(request, handover_id)
    return _step(
        request,
        handover,
        lambda: actions.complete_handover(
            actor=person(request),
            handover_id=handover.pk,
            seen=seen.read(request.POST.get("seen", "")),
        ),
        _("%(account)s is handed over to %(person)s.")
        % {"account": handover.official_account.called, "person": handover.incoming},
    )


def _step(
    request: HttpRequest, handover: Handover, act: Callable[[], object], words: str
) -> HttpResponse:
    try:
        act()
    except AccountError as exc:
        page = HandoverPage(visible_handover(request, handover.pk), person(request))
        page.problem = str(exc)
        return detail_page(request, page, status=409)
    messages.success(request, words)
    return redirect("accounts:handover_detail", handover.pk)


@require_form
@requires("accounts.manage")
def handover_sign_in_place(request: HttpRequest, handover_id: int) -> HttpResponse:
    handover = _managed(request, handover_id)
    form = InPlaceForm(request.POST or None, handover=handover)
    if problem := in_place_problem(person(request), handover):
        page = HandoverPage(handover, person(request))
        page.problem = problem
        return detail_page(request, page, status=409)
    done = attempt(
        form,
        lambda: actions.sign_in_place(
            actor=person(request), handover_id=handover.pk, **form.cleaned_data
        ),
    )
    if done is None:
        return _reason_page(request, form, handover, "sign_in_place")
    messages.success(request, _("You have signed in the place of %(person)s.") % _out(handover))
    return redirect("accounts:handover_detail", handover.pk)


@require_form
@requires("accounts.manage")
def handover_cancel(request: HttpRequest, handover_id: int) -> HttpResponse:
    handover, form = _managed(request, handover_id), ReasonForm(request.POST or None)
    done = attempt(
        form,
        lambda: actions.cancel_handover(
            actor=person(request), handover_id=handover.pk, **form.cleaned_data
        ),
    )
    if done is None:
        return _reason_page(request, form, handover, "cancel")
    messages.success(request, _("The handover of %(account)s is cancelled.") % _about(handover))
    return redirect("accounts:handover_detail", handover.pk)


@require_form
@requires("accounts.manage")
def handover_postpone(request: HttpRequest, handover_id: int) -> HttpResponse:
    handover = _managed(request, handover_id)
    form = DueForm(request.POST or None, initial={"due_on": handover.due_on})
    done = attempt(
        form,
        lambda: actions.postpone_handover(
            actor=person(request), handover_id=handover.pk, **form.cleaned_data
        ),
    )
    if done is None:
        return _reason_page(request, form, handover, "postpone")
    messages.success(
        request, _("The handover of %(account)s has a new due day.") % _about(handover)
    )
    return redirect("accounts:handover_detail", handover.pk)


def _managed(request: HttpRequest, handover_id: int) -> Handover:
    """The handover; 404 for strangers, 403 for those who take part in it or may only look."""
    handover = visible_handover(request, handover_id)
    require(person(request), "accounts.manage", handover.official_account.unit_id)
    return handover


def _out(handover: Handover) -> dict[str, object]:
    return {"person": handover.outgoing}


def _about(handover: Handover) -> dict[str, object]:
    return {"account": handover.official_account.called}


def _reason_page(
    request: HttpRequest, form: ReasonForm, handover: Handover, what: str
) -> HttpResponse:
    context = {
        "form": form,
        "handover": handover,
        "official_account": handover.official_account,
        "what": what,
    }
    if what == "sign_in_place":
        context["who_completes"] = who_is_left(handover, but=person(request))
    status = 422 if form.errors else 200
    return render(request, "accounts/handover_reason.html", context, status=status)


@require_POST
@requires("accounts.view")
def handover_scan_add(request: HttpRequest, handover_id: int) -> HttpResponse:
    handover = visible_handover(request, handover_id)
    page = HandoverPage(handover, person(request))
    page.require_part()
    form = ScanForm(request.POST, request.FILES)
    kept = attempt(form, lambda: _keep_scan(request, handover, form))
    if kept is None:
        return detail_page(request, page, form, status=422)
    messages.success(request, _("The signed minutes are kept."))
    return redirect("accounts:handover_detail", handover.pk)


def _keep_scan(request: HttpRequest, handover: Handover, form: ScanForm) -> HandoverScan:
    file = form.cleaned_data["file"]
    return actions.add_scan(
        actor=person(request),
        handover_id=handover.pk,
        data=file.read(),
        name=file.name or "",
    )


@require_safe
@requires("accounts.view")
def handover_scan_download(request: HttpRequest, scan_id: int) -> HttpResponse:
    scans = selectors_handover.scans_visible_to(person(request))
    answer = document_response(get_object_or_404(scans, pk=scan_id).document)
    if answer is None:
        raise Http404
    return answer
