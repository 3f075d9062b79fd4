"""What the pages of content show: facts gathered from selectors, in the words of a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import OfficialAccount, User
from accounts.models.naming import told_apart
from accounts.server_limits import limits_of
from accounts.spending import left_this_month
from content import comparing, findings, outstanding, rights, stages, was_out
from content.actions.completing import missing_from
from content.checklist import ETHICS
from content.document_words import answered, declared_rows, facet_rows, justified_rows
from content.documents import Document, MediaItem, Prepared
from content.errors import ContentError
from content.finding_rules import beside
from content.findings import Finding, FindingRule
from content.forms.deciding import ApprovalForm
from content.forms.posts import PostForm
from content.media_at_the_gate import incomplete
from content.models import Decision, Post, PostVersion, Publication, Review
from content.outlets import outlets
from content.pages import talk as talk_pages
from content.pages.media import length_of
from content.preflight import (
    notes,
    of_a_part,
    part_name,
    problems_of,
    taken_after,
    unanswering,
    unconnected,
)
from content.preparing import changes, expected, left_out, prepare
from content.selectors import back as selectors_back
from content.selectors import posts as selectors
from content.states import NOT_OUT, UNFINISHED, word
from content.surroundings import surroundings_of
from content.taken_back import is_all_taken_back, taken_back
from govsocial.platforms import text as texts
from govsocial.platforms.base import Limits
from govsocial.platforms.text import measure


def edit_address(post: Post, *, missing: bool = False) -> str:
    address = reverse("content:post_edit", args=[post.pk])
    return f"{address}?missing=1" if missing else address


def missing_of(request: HttpRequest, post: Post) -> list[ContentError]:
    """Everything that a submission still lacks, in words, when the address asks for it."""
    return lacking(post) if "missing" in request.GET else []


def lacking(post: Post) -> list[ContentError]:
    """Everything that a submission of the current version still lacks, in words."""
    if post.current_version is None:
        return []
    found = missing_from(post.current_version.content(), post.unit, post)
    # What lacks on every account, such as an alternative text, is said once.
    return list({str(one): one for one in found}.values())


def post_page(post: Any, user: User, chosen: str | None) -> dict[str, Any]:
    """What the page of a post shows: of one of ``selectors_lists.posts_to_open``."""
    version = post.current_version
    content = version.content() if version else None
    accounts = accounts_of(content)
    versions = selectors.versions_of(post)
    decisions = list(selectors.decisions_of(post))
    review = getattr(versions[0], "review", None) if versions else None
    if review is not None:
        review.post = post
        review.stage = review.stage_after(decisions)
    publications = _publications(post, versions, decisions)
    known = outlets(publications)
    out = was_out.of_page(post, previews(post, content, accounts), known)
    shown = shown_of([one["account"] for one in out["previews"]], chosen)
    may_draft = user.holds("content.draft", post.unit_id)
    said = told(content, post)
    decision_form = ApprovalForm(initial={"digest": version.digest if version else ""})
    decision_form.ask_why(said.get("found_since"))
    page = {
        "post": post,
        "version": version,
        "content": content,
        **out,
        "previews": _with_way_out(out["previews"], user),
        "shown": shown,
        **said,
        "incomplete": (
            incomplete(content, post.unit) if content and post.status == Post.Status.DRAFT else []
        ),
        # The preview that is shown has its own notes; of the others one would not know.
        "unconnected": list(unconnected(each for each in accounts if each.pk != shown)),
        "review": review,
        "came_back": selectors_back.came_back_with(post, decisions),
        "mend": edit_address(post) if may_draft and _came_back(review) else "",
        "rights": rights.rights_on(review, user, accounts=accounts, decisions=decisions),
        "ethics": ETHICS,
        "decision_form": decision_form,
        "decisions": decisions,
        "publications": publications,
        "outlets": known,
        "steps": steps(post, review, publications),
        **outstanding.of_page(post, known),
        "taken_back": taken_back(publications),
        "is_all_taken_back": is_all_taken_back(post, publications),
        "changes": comparing.against_baseline(post, versions, decisions, accounts),
        "versions": versions,
        "may_edit": may_draft and post.is_editable,
        "left_unsaved": may_draft and not post.is_editable and post.has_unsaved,
        "may_duplicate": version is not None and user.holds("content.draft"),
        "may_submit": may_draft and post.status == Post.Status.DRAFT and not _came_back(review),
        "may_take_back": may_draft and post.status == Post.Status.SUBMITTED,
        "talk": talk_pages.card(post, user, content, accounts),
    }
    return stages.of_page(post, page, user)


def _publications(
    post: Post, versions: Sequence[PostVersion], decisions: Sequence[Decision]
) -> list[Publication]:
    """None are asked for where no version was ever approved: the gate lets none be made then."""
    reviews = [one.review for one in versions if hasattr(one, "review")]
    if any(comparing.was_approved(one, decisions) for one in reviews):
        return list(selectors.publications_of(post))
    return []


def told(content: Document | None, post: Post) -> dict[str, Any]:
    """What kind of content it is, what was declared, and what is found in it."""
    if content is None:
        return {}
    around = surroundings_of(content, post.unit, post)
    found = justified_rows(content, _to_answer(post, findings.find(content, around)))
    since = [one.finding for one in found if one.finding and one.is_open]
    return {
        "facets": facet_rows(content, post.unit.zone),
        "declared": declared_rows(content),
        "answered": answered(content),
        "findings": found,
        # Whatever its own time: what is approved while a freeze runs waits for a word after it.
        "is_frozen": any(one.is_for(content.texts) for one in around.silences),
        "found_since": since,
        "changed_since": beside.changed_since(content, around),
        "may_all_stand": all(one.may_stand for one in since),
    }


_DECIDED_ON = frozenset({Post.Status.APPROVED, Post.Status.SCHEDULED})


def _to_answer(post: Post, found: Iterable[Finding]) -> list[Finding]:
    """Without the freeze that began after a post was approved: nobody says of that why it may
    stand, and the gate holds it."""
    is_decided = post.status in _DECIDED_ON
    return [one for one in found if not (is_decided and one.rule == FindingRule.FROZEN)]


def _came_back(review: Review | None) -> bool:
    return review is not None and review.status == Review.Status.CHANGES


def accounts_of(content: Document | None) -> list[OfficialAccount]:
    if content is None:
        return []
    found = selectors.accounts_known(content.texts)
    return [found[pk] for pk in content.texts if pk in found]


def typed_previews(form: PostForm) -> list[dict[str, Any]]:
    """Previews of a form that may still be wrong: whatever accounts and texts it has. Pictures that
    a platform does not take as they are will be made when the post is saved."""
    form.is_valid()
    chosen = form.cleaned_data.get("accounts") or []
    unit_id = form.unit_id or getattr(form.cleaned_data.get("unit"), "pk", None) or 0
    said = form.document()
    if not unit_id:
        said = replace(said, media=())
    left = left_this_month([account.platform for account in chosen])
    names = told_apart(chosen, shortly=True)
    shown = [
        _preview(account, said, prepare(said, account, expected), unit_id, left)
        | {"name": names[account.pk]}
        for account in chosen
    ]
    return _with_way_out(shown, form.user)


def live_preview(form: PostForm) -> dict[str, Any]:
    """The previews of what is being typed, and the accounts that would refuse it: the answer while
    somebody writes."""
    return {**preview_of(form), "answers": True}


def preview_of(form: PostForm) -> dict[str, Any]:
    """As ``live_preview``, within the page of a form that holds what was typed."""
    shown = typed_previews(form)
    troubled = [one["name"] for one in shown if one["problems"]]
    return {
        "previews": shown,
        "troubled": ", ".join(dict.fromkeys(troubled)),
        "to_mend": len({told for one in shown for told in one["problems"]}),
        "found": form.all_found,
        "changed": form.changed_since(),
    }


def previews(
    post: Post, content: Document | None, accounts: list[OfficialAccount]
) -> list[dict[str, Any]]:
    """One preview per account: exactly the text and pictures that would go out there. ``name`` is
    short and tells it from the others."""
    if content is None:
        return []
    left = left_this_month([account.platform for account in accounts])
    names = told_apart(accounts, shortly=True)
    return [
        _preview(account, content, content.sent_to(account.pk), post.unit_id, left)
        | {"name": names[account.pk]}
        for account in accounts
    ]


def _with_way_out(shown: list[dict[str, Any]], user: User) -> list[dict[str, Any]]:
    """The previews with where this person can connect an account again that lacks a right."""
    for one in shown:
        account = one["account"]
        may = one["unanswering"] and user.holds("accounts.manage", account.unit_id)
        connect = "accounts:official_account_connect"
        one["connect_url"] = reverse(connect, args=[account.pk]) if may else ""
    return shown


def _picture(item: MediaItem, unit_id: int, taken: Limits) -> dict[str, Any]:
    url = reverse("content:media_file", args=[unit_id, item.sha256])
    return {"url": url, "alt": item.alt, "alt_stays": not taken.alt_text}


def _film(item: MediaItem, unit_id: int, taken: Limits) -> dict[str, Any]:
    own = taken.video.alt_text if taken.video else None
    key = [unit_id, item.sha256]
    return {
        "url": reverse("content:media_file", args=key),
        "poster": reverse("content:media_preview", args=key),
        "alt": item.alt,
        "alt_stays": not (taken.alt_text if own is None else own),
        "media_type": item.media_type,
        "length": length_of(item.seconds or 0),
    }


def _preview(
    account: OfficialAccount,
    document: Document,
    sent: Prepared,
    unit_id: int,
    left: Mapping[str, Decimal],
) -> dict[str, Any]:
    """What goes out on one account, what keeps it from going out, and what is good to know."""
    film = document.film
    # Nobody needs to be told that they have not begun to write.
    wrong = problems_of(account, sent, film) if sent.text.strip() else []
    taken = limits_of(account)
    known = notes(account, sent.text, sent.images, film=film, left=left.get(account.platform))
    return {
        "account": account,
        "text": sent.text,
        "title": sent.title,
        "link": sent.link,
        "film": _film(film, unit_id, taken) if film else None,
        "images": [_picture(item, unit_id, taken) for item in sent.images],
        "length": measure(sent.text, taken),
        "most": taken.text,
        "counts": list(_counts(sent.text, taken)),
        "links_stay_text": not taken.links,
        "unanswering": unanswering(account, sent.parts),
        "problems": list(dict.fromkeys(one.message for one in wrong)),
        "notes": [*known, *left_out(document, account), *changes(document, sent)],
        "parts": [
            _part(words, place, taken_after(account)) for place, words in enumerate(sent.parts)
        ],
    }


def _part(words: str, place: int, taken: Limits) -> dict[str, Any]:
    """One of the texts that follow the post on an account."""
    own = of_a_part(taken)
    length = measure(words, own)
    return {
        "label": part_name(taken, place),
        "text": words,
        "length": length,
        "most": own.text,
        "is_too_long": length > own.text,
        "links_stay_text": not taken.links,
    }


def _counts(text: str, taken: Limits) -> Iterator[str]:
    """Hashtags and mentions, where there are any."""
    hashtags = sum(1 for _span in texts.hashtags(text))
    named = texts.mentions(text)
    if hashtags:
        told = ngettext("%(n)s hashtag", "%(n)s hashtags", hashtags) % {"n": hashtags}
        yield _of_most(told, taken.hashtags)
    if named:
        told = ngettext("%(n)s mention", "%(n)s mentions", named) % {"n": named}
        yield _of_most(told, taken.mentions)


def _of_most(told: str, most: int | None) -> str:
    if most is None:
        return told
    return _("%(told)s, %(most)s at most") % {"told": told, "most": most}


def shown_of(accounts: list[OfficialAccount], chosen: str | None) -> int | None:
    """The id of the account whose preview a page shows: the one that its address names, or the
    first."""
    ids = [account.pk for account in accounts]
    if chosen and chosen.isdecimal() and int(chosen) in ids:
        return int(chosen)
    return ids[0] if ids else None


def steps(
    post: Post, review: Review | None, publications: list[Publication]
) -> list[dict[str, str]]:
    """The way of a post, and where it stands."""
    order = [Post.Status.DRAFT, Post.Status.SUBMITTED, Post.Status.SCHEDULED, Post.Status.LIVE]
    labels = [_("Draft"), _("Submitted"), _("Approval"), _("Scheduled"), _("Live")]
    # One that was out and was taken back everywhere waits with the rest as before it was out.
    stands = Post.Status(post.status)
    if stands == Post.Status.LIVE and post.display_status in NOT_OUT:
        stands = Post.Status.SCHEDULED
    at = {
        Post.Status.DRAFT: 0,
        Post.Status.SUBMITTED: 2,
        Post.Status.REJECTED: 2,
        Post.Status.APPROVED: 3,
        Post.Status.SCHEDULED: 3,
    }.get(stands, len(order) + 1)
    rows = [
        {"label": label, "state": "done" if place < at else "current" if place == at else ""}
        for place, label in enumerate(labels)
    ]
    if post.display_status in UNFINISHED and at > len(rows) - 1:
        rows[-1] = {"label": word(post.display_status), "state": "current"}
    elif post.status == Post.Status.WITHDRAWN:
        rows[-1] = {"label": word("withdrawn"), "state": "failed"}
    failed = any(row.status == Publication.Status.FAILED for row in publications)
    # What was out has every step behind it; what failed of it stands on its page by itself.
    if at < len(rows) and (failed or post.status == Post.Status.REJECTED):
        rows[at]["state"] = "failed"
    return rows


def version_page(
    post: Post, version: PostVersion, user: User, chosen: str | None
) -> dict[str, Any]:
    content = version.content()
    accounts = accounts_of(content)
    before = post.versions.filter(number=version.number - 1).first()
    return {
        "post": post,
        "version": version,
        "content": content,
        "previews": previews(post, content, accounts),
        "shown": shown_of(accounts, chosen),
        **told(content, post),
        "changes": comparing.compare(before, version, post=post) if before else None,
        "may_duplicate": user.holds("content.draft"),
        "review": Review.objects.filter(version=version).first(),
    }


def alone(preview: dict[str, Any], part: int) -> dict[str, Any]:
    """What one publication says: the post with all that follows it, or one of these by itself."""
    if not part:
        return preview
    bare: dict[str, Any] = {key: [] for key in ("images", "notes", "problems", "parts", "counts")}
    said: dict[str, Any] = preview["parts"][part - 1]
    return preview | said | bare | {"title": "", "link": "", "film": None}
