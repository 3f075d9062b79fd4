from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import person
from content import actions
from content.errors import ContentError
from content.models import Post, Relation
from content.pages import freezes as pages_freezes
from content.selectors import posts as selectors
from govsocial.web.forms import KeyForm
from govsocial.web.permissions import requires


@require_POST
@requires("content.draft")
def post_follow(request: HttpRequest, post_id: int) -> HttpResponse:
    """Begin a correction or an update, and go on writing it."""
    post = _held(request, post_id, "content.draft")
    relation = request.POST.get("relation", "")
    if relation not in Relation.values:
        messages.error(request, _("Say whether it is a correction or an update."))
        return redirect("content:post_detail", post.pk)
    form = KeyForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Open the post again, then begin from it."))
        return redirect("content:post_detail", post.pk)
    try:
        begun = actions.follow_post(
            actor=person(request), post_id=post.pk, relation=relation, key=form.cleaned_data["key"]
        )
    except ContentError as exc:
        messages.error(request, str(exc))
        return redirect("content:post_detail", post.pk)
    return _go_on(request, post, begun)


def _go_on(request: HttpRequest, post: Post, begun: Post) -> HttpResponse:
    """To the composer. Who began a correction is told of another one."""
    is_correction = begun.relation == Relation.CORRECTION
    other = pages_freezes.other_correction(post, begun) if is_correction else None
    if other is not None:
        address = reverse("content:post_detail", args=[other.pk])
        words = _("Another correction of this post is not out yet")
        messages.warning(
            request, format_html('{}: <a href="{}">{}</a>', words, address, other.title)
        )
    return redirect("content:post_edit", begun.pk)


@require_POST
@requires("content.publish")
def post_archive(request: HttpRequest, post_id: int) -> HttpResponse:
    post = _held(request, post_id, "content.publish")
    try:
        actions.archive_post(actor=person(request), post_id=post.pk)
    except ContentError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("Archived. It is found by the status “Archived”."))
    return redirect("content:post_detail", post.pk)


def _held(request: HttpRequest, post_id: int, capability: str) -> Post:
    """The post, 404 to strangers and 403 to those without the right."""
    user = person(request)
    post = get_object_or_404(selectors.posts_visible_to(user), pk=post_id)
    if not user.holds(capability, post.unit_id):
        raise PermissionDenied
    return post
