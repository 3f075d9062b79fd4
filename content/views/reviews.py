from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.requests import person
from content import actions, pages_freezes, selectors
from content.errors import ContentError
from content.forms_deciding import DecisionForm
from content.models import Post, Review
from content.waiting import waiting_for
from govsocial.web.lists import page_of
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires
from govsocial.web.templatetags.formats import moment


@require_safe
@requires("content.view")
def review_list(request: HttpRequest) -> HttpResponse:
    """What waits for a decision: mine first, then the others that I may see."""
    user = person(request)
    waiting = selectors.reviews_waiting_for(user)
    others = selectors.reviews_visible_to(user).filter(status=Review.Status.OPEN)
    others = others.exclude(pk__in=waiting.values("pk"))
    looks = waiting_for(request).retrospectives
    context = {"waiting": page_of(waiting, request), "others": others[:50], "looks": looks}
    return render(request, "content/review_list.html", context)


@require_form
@requires("content.review")
def post_approve(request: HttpRequest, post_id: int) -> HttpResponse:
    return _decide(request, post_id, actions.approve_post, _approved)


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


def _approved(post: Post) -> str:
    if post.status == Post.Status.SUBMITTED:
        return _("Approved. Somebody else decides on the next stage.")
    planned = post.current_version.content().planned_at if post.current_version else None
    if planned is None:
        return _("Approved. It goes out now.")
    return _("Approved. It goes out on %(at)s.") % {"at": moment(planned)}


def _decide(
    request: HttpRequest, post_id: int, action: Callable[..., Post], done: Callable[[Post], str]
) -> HttpResponse:
    """Act on what the person saw. A refusal keeps the note; opening its address decides nothing."""
    user = person(request)
    post = get_object_or_404(selectors.posts_visible_to(user), pk=post_id)
    if request.method != "POST":
        return redirect("content:post_detail", post.pk)
    form = DecisionForm(request.POST)
    if form.is_valid():
        try:
            action(actor=user, post_id=post.pk, **form.cleaned_data)
        except ContentError as exc:
            form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        else:
            messages.success(request, done(post))
            return redirect("content:post_detail", post.pk)
    post.refresh_from_db()
    context = pages_freezes.post_page(post, user, None) | {"decision_form": form}
    return render(request, "content/post_detail.html", context, status=409)
