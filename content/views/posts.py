from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.requests import person
from content import actions, composing, places, saving, states, stuck
from content.campaign_choice import says_campaign
from content.closed import Closed, closed
from content.closed_words import told_of_closed
from content.composing import post_to_edit
from content.errors import (
    AnsweredBefore,
    ContentError,
    EditConflict,
    IsOut,
    LacksToSubmit,
    NoDraft,
    VoidsDecision,
)
from content.forms.posts import PostForm
from content.missing_parts import parts_of
from content.models import Post
from content.pages import freezes as pages_freezes
from content.pages import posts as pages
from content.selectors import lists as selectors_lists
from content.selectors import posts as selectors
from content.standing import decided
from content.standing_words import told_of_save, where_it_stands
from content.views import describing
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires


@require_safe
@requires("content.view")
def post_detail(request: HttpRequest, post_id: int) -> HttpResponse:
    user = person(request)
    post = get_object_or_404(selectors_lists.posts_to_open(user), pk=post_id)
    context = pages_freezes.post_page(post, user, request.GET)
    # Who approves several at once has opened each: this is where that is noted.
    if request.method == "GET" and context["rights"].may_approve:
        actions.open_version(actor=user, version=context["version"])
    return render(request, "content/post_detail.html", context)


@require_safe
@requires("content.view")
def post_version(request: HttpRequest, post_id: int, number: int) -> HttpResponse:
    posts = selectors.with_paid_labels(selectors.posts_visible_to(person(request)))
    post = get_object_or_404(posts, pk=post_id)
    version = get_object_or_404(post.versions, number=number)
    context = pages.version_page(post, version, person(request), request.GET.get("account"))
    return render(request, "content/post_version.html", context)


@require_form
@requires("content.draft")
def post_create(request: HttpRequest) -> HttpResponse:
    user: User = person(request)
    if request.method != "POST":
        if address := places.keyed(request.path, request.GET):
            return redirect(address)
        form, opened = composing.open_new(user, request.GET)
        return _form_page(request, form, **opened)
    form = PostForm(request.POST, request.FILES, user=user)
    if not saving.store_pictures(form) or _is_aside(request):
        return _again(request, form)
    try:
        saved = saving.create(request, form, places.place_of(request.POST, None).token)
    except ContentError as exc:
        return _refused(request, form, None, exc)
    composing.end(user, request.POST, None)
    return _after_save(request, saved, form)


@require_form
@requires("content.draft")
def post_edit(request: HttpRequest, post_id: int) -> HttpResponse:
    user = person(request)
    post = post_to_edit(user, post_id)
    is_closed = closed(post)
    if request.method != "POST":
        return _open_closed(request, post, is_closed) if is_closed else _open(request, post)
    form = PostForm(request.POST, request.FILES, user=user, version=post.current_version)
    if is_closed:
        saving.store_pictures(form)
        return _answer_closed(request, form, post, is_closed)
    if saving.ONTO in request.POST:
        return _go_on(request, form, post)
    if not saving.store_pictures(form) or _is_aside(request):
        return _again(request, form, post=post)
    try:
        saved = saving.edit(request, form, post)
    except ContentError as exc:
        return _refused(request, form, post, exc)
    composing.end(user, request.POST, post)
    return _after_save(request, saved, form)


def _open(request: HttpRequest, post: Post) -> HttpResponse:
    form, opened = composing.open_post(person(request), post, request.GET)
    missing = pages.missing_of(request, post)
    opened["missing"] = parts_of(missing)
    form.asked = [one.field or "" for one in missing]
    return _form_page(request, form, post=post, **opened)


def _open_closed(request: HttpRequest, post: Post, is_closed: Closed) -> HttpResponse:
    """To the post, unless there is a text of this person that was never saved."""
    opened = composing.open_closed(person(request), post, request.GET)
    if opened is None:
        messages.warning(request, told_of_closed(is_closed))
        return redirect("content:post_detail", post.pk)
    form, told = opened
    return _form_page(request, form, post=post, **_of_closed(is_closed), **told)


def _answer_closed(
    request: HttpRequest, form: PostForm, post: Post, is_closed: Closed
) -> HttpResponse:
    """Keep what was typed, and begin a correction or a new post with it where that was asked."""
    form.errors.clear()
    told = composing.keep_closed(request, form, post)
    if not told:
        messages.warning(request, told_of_closed(is_closed))
        return redirect("content:post_detail", post.pk)
    if "scratch" in told:
        try:
            begun = _begun_with_it(request, form.user, post, key=told["scratch"].page)
        except AnsweredBefore as exc:
            told |= {"refusal": str(exc), "page": uuid4(), "answered": exc.post}
        except ContentError as exc:
            told["refusal"] = str(exc)
        else:
            if begun is not None:
                return redirect("content:post_edit", begun.pk)
    return _form_page(request, form, post=post, status=409, **_of_closed(is_closed), **told)


