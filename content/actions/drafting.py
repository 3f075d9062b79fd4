from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, Unit, User
from content.actions.completing import missing_from
from content.actions.links import plan_link_checks
from content.actions.media_reach import refuse_media_out_of_reach
from content.actions.outgoing import recipient
from content.actions.refusals import guarded
from content.actions.scheduling import cancel_for_edit
from content.actions.taking_over import take_over
from content.actions.telling import tell_submitted
from content.actions.variants import prepared
from content.closed import perhaps_out
from content.declaring import still_declared
from content.documents import Document, digest_of
from content.errors import ContentError, DecidedMeanwhile, EditConflict, IsOut
from content.events import (
    APPROVAL_VOIDED,
    POST_CREATED,
    POST_EDITED,
    POST_FOLLOWED,
    POST_SUBMITTED,
    POST_SUBMITTED_AS_EMERGENCY,
    POST_TAKEN_BACK,
)
from content.finding_rules.personal import identity_numbers
from content.findings import still_justified
from content.models import Post, PostVersion, Relation, Review
from content.models.ended import Ended
from content.policies import asked_for
from content.standing import standing, to_call_back
from content.surroundings import findings_of
from govsocial.audit.actions import record, record_many
from govsocial.web.permissions import require

LONGEST_TITLE = 200


@guarded("create")
def create_post(
    *,
    actor: User,
    unit_id: int,
    document: Document,
    copied_from: PostVersion | None = None,
    from_bank: Collection[int] = (),
) -> Post:
    """Start a post with its first version. A draft may be incomplete; a submission may not.

    ``from_bank`` names the texts of the message bank that it takes over: who wrote one does not
    decide on the post.
    """
    require(actor, "content.draft", unit_id)
    document = _addressed(actor, unit_id, document)
    document = _justified(document, Unit.objects.get(pk=unit_id))
    post = Post.objects.create(unit_id=unit_id, author=actor, copied_from=copied_from)
    version = _add_version(post, actor, document, number=1)
    take_over(version, document, actor, from_bank)
    record(POST_CREATED, actor=actor, target=post, version_sha256=version.digest)
    return post


@guarded("create")
def create_posts(*, actor: User, unit_id: int, documents: Sequence[Document]) -> list[Post]:
    """``create_post`` for each, all of them or none: as many queries for hundreds as for one."""
    require(actor, "content.draft", unit_id)
    unit = Unit.objects.get(pk=unit_id)
    whole = [_justified(one, unit) for one in _all_addressed(actor, unit_id, documents)]
    posts = Post.objects.bulk_create([Post(unit=unit, author=actor) for _one in whole])
    rows = [
        _version(post, actor, document, number=1)
        for post, document in zip(posts, whole, strict=True)
    ]
    versions = PostVersion.objects.bulk_create(rows)
    plan_link_checks(*whole)
    first = PostVersion.objects.filter(post=OuterRef("pk"), number=1)
    Post.objects.filter(pk__in=[post.pk for post in posts]).update(
        current_version=Subquery(first.values("pk")), updated_at=timezone.now()
    )
    entries = []
    for post, version in zip(posts, versions, strict=True):
        post.current_version = version
        entries.append((post, {"version_sha256": version.digest}))
    record_many(POST_CREATED, actor=actor, entries=entries)
    return posts


@guarded("follow")
def follow_post(
    *, actor: User, post_id: int, relation: str, copied_from: PostVersion | None = None
) -> Post:
    """Begin a correction or an update of a post that is out, from what that one says.

    It is a post like every other: it needs its own approval. The first one stands until the
    correction is live. Accounts that posts are not sent to any more are left out. A thread and a
    first comment are kept: they are part of what is corrected.

    ``copied_from`` is what else it takes words from: who wrote that does not decide on it either.
    """
    first = lock_post(post_id)
    require(actor, "content.draft", first.unit_id)
    if first.status not in {Post.Status.LIVE, Post.Status.CORRECTED}:
        raise ContentError(_("Only what is out is corrected or updated."))
    said = _current(first).content()
    rows = OfficialAccount.objects.filter(
        pk__in=said.texts.keys(),
        status=OfficialAccount.Status.ACTIVE,
        unit_id__any=actor.units_with("content.draft"),
    )
    kept = set(rows.values_list("pk", flat=True))
    texts = {pk: text for pk, text in said.texts.items() if pk in kept}
    title = _titled(said.title, relation)
    begun = replace(said, title=title, texts=texts, planned_at=None, valid_until=None).unconfirmed()
    document = _justified(_addressed(actor, first.unit_id, begun), first.unit)
    post = Post.objects.create(
        unit_id=first.unit_id,
        author=actor,
        follows=first,
        relation=relation,
        copied_from=copied_from,
    )
    version = _add_version(post, actor, document, number=1)
    record(
        POST_FOLLOWED,
        actor=actor,
        target=post,
        first=str(first),
        relation=relation,
        version_sha256=version.digest,
    )
    return post


