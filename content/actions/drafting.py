from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, Unit, User
from content.actions.addressing import addressed, all_addressed, justified
from content.actions.completing import missing_from
from content.actions.links import plan_link_checks
from content.actions.refusals import guarded
from content.actions.scheduling import cancel_for_edit
from content.actions.taking_over import is_noted, take_over, taken_texts
from content.actions.telling import tell_submitted
from content.actions.versions import Edited, add_version, begun_once, version_row
from content.closed import perhaps_out
from content.declaring import still_declared
from content.documents import Document
from content.errors import (
    AnsweredBefore,
    ContentError,
    EditConflict,
    GateRefused,
    IsOut,
    LacksToSubmit,
    NoDraft,
    VoidsDecision,
)
from content.events.posts import (
    APPROVAL_VOIDED,
    POST_CREATED,
    POST_EDITED,
    POST_FOLLOWED,
    POST_SUBMITTED,
    POST_SUBMITTED_AS_EMERGENCY,
    POST_TAKEN_BACK,
)
from content.models import Post, PostVersion, Relation, Review
from content.models.ended import Ended
from content.outcome import called_off_on
from content.policies import asked_for
from content.standing import WHATEVER, decided, standing, to_call_back
from content.standing_words import still_counts, undone_by_a_save
from govsocial.audit.actions import record, record_many
from govsocial.web.permissions import require

LONGEST_TITLE = 200
ENDED = frozenset({Post.Status.REJECTED, Post.Status.WITHDRAWN, Post.Status.ARCHIVED})


@guarded("create")
def begin_post(
    *,
    actor: User,
    unit_id: int,
    document: Document,
    copied_from: PostVersion | None = None,
    from_bank: Collection[int] = (),
    key: UUID | None = None,
) -> Edited:
    """Start a post with its first version. A draft may be incomplete; a submission may not.

    ``from_bank`` names the texts of the message bank that it takes over: who wrote one does not
    decide on the post. ``key`` is of the form: a second time, be it at the same moment, it gives
    the post that is there and says so, and
    ``AnsweredBefore`` is raised where the form says something else by now.
    """
    require(actor, "content.draft", unit_id)
    document = addressed(actor, unit_id, document)
    document = justified(document, Unit.objects.get(pk=unit_id))
    post, is_new = begun_once(actor, key, unit_id=unit_id, copied_from=copied_from)
    if not is_new:
        if (post.unit_id, _current(post).canonical) != (unit_id, document.canonical()):
            raise AnsweredBefore(post)
        return Edited(post, is_again=True)
    version = add_version(post, actor, document, number=1)
    take_over(version, taken_texts(actor, document, from_bank))
    record(POST_CREATED, actor=actor, target=post, version_sha256=version.digest)
    return Edited(post)


def create_post(
    *,
    actor: User,
    unit_id: int,
    document: Document,
    copied_from: PostVersion | None = None,
    from_bank: Collection[int] = (),
    key: UUID | None = None,
) -> Post:
    """``begin_post`` for whom it is the same whether it was begun just now."""
    return begin_post(
        actor=actor,
        unit_id=unit_id,
        document=document,
        copied_from=copied_from,
        from_bank=from_bank,
        key=key,
    ).post


