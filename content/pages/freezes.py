"""What the pages of freezes, withdrawals and corrections show."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any
from uuid import uuid4

from django.db.models import Min, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.models.naming import told_apart
from content import following, gate, in_hand, people
from content.actions.archiving import ARCHIVABLE
from content.actions.ending import ENDED, why_over
from content.actions.settling import DOUBTFUL, ended_words, not_in_use, out_of_line
from content.closed import OVER
from content.documents import Document
from content.forms.freezes import FreezeForm
from content.models import Freeze, Post, Publication, Relation, Withdrawal
from content.outcome import was_never_on
from content.outlets import outlets
from content.pages import posts as pages
from content.post_history import history_of_post
from content.selectors import freezes as selectors_freezes
from content.selectors import posts as selectors
from content.states import NOT_OUT, with_shown_status
from content.turns import People
from govsocial.audit.selectors import history_of
from govsocial.platforms.registry import Platform

MOST_PREVIEWED = 20
_ENTRY_ID = re.compile(r"[1-9][0-9]{0,17}")
# Their clients raise ``NotOffered``: no application may delete there.
DELETED_BY_HAND = frozenset({Platform.INSTAGRAM, Platform.TIKTOK})


def freeze_preview(form: FreezeForm, user: User) -> dict[str, Any]:
    """What a freeze would stop now, in numbers and by name. The form is valid."""
    asked = ("unit_id", "official_account_id", "spares_emergencies")
    wanted = {name: value for name, value in form.wanted().items() if name in asked}
    rows = selectors_freezes.would_be_stopped(user, **wanted)
    number = rows.count()
    in_hands = _in_hands(selectors_freezes.would_be_in_hand(user, **wanted))
    unit, account = form.cleaned_data["unit"], form.cleaned_data["official_account"]
    scope = account.in_words if account else str(unit)
    button = ngettext(
        "Freeze %(number)s publication of %(scope)s",
        "Freeze %(number)s publications of %(scope)s",
        number,
    )
    return {
        "form": form,
        "scope": account.in_words if account else unit.name,
        "stops": number,
        "rows": list(rows[:MOST_PREVIEWED]),
        "beyond": max(number - MOST_PREVIEWED, 0),
        "in_hands": in_hands,
        "button": (button if number else _("Freeze %(scope)s"))
        % {"number": number, "scope": scope},
    }


def _in_hands(rows: QuerySet[Publication]) -> list[Publication]:
    """With the attempt of who has each, ``taken``. There are few: one is taken to be posted now."""
    found = list(rows[:MOST_PREVIEWED])
    taken = in_hand.holders(found)
    for one in found:
        one.taken = taken.get(one.pk)  # type: ignore[attr-defined]  # for the template
    return found


def who_freezes(user: User) -> People | None:
    """Who may begin a freeze on the units that this person sees, for who may not; else None."""
    if user.holds("content.freeze"):
        return None
    return people.named_by_unit("content.freeze", user.units_with("content.view"))


def freeze_page(freeze: Freeze, user: User) -> dict[str, Any]:
    return {
        "freeze": freeze,
        "may_lift": freeze.lifted_at is None and user.holds("content.freeze", freeze.unit_id),
        "history": history_of(freeze),
    }


def covering(publication: Publication) -> list[Freeze]:
    """The running freezes that keep a publication where it is, the oldest first; none for an
    emergency that those which are on spare."""
    if not gate.is_frozen(publication):
        return []
    return list(selectors_freezes.freezes_over(publication.official_account))


def after_retry(publication: Publication) -> str:
    if publication.status == Publication.Status.FROZEN:
        return _("There has been a freeze since it failed, so an approver lets it go first.")
    if publication.by_hand:
        return _("A person posts it by hand.")
    return _("It will be sent again at once.")


def after_release(publication: Publication) -> str:
    told = (
        _("Released: a person has to post “%(title)s” on %(account)s.")
        if publication.by_hand
        else _("Released: “%(title)s” goes out on %(account)s.")
    )
    names = {"title": publication.post.title, "account": publication.official_account.in_words}
    return told % names


def release_page(publication: Any, user: User) -> dict[str, Any]:
    """Exactly what would go out, when, and what keeps it from being let go. The publication comes
    from ``selectors_freezes.frozen_visible_to``."""
    content = publication.version.content()
    why_not = ""
    if publication.is_covered:
        why_not = _("The freeze has not been lifted yet.")
    elif publication.wrote:
        why_not = (
            _(
                "You, or somebody you stand in for, wrote part of it, or that person does not hold "
                "the role themselves, so somebody else lets it go."
            )
            if user.stands_in
            else _("You wrote part of this post, so somebody else lets it go.")
        )
    elif content.has_ended:
        why_not = ended_words(publication)
    elif not publication.counts:
        why_not = _(
            "The approval has expired or no longer counts. Cancel this publication, then submit "
            "the post again."
        )
    return {
        "publication": publication,
        "content": content,
        "preview": _going(publication, content),
        "at_once": publication.scheduled_for <= timezone.now(),
        "why_not": why_not,
        "is_needless": _corrects_nothing(publication),
        "may_cancel": user.holds("content.publish", publication.official_account.unit_id),
    }


def _corrects_nothing(publication: Publication) -> bool:
    """Whether it corrects what readers of its account never saw."""
    post = publication.post
    if post.relation != Relation.CORRECTION or post.follows_id is None:
        return False
    return was_never_on(post.follows_id, publication.official_account_id)


def _going(publication: Publication, content: Document) -> dict[str, Any]:
    """What goes out when it is let go: the post with all that follows it, or one of these."""
    found = pages.previews(publication.post, content, [publication.official_account])
    return pages.alone(found[0], publication.part)


def frozen_rows(publications: list[Any], user: User) -> list[Any]:
    """Give each row of the list what is to be done with it."""
    now = timezone.now()
    for one in publications:
        one.text = one.version.content().sent_as(one.official_account_id, one.part).text
        one.may_release = selectors_freezes.may_release(one, user) and not one.wrote
        one.is_ready = not one.is_covered and one.counts
        one.can_tick = one.is_ready and one.may_release and one.has_opened
        one.is_late = one.scheduled_for <= now
    return publications


def publication_extras(publication: Publication, user: User) -> dict[str, Any]:
    """What stands on the page of a publication about freezes and withdrawal."""
    status, account = publication.status, publication.official_account
    runs = user.holds("content.publish", account.unit_id)
    withdrawal = withdrawal_of(publication)
    is_frozen = status == Publication.Status.FROZEN
    freezes = covering(publication) if is_frozen else []
    let_go = is_frozen and not freezes
    failed = runs and status == Publication.Status.FAILED and not why_over(publication)
    not_retried = _why_not_again(publication) if failed else ""
    return {
        "may_retry": failed and not not_retried,
        "not_retried": not_retried,
        "freezes": freezes,
        "may_release": let_go and selectors_freezes.may_release(publication, user),
        "may_withdraw": runs and bool(to_withdraw([publication])),
        "withdrawal": withdrawal,
        "is_withdrawn_if_out": status in DOUBTFUL and hasattr(publication, "withdrawal"),
        "may_settle_withdrawal": runs and withdrawal is not None and not withdrawal.outcome,
    }


def _why_not_again(publication: Publication) -> str:
    """What ``retry_publication`` would refuse a failed publication for; "" for nothing."""
    account = publication.official_account
    if not account.is_active:
        return not_in_use(account)
    stands = gate.again(publication)
    if stands.is_frozen:
        return _("It is frozen. It can be tried again when the freeze is lifted.")
    if not stands.is_halted and not stands.counts:
        return str(out_of_line(publication))
    return ""


def withdrawal_of(publication: Publication) -> Withdrawal | None:
    if publication.status != Publication.Status.WITHDRAWN:
        return None
    rows = Withdrawal.objects.select_related("requested_by", "settled_by")
    return rows.filter(publication=publication).first()


def to_withdraw(publications: Iterable[Publication]) -> list[Publication]:
    """What may be withdrawn of these: what is live, and what may be and was not withdrawn yet.
    They come with their withdrawals."""
    return [
        one
        for one in publications
        if one.status == Publication.Status.PUBLISHED
        or (one.status in DOUBTFUL and not hasattr(one, "withdrawal"))
    ]


def why_not_withdrawn(post: Post) -> str:
    """Of a post with nothing ``to_withdraw``: whoever went back did it a moment ago."""
    if post.status == Post.Status.WITHDRAWN:
        return _("It was withdrawn already. What became of it on the platforms is shown here.")
    return _("Nothing of this post is live any more.")


def may_withdraw(user: User, publications: Iterable[Publication]) -> bool:
    """Whether a person may end all of a post that has not ended: what still waits or failed is
    called back with what is out."""
    units = {one.official_account.unit_id for one in publications if one.status not in ENDED}
    return all(user.holds("content.publish", unit) for unit in units)


def withdraw_with_what_follows(publication: Publication) -> dict[str, Any]:
    """``withdraw_page`` of one publication, and of what follows it on its account."""
    out = [publication, *following.live_after(publication)]
    return withdraw_page(out, list(following.waiting_after(publication)))


def withdraw_page(
    publications: list[Publication], waiting: Collection[Publication]
) -> dict[str, Any]:
    """What a withdrawal will do on each account, and who has to do the rest. ``waiting`` is what is
    not out and is cancelled with it."""
    taken = in_hand.holders(publications)
    for one in publications:
        one.taken = taken.get(one.pk)  # type: ignore[attr-defined]  # for the template
        one.deleted_by_hand = (  # type: ignore[attr-defined]  # for the template
            one.official_account.platform in DELETED_BY_HAND or not one.platform_post_id
        )
    live = [one for one in publications if one.status == Publication.Status.PUBLISHED]
    doubtful = [one for one in publications if one.status in DOUBTFUL]
    accounts = list(dict.fromkeys(one.official_account for one in [*live, *doubtful]))
    names = told_apart({one.official_account for one in [*publications, *waiting]})
    for one in [*publications, *waiting]:
        one.official_account.named = names.get(one.official_account_id, "")  # type: ignore[attr-defined]  # for the template
    return {
        "publications": publications,
        "outlets": outlets(live),
        "doubtful": outlets(doubtful),
        "waiting": outlets(waiting),
        "begun": _begun_to_follow(publications),
        "accounts": accounts,
    }


def _begun_to_follow(publications: Iterable[Publication]) -> list[Post]:
    """Corrections and updates of what is withdrawn that were begun and are not out yet."""
    posts = {one.post_id for one in publications}
    begun = Post.objects.filter(follows__in=posts, status__in=Post.EDITABLE).order_by("pk")
    return list(with_shown_status(begun).select_related("current_version"))


def post_page(post: Post, user: User, asked: Mapping[str, Any]) -> dict[str, Any]:
    """``pages.post_page`` with what belongs to a post that is out. ``asked``: the ``account`` whose
    preview is shown, and where its history begins, ``since``."""
    context = pages.post_page(post, user, asked.get("account"))
    return context | post_extras(post, user, context["publications"], asked.get("since", ""))


def post_extras(
    post: Post, user: User, publications: list[Publication], since: str
) -> dict[str, Any]:
    """What a post follows, what follows it, and what may be done with what is out."""
    is_out = post.status in FOLLOWED
    first = first_of(post)
    out = to_withdraw(publications)
    runs = user.holds("content.publish", post.unit_id)
    after = chain_after(post)
    known = [one for one in after if one.follows_id == post.pk]
    followers = [one for one in known if one.status != Post.Status.REJECTED]
    correction = _first_correction(followers)
    return {
        "first": first,
        "followers": followers,
        "newest": _newest(after),
        "history": history_of_post(post, known, since=_entry_id(since)),
        "is_older": bool(_entry_id(since)),
        "correction": correction,
        "corrected_at": correction.out_at if correction else None,
        "follow_key": uuid4(),
        "begun_anew": _begun_anew(post, user),
        "other_correction": _under_way(followers),
        "may_follow": is_out and user.holds("content.draft", post.unit_id),
        "may_follow_first": first is not None
        and first.status in FOLLOWED
        and user.holds("content.draft", first.unit_id),
        "withdrawn_from": list(dict.fromkeys(one.official_account for one in out)),
        "may_withdraw": bool(out) and may_withdraw(user, publications),
        "may_archive": runs and post.status in ARCHIVABLE and post.display_status != "withdrawing",
    }


def other_correction(post: Post, but: Post) -> Any:
    """A correction of ``post`` besides ``but`` that is not out yet; None where there is none."""
    return _under_way(
        one for one in chain_after(post) if one.follows_id == post.pk and one.pk != but.pk
    )


def _under_way(followers: Iterable[Any]) -> Any:
    """A correction that is not out yet, rather one that was submitted; None where there is none."""
    begun = [one for one in followers if one.relation == Relation.CORRECTION]
    begun = [one for one in begun if one.status in Post.EDITABLE]
    return min(begun, key=lambda one: one.status == Post.Status.DRAFT, default=None)


def _begun_anew(post: Post, user: User) -> Post | None:
    """What somebody wrote in place of a post that is over, so that nobody does it twice. No query
    for the others."""
    if post.status not in OVER:
        return None
    again = selectors.posts_visible_to(user).filter(copied_from__post=post)
    return again.select_related("current_version").order_by("pk").first()


def _entry_id(typed: str) -> int | None:
    return int(typed) if _ENTRY_ID.fullmatch(typed) else None


def first_of(post: Any) -> Post | None:
    """What a post follows, with its status where ``states.with_status_of_first`` read it."""
    first: Post | None = post.follows
    status = getattr(post, "first_status", None)
    if first is not None and status:
        first.shown_status = status
        first.taken_back_at = getattr(post, "first_withdrawn_at", None)  # type: ignore[attr-defined]  # for the template
    return first


FOLLOWED = frozenset({Post.Status.LIVE, Post.Status.CORRECTED})
"""Of what is out corrections and updates are written."""

HOLDS = frozenset({Post.Status.LIVE, Post.Status.ARCHIVED})
"""What is out and has not been corrected."""

NEVER_OUT = frozenset({*Post.EDITABLE, Post.Status.REJECTED})
"""Nothing follows what was never out."""


def chain_after(post: Post) -> list[Any]:
    """Corrections and updates of a post and those of them, the latest first, each with when it went
    out. One query, however long the chain is."""
    if post.status in NEVER_OUT:
        return []
    after = RawSQL("SELECT content_posts_after(%s)", [post.pk])  # no input
    rows = Post.objects.filter(pk__in=after).select_related("current_version")
    rows = with_shown_status(rows.annotate(out_at=Min("publications__published_at")))
    return list(rows.order_by("-created_at"))


def _newest(after: Iterable[Any]) -> Any:
    """What holds in the place of a post, at the end of its chain: what went out last and is out."""
    out = [
        one
        for one in after
        if one.out_at and one.status in HOLDS and one.display_status not in NOT_OUT
    ]
    return max(out, key=lambda one: one.out_at, default=None)


def _first_correction(followers: list[Any]) -> Any:
    """The correction that went out first; None while none is out."""
    out = [one for one in followers if one.relation == Relation.CORRECTION and one.out_at]
    return min(out, key=lambda one: one.out_at, default=None)
