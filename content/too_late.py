"""A decision that came too late: what happened to the post meanwhile, and the note that was
typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from content import comparing, desk
from content.errors import ContentError, GateRefused
from content.events.posts import (
    APPROVAL_VOIDED,
    CHANGES_REQUESTED,
    POST_APPROVED,
    POST_REJECTED,
    POST_TAKEN_BACK,
)
from content.forms.deciding import DecisionForm
from content.models import Post, PostVersion
from govsocial.audit.selectors import Line

_ENDS = frozenset(
    one.name
    for one in (APPROVAL_VOIDED, CHANGES_REQUESTED, POST_APPROVED, POST_REJECTED, POST_TAKEN_BACK)
)
"""What ends a wait for a decision, or a stage of it."""


def overtaken(
    post: Post, user: User, page: dict[str, Any], form: DecisionForm, refusal: ContentError | None
) -> dict[str, Any]:
    """What ``page``, the context of a post, shows besides where ``form`` was refused because
    something happened since the post was opened. It changes the form for a text that is another
    one: what was confirmed of the old text is not confirmed of the new one."""
    if isinstance(refusal, GateRefused) and refusal.why == "content_changed":
        return _of_new_text(post, page, form)
    rights = page["rights"]
    if rights.may_approve or rights.may_request_changes:
        return {}
    return _of_none_to_decide(post, user, page, form)


def _of_new_text(post: Post, page: dict[str, Any], form: DecisionForm) -> dict[str, Any]:
    seen, present = _opened(post, form), post.current_version
    if present is None:
        return {}
    data = QueryDict(mutable=True)
    data.update({"note": form.data.get("note", ""), "digest": present.digest})
    form.data = data
    if seen is None:
        return {}
    against = _("version %(number)s, which you had opened") % {"number": seen.number}
    accounts = [one["account"] for one in page["previews"] if one.get("account")]
    changes = comparing.compare(seen, present, against, accounts=accounts, post=post)
    return {"seen": seen, "changes": changes}


def _opened(post: Post, form: DecisionForm) -> PostVersion | None:
    """The version that the form was of; None for a digest that none of the post has."""
    rows = post.versions.filter(digest=form.cleaned_data.get("digest", ""))
    return rows.order_by("-number").first()


def _of_none_to_decide(
    post: Post, user: User, page: dict[str, Any], form: DecisionForm
) -> dict[str, Any]:
    """The page has no form any more beside which the refusal and the note could stand."""
    note = str(form.data.get("note", "")).strip()
    may_comment = page["talk"]["may_comment"]
    if note and may_comment:
        page["talk"]["form"].initial["text"] = note
    review = post.reviews.order_by("-pk").first()
    if review is not None:
        review.post = post
    return {
        "too_late": {
            "refusals": list(form.non_field_errors()),
            "what": _what_ended(page["history"].lines),
            "note": note,
            "may_comment": may_comment,
            "next": desk.next_for(user, review) if review else None,
        }
    }


def _what_ended(lines: Sequence[Line]) -> Line | None:
    """Who took it back or decided; the lines come newest first."""
    return next((one for one in lines if one.event in _ENDS), None)