@guarded("create")
def create_posts(*, actor: User, unit_id: int, documents: Sequence[Document]) -> list[Post]:
    """``create_post`` for each, all of them or none: as many queries for hundreds as for one."""
    require(actor, "content.draft", unit_id)
    unit = Unit.objects.get(pk=unit_id)
    whole = [justified(one, unit) for one in all_addressed(actor, unit_id, documents)]
    posts = Post.objects.bulk_create([Post(unit=unit, author=actor) for _one in whole])
    rows = [
        version_row(post, actor, document, number=1)
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
    *,
    actor: User,
    post_id: int,
    relation: str,
    copied_from: PostVersion | None = None,
    key: UUID | None = None,
) -> Post:
    """Begin a correction or an update of a post that is out, from what that one says.

    It is a post like every other: it needs its own approval. The first one stands until the
    correction is live. Accounts that posts are not sent to any more are left out, and of a
    correction those where the first one was called off or withdrawn. A thread and a first comment
    are kept: they are part of what is corrected.

    ``copied_from`` is what else it takes words from: who wrote that does not decide on it either.
    ``key`` is of the form: a second time it gives the post that is there.
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
    if relation == Relation.CORRECTION:
        rows = rows.exclude(pk__in=called_off_on(first))
    kept = set(rows.values_list("pk", flat=True))
    texts = {pk: text for pk, text in said.texts.items() if pk in kept}
    title = _titled(said.title, relation)
    begun = replace(said, title=title, texts=texts, planned_at=None, valid_until=None).unconfirmed()
    document = justified(addressed(actor, first.unit_id, begun), first.unit)
    post, is_new = begun_once(
        actor,
        key,
        unit_id=first.unit_id,
        follows=first,
        relation=relation,
        copied_from=copied_from,
    )
    if not is_new:
        if (post.follows_id, post.relation) != (first.pk, relation):
            raise ContentError(_("This form was answered already. Open the page again."))
        return post
    version = add_version(post, actor, document, number=1)
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
    known: str = "",
    voids: str = "",
    submits: bool = False,
) -> Edited:
    """Save another version, unless it would say what the current one says: a form that is sent
    twice saves once. The same words are another version where they come from the bank by now.

    ``based_on`` is the number of the version that the editor opened: ``EditConflict`` is raised
    when somebody saved something else since. An edit voids an approval and calls back what is
    scheduled; a post that is out, or may be, is not edited any more (``ContentError``).
    ``carried`` names the confirmations that nobody gave just now (``content.declaring``), and
    ``from_bank`` what it takes over, as in ``create_post``.
    ``voids`` is the ``standing`` that the editor was told of and agreed to undo, or ``WHATEVER``:
    ``VoidsDecision`` is raised where an edit would undo anything else. ``known`` is what they knew
    when they opened the form; it decides on the words of that refusal alone. ``submits``: it is to
    be submitted at once, so that nothing is undone for what lacks something (``LacksToSubmit``).
    """
    post = lock_post(post_id)
    require(actor, "content.draft", post.unit_id)
    document = still_declared(document, carried or {}, post=post, actor=actor)
    document = justified(addressed(actor, post.unit_id, document), post.unit, post)
    current, texts = _current(post), taken_texts(actor, document, from_bank)
    is_said = _says_the_same(document, current, post, actor)
    if is_said and is_noted(post, texts):
        return Edited(post)
    if not post.is_editable or perhaps_out(post):
        raise IsOut(_("This post is out, or may be: it can no longer be edited."), why="is_out")
    if current.number != based_on and not is_said:
        raise EditConflict(current=current, actor=actor)
    ended = None
    if post.status != Post.Status.DRAFT:
        if submits:
            _refuse_to_undo_for_less(post, document)
        stands = standing(post)
        if voids not in {stands, WHATEVER}:
            undone = decided(post)
            told = undone_by_a_save(undone, actor, is_new=known != stands)
            raise VoidsDecision(told, standing=stands, is_approval=undone.is_approval)
        ended = _void_review(post, actor)
    version = add_version(post, actor, document, number=current.number + 1)
    take_over(version, texts)
    record(
        POST_EDITED,
        actor=actor,
        target=post,
        version=version.number,
        version_sha256=version.digest,
    )
    return Edited(post, ended)


def _refuse_to_undo_for_less(post: Post, document: Document) -> None:
    missing = {str(one): one for one in missing_from(document, post.unit, post)}
    if missing:
        raise LacksToSubmit(still_counts(decided(post)), missing=list(missing.values()))


@guarded("submit")
def submit_post(*, actor: User, post_id: int, based_on: int) -> Review:
    """Open a review of exactly the current version. Raises ``ContentError`` for what is missing."""
    post = lock_post(post_id)
    require(actor, "content.draft", post.unit_id)
    version = _current(post)
    if version.number != based_on:
        raise EditConflict(current=version, actor=actor)
    if post.status in ENDED:
        raise IsOut(_("Only a draft can be submitted."), why="ended")
    if post.status != Post.Status.DRAFT:
        raise NoDraft(_("Only a draft can be submitted."))
    if version.editor_id != actor.pk:
        raise GateRefused(
            _(
                "%(editor)s wrote this version and confirmed it. Open it, confirm it yourself and "
                "save it, or let %(editor)s submit it."
            )
            % {"editor": version.editor},
            why="not_writer",
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
    plan_link_checks(version.content())
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
    again = addressed(actor, post.unit_id, version.content())
    return add_version(post, actor, again, number=version.number + 1)


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


def _says_the_same(document: Document, current: PostVersion, post: Post, actor: User) -> bool:
    """Of what somebody else submitted a form opens without their confirmations: where that is all,
    nobody changed anything."""
    if document.canonical() == current.canonical:
        return True
    if post.status == Post.Status.DRAFT or current.editor_id == actor.pk:
        return False
    return document.canonical() == current.content().unconfirmed().canonical()


def _current(post: Post) -> PostVersion:
    if post.current_version is None:
        raise ContentError(_("This post has no text yet."))
    return post.current_version


def move(post: Post, status: str) -> None:
    """Change the state of a locked post; the database refuses moves that do not exist."""
    post.status = status
    post.save(update_fields=["status", "updated_at"])
