from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import person
from content import actions, places
from content.actions.duplicating import left_out
from content.errors import ContentError
from content.forms.lists import DuplicateForm
from content.models import Post, PostVersion
from content.selectors import posts as selectors
from content.selectors.scratch import answered_to, begun_by
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires


@require_form
@requires("content.draft")
def post_duplicate(request: HttpRequest, post_id: int, number: int) -> HttpResponse:
    """Ask for the unit of a new draft that says what this version says, and begin it."""
    user = person(request)
    post = get_object_or_404(selectors.posts_visible_to(user), pk=post_id)
    version = get_object_or_404(post.versions, number=number)
    key = places.form_of(request.GET)
    if request.method != "POST" and key is None:
        return redirect(places.keyed(request.path, QueryDict()))
    form = DuplicateForm(request.POST or None, initial=_here(post, user), user=user)
    if request.method == "POST" and form.is_valid():
        try:
            return _begin(request, version, form.cleaned_data["unit"].pk, key)
        except ContentError as exc:
            form.add_error(None, str(exc))
    context = {"form": form, "post": post, "version": version}
    context["answered"] = answered_to(user, key)
    page = "content/post_duplicate.html"
    return render(request, page, context, status=422 if form.errors else 200)


def _begin(
    request: HttpRequest, version: PostVersion, unit_id: int, key: UUID | None
) -> HttpResponse:
    """The draft, or the one that this form began before. Raises ``ContentError``."""
    user = person(request)
    is_again = key is not None and begun_by(user, key) is not None
    made = actions.duplicate_post(
        actor=user, post_id=version.post_id, number=version.number, unit_id=unit_id, key=key
    )
    if is_again:
        told = _("This form was sent before. This is the post that it saved then.")
        messages.warning(request, told)
        return redirect("content:post_detail", made.pk)
    _tell(request, version, made)
    return redirect("content:post_edit", made.pk)


def _here(post: Post, user: User) -> dict[str, object]:
    """The unit of the post, for who writes posts of it."""
    return {"unit": post.unit_id} if user.holds("content.draft", post.unit_id) else {}


def _tell(request: HttpRequest, version: PostVersion, made: Post) -> None:
    """Say what the copy does not have: nobody should find out when it is out."""
    messages.success(request, _("This is a new draft. Nothing of it is declared or planned yet."))
    if made.current_version is None:
        return
    missing = left_out(version.content(), made.current_version.content())
    if missing["accounts"]:
        messages.warning(
            request, _("Accounts that are not in use, or not yours to write for, were left out.")
        )
    if missing["media"]:
        messages.warning(
            request, _("Pictures and films that are not in the library of this unit were left out.")
        )
