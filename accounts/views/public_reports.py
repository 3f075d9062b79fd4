"""The public's reports of imitations. Open to everybody: who was deceived has no account here."""

from __future__ import annotations

from contextlib import suppress

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts import actions
from accounts import impersonation_selectors as selectors
from accounts.impersonation_forms import PublicReportForm, imitated_asked
from accounts.models import ImpersonationStatement
from accounts.public import form_guard, throttle
from accounts.public.frame import render, with_language
from accounts.requests import attempt
from accounts.suspect_words import heading_for, next_for, words_for
from govsocial.web.methods import require_form
from govsocial.web.permissions import public


@public
@require_form
def report_make(request: HttpRequest) -> HttpResponse:
    """Report an account that imitates an official one, without an account of one's own."""
    if request.method != "POST":
        return _form_page(_empty_form(request), 200)
    form_guard.refuse_foreign(request)
    if form_guard.is_too_large(request):
        form = _empty_form(request)
        return _form_page(form, 413, _("The files are too large together. Choose smaller ones."))
    try:
        throttle.count_try(request)
        code = form_guard.code_of(request)
        # Before anything else is asked of it: it may be taken in, and too old by now.
        if selectors.statement_of(code) is None:
            form = PublicReportForm(request.POST, request.FILES)
            if attempt(form, lambda: _take_in(request, form, code)) is None:
                return _form_page(form, 422)
    except throttle.TooMany as refused:
        return _refused(request, refused)
    return _status_page(code)


def _take_in(request: HttpRequest, form: PublicReportForm, code: str) -> str:
    """A form that is sent twice is taken in, and counted, once."""
    with suppress(actions.AlreadyReceived), throttle.one_report(request):
        actions.report_impersonation(
            actor=selectors.the_public(),
            channel=ImpersonationStatement.Channel.PUBLIC,
            code=code,
            **form.wanted(),
        )
    return code


def _refused(request: HttpRequest, refused: throttle.TooMany) -> HttpResponse:
    """The page of what was taken in before, also if it was the last one allowed, just now; else the
    form once more."""
    form_guard.keep_no_files(request)
    code = form_guard.code_of(request)
    return _status_page(code) if actions.is_received(code) else _refused_page(request, refused)


def _status_page(code: str) -> HttpResponse:
    path = reverse("official:report_status", args=[code])
    return HttpResponseRedirect(with_language(path))


def _empty_form(request: HttpRequest) -> PublicReportForm:
    asked = {
        "suspect": request.GET.get("suspect", "")[:500],
        "platform": request.GET.get("platform", ""),
        "imitated": imitated_asked(request.GET.get("imitated", "")),
    }
    return PublicReportForm(initial=asked)


def _refused_page(request: HttpRequest, refused: throttle.TooMany) -> HttpResponse:
    """The form as it was typed, and when it may be sent again."""
    typed = {**form_guard.words_typed(request), "stamp": form_guard.stamp()}
    page = _form_page(PublicReportForm(initial=typed), 429, _why_not_now(refused))
    page.headers["Retry-After"] = str(refused.seconds)
    return page


def _why_not_now(refused: throttle.TooMany) -> str:
    minutes = refused.minutes
    if refused.own:
        words = ngettext(
            "You have sent this form too often. Nothing was sent now. Leave this page open and "
            "send it again in %(minutes)s minute; choose the files anew.",
            "You have sent this form too often. Nothing was sent now. Leave this page open and "
            "send it again in %(minutes)s minutes; choose the files anew.",
            minutes,
        )
    else:
        words = ngettext(
            "Too many reports for now. Nothing was sent. Leave this page open and send it again "
            "in %(minutes)s minute; choose the files anew.",
            "Too many reports for now. Nothing was sent. Leave this page open and send it again "
            "in %(minutes)s minutes; choose the files anew.",
            minutes,
        )
    return words % {"minutes": minutes}


def _form_page(form: PublicReportForm, status: int, trouble: str = "") -> HttpResponse:
    context = {"form": form, "trouble": trouble}
    text = render("public/report_make.html", context, reverse("official:report_make"))
    response = HttpResponse(text, status=status)
    add_never_cache_headers(response)
    return response


@public
@require_safe
def report_status(request: HttpRequest, code: str) -> HttpResponse:
    """How far a report has come: its account, status and dates, nothing else of what it says."""
    statement = selectors.statement_of(code)
    if statement is None:
        raise Http404
    path = reverse("official:report_status", args=[code])
    report = statement.report
    context = {
        "report": report,
        "words": words_for(report),
        "heading": heading_for(report),
        "next": next_for(report),
    }
    text = render("public/report_status.html", context, path)
    response = HttpResponse(text)
    add_never_cache_headers(response)
    return response
