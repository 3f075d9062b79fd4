"""Comments on a post: read by who sees it, written by who drafts, reviews or approves there."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import User
from accounts.requests import person
from content import actions
from content.errors import ContentError
from content.filters.talk import ThreadFilter
from content.forms.talk import ReplyForm
from content.models import Comment, Post, Thread
from content.pages import talk as talk_pages
from content.selectors import posts as selectors
from content.selectors import talk as selectors_talk
from govsocial.web.htmx import page_or_fragment, wants_fragment
from govsocial.web.lists import chips, page_of
from govsocial.web.methods import require_form
from govsocial.web.permissions import requires

# The button that searches for people and says nothing.
LOOK = "look"
# Each is a conversation: fifty would weigh more than a page may.
THREADS_A_PAGE = 20


@require_safe
@requires("content.view")
@vary_on_headers("HX-Request")
def thread_list(request: HttpRequest, post_id: int) -> HttpResponse:
    """Everything that was said about a post."""
    post = _post(person(request), post_id)
    return _list_page(request, post)


@require_form
@requires("content.comment")
def thread_start(request: HttpRequest, post_id: int) -> HttpResponse:
    """Say something about a version. Opening its address says nothing."""
    user = person(request)
    post = _to_write(user, _post(user, post_id))
    if request.method != "POST":
        return redirect("content:thread_list", post.pk)
    form = talk_pages.thread_form(post, *talk_pages.content_of(post), request.POST)
    if not _said(form, lambda: actions.start_thread(
        actor=user, post_id=post.pk, picked=form.picked, **form.cleaned_data
    )):  # fmt: skip
        return _card_or_page(request, post, form)
    messages.success(request, _("Your comment is there for all who see this post."))
    if wants_fragment(request):
        return _card_or_page(request, post, None)
    return redirect(f"{reverse('content:post_detail', args=[post.pk])}#comments")


@require_safe
@requires("content.view")
def thread_detail(request: HttpRequest, post_id: int, thread_id: int) -> HttpResponse:
    """One conversation from its beginning."""
    thread = _thread(person(request), post_id, thread_id)
    return _thread_page(request, thread)


@require_form
@requires("content.comment")
def thread_reply(request: HttpRequest, post_id: int, thread_id: int) -> HttpResponse:
    user = person(request)
    thread = _thread(user, post_id, thread_id)
    _to_write(user, thread.post)
    if request.method != "POST":
        return _form_to_reply(request, thread)
    form = talk_pages.reply_form(thread, request.POST)
    if not _said(form, lambda: actions.reply_to_thread(
        actor=user, thread_id=thread.pk, picked=form.picked, **form.cleaned_data
    )):  # fmt: skip
        return _thread_or_page(request, thread, form)
    messages.success(request, _("Your comment is there for all who see this post."))
    return _thread_or_back(request, thread)


@require_POST
@requires("content.comment")
def thread_resolve(request: HttpRequest, post_id: int, thread_id: int) -> HttpResponse:
    return _turn(request, post_id, thread_id, actions.resolve_thread, _("Resolved."))


@require_POST
@requires("content.comment")
def thread_reopen(request: HttpRequest, post_id: int, thread_id: int) -> HttpResponse:
    return _turn(request, post_id, thread_id, actions.reopen_thread, _("Open again."))


@require_POST
@requires("content.comment")
def comment_withdraw(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Take one's own words back."""
    user = person(request)
    comment = get_object_or_404(selectors_talk.comments_visible_to(user), pk=comment_id)
    try:
        actions.withdraw_comment(actor=user, comment_id=comment.pk)
    except ContentError as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, _("Withdrawn. That you commented stays to be seen."))
    return _thread_or_back(request, _thread(user, comment.thread.post_id, comment.thread_id))


@require_safe
@requires("content.comment")
def person_find(request: HttpRequest, post_id: int) -> HttpResponse:
    """People to mention, as one types: only those who may see the post."""
    user = person(request)
    post = _to_write(user, _post(user, post_id))
    form = ReplyForm(request.GET)
    context = {"found": talk_pages.found_for(post, form), "searched": form.find}
    return render(request, "content/_people_found.html", context)


def _post(user: User, post_id: int) -> Post:
    return get_object_or_404(selectors.posts_visible_to(user), pk=post_id)


