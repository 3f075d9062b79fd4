from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.requests import person
from content import actions
from content.calendar import pages
from content.calendar.forms import MoveForm
from content.errors import ContentError, VoidsApproval
from content.models import Post
from content.selectors import posts as selectors
from govsocial.web.htmx import page_or_fragment, wants_fragment
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires

# Told to the page that a post was moved: its days are to be read anew.
CHANGED = "calendar-changed"


@require_safe
@requires("content.view")
@vary_on_headers("HX-Request")
def calendar(request: HttpRequest, kind: str, text: str = "") -> HttpResponse:
    shown = pages.asked(kind, text)
    if shown is None:
        raise Http404
    context = pages.calendar_page(request, person(request), shown)
    return render(request, page_or_fragment(request, "content/calendar.html"), context)


@require_form
@requires("content.draft")
@vary_on_headers("HX-Request")
def post_move(request: HttpRequest, post_id: int) -> HttpResponse:
    user = person(request)
    post = get_object_or_404(selectors.posts_visible_to(user), pk=post_id)
    if not user.holds("content.draft", post.unit_id):
        raise PermissionDenied
    form = pages.move_form(post, request)
    if request.method != "POST" or not form.is_valid():
        return _move_page(request, form, post, 422 if form.errors else 200)
    try:
        post = actions.reschedule_post(
            actor=user,
            post_id=post.pk,
            planned_at=form.cleaned_data["planned_at"],
            based_on=form.cleaned_data["based_on"],
            voids="voids" in request.POST,
        )
    except ContentError as exc:
        return _refused(request, form, post, exc)
    return _moved(request, form, post)


def _refused(request: HttpRequest, form: MoveForm, post: Post, exc: ContentError) -> HttpResponse:
    """Say why, beside what is there now: a second try is about that."""
    # What it would void stands in the form, for whoever goes on: nothing is wrong yet.
    if not isinstance(exc, VoidsApproval):
        form.add_error(exc.field if exc.field in form.fields else None, str(exc))
    post = get_object_or_404(selectors.posts_visible_to(person(request)), pk=post.pk)
    if post.current_version is not None:
        form.on_version(post.current_version.number)
    return _move_page(request, form, post, 409)


def _move_page(request: HttpRequest, form: MoveForm, post: Post, status: int) -> HttpResponse:
    template = page_or_fragment(request, "content/calendar_move.html", "move")
    context = {"form": form, "post": post, "back": pages.back_address(form, post)}
    response = render(request, template, context, status=status)
    if wants_fragment(request):
        # Wherever it was asked for: the question is put in the dialog.
        _put_into(response, "#calendar-dialog")
    return response


def _moved(request: HttpRequest, form: MoveForm, post: Post) -> HttpResponse:
    if not wants_fragment(request):
        return redirect(pages.after_move(form, post))
    context = {"moved": pages.moved(person(request), str(post.pk)), "back": form["back"].value()}
    response = render(request, "content/_calendar_moved.html", context)
    _put_into(response, "#calendar-moved")
    response.headers["HX-Trigger"] = CHANGED
    return response


def _put_into(response: HttpResponse, place: str) -> None:
    response.headers["HX-Retarget"] = place
    response.headers["HX-Reswap"] = "innerHTML"
