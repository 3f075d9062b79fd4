"""What a person may see of content. Lists and pages start here, so that they cannot disagree."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    CharField,
    Count,
    DateTimeField,
    Exists,
    F,
    Func,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce, JSONObject, Now
from django.db.models.lookups import GreaterThanOrEqual

from accounts.models import OfficialAccount, User
from content import following, gate, in_hand
from content.models import (
    Attempt,
    BankUse,
    CalendarFeed,
    Decision,
    MediaFile,
    OpenedVersion,
    Post,
    Publication,
    Relation,
    Review,
    Spending,
    StageKind,
    Withdrawal,
)
from content.models.publication import ON_ACCOUNT_IN_USE, SHOWN_AT
from content.selectors.arrays import IsIn, array_of
from content.selectors.on_behalf import with_for_whom, with_principals
from content.states import with_shown_status
from govsocial.platforms.registry import Platform, limits

TROUBLE = (Publication.Status.FAILED, Publication.Status.UNCONFIRMED)


def posts_visible_to(user: User) -> QuerySet[Post]:
    """Each with ``shown_status``, what pages say of it: see ``content.states``."""
    visible = Post.objects.filter(unit_id__any=user.units_with("content.view"))
    return (
        with_shown_status(visible)
        .select_related(
            "unit", "author", "campaign", "current_version__editor", "follows__current_version"
        )
        .order_by("-updated_at", "-pk")
    )


COUNTS = {"content.review": "counts_to_review", "content.approve": "counts_to_approve"}


def with_what_it_wrote(posts: QuerySet[Any], user: User) -> QuerySet[Any]:
    """Add ``wrote_how``: what of the current version this person wrote, as ``gate.wrote_how``; of
    who stands in for others also whether their roles count for it, by the names of ``COUNTS``, and
    what ``with_principals`` adds."""
    found: QuerySet[Any] = posts.annotate(wrote_how=gate.wrote_how_where(user, "current_version"))
    if user.stands_in:
        found = with_principals(found, user).annotate(
            **{
                name: gate.may_decide_where(user, "current_version", capability)
                for capability, name in COUNTS.items()
            }
        )
    return found


def with_what_it_took(posts: QuerySet[Any]) -> QuerySet[Any]:
    """Add ``taken``: what any version took over from the message bank, each with its ``kind``,
    ``title``, ``writer`` and ``writer_id``."""
    told = JSONObject(
        kind="text__kind",
        title="text__title",
        writer="text__made_by__full_name",
        writer_id="text__made_by_id",
    )
    uses = BankUse.objects.filter(version__post=OuterRef("pk")).annotate(told=told)
    each = uses.order_by("told").values_list("told", flat=True).distinct()
    found: QuerySet[Any] = posts.annotate(taken=ArraySubquery(each))
    return found


def with_paid_labels(posts: QuerySet[Post]) -> QuerySet[Any]:
    """Add ``paid_labels``: what readers must be told, because money was spent on the post."""
    return posts.annotate(paid_labels=ArraySubquery(paid_labels_of(OuterRef("pk"))))


def paid_labels_of(post: Any) -> QuerySet[Any, str]:
    """The labels of what was spent on a post and not reversed."""
    lines = Spending.objects.filter(post=post, reverses=None, reversed_by=None).exclude(label="")
    return lines.order_by("label").values_list("label", flat=True).distinct()


def publications_visible_to(user: User) -> QuerySet[Publication]:
    """Publications of visible posts, and those on visible accounts whoever wrote them."""
    units = user.units_with("content.view")
    return (
        following.with_turn(Publication.objects.all())
        .filter(Q(post__unit_id__any=units) | Q(official_account__unit_id__any=units))
        .select_related(
            "post__unit",
            "version",
            "official_account__unit",
            "official_account__credential",
            "withdrawal",
        )
        .order_by("-scheduled_for", "-pk")
    )


def with_time_shown(publications: QuerySet[Publication]) -> QuerySet[Publication]:
    """Add ``shown_at``, the time that lists show: when it went out, else when it is to go out."""
    return publications.alias(shown_at=SHOWN_AT)


def platforms_in_order(by_time: Iterable[Publication]) -> list[Publication]:
    """``by_time`` with the accounts of one post that share a minute in the order in which the
    post and the home page tell them, not backwards."""

    def together(one: Publication) -> tuple[int, datetime]:
        at = one.published_at or one.scheduled_for
        return one.post_id, at.replace(second=0, microsecond=0)

    def place(one: Publication) -> int:
        return one.pk

    return [one for _key, run in groupby(by_time, together) for one in sorted(run, key=place)]


PRESENT_STAGE = Func(F("pk"), function="content_stage_of", output_field=CharField())
"""The kind of the stage that waits in an open review."""


WAITS_SINCE = Func(F("pk"), function="content_waits_since", output_field=DateTimeField())
"""Since when a review has waited at its present stage, as if it had lain there without a break: see
``actions.nudging``. Its drafters had it back, or it lay at another stage, for the rest of the time.
"""

REVIEW_DUE = Coalesce("post__planned_at", "submitted_at")
"""By when a review is to be decided: what goes out as soon as it is approved is due at once."""


def reviews_visible_to(user: User) -> QuerySet[Review]:
    """Emergencies first, then by planned time."""
    return (
        Review.objects.filter(post__unit_id__any=user.units_with("content.view"))
        .select_related("post__unit", "post__author", "version", "submitted_by")
        .order_by("-is_emergency", REVIEW_DUE, "pk")
    )


def reviews_waiting_for(user: User) -> QuerySet[Review]:
    """Open reviews whose present stage this person may decide: the right units, of the post and of
    every account, none of it written and no earlier stage decided. Who may only ask for changes to
    it finds it among ``reviews_waiting_for_others``."""
    decided = Decision.objects.filter(gate.took_part(user), review=OuterRef("pk"))
    approves = _may_decide(user, "content.approve")
    reviews = _may_decide(user, "content.review")
    return (
        reviews_visible_to(user)
        .filter(status=Review.Status.OPEN)
        .alias(stage_kind_now=PRESENT_STAGE)
        .filter(
            (approves & Q(stage_kind_now=StageKind.APPROVE))
            | (reviews & Q(stage_kind_now=StageKind.REVIEW))
        )
        .exclude(submitted_by=user)
        .exclude(gate.wrote_where(user, "version"))
        .exclude(Exists(decided))
    )


def _may_decide(user: User, capability: str) -> Q:
    found = _wherever_it_goes(user.units_with(capability))
    # Only of who stands in for another the database has to be asked.
    return (
        found & Q(gate.may_decide_where(user, "version", capability)) if user.stands_in else found
    )


def _wherever_it_goes(units: frozenset[int]) -> Q:
    """Reviews of posts of these units that are meant for no account beyond them."""
    meant_for = IsIn(F("pk"), OuterRef("post__listed__accounts"))
    beyond = OfficialAccount.objects.filter(meant_for).exclude(unit_id__any=units)
    return Q(post__unit_id__any=units) & ~Q(Exists(beyond))


def reviews_to_tick(user: User) -> QuerySet[Any]:
    """``reviews_waiting_for``, each with the kind of its ``present_stage``, whether that is the
    last one (``is_last_stage``), whether this person ``has_opened`` exactly what waits, and what
    was ``taken_back`` of its post or of the one that it was begun with: the ``pk`` of the
    withdrawal, ``who`` and ``why``; of who stands in for others also what ``with_for_whom`` adds.
    """
    opened = OpenedVersion.objects.filter(
        version=OuterRef("version"), digest=OuterRef("digest"), person=user
    )
    waiting: QuerySet[Any] = reviews_waiting_for(user)
    taken = Decision.objects.filter(review=OuterRef("pk"), verdict=Decision.Verdict.APPROVE)
    number = taken.order_by().values("review").annotate(number=Count("pk")).values("number")
    sources = array_of(
        OuterRef("post"), OuterRef("post__follows"), OuterRef("post__copied_from__post")
    )
    # As in ``content.surroundings``: nobody reads here what another unit gave as its reason.
    gone = Withdrawal.objects.filter(
        IsIn(F("publication__post"), sources), publication__post__unit=OuterRef("post__unit")
    ).order_by("pk")
    gone = gone.annotate(told=JSONObject(pk="pk", who="requested_by__full_name", why="reason"))
    ticked: QuerySet[Any] = waiting.annotate(
        present_stage=PRESENT_STAGE,
        is_last_stage=GreaterThanOrEqual(Coalesce(Subquery(number), 0) + 1, F("kinds__len")),
        has_opened=Exists(opened),
        taken_back=ArraySubquery(gone.values_list("told", flat=True)),
    )
    return with_for_whom(ticked, user) if user.stands_in else ticked


def reviews_waiting_for_others(user: User) -> QuerySet[Review]:
    """Open reviews that this person sees and does not decide on."""
    waiting = reviews_visible_to(user).filter(status=Review.Status.OPEN)
    return waiting.exclude(pk__in=reviews_waiting_for(user).values("pk"))


def publications_in_trouble(user: User) -> QuerySet[Publication]:
    """What somebody must look at: failed, or not certainly out."""
    units = user.units_with("content.publish")
    return publications_visible_to(user).filter(
        official_account__unit_id__any=units,
        status__in=TROUBLE,
    )


def is_in_trouble(publication: Publication, user: User) -> bool:
    """Whether a publication that ``user`` sees is among ``publications_in_trouble``."""
    unit_id = publication.official_account.unit_id
    return publication.status in TROUBLE and user.holds("content.publish", unit_id)


def publications_that_will_fail(user: User) -> QuerySet[Publication]:
    """Scheduled ones whose account is not in use or not connected: see ``Publication.obstacle``."""
    units = user.units_with("content.publish")
    return (
        publications_visible_to(user)
        .filter(official_account__unit_id__any=units, status=Publication.Status.SCHEDULED)
        .exclude(
            Q(by_hand=True) | Q(official_account__credential__status="good"),
            official_account__status=OfficialAccount.Status.ACTIVE,
        )
        # A thread is told once.
        .filter(following.first_of(Publication.Status.SCHEDULED))
    )


UNPOSTED = (Publication.Status.SCHEDULED, Publication.Status.SENDING)
"""What a person is to post, or is posting."""


def publications_to_post(user: User) -> QuerySet[Publication]:
    """What this person may post by hand now: see ``Publication.waits_for_hand``."""
    units = user.units_with("content.publish")
    return (
        publications_visible_to(user)
        .filter(
            ON_ACCOUNT_IN_USE,
            official_account__unit_id__any=units,
            status=Publication.Status.SCHEDULED,
            by_hand=True,
            # The database's clock: what is counted on every page is written once a minute.
            scheduled_for__lte=Now(),
        )
        .filter(following.IS_ITS_TURN)
    )


def publications_in_hand_of(user: User) -> QuerySet[Publication]:
    """What this person has taken to post it, and has not said what became of it."""
    taken = Attempt.objects.filter(requested_by=user, by_hand=True, outcome="")
    return publications_visible_to(user).filter(
        pk__in=taken.values("publication"), status=Publication.Status.SENDING
    )


def media_visible_to(user: User) -> QuerySet[MediaFile]:
    return MediaFile.objects.filter(unit_id__any=user.units_with("content.view"))


def calendar_feed_of(user: User) -> CalendarFeed | None:
    """The address at which this person's other calendars read along now; nobody sees another's."""
    return CalendarFeed.objects.filter(user=user, revoked_at=None).first()


# No application may post there: a person does.
ONLY_BY_HAND = ("whatsapp", "telegram", "linkedin")

# A feed is read only: what the agency writes on its website is not published from here.
PUBLISHED_TO = (
    *(str(platform) for platform in Platform if platform != Platform.FEED),
    *ONLY_BY_HAND,
)

WRITTEN_FOR = tuple(
    platform
    for platform in PUBLISHED_TO
    if limits(platform).images or limits(platform).video or not limits(platform).needs_media
)


def accounts_to_write_for(user: User) -> QuerySet[OfficialAccount]:
    """Accounts in use on platforms that take what can be written here."""
    return OfficialAccount.objects.filter(
        unit_id__any=user.units_with("content.draft"),
        status=OfficialAccount.Status.ACTIVE,
        platform__in=WRITTEN_FOR,
    ).select_related("unit", "credential")


def accounts_known(ids: Iterable[int]) -> dict[int, OfficialAccount]:
    """The accounts that a version is for, by id, with their units and credentials, whoever runs
    them. One query."""
    return OfficialAccount.objects.select_related("unit", "credential").in_bulk(list(ids))


def accounts_to_publish_on(user: User, capability: str) -> QuerySet[OfficialAccount]:
    """Accounts that publish, or will again, where a person holds ``capability``; by unit and
    name."""
    status = OfficialAccount.Status
    return (
        OfficialAccount.objects.filter(
            unit_id__any=user.units_with(capability),
            status__in=(status.ACTIVE, status.SUSPENDED),
            platform__in=WRITTEN_FOR,
        )
        .select_related("unit")
        .order_by("unit__name", "unit", "display_name", "platform", "pk")
    )


def with_publications(posts: QuerySet[Post]) -> QuerySet[Post]:
    """Add each post's publications with their accounts, in one query for the whole page; what
    follows a post on an account is left out."""
    rows = Publication.objects.filter(part=0)
    publications = rows.select_related("official_account").order_by("pk")
    return posts.prefetch_related(Prefetch("publications", queryset=publications))


def publications_of(post: Post) -> QuerySet[Publication]:
    """All publications of a post, with what pages say of their accounts, and ``is_corrected``:
    whether a correction is out there too, and ``held_by``: who took it to post it by hand."""
    corrections = Publication.objects.filter(
        post__follows=post,
        post__relation=Relation.CORRECTION,
        official_account=OuterRef("official_account"),
        status=Publication.Status.PUBLISHED,
        part=0,
    )
    rows = following.with_turn(post.publications.annotate(is_corrected=Exists(corrections)))
    wide = in_hand.with_holder(rows).select_related(
        "official_account__credential", "withdrawal__requested_by"
    )
    return wide.order_by("pk")


def decisions_of(post: Post) -> QuerySet[Decision]:
    return (
        Decision.objects.filter(review__post=post)
        .select_related("decider", "on_behalf_of", "review__version")
        .defer("review__version__document")
        .order_by("-decided_at")
    )


def versions_of(post: Post) -> list[Any]:
    """The versions, newest first, without their contents; with editors, reviews and looks
    afterwards, and ``was_withdrawn``: whether something of it was taken back."""
    taken_back = Withdrawal.objects.filter(publication__version=OuterRef("pk"))
    wide = post.versions.select_related("editor", "review__retrospective").annotate(
        was_withdrawn=Exists(taken_back)
    )
    versions = wide.defer("canonical", "document")
    return list(versions.order_by("-number"))
