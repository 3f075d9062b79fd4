"""What pages show of comments: threads with their words, and the form to say something."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.urls import reverse
from django.utils import timezone

from accounts.models import OfficialAccount, User
from content import people, talking
from content.documents import Document
from content.forms.talk import ReplyForm, ThreadForm
from content.models import Comment, Post, Thread
from content.selectors import talk as selectors_talk
from govsocial.web.finding import words_of

# So many people are offered for a search; whoever looks for more types more.
MOST_FOUND = 8


def card(
    post: Post,
    user: User,
    content: Document | None,
    accounts: Sequence[OfficialAccount],
    form: ThreadForm | None = None,
) -> dict[str, Any]:
    """The card on the page of a post: open threads first, as many as fit."""
    rows: Any = selectors_talk.counted(selectors_talk.threads_of(post), user)
    threads = list(rows[: selectors_talk.MOST_THREADS])
    total = threads[0].total if threads else 0
    return {
        "threads": views_of(threads, user, post, content, accounts),
        "total": total,
        "open": threads[0].open_total if threads else 0,
        "to_read": threads[0].to_read_total if threads else 0,
        "more": total > len(threads),
        "may_comment": may_comment(post, user),
        "form": form or thread_form(post, content, accounts),
    }


def may_comment(post: Post, user: User) -> bool:
    return user.holds("content.comment", post.unit_id)


def thread_form(
    post: Post,
    content: Document | None,
    accounts: Iterable[OfficialAccount],
    data: Any = None,
) -> ThreadForm:
    number = post.current_version.number if post.current_version else 0
    places = talking.places_of(content, accounts) if content else ()
    return ThreadForm(data, places=places, number=number, auto_id="comment-%s")


def reply_form(thread: Thread, data: Any = None) -> ReplyForm:
    return ReplyForm(data, auto_id=f"reply-{thread.pk}-%s")


def views_of(
    threads: Sequence[Thread],
    user: User,
    post: Post,
    content: Document | None,
    accounts: Iterable[OfficialAccount],
) -> list[dict[str, Any]]:
    """Threads as a card shows them, with the first and the latest of what was said."""
    said: dict[int, list[Comment]] = defaultdict(list)
    for comment in selectors_talk.ends_of(list(threads)) if threads else ():
        said[comment.thread_id].append(comment)
    known = {account.pk: account for account in accounts}
    may = may_comment(post, user)
    return [
        thread_view(thread, said[thread.pk], user, content, known, may_comment=may)
        for thread in threads
    ]


def thread_view(
    thread: Thread,
    comments: Sequence[Comment],
    user: User,
    content: Document | None,
    accounts: Mapping[int, OfficialAccount],
    *,
    may_comment: bool,
    form: ReplyForm | None = None,
) -> dict[str, Any]:
    now = timezone.now()
    count: int = getattr(thread, "comment_count", len(comments))
    current = content is not None and thread.quote
    return {
        "thread": thread,
        "place": talking.place_in_words(thread.place, accounts),
        "stands": current and talking.stands(thread.quote, content, thread.place),  # type: ignore[arg-type]  # it has content
        "comments": [_comment(one, user, now) for one in comments],
        "hidden": max(count - len(comments), 0),
        "may_comment": may_comment,
        "turn": reverse(
            f"content:thread_{'resolve' if thread.is_open else 'reopen'}",
            args=[thread.post_id, thread.pk],
        ),
        "form": form or reply_form(thread),
    }


def _comment(comment: Comment, user: User, now: datetime) -> dict[str, Any]:
    meant = [one.person for one in comment.mentions.all()]
    return {
        "comment": comment,
        "html": talking.shown(comment.text, meant),
        "also": talking.not_in_words(comment.text, meant) if comment.text else [],
        "may_withdraw": comment.may_be_withdrawn_by(user, now),
    }


def list_page(
    post: Post, user: User, page: Page[Thread], form: ThreadForm | None = None
) -> dict[str, Any]:
    """All threads of a post, a page of them."""
    content, accounts = content_of(post)
    form = form or thread_form(post, content, accounts)
    return {
        "post": post,
        "version": post.current_version,
        "page": page,
        "threads": views_of(list(page.object_list), user, post, content, accounts),
        "may_comment": may_comment(post, user),
        "thread_form": form,
        "found": found_for(post, form),
    }


def one_thread(
    thread: Thread, user: User, form: ReplyForm | None = None, *, whole: bool = True
) -> dict[str, Any]:
    """One thread: with all that was said in it, or as the card of the post shows it."""
    content, accounts = content_of(thread.post)
    if whole:
        comments = selectors_talk.with_mentions(thread.comments.order_by("pk"))
    else:
        comments = selectors_talk.ends_of([thread])
        thread = selectors_talk.threads_of(thread.post).get(pk=thread.pk)
    shown = thread_view(
        thread,
        list(comments),
        user,
        content,
        {account.pk: account for account in accounts},
        may_comment=may_comment(thread.post, user),
        form=form,
    )
    found = found_for(thread.post, form) if form else []
    return {"post": thread.post, "each": shown, "whole": whole, "found": found}


def content_of(post: Post) -> tuple[Document | None, list[OfficialAccount]]:
    """The current content of a post, and the accounts that it is meant for."""
    content = post.current_version.content() if post.current_version else None
    found = OfficialAccount.objects.in_bulk(content.texts.keys() if content else [])
    return content, list(found.values())


def found_for(post: Post, form: ReplyForm) -> list[dict[str, Any]]:
    """Those who were picked, and those whom the search finds among who may see the post."""
    if not form.is_bound:
        return []
    return found(post, form.find, form.picked)


def found(post: Post, words: str, picked: Collection[int]) -> list[dict[str, Any]]:
    """People to mention: those picked stay, and those whose names have each of ``words``."""
    readers = people.readers_of(post)
    chosen = list(readers.filter(pk__in=picked)) if picked else []
    others = readers.exclude(pk__in=[one.pk for one in chosen])
    typed = words_of(words.lstrip("@ "))
    for word in typed:
        others = others.filter(full_name__icontains=word)
    offered = list(others[:MOST_FOUND]) if typed else []
    return [
        *({"person": one, "picked": True} for one in chosen),
        *({"person": one, "picked": False} for one in offered),
    ]
