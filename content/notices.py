"""What a notification of each kind says, of what facts, and by which way it usually comes.

Facts are names, numbers and words of our own: never the text of a post, a comment or a note.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from content import desk, outlet_words
from content.models import NoticeKind, Notification, Publication, Retrospective, Review, Way
from govsocial.web.templatetags.formats import moment

Fact = str | int
LONGEST_FACT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One kind: ``says`` may use ``%(title)s`` and its facts; ``way`` is the usual one, and with
    ``is_fixed`` the only one: a duty is not muted."""

    says: str | Promise
    facts: frozenset[str] = field(default_factory=frozenset)
    way: Way = Way.AT_ONCE
    tone: str = ""
    is_fixed: bool = False


def _notice(
    says: Promise | str,
    *facts: str,
    way: Way = Way.AT_ONCE,
    tone: str = "",
    is_fixed: bool = False,
) -> Notice:
    return Notice(says=says, facts=frozenset(facts), way=way, tone=tone, is_fixed=is_fixed)


NOTICES: Mapping[NoticeKind, Notice] = {
    NoticeKind.SUBMITTED: _notice(
        gettext_lazy("%(by)s submitted version %(version)s of “%(title)s” for your decision."),
        "after",
        "by",
        "version",
    ),
    NoticeKind.STAGE: _notice(
        gettext_lazy(
            "%(by)s approved version %(version)s of “%(title)s”. Stage %(stage)s of %(stages)s "
            "comes next."
        ),
        "by",
        "version",
        "stage",
        "stages",
        way=Way.DAILY,
    ),
    NoticeKind.APPROVED: _notice(
        gettext_lazy("%(by)s approved version %(version)s of “%(title)s”."),
        "by",
        "version",
        tone="good",
    ),
    NoticeKind.CHANGES: _notice(
        gettext_lazy("%(by)s asked for changes to version %(version)s of “%(title)s”."),
        "by",
        "version",
        tone="watch",
    ),
    NoticeKind.REJECTED: _notice(
        gettext_lazy("%(by)s rejected version %(version)s of “%(title)s”."),
        "by",
        "version",
        tone="bad",
    ),
    NoticeKind.COMMENT: _notice(
        gettext_lazy("%(by)s commented on version %(version)s of “%(title)s”."),
        "by",
        "version",
        way=Way.DAILY,
    ),
    NoticeKind.MENTION: _notice(
        gettext_lazy("%(by)s mentioned you in a comment on “%(title)s”."),
        "by",
        "version",
        tone="note",
    ),
    NoticeKind.FAILED: _notice(
        gettext_lazy("Publishing “%(title)s” on %(account)s failed."), "account", tone="bad"
    ),
    NoticeKind.UNCONFIRMED: _notice(
        gettext_lazy("It is not certain whether “%(title)s” is on %(account)s."),
        "account",
        tone="bad",
    ),
    NoticeKind.REMINDER: _notice(
        gettext_lazy("“%(title)s” has been waiting for your decision for %(hours)s hours."),
        "hours",
        "planned",
        "version",
        tone="watch",
    ),
    NoticeKind.ESCALATION: _notice(
        gettext_lazy(
            "“%(title)s” of %(unit)s has been waiting for a decision for %(hours)s hours. Those "
            "who may decide were reminded."
        ),
        "hours",
        "unit",
        "version",
        tone="bad",
    ),
    NoticeKind.RETROSPECTIVE: _notice(
        gettext_lazy(
            "“%(title)s” went out as an emergency. Its retrospective review is open until somebody "
            "does it."
        ),
        tone="watch",
    ),
    NoticeKind.ENDED: _notice(
        gettext_lazy(
            "The validity of the emergency notice “%(title)s” has ended, and it is still out. "
            "Write an update, or withdraw it."
        ),
        tone="bad",
        is_fixed=True,
    ),
    NoticeKind.LOOK_REMINDER: _notice(
        gettext_lazy(
            "Nobody has looked at the emergency notice “%(title)s” afterwards yet. It went out "
            "%(days)s days ago."
        ),
        "days",
        way=Way.DAILY,
        tone="watch",
        is_fixed=True,
    ),
    NoticeKind.LOOK_ESCALATION: _notice(
        gettext_lazy(
            "The retrospective review of the emergency notice “%(title)s” of %(unit)s is late: it "
            "went out %(days)s days ago. Those who may do it are reminded every day."
        ),
        "days",
        "unit",
        way=Way.DAILY,
        tone="bad",
        is_fixed=True,
    ),
    NoticeKind.FREEZE_PLANNED: _notice(
        gettext_lazy(
            "%(by)s began a freeze of %(unit)s, which covers the planned time of “%(title)s”. "
            "Choose another time, or say why it may stand."
        ),
        "by",
        "unit",
        tone="watch",
    ),
    NoticeKind.FREEZE_BEGUN: _notice(
        gettext_lazy("%(by)s began a freeze of %(unit)s: nothing goes out there."),
        "by",
        "unit",
        tone="watch",
    ),
    NoticeKind.FREEZE_LIFTED: _notice(
        gettext_lazy("%(by)s lifted the freeze of %(unit)s. What was frozen waits to be released."),
        "by",
        "unit",
    ),
    NoticeKind.TO_POST: _notice(
        gettext_lazy("“%(title)s” is to be posted on %(account)s by hand now."),
        "account",
        tone="watch",
    ),
    NoticeKind.STOP: _notice(
        gettext_lazy(
            "%(by)s withdrew “%(title)s”, which you took to post it on %(account)s. Post nothing. "
            "If it is out already, delete it there by hand."
        ),
        "account",
        "by",
        "frozen",
        tone="bad",
        is_fixed=True,
    ),
    NoticeKind.WITHDRAWN: _notice(
        gettext_lazy("%(by)s withdrew “%(title)s” from %(account)s. Its page says why."),
        "account",
        "accounts",
        "by",
        tone="bad",
    ),
}


