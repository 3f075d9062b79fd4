from __future__ import annotations

from collections.abc import Callable, Iterable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import person
from content import actions, desk, saved_views, too_late
from content.checklist import ETHICS
from content.errors import ContentError
from content.forms.deciding import ApprovalForm, DecisionForm
from content.models import Post, SavedList
from content.pages import freezes as pages_freezes
from content.pages import review as review_pages
from content.queue import queue_page
from content.selectors import lists as selectors_lists
from content.selectors import posts as selectors
from content.waiting import waiting_for
from govsocial.web.htmx import page_or_fragment
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires

Action = Callable[..., Post]
Words = Callable[[Post], str]
Kind = type[DecisionForm]


@require_safe
@requires("content.view")
@vary_on_headers("HX-Request")
def review_list(request: HttpRequest) -> HttpResponse:
    """What waits for a decision: mine first, then the others that I may see."""
    views = saved_views.shown(request, SavedList.REVIEWS)
    return redirect(views.opens) if views.opens else _queue(request, views)


@require_POST
@requires("content.review")
def review_approve(request: HttpRequest) -> HttpResponse:
    """Approve what is ticked, each by itself: only what this person has opened as it stands."""
    values = request.POST.getlist("chosen")
    chosen = review_pages.chosen_of(values, person(request))
    if not chosen:
        messages.warning(request, _("Tick at least one post that you have opened."))
        return redirect("content:review_list")
    form = ApprovalForm({"confirmed": request.POST.get("confirmed"), "digest": "0" * 64})
    if not form.is_valid() or form.cleaned_data["confirmed"] != ETHICS.version:
        views, left = saved_views.shown(request, SavedList.REVIEWS), review_pages.left_out(chosen)
        return _queue(request, views, values, left)
    done, refused = review_pages.approve_each(person(request), chosen, ETHICS.version)
    for words in done:
        messages.success(request, words)
    for words in refused:
        messages.warning(request, words)
    return redirect("content:review_list")


def _queue(
    request: HttpRequest,
    views: saved_views.Shown,
    ticked: Iterable[str] = (),
    left_out: Iterable[str] = (),
) -> HttpResponse:
    """``ticked``: what was ticked without confirming the statements, to be shown again, and of it
    what is ``left_out`` now, by its titles."""
    kept = list(ticked)
    context = queue_page(request, person(request), kept) | {
        "saved": views,
        "clear": views.clear,
        "looks": waiting_for(request).retrospectives,
        "is_unconfirmed": bool(kept),
        "left_out": list(left_out),
        "ethics": ETHICS,
    }
    template = page_or_fragment(request, "content/review_list.html")
    return render(request, template, context, status=422 if kept else 200)


@require_form
@requires("content.review")
def post_approve(request: HttpRequest, post_id: int) -> HttpResponse:
    return _decide(
        request, post_id, actions.approve_post, review_pages.approved_words, ApprovalForm
    )


@require_form
@requires("content.review")
def post_request_changes(request: HttpRequest, post_id: int) -> HttpResponse:
    return _decide(
        request, post_id, actions.request_changes, lambda post: _("Sent back with your note.")
    )


@require_form
@requires("content.approve")
def post_reject(request: HttpRequest, post_id: int) -> HttpResponse:
    return _decide(
        request, post_id, actions.reject_post, lambda post: _("Rejected with your note.")
    )


def _decide(
    request: HttpRequest, post_id: int, action: Action, done: Words, form_of: Kind = DecisionForm
) -> HttpResponse:
    """Act on what the person saw. A refusal keeps the note; opening its address decides nothing."""
    post = get_object_or_404(selectors.posts_visible_to(person(request)), pk=post_id)
    back = desk.way_back(request, post.pk)
    if request.method != "POST":
        return redirect(back)
    form, refusal = form_of(request.POST), None
    if form.is_valid():
        try:
            decided = action(actor=person(request), post_id=post.pk, **form.cleaned_data)
        except ContentError as exc:
            form.add_error(exc.field if exc.field in form.fields else None, exc.short or str(exc))
            refusal = exc
        else:
            told = desk.and_next(done(decided), decided, person(request), desk.filters_of(request))
            messages.success(request, told)
            return redirect(back)
    return _refused(request, post, form, refusal)


def _refused(
    request: HttpRequest, post: Post, form: DecisionForm, refusal: ContentError | None
) -> HttpResponse:
    # Somebody may have saved, decided or taken it back since it was read.
    post = get_object_or_404(selectors_lists.posts_to_open(person(request)), pk=post.pk)
    context = pages_freezes.post_page(post, person(request), {}) | {"decision_form": form}
    form.ask_why(context.get("found_since"))
    context |= too_late.overtaken(post, person(request), context, form, refusal)
    return render(request, "content/post_detail.html", context, status=409)