def _titled(title: str, relation: str) -> str:
    """Told apart from the first in lists, in the language of whoever writes it."""
    starts = {
        Relation.CORRECTION: _("Correction: %(title)s"),
        Relation.UPDATE: _("Update: %(title)s"),
    }
    begun = starts[Relation(relation)]
    if title.startswith(begun % {"title": ""}):
        return title
    return (begun % {"title": title})[:LONGEST_TITLE].rstrip()


@guarded("edit")
def edit_post(
    *,
    actor: User,
    post_id: int,
    document: Document,
    based_on: int,
    carried: Mapping[str, int] | None = None,
    from_bank: Collection[int] = (),
    known: str | None = None,
) -> Post:
    """Save another version, unless it would say what the current one says: a form that is sent
    twice saves once.

    ``based_on`` is the number of the version that the editor opened: ``EditConflict`` is raised
    when somebody saved something else since. An edit voids an approval and calls back what is
    scheduled; a post that is out, or may be, is not edited any more (``ContentError``).
    ``carried`` names the confirmations that nobody gave just now (``content.declaring``), and
    ``from_bank`` what it takes over, as in ``create_post``.
    ``known`` is the ``standing`` that the editor knew of: ``DecidedMeanwhile`` is raised where an
    edit would undo what was decided since; None undoes whatever there is. What was undone stands in
    ``ended`` of the post that is returned.
    """
    post = lock_post(post_id)
    require(actor, "content.draft", post.unit_id)
    document = still_declared(document, carried or {}, post=post, actor=actor)
    document = _justified(_addressed(actor, post.unit_id, document), post.unit, post)
    current = _current(post)
    if document.canonical() == current.canonical:
        return post
    if not post.is_editable or perhaps_out(post):
        raise IsOut(_("This post is out, or may be: it can no longer be edited."), why="is_out")
    if current.number != based_on:
        raise EditConflict(current=current, actor=actor)
    if post.status != Post.Status.DRAFT:
        if known is not None and known != standing(post):
            raise DecidedMeanwhile(post=post, actor=actor)
        post.ended = _void_review(post, actor)
    version = _add_version(post, actor, document, number=current.number + 1)
    take_over(version, document, actor, from_bank)
    record(
        POST_EDITED,
        actor=actor,
        target=post,
        version=version.number,
        version_sha256=version.digest,
    )
    return post


@guarded("submit")
def submit_post(*, actor: User, post_id: int, based_on: int) -> Review:
    """Open a review of exactly the current version. Raises ``ContentError`` for what is missing."""
    post = lock_post(post_id)
    require(actor, "content.draft", post.unit_id)
    version = _current(post)
    if version.number != based_on:
        raise EditConflict(current=version, actor=actor)
    if post.status != Post.Status.DRAFT:
        raise ContentError(_("Only a draft can be submitted."))
    if version.editor_id != actor.pk:
        raise ContentError(
            _(
                "%(editor)s wrote this version and confirmed it. Open it, confirm it yourself and "
                "save it, or let %(editor)s submit it."
            )
            % {"editor": version.editor}
        )
    for missing in missing_from(version.content(), post.unit, post):
        raise missing
    version = _undecided(post, version, actor)
    review = _open_review(post, version, actor)
    move(post, Post.Status.SUBMITTED)
    record(
        POST_SUBMITTED_AS_EMERGENCY if review.is_emergency else POST_SUBMITTED,
        actor=actor,
        target=post,
        version=version.number,
        version_sha256=version.digest,
        stages=review.stages,
    )
    tell_submitted(review)
    return review


def _open_review(
    post: Post, version: PostVersion, actor: User, *, may_ask_again: bool = True
) -> Review:
    """Open a review as the policies ask now; somebody may set one between question and row."""
    asked = asked_for(version.pk)
    try:
        with transaction.atomic():
            return Review.objects.create(
                post=post,
                version=version,
                digest=version.digest,
                submitted_by=actor,
                **asked._asdict(),
            )
    except IntegrityError:
        if may_ask_again and asked_for(version.pk) != asked:
            return _open_review(post, version, actor, may_ask_again=False)
        raise