def checked(kind: NoticeKind, facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """``facts`` as they are kept. Raises ``ValueError`` for others than those of the kind."""
    if facts.keys() != NOTICES[kind].facts:
        expected, got = sorted(NOTICES[kind].facts), sorted(facts)
        raise ValueError(f"A notification {kind} takes {expected}, got {got}.")
    kept = {}
    for name, value in facts.items():
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise ValueError(f"The fact {name} of a notification is a name or a number.")
        kept[name] = value[:LONGEST_FACT] if isinstance(value, str) else value
    return kept


def sentence_of(notice: Notification) -> str:
    """What it says, in the reader's language. Facts that are missing leave no hole in a page."""
    kind = NoticeKind(notice.kind)
    facts = {name: notice.facts.get(name, "?") for name in NOTICES[kind].facts}
    says = NOTICES[kind].says
    if "account" in facts:
        facts["account"] = _account_of(notice, str(facts["account"]))
    if kind == NoticeKind.REMINDER and facts["planned"] not in {"", "?"}:
        says = _("“%(title)s” is planned for %(planned)s and waits for your decision.")
        facts["planned"] = moment(datetime.fromisoformat(str(facts["planned"])), notice.unit.zone)
    if kind == NoticeKind.SUBMITTED and facts["after"] not in {"", "?"}:
        says = _(
            "%(after)s approved version %(version)s of “%(title)s”. The next stage waits for your "
            "decision."
        )
    if kind == NoticeKind.STOP and facts["frozen"] not in {"", "?"}:
        says = _(
            "%(by)s began a freeze of %(frozen)s while you have “%(title)s” in hand to post it on "
            "%(account)s. Do not post it any more. If it is out already, record that."
        )
    if kind == NoticeKind.WITHDRAWN and facts["accounts"] != 1:
        says = _("%(by)s withdrew “%(title)s” from %(accounts)s accounts. Its page says why.")
    return str(says) % {**facts, "title": title_of(notice)}


def _account_of(notice: Notification, told: str) -> str:
    """As it was called then; one without a handle that says something, such as a channel, by its
    name."""
    if told.startswith("@") or notice.publication is None:
        return outlet_words.in_words(told)
    return notice.publication.outlet_in_words


def title_of(notice: Notification) -> str:
    return notice.post.title if notice.post else str(notice.unit)


def tone_of(notice: Notification) -> str:
    return NOTICES[NoticeKind(notice.kind)].tone


def address_of(notice: Notification) -> str:
    """Where it leads: to the publication, the thread or the post that it is about."""
    if notice.publication_id and notice.kind in _TO_POST_OR_NOT:
        return reverse("content:publication_by_hand", args=[notice.publication_id])
    if notice.publication_id and notice.kind != NoticeKind.WITHDRAWN:
        return reverse("content:publication_detail", args=[notice.publication_id])
    if notice.comment:
        thread = [notice.post_id, notice.comment.thread_id]
        return f"{reverse('content:thread_detail', args=thread)}#comment-{notice.comment_id}"
    look = _look_of(notice)
    if look is not None:
        return reverse("content:retrospective_detail", args=[look.pk])
    if notice.post_id and notice.kind in _TO_DECIDE:
        return desk.address(notice.post_id)
    if notice.post_id:
        return reverse("content:post_detail", args=[notice.post_id])
    return reverse("content:publication_list")


def _look_of(notice: Notification) -> Retrospective | None:
    """The look afterwards that a reminder is about."""
    if notice.kind not in _WHILE_NOT_LOOKED_AT or notice.review is None:
        return None
    return getattr(notice.review, "retrospective", None)


def why_over(notice: Notification) -> str:
    """In a word why nobody needs a letter about it any more; empty where somebody does."""
    if notice.read_at is not None:
        return "read"
    if notice.review_id and notice.kind in _WHILE_OPEN and notice.review is not None:
        return "" if notice.review.status == Review.Status.OPEN else "decided"
    look = _look_of(notice)
    if look is not None and look.done_at is not None:
        return "decided"
    if notice.publication is not None and notice.kind in _WHILE_SO:
        return "" if notice.publication.status == _WHILE_SO[notice.kind] else "settled"
    if notice.comment is not None and notice.comment.withdrawn_at is not None:
        return "withdrawn"
    return ""


_WHILE_OPEN = (NoticeKind.SUBMITTED, NoticeKind.REMINDER, NoticeKind.ESCALATION, NoticeKind.STAGE)
_TO_POST_OR_NOT = (NoticeKind.TO_POST, NoticeKind.STOP)
# They go to who decides: what they lead to is opened as from the queue.
_TO_DECIDE = (NoticeKind.SUBMITTED, NoticeKind.REMINDER)
_WHILE_NOT_LOOKED_AT = (NoticeKind.LOOK_REMINDER, NoticeKind.LOOK_ESCALATION)
_WHILE_SO: Mapping[str, str] = {
    NoticeKind.FAILED: Publication.Status.FAILED,
    NoticeKind.UNCONFIRMED: Publication.Status.UNCONFIRMED,
    NoticeKind.TO_POST: Publication.Status.SCHEDULED,
}


def short_of(notice: Notification) -> str:
    """The subject of a letter about this one alone."""
    return _("%(kind)s: %(title)s") % {
        "kind": notice.get_kind_display(),
        "title": title_of(notice),
    }
