"""Two contents side by side, field by field: what changed since people last agreed to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount
from accounts.models.naming import told_apart
from content import diff
from content.document_words import compared
from content.documents import Document, MediaItem
from content.models import Decision, Post, PostVersion, Relation, Review
from content.sent_words import addressed_to, made_for
from govsocial.web.templatetags.formats import moment

# Characters on both sides together; what is longer has a page of its own.
LONG = 30_000


@dataclass(frozen=True, slots=True)
class Picture:
    """``url`` leads to a small one. ``place`` counts from one."""

    url: str
    alt: Sequence[diff.Piece]
    place: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One field that differs. A side that is None is not there at all: an account that was added,
    a picture that was taken out."""

    label: str
    before: Sequence[diff.Piece] | None = None
    after: Sequence[diff.Piece] | None = None
    old_picture: Picture | None = None
    new_picture: Picture | None = None
    is_picture: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """``against`` says in words what ``after`` is compared with."""

    before: PostVersion
    after: PostVersion
    against: str
    rows: Sequence[Row]
    same: Sequence[str] = field(default_factory=tuple)

    @property
    def is_long(self) -> bool:
        """Whether it has more words than the page of a post should carry."""
        sides = (side for row in self.rows for side in (row.before, row.after) if side)
        return sum(len(piece.text) for side in sides for piece in side) > LONG


@dataclass(frozen=True, slots=True)
class Baseline:
    """What a version is compared with when nobody chose it, and why that one."""

    version: PostVersion
    why: str


def was_approved(review: Review, decisions: Iterable[Decision]) -> bool:
    """Whether all its stages were approved, also when an edit made that void afterwards."""
    if review.status == Review.Status.APPROVED:
        return True
    return review.status == Review.Status.SUPERSEDED and review.stage_after(decisions) > len(
        review.kinds
    )


def baseline_of(
    post: Post, versions: Sequence[Any], decisions: Collection[Decision]
) -> Baseline | None:
    """The last version that was approved; else the post that this one follows; else the version of
    the last decision. ``versions`` are ``selectors.versions_of`` the post; None where there is
    none."""
    current = post.current_version
    if current is None:
        return None
    # With their contents, which ``versions`` leave out.
    decided = {one.review_id: one.review.version for one in decisions}
    earlier = [
        one.review
        for one in versions
        if one.number < current.number and hasattr(one, "review") and one.review.pk in decided
    ]
    withdrawn = {one.review.pk for one in versions if one.was_withdrawn and hasattr(one, "review")}
    for review in earlier:
        if was_approved(review, decisions):
            why = _("version %(number)s, which was approved")
            if review.pk in withdrawn:
                why = _("version %(number)s, which was approved and then withdrawn")
            return Baseline(decided[review.pk], why)
    if post.follows is not None and post.follows.current_version is not None:
        return Baseline(post.follows.current_version, followed_words(post))
    for review in earlier:
        why = _("version %(number)s, the last one that was decided on")
        return Baseline(decided[review.pk], why)
    return None


def followed_words(post: Post) -> str:
    """What a correction or update is compared with."""
    if post.relation == Relation.CORRECTION:
        return _("the post that it corrects, as it went out")
    return _("the post that it updates, as it went out")


def against_baseline(
    post: Post,
    versions: Sequence[PostVersion],
    decisions: Collection[Decision],
    accounts: Iterable[OfficialAccount],
) -> Comparison | None:
    """What the present version of a post changes, None where nothing was decided before it."""
    base = baseline_of(post, versions, decisions)
    if base is None or post.current_version is None:
        return None
    against = base.why % {"number": base.version.number}
    return compare(base.version, post.current_version, against, accounts=accounts, post=post)


def compare(
    before: PostVersion,
    after: PostVersion,
    against: str = "",
    *,
    post: Post,
    accounts: Iterable[OfficialAccount] = (),
) -> Comparison:
    """Every field of two versions. ``accounts`` are those that are known already; at most one query
    for the others. Contents that were left out of the versions are one more each."""
    old, new = before.content(), after.content()
    found: list[Row] = []
    same: list[str] = []
    for label, was, now in _fields(old, new, _known(old, new, accounts), post.unit.zone):
        if was == now:
            same.append(label)
        else:
            found.append(_row(label, was, now))
    pictures = [
        *_pictures(old.media, new.media, post.unit_id),
        *_film(old.film, new.film, post.unit_id),
    ]
    if not pictures and new.media:
        same.append(_("Pictures"))
    against = against or _("version %(number)s") % {"number": before.number}
    return Comparison(
        before=before, after=after, against=against, rows=[*found, *pictures], same=same
    )


def changed_fields(
    old: Document, new: Document, *, post: Post, accounts: Iterable[OfficialAccount] = ()
) -> list[dict[str, Any]]:
    """The fields that differ with their words in one column: ``label`` and ``pieces``. Nothing is
    prepared or addressed yet of what is typed, so what was of the other is left out."""
    old = replace(old, prepared={}, recipients={})
    new = replace(new, prepared={}, recipients={})
    fields = [
        *_fields(old, new, _known(old, new, accounts), post.unit.zone),
        (_("Pictures"), _described(old.media), _described(new.media)),
        (_("Video"), _described([old.film]), _described([new.film])),
    ]
    return [
        {"label": label, "pieces": diff.words(was or "", now or "")}
        for label, was, now in fields
        if was != now
    ]


