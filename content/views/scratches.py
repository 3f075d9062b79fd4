"""What is typed into the composer is kept while somebody writes; the answer is told beside it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import person
from content import actions, composing, places
from content.closed import Closed, closed
from content.closed_words import told_of_closed
from content.errors import ContentError, SavedJustNow, saved_meanwhile
from content.forms.pictures import is_key
from content.models import Post, Scratch
from content.selectors import scratch as selectors_scratch
from govsocial.web.permissions import requires
from govsocial.web.templatetags.formats import clock


@require_POST
@requires("content.draft")
def scratch_keep(request: HttpRequest) -> HttpResponse:
    """Keep the form as it is now. No version, and nothing that anybody else sees."""
    user, edited = person(request), request.GET.get("post", "")
    post = composing.post_to_edit(user, int(edited)) if is_key(edited) else None
    based_on = request.POST.get("based_on", "")
    try:
        kept = actions.keep_scratch(
            actor=user,
            place=places.place_of(request.POST, post),
            fields=places.typed_fields(request.POST),
            based_on=int(based_on) if is_key(based_on) and len(based_on) < 9 else 0,
        )
    except ContentError as exc:
        # "Too early": the page sends it again.
        status = 425 if isinstance(exc, SavedJustNow) else 409
        return JsonResponse({"message": str(exc)}, status=status)
    return JsonResponse({"message": _told(kept, post, user)})


def _told(kept: Scratch, post: Post | None, user: User) -> str:
    time, is_closed = clock(kept.kept_at), closed(post) if post else None
    if is_closed is not None:
        return f"{told_of_closed(is_closed)} {_kept_beside(is_closed, time)}"
    told = _("What you type is kept, %(time)s. It is no version before you save it.")
    told %= {"time": time}
    newest = post.current_version if post else None
    if newest is not None and newest.number > kept.based_on:
        told = f"{saved_meanwhile(newest, user)} {told}"
    return told


def _kept_beside(is_closed: Closed, time: str) -> str:
    told = _("What you type is kept for you alone, %(time)s.")
    if is_closed.may_correct:
        told = _("What you type is kept for you alone, %(time)s: make a correction of it.")
    elif is_closed.may_rewrite:
        told = _("What you type is kept for you alone, %(time)s: make a new post of it.")
    return told % {"time": time}


@require_POST
@requires("content.draft")
def scratch_discard(request: HttpRequest, scratch_id: int) -> HttpResponse:
    scratch = _own(request, scratch_id)
    actions.discard_scratch(actor=person(request), scratch_id=scratch.pk)
    return redirect(f"{_composer(scratch)}?discarded={scratch.pk}")


@require_POST
@requires("content.draft")
def scratch_restore(request: HttpRequest, scratch_id: int) -> HttpResponse:
    scratch = _own(request, scratch_id)
    actions.bring_scratch_back(actor=person(request), scratch_id=scratch.pk)
    return redirect(composing.address_of(scratch))


def _own(request: HttpRequest, scratch_id: int) -> Scratch:
    """The person's own; 404 for everybody else's."""
    return get_object_or_404(selectors_scratch.scratches_of(person(request)), pk=scratch_id)


def _composer(scratch: Scratch) -> str:
    if scratch.post_id:
        return reverse("content:post_edit", args=[scratch.post_id])
    return reverse("content:post_create")