def _thread(user: User, post_id: int, thread_id: int) -> Thread:
    threads = selectors_talk.threads_visible_to(user)
    return get_object_or_404(threads, pk=thread_id, post_id=post_id)


def _to_write(user: User, post: Post) -> Post:
    """403 to those who only read it."""
    if not talk_pages.may_comment(post, user):
        raise PermissionDenied
    return post


def _said(form: ReplyForm, say: Callable[[], Comment]) -> bool:
    """Say it, unless only people were searched for or something is wrong with it."""
    if LOOK in form.data:
        form.errors.clear()
        return False
    if not form.is_valid():
        return False
    try:
        say()
    except ContentError as exc:
        form.add_error(exc.field if exc.field in form.fields else None, str(exc))
        return False
    return True


def _turn(
    request: HttpRequest,
    post_id: int,
    thread_id: int,
    action: Callable[..., Thread],
    done: str,
) -> HttpResponse:
    user = person(request)
    thread = _thread(user, post_id, thread_id)
    action(actor=user, thread_id=thread.pk)
    messages.success(request, done)
    return _thread_or_back(request, thread)


def _list_page(
    request: HttpRequest, post: Post, form: ReplyForm | None = None, status: int = 200
) -> HttpResponse:
    user = person(request)
    filters = ThreadFilter(request.GET, queryset=selectors_talk.threads_of(post), post=post)
    page = page_of(filters.qs, request, size=THREADS_A_PAGE)
    context = talk_pages.list_page(post, user, page, form)  # type: ignore[arg-type]  # of this post
    context |= {"form": filters.form, "chips": chips(filters)}
    return render(
        request, page_or_fragment(request, "content/thread_list.html"), context, status=status
    )


def _card_or_page(request: HttpRequest, post: Post, form: ReplyForm | None) -> HttpResponse:
    """The card of the post's page to swap, or a page for who has no JavaScript."""
    status = 422 if form is not None and form.errors else 200
    if not wants_fragment(request):
        return _list_page(request, post, form, status)
    content, accounts = talk_pages.content_of(post)
    talk = talk_pages.card(post, person(request), content, accounts, form)  # type: ignore[arg-type]  # of a thread
    context = {"post": post, "talk": talk, "is_swapped": True}
    if form is not None:
        context["found"] = talk_pages.found_for(post, form)
    return render(request, "content/_comments.html", context, status=status)


def _form_to_reply(request: HttpRequest, thread: Thread) -> HttpResponse:
    """The form in place of the button that asked for it; else the page where it stands."""
    if not wants_fragment(request):
        return redirect("content:thread_detail", thread.post_id, thread.pk)
    form = talk_pages.reply_form(thread)
    form.fields["text"].widget.attrs["autofocus"] = True
    context = {"post": thread.post, "thread": thread, "form": form}
    return render(request, "content/_reply_form.html", context)


def _thread_page(
    request: HttpRequest, thread: Thread, form: ReplyForm | None = None, status: int = 200
) -> HttpResponse:
    context = talk_pages.one_thread(thread, person(request), form)
    return render(request, "content/thread_detail.html", context, status=status)


def _thread_or_page(request: HttpRequest, thread: Thread, form: ReplyForm) -> HttpResponse:
    status = 422 if form.errors else 200
    if wants_fragment(request):
        return _swapped(request, thread, form, status)
    return _thread_page(request, thread, form, status)


def _thread_or_back(request: HttpRequest, thread: Thread) -> HttpResponse:
    """What became of a thread: itself to swap, or the page where one was."""
    if wants_fragment(request):
        return _swapped(request, _thread(person(request), thread.post_id, thread.pk))
    if request.POST.get("whole"):
        return redirect("content:thread_detail", thread.post_id, thread.pk)
    return redirect(f"{reverse('content:post_detail', args=[thread.post_id])}#thread-{thread.pk}")


def _swapped(
    request: HttpRequest, thread: Thread, form: ReplyForm | None = None, status: int = 200
) -> HttpResponse:
    context = talk_pages.one_thread(thread, person(request), form, whole="whole" in request.POST)
    return render(request, "content/_thread.html", context | {"is_swapped": True}, status=status)