def _of_closed(is_closed: Closed) -> dict[str, Any]:
    return {"closed": is_closed, "closed_told": told_of_closed(is_closed)}


def _begun_with_it(request: HttpRequest, user: User, post: Post, key: UUID) -> Post | None:
    """The correction or the new post that was asked for. Raises ``ContentError``."""
    if saving.CORRECT in request.POST:
        begun = actions.correct_with_scratch(actor=user, post_id=post.pk, key=key)
        told = _("The correction is begun with your text. Read it, then save it.")
        messages.success(request, told)
        return begun
    if saving.REWRITE in request.POST:
        begun = actions.rewrite_with_scratch(actor=user, post_id=post.pk, key=key)
        messages.success(request, _("A new post is begun with your text. Read it, then save it."))
        return begun
    return None


@require_POST
@requires("content.draft")
def post_preview(request: HttpRequest) -> HttpResponse:
    """What is being typed, as it would look. Nothing is saved."""
    user = person(request)
    version = None
    edited = request.GET.get("post", "")
    if edited.isdecimal() and len(edited) < 19:
        version = post_to_edit(user, int(edited)).current_version
    form = PostForm(request.POST, user=user, version=version)
    return render(request, "content/_live_preview.html", pages.live_preview(form))


@require_POST
@requires("content.draft")
def post_submit(request: HttpRequest, post_id: int) -> HttpResponse:
    """Submit the version that the page showed, and no newer one that nobody here has read."""
    post = post_to_edit(person(request), post_id)
    seen = request.POST.get("based_on", "")
    return _submit(request, post, int(seen) if seen.isdecimal() and len(seen) < 9 else 0)


@require_POST
@requires("content.draft")
def post_take_back(request: HttpRequest, post_id: int) -> HttpResponse:
    post = post_to_edit(person(request), post_id)
    try:
        actions.take_back_post(actor=person(request), post_id=post.pk)
    except ContentError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("The post is a draft again."))
    return redirect("content:post_detail", post.pk)


def _is_aside(request: HttpRequest) -> bool:
    """Whether a button was pressed that saves nothing."""
    return any(name in request.POST for name in (saving.LOOK, saving.ORDER, describing.DESCRIBE))


def _after_save(request: HttpRequest, saved: actions.Edited, form: PostForm) -> HttpResponse:
    post, ended = saved.post, saved.ended
    _place(request, post, form)
    if post.status != Post.Status.DRAFT:
        return _stands(request, post, _("Nothing had to be saved: the text is as it was."))
    version = post.current_version
    told = told_of_save(ended, version.number) if ended and version else ""
    if saving.submits(request):
        if told:
            messages.warning(request, told)
        return _submit(request, post, version.number if version else 0)
    if told:
        messages.warning(request, f"{told} " + _("Submit it again."))
    elif saved.is_again:
        told = _("This form was sent before. This is the post that it saved then.")
        messages.warning(request, told)
    else:
        messages.success(request, _("Saved."))
    return redirect("content:post_detail", post.pk)


def _place(request: HttpRequest, post: Post, form: PostForm) -> None:
    """The campaign stands beside what was saved: a refusal undoes nothing of it."""
    if not says_campaign(form):
        return
    campaign = form.cleaned_data["campaign"]
    chosen = campaign.pk if campaign else None
    try:
        actions.place_post(actor=person(request), post_id=post.pk, campaign_id=chosen)
    except ContentError as exc:
        messages.warning(request, str(exc))


def _submit(request: HttpRequest, post: Post, based_on: int) -> HttpResponse:
    try:
        post = actions.submit_post(actor=person(request), post_id=post.pk, based_on=based_on).post
    except EditConflict as exc:
        messages.warning(request, f"{exc} " + _("Read it, then submit it."))
        return redirect("content:post_detail", post.pk)
    except (NoDraft, IsOut):
        post.refresh_from_db(fields=["status"])
        return _stands(request, post)
    except ContentError as exc:
        # The page that follows lists what is missing; said here is only what is not in its list.
        listed = {str(one) for one in pages.lacking(post)}
        told = _("Saved, but not submitted yet.")
        if str(exc) not in listed:
            told = _("Saved, but not submitted yet: %(why)s") % {"why": exc}
        messages.warning(request, told)
        return redirect(pages.edit_address(post, missing=True))
    return _submitted(request, post)