def _described(items: Iterable[MediaItem | None]) -> str:
    return "\n".join(f"{one.alt} ({one.sha256[:12]})" for one in items if one)


def _known(
    old: Document, new: Document, accounts: Iterable[OfficialAccount] = ()
) -> dict[int, OfficialAccount]:
    known = {one.pk: one for one in accounts}
    unknown = {*old.texts, *new.texts} - known.keys()
    if unknown:
        known |= OfficialAccount.objects.select_related("unit").in_bulk(unknown)
    return known


def _row(label: str, was: str | None, now: str | None) -> Row:
    pieces = diff.words(was or "", now or "")
    return Row(
        label=label,
        before=None if was is None else [one for one in pieces if one.change != "added"],
        after=None if now is None else [one for one in pieces if one.change != "removed"],
    )


Field = tuple[str, str | None, str | None]


def _fields(
    old: Document, new: Document, accounts: dict[int, OfficialAccount], zone: tzinfo
) -> Iterator[Field]:
    names = told_apart(accounts.values())
    yield _("Title"), old.title, new.title
    yield from _texts(old, new, names)
    yield _("Thread"), _numbered(old.thread), _numbered(new.thread)
    yield _("First comment"), old.first_comment, new.first_comment
    yield _("Link"), old.link, new.link
    yield _("Published title"), old.headline, new.headline
    for pk, name in names.items():
        if pk in old.texts or pk in new.texts:
            label = _("Made for %(account)s") % {"account": name}
            yield label, made_for(old, pk), made_for(new, pk)
        if pk in old.recipients and pk in new.recipients:
            label = _("Address of %(account)s") % {"account": name}
            was, now = (addressed_to(one.recipients[pk], accounts[pk]) for one in (old, new))
            yield label, was, now
    yield _("Publication time"), _moment(old.planned_at, zone), _moment(new.planned_at, zone)
    yield _("Language of the post"), _language(old), _language(new)
    told_before, told_now = compared(old, zone), compared(new, zone)
    for label in {**told_before, **told_now}:
        yield label, told_before.get(label, ""), told_now.get(label, "")


def _numbered(thread: Sequence[str]) -> str:
    """With the places of its parts: where a thread is divided is part of what it says."""
    return "\n\n".join(f"{number}. {text}" for number, text in enumerate(thread, start=2))


def _texts(old: Document, new: Document, names: dict[int, str]) -> Iterator[Field]:
    """The texts; those that are alike on both sides share a row."""
    common = old.text, new.text
    together: dict[tuple[str | None, str | None], list[str]] = {common: []}
    for pk, name in names.items():
        if pk in old.texts or pk in new.texts:
            key = old.texts.get(pk), new.texts.get(pk)
            together.setdefault(key, []).append(name)
    chosen = sum(len(alike) for alike in together.values())
    for key, alike in together.items():
        of_all = len(alike) == chosen > 1
        yield _text_of(alike, is_common=key == common, of_all=of_all), *key


def _text_of(accounts: Sequence[str], *, is_common: bool, of_all: bool) -> str:
    """What a text is called: it is the common one, or of accounts, or both."""
    if of_all:
        return _("Text · all accounts") if is_common else _("All accounts")
    return " · ".join([_("Text"), *accounts] if is_common else accounts)


def _pictures(old: Sequence[MediaItem], new: Sequence[MediaItem], unit_id: int) -> Iterator[Row]:
    """The places at which another picture stands, or the same one with other words."""
    places = {item.sha256: place for place, item in reversed(list(enumerate(old, start=1)))}
    for index in range(max(len(old), len(new))):
        was = old[index] if index < len(old) else None
        now = new[index] if index < len(new) else None
        if was == now:
            continue
        pieces = diff.words(was.alt if was else "", now.alt if now else "")
        yield Row(
            label=_("Picture %(number)s") % {"number": index + 1},
            is_picture=True,
            old_picture=_picture(was, unit_id, pieces, index, "added"),
            new_picture=_picture(now, unit_id, pieces, index, "removed"),
            note=_moved(was, now, index + 1, places),
        )


def _film(was: MediaItem | None, now: MediaItem | None, unit_id: int) -> Iterator[Row]:
    if was == now:
        return
    pieces = diff.words(was.alt if was else "", now.alt if now else "")
    yield Row(
        label=_("Video"),
        is_picture=True,
        old_picture=_picture(was, unit_id, pieces, 0, "added"),
        new_picture=_picture(now, unit_id, pieces, 0, "removed"),
    )


def _picture(
    item: MediaItem | None, unit_id: int, pieces: Sequence[diff.Piece], index: int, without: str
) -> Picture | None:
    if item is None:
        return None
    url = reverse("content:media_preview", args=[unit_id, item.sha256])
    return Picture(url, [one for one in pieces if one.change != without], index + 1)


def _moved(was: MediaItem | None, now: MediaItem | None, place: int, places: dict[str, int]) -> str:
    if now is None:
        return _("Taken out")
    if was is not None and was.sha256 == now.sha256:
        return _("The same picture, described in other words")
    before = places.get(now.sha256)
    if before is not None and before != place:
        return _("Stood at place %(number)s before") % {"number": before}
    return _("Added") if was is None else _("Another picture")


def _language(content: Document) -> str:
    return _("English") if content.language == "en" else _("Indonesian")


def _moment(value: datetime | None, zone: tzinfo) -> str:
    return moment(value, zone) if value else _("As soon as it is approved")