def _undecided(post: Post, version: PostVersion, actor: User) -> PostVersion:
    """The version to review. One whose approval expired or was taken back is submitted anew as the
    next version; one that came back with remarks must be changed first."""
    review = Review.objects.filter(version=version).first()
    if review is None:
        return version
    if review.status == Review.Status.CHANGES:
        raise ContentError(_("Changes were asked for. Change the post before you submit it again."))
    again = _addressed(actor, post.unit_id, version.content())
    return _add_version(post, actor, again, number=version.number + 1)


@guarded("take_back")
def take_back_post(*, actor: User, post_id: int) -> Post:
    """Take a submission back before it is decided."""
    post = lock_post(post_id)
    require(actor, "content.draft", post.unit_id)
    if post.status != Post.Status.SUBMITTED:
        raise ContentError(_("This post is not waiting for a decision."))
    close_review(post, Review.Status.SUPERSEDED)
    move(post, Post.Status.DRAFT)
    record(POST_TAKEN_BACK, actor=actor, target=post, version=_current(post).number)
    return post


def lock_post(post_id: int, *beside: str) -> Post:
    """Lock the post; every action of content takes this lock first, so none deadlocks. What is read
    ``beside`` it is not locked."""
    rows = Post.objects.select_for_update(of=("self",))
    return (rows.select_related(*beside) if beside else rows).get(pk=post_id)


def close_review(post: Post, status: str) -> None:
    """Close the open review of a locked post, and a former approval when it is superseded."""
    reviews = post.reviews.filter(status=Review.Status.OPEN)
    if status == Review.Status.SUPERSEDED:
        reviews = post.reviews.filter(status__in=[Review.Status.OPEN, Review.Status.APPROVED])
    reviews.update(status=status, closed_at=timezone.now())


def _void_review(post: Post, actor: User) -> Ended:
    called_back = to_call_back(post)
    was_approved = post.status in {Post.Status.APPROVED, Post.Status.SCHEDULED}
    close_review(post, Review.Status.SUPERSEDED)
    cancel_for_edit(post, actor=actor)
    number = _current(post).number
    move(post, Post.Status.DRAFT)
    event = APPROVAL_VOIDED if was_approved else POST_TAKEN_BACK
    record(event, actor=actor, target=post, version=number)
    return Ended(number, was_approved, called_back)


def _add_version(post: Post, actor: User, document: Document, *, number: int) -> PostVersion:
    plan_link_checks(document)
    version = _version(post, actor, document, number=number)
    version.save(force_insert=True)
    post.current_version = version
    post.save(update_fields=["current_version", "updated_at"])
    return version


def _version(post: Post, actor: User, document: Document, *, number: int) -> PostVersion:
    canonical = document.canonical()
    return PostVersion(
        post=post,
        number=number,
        editor=actor,
        title=document.title,
        canonical=canonical,
        digest=digest_of(canonical),
    )


def _addressed(actor: User, unit_id: int, document: Document) -> Document:
    return _all_addressed(actor, unit_id, [document])[0]


def _all_addressed(actor: User, unit_id: int, documents: Sequence[Document]) -> list[Document]:
    """Write down who each account is now, and what goes out there. Refuses accounts and media of
    units that this person may not write for."""
    named = {pk for document in documents for pk in document.texts}
    accounts = OfficialAccount.objects.select_related("credential").in_bulk(named)
    for document in documents:
        refuse_identity_in_title(document.title)
    if len(accounts) != len(named):
        raise PermissionDenied
    for unit in {account.unit_id for account in accounts.values()}:
        require(actor, "content.draft", unit)
    return [_addressed_to(accounts, unit_id, document) for document in documents]


def _addressed_to(
    accounts: Mapping[int, OfficialAccount], unit_id: int, document: Document
) -> Document:
    refuse_media_out_of_reach(unit_id, document)
    meant = {pk: accounts[pk] for pk in document.texts}
    return replace(
        document,
        recipients={pk: recipient(one) for pk, one in meant.items()},
        prepared=prepared(unit_id, document, meant),
    )


def refuse_identity_in_title(title: str) -> None:
    """Titles stand in lists, letters and the trail, from where nothing is taken back."""
    if any(identity_numbers(title)):
        raise ContentError(_("Leave identity numbers out of the title."), field="title")


def _justified(document: Document, unit: Unit, post: Post | None = None) -> Document:
    """Without the justifications of what is not found any more."""
    if not document.justified:
        return document
    found = findings_of(document, unit, post)
    return replace(document, justified=still_justified(document, found))


def _current(post: Post) -> PostVersion:
    if post.current_version is None:
        raise ContentError(_("This post has no text yet."))
    return post.current_version


def move(post: Post, status: str) -> None:
    """Change the state of a locked post; the database refuses moves that do not exist."""
    post.status = status
    post.save(update_fields=["status", "updated_at"])