def _submitted(request: HttpRequest, post: Post) -> HttpResponse:
    if stuck.stuck_posts([post]):
        told = _("Submitted, but nobody may decide on it now: this page says why.")
        messages.warning(request, told)
    else:
        messages.success(request, _("Submitted. You will see the decision on your home page."))
    return redirect("content:post_detail", post.pk)


def _stands(request: HttpRequest, post: Post, *before: str) -> HttpResponse:
    """To the post, and not to where the next save would undo what was decided of it."""
    is_closed = closed(post)
    who = (
        told_of_closed(is_closed) if is_closed else where_it_stands(decided(post), person(request))
    )
    now = _("Its status is “%(status)s”.") % {"status": states.word(post.display_status)}
    messages.warning(request, " ".join([*before, who, now]))
    return redirect("content:post_detail", post.pk)


def _refused(
    request: HttpRequest, form: PostForm, post: Post | None, exc: ContentError
) -> HttpResponse:
    if post is not None and isinstance(exc, EditConflict | VoidsDecision | IsOut):
        return _overtaken(request, form, post, exc)
    if post is not None and isinstance(exc, LacksToSubmit):
        lacking = composing.keep_lacking(request, form, post, exc)
        return _form_page(request, form, post=post, status=409, **lacking)
    form.add_error(exc.field if exc.field in form.fields else None, str(exc))
    # What is asked for once more is another form.
    anew: dict[str, Any] = {}
    if isinstance(exc, AnsweredBefore):
        form.refused = _("Your changes are not saved yet.")
        anew = {"token": uuid4(), "answered": exc.post}
    return _form_page(request, form, post=post, status=409, **anew)


def _overtaken(
    request: HttpRequest, form: PostForm, post: Post, exc: EditConflict | VoidsDecision | IsOut
) -> HttpResponse:
    """Nothing is saved: somebody saved, decided or sent it meanwhile. What was typed is kept."""
    if isinstance(exc, VoidsDecision):
        asked = composing.keep_decided(request, form, post, exc)
        return _form_page(request, form, post=post, status=409, **asked)
    if isinstance(exc, EditConflict):
        return _conflict(request, form, post, exc)
    post.refresh_from_db(fields=["status"])
    is_closed = closed(post)
    if is_closed is not None:
        return _answer_closed(request, form, post, is_closed)
    form.add_error(None, str(exc))
    return _form_page(request, form, post=post, status=409)


def _conflict(request: HttpRequest, form: PostForm, post: Post, exc: EditConflict) -> HttpResponse:
    apart = composing.keep_refused(request, form, post, exc.current)
    if not apart:
        composing.end(form.user, request.POST, post)
        told = _("Version %(number)s says the same already: nothing had to be saved.")
        messages.success(request, told % {"number": exc.current.number})
        return redirect("content:post_detail", post.pk)
    return _form_page(request, form, post=post, status=409, **apart)


def _go_on(request: HttpRequest, form: PostForm, post: Post) -> HttpResponse:
    """The form again, based on the version that was seen; on a newer one it is asked again."""
    is_ready, newest = saving.store_pictures(form), post.current_version
    if newest is None or request.POST[saving.ONTO] != str(newest.number):
        told = composing.keep_refused(request, form, post, newest) if newest else {}
        return _form_page(request, form, post=post, status=409, **told)
    told = composing.go_on(request, form, post, newest)
    return _form_page(request, form, post=post, status=200 if is_ready else 422, **told)


def _again(request: HttpRequest, form: PostForm, post: Post | None = None) -> HttpResponse:
    """The form with what is wrong, with the accounts that were searched for or with its pictures in
    another order, or the way to the media library."""
    if describing.DESCRIBE in request.POST:
        left = describing.leave(request, form, post)
        return left or _form_page(request, form, status=422, post=post)
    if saving.LOOK in request.POST:
        form.look()
        return _form_page(request, form, post=post)
    if saving.ORDER in request.POST:
        composing.reorder(request, form, post)
        return _form_page(request, form, post=post)
    composing.tell_of_forged(form)
    return _form_page(request, form, status=422, post=post)


def _form_page(
    request: HttpRequest, form: PostForm, status: int = 200, **context: object
) -> HttpResponse:
    remark = composing.remark_on(form.version.post) if form.version else None
    context |= {"form": form, "came_back": remark, **composing.hidden(request, context)}
    if request.method == "POST" and form.has_room_for_preview:
        # It shows what a person is asked about, without another answer to wait for.
        context |= pages.preview_of(form)
    return render(request, "content/post_form.html", context, status=status)
