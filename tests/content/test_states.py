"""One word for where a post stands, wherever it is said, and filters that find what has it."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import OfficialAccount, User
from content import actions, states
from content.calendar.filters import CalendarFilter
from content.filters.posts import PostFilter, PublicationFilter
from content.models import (
    Post,
    PostSearch,
    PostVersion,
    Publication,
    Retrospective,
    Withdrawal,
)
from content.selectors import lists as selectors_lists
from content.selectors import posts as selectors
from tests import factories
from tests.cast import Cast
from tests.content.plans import campaign, csv_of
from tests.content.stage import FakePlatform, Stage, connected_account, document, later, make_stage
from tests.content.test_emergencies import emergency
from tests.content.test_policies import policy

SignIn = Callable[[User | str], Client]
STATUS = Publication.Status


@pytest.fixture
def loose() -> None:
    """Publications may be in any state: the rules of the way there are others'."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE content_publication DISABLE TRIGGER USER")


def freeze(cast: Cast, account: OfficialAccount) -> None:
    actions.begin_freeze(
        actor=cast.sari, unit_id=account.unit_id, official_account_id=account.pk, kind="other",
        reason="Uji",
    )  # fmt: skip


def said_of(stage: Stage) -> str:
    return selectors.posts_visible_to(stage.cast.sari).get(pk=stage.post.pk).display_status


def found_by(user: User, **query: object) -> set[int]:
    """What the list of posts finds."""
    rows = selectors_lists.listed_posts(user)
    return {one.pk for one in PostFilter(query, queryset=rows, user=user).qs}


def sent_back(cast: Cast, note: str = "Sebutkan sumbernya.") -> Stage:
    stage = make_stage(cast).submit()
    actions.request_changes(actor=cast.made, post_id=stage.post.pk, digest=stage.digest, note=note)
    return stage


def test_a_post_is_called_what_it_and_its_publications_are(cast: Cast, loose: None) -> None:
    stage = make_stage(cast, planned_at=later(hours=1))
    assert said_of(stage) == "draft"
    assert said_of(stage.submit()) == "in_review"
    assert said_of(stage.approve()) == "scheduled"
    rows = Publication.objects.filter(post=stage.post)
    for fields, word in (
        ({"status": STATUS.FROZEN}, "to_release"),
        ({"status": STATUS.FAILED}, "failed"),
        ({"status": STATUS.UNCONFIRMED}, "unconfirmed"),
        ({"status": STATUS.SCHEDULED, "by_hand": True}, "scheduled"),
    ):
        rows.update(**fields)
        assert said_of(stage) == word
        assert Post.objects.get(pk=stage.post.pk).display_status == word
    with time_machine.travel(later(hours=2)):
        assert said_of(stage) == "to_post"


def test_a_post_that_goes_on_in_part_says_what_is_frozen(cast: Cast, loose: None) -> None:
    accounts = [factories.official_account(cast.diskominfo) for _two in range(2)]
    stage = make_stage(cast)
    actions.edit_post(
        actor=cast.dwi, post_id=stage.post.pk, document=document(*accounts), based_on=1
    )
    stage.submit().approve()
    one, other = Publication.objects.order_by("pk")
    Publication.objects.filter(pk=one.pk).update(status=STATUS.FROZEN)
    assert said_of(stage) == "partly_to_release", "no freeze is on"
    freeze(cast, accounts[0])
    assert said_of(stage) == "partly_frozen"
    Publication.objects.filter(pk=other.pk).update(status=STATUS.FROZEN)
    assert said_of(stage) == "to_release", "of the other account nothing is frozen any more"
    visible = selectors.publications_visible_to(cast.sari)
    said = {each.pk: each.display_status for each in visible}
    assert said == {one.pk: "frozen", other.pk: "to_release"}
    found = PublicationFilter({"status": "to_release"}, queryset=visible, user=cast.sari).qs
    assert [each.pk for each in found] == [other.pk]
    freeze(cast, accounts[1])
    assert said_of(stage) == "frozen"


def test_each_filter_finds_what_has_its_word_in_lists_and_calendar(cast: Cast, loose: None) -> None:
    stages = {
        "draft": make_stage(cast),
        "changes_requested": sent_back(cast),
        "submitted": make_stage(cast).submit(),
        "scheduled": make_stage(cast, planned_at=later(hours=3)).submit().approve(),
        "frozen": make_stage(cast, planned_at=later(hours=3)).submit().approve(),
    }
    Publication.objects.filter(post=stages["frozen"].post).update(status=STATUS.FROZEN)
    freeze(cast, stages["frozen"].account)
    for key, stage in stages.items():
        assert found_by(cast.sari, status=key) == {stage.post.pk}, key
        assert said_of(stage) == {"submitted": "in_review"}.get(key, key)
    rows = states.with_shown_status(PostSearch.objects.filter(pk=stages["frozen"].post.pk))
    assert rows.get().shown_status == "frozen"
    back = CalendarFilter({"status": "changes_requested"}, user=cast.sari).posts()
    assert [one.pk for one in back] == [stages["changes_requested"].post.pk]


def test_every_filter_finds_exactly_what_has_its_word(cast: Cast, loose: None) -> None:
    """Whatever the database may hold: posts of every status with publications of every kind."""
    chance = random.Random(7)  # the same every time
    accounts = [connected_account(cast.diskominfo), factories.official_account(cast.diskominfo)]
    with connection.cursor() as cursor:
        for table in ("content_post", "content_withdrawal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    version = make_stage(cast).fresh().current_version
    assert version is not None
    posts = Post.objects.bulk_create(
        Post(unit=cast.diskominfo, author=cast.dwi, status=status)
        for status in [*Post.Status.values, *["live"] * 15, *["corrected"] * 5] * 6
    )
    for post in posts[::4]:
        post.follows, post.relation = chance.choice(posts), "correction"
    Post.objects.bulk_update(posts, ["follows", "relation"])
    versions = PostVersion.objects.bulk_create(
        PostVersion(
            post=post, number=1, editor=cast.dwi, title="x",
            canonical=version.canonical, digest=version.digest,
        )
        for post in posts
    )  # fmt: skip
    rows = Publication.objects.bulk_create(
        any_publication(one, account, part, chance)
        for one in versions
        for account in accounts[: chance.randint(1, 2)]
        for part in range(chance.randint(1, 2))
    )
    Withdrawal.objects.bulk_create(
        Withdrawal(publication=one, reason="x", requested_by=cast.sari)
        for one in rows
        if one.status == STATUS.WITHDRAWN and chance.random() < 0.5
    )
    freeze(cast, accounts[0])
    said = dict(states.with_shown_status(Post.objects.all()).values_list("pk", "shown_status"))
    for key, _label in states.CHOICES:
        word = "in_review" if key == "submitted" else key
        found = set(states.in_state(Post.objects.all(), key).values_list("pk", flat=True))
        assert found == {pk for pk, shown in said.items() if shown == word}, key
        # Also where the posts are those of a subquery.
        inner = states.with_shown_status(Post.objects.all()).filter(shown_status=word)
        assert found == {one.pk for one in Post.objects.filter(pk__in=inner.values("pk"))}, key
    assert {*states.UNFINISHED, "frozen"} < set(said.values())
    out = set(Publication.objects.filter(status=STATUS.PUBLISHED).values_list("post", flat=True))
    assert {pk for pk, shown in said.items() if shown == "partly_live"} <= out


def any_publication(
    version: PostVersion, account: OfficialAccount, part: int, chance: random.Random
) -> Publication:
    status = chance.choice([*STATUS.values, *["published"] * 8])
    is_out = status in {STATUS.PUBLISHED, STATUS.WITHDRAWN}
    key = f"{version.pk}-{account.pk}-{part}"
    return Publication(
        post=version.post, version=version, official_account=account, part=part, key=key,
        digest=version.digest, status=status, by_hand=chance.random() < 0.3, needs_person=True,
        scheduled_for=later(hours=chance.choice([-1, 1])),
        not_before=later(hours=9) if chance.random() < 0.2 else None,
        published_at=timezone.now() if is_out else None,
        permalink=f"https://x.example/{key}" if is_out else "",
    )  # fmt: skip


def test_pages_and_files_say_the_same(cast: Cast, client_as: SignIn, loose: None) -> None:
    frozen = make_stage(cast, planned_at=later(hours=3)).submit().approve()
    Publication.objects.update(status=STATUS.FROZEN)
    freeze(cast, frozen.account)
    client = client_as(factories.reads_english(cast.sari))
    listed = client.get(reverse("content:post_list")).content.decode()
    assert "Frozen</span>" in listed
    assert "Scheduled</span>" not in listed
    page = client.get(reverse("content:post_detail", args=[frozen.post.pk])).content.decode()
    assert "Frozen</span>" in page
    assert ",Frozen," in csv_of(client.get(reverse("content:post_export")))


def test_what_is_to_be_posted_by_hand_is_found_by_its_status(cast: Cast) -> None:
    stage = make_stage(cast, connected=False, planned_at=later(hours=1)).submit().approve()
    make_stage(cast, planned_at=later(hours=1)).submit().approve()
    by_hand = Publication.objects.get(post=stage.post)

    def found(status: str) -> list[Publication]:
        rows = selectors.publications_visible_to(cast.sari)
        return list(PublicationFilter({"status": status}, queryset=rows, user=cast.sari).qs)

    assert (found("scheduled_by_hand"), found("to_post")) == ([by_hand], [])
    assert len(found("scheduled")) == 2
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert (found("scheduled_by_hand"), found("to_post")) == ([], [by_hand])
        assert found_by(cast.sari, status="to_post") == {stage.post.pk}


def test_what_a_person_is_posting_now_is_called_so_and_found_by_it(cast: Cast) -> None:
    stage = make_stage(cast, connected=False).submit().approve()
    assert said_of(stage) == "to_post"
    actions.claim_by_hand(actor=cast.sari, publication_id=stage.publication.pk)
    assert said_of(stage) == "being_posted"
    assert found_by(cast.sari, status="being_posted") == {stage.post.pk}
    assert found_by(cast.sari, status="scheduled") == found_by(cast.sari, status="to_post") == set()


def test_lists_and_calendar_are_filtered_by_a_campaign_that_one_may_see(cast: Cast) -> None:
    plan = campaign(cast)
    stage = make_stage(cast, planned_at=later(hours=1))
    make_stage(cast, planned_at=later(hours=1))
    actions.place_post(actor=cast.dwi, post_id=stage.post.pk, campaign_id=plan.pk)
    for asked in ({"campaign": str(plan.pk)}, {"campaign_words": "rabies"}):
        assert found_by(cast.dwi, **asked) == {stage.post.pk}
        calendar = CalendarFilter(asked, user=cast.dwi)
        assert [one.pk for one in calendar.posts()] == [stage.post.pk]
    refused = PostFilter(
        {"campaign": str(plan.pk)},
        queryset=selectors_lists.listed_posts(cast.fajar),
        user=cast.fajar,
    )
    assert not refused.is_valid()
    stage.submit().approve()
    assert len(CalendarFilter({"campaign": str(plan.pk)}, user=cast.dwi).publications()) == 1


def test_what_came_back_says_on_top_what_is_asked_for(cast: Cast, client_as: SignIn) -> None:
    stage = sent_back(cast, "Sebutkan <b>sumbernya</b>.")
    address = reverse("content:post_detail", args=[stage.post.pk])
    edit = reverse("content:post_edit", args=[stage.post.pk])

    def shown(person: User, address: str) -> str:
        return client_as(factories.reads_english(person)).get(address).content.decode()

    page = shown(cast.dwi, address)
    told = page.partition("Made Wirawan asked for changes to version 1")[2]
    assert "Sebutkan &lt;b&gt;sumbernya&lt;/b&gt;." in told.partition("post-preview")[0]
    assert f'href="{edit}">Make the changes' in page
    assert "Sebutkan &lt;b&gt;sumbernya" in shown(cast.dwi, edit)
    # Who does not write reads it, and has no button.
    assert "Make the changes" not in shown(cast.sari, address)
    stage.edit("Sumber: Dinas Kesehatan.")
    assert "Make the changes" not in shown(cast.dwi, address)
    stage.submit()
    assert 'id="came-back"' not in shown(cast.dwi, address)


def test_an_emergency_leads_to_its_look_afterwards_and_its_history_names_the_path(
    cast: Cast, client_as: SignIn
) -> None:
    stage = emergency(cast).submit().approve()
    stage.send(FakePlatform())
    look = Retrospective.objects.get()
    address = reverse("content:post_detail", args=[stage.post.pk])
    page = client_as(factories.reads_english(cast.dwi)).get(address).content.decode()
    assert reverse("content:retrospective_detail", args=[look.pk]) in page
    assert "on the emergency path." in page


def test_what_waits_for_a_person_is_what_they_can_decide_now(cast: Cast, client_as: SignIn) -> None:
    ordinary = make_stage(cast).submit()
    urgent = emergency(cast).submit()
    policy(cast, ["review", "approve"])
    looked_at = make_stage(cast).submit()

    def waiting(person: User) -> set[Any]:
        return {one.post_id for one in selectors.reviews_waiting_for(person)}

    assert waiting(cast.sari) == {ordinary.post.pk, urgent.post.pk, looked_at.post.pk}
    assert waiting(cast.made) == {looked_at.post.pk}
    others = selectors.reviews_waiting_for_others(cast.made)
    assert [one.post_id for one in others] == [urgent.post.pk, ordinary.post.pk]
    made = client_as(factories.reads_english(cast.made))
    queue = made.get(reverse("content:review_list"))
    assert queue.context["waiting"].paginator.count == 1
    [at_home] = [one for one in made.get(reverse("home")).context["main_cards"] if one.waiting]
    assert at_home.waiting == 1
    page = made.get(reverse("content:post_detail", args=[ordinary.post.pk])).content.decode()
    assert "You may ask for changes; Sari Wulandari decides." in page
    assert "<h2>Your decision" not in page
    page = made.get(reverse("content:post_detail", args=[looked_at.post.pk])).content.decode()
    assert "<h2>Your decision" in page


def test_a_post_for_an_account_beyond_ones_units_does_not_wait_for_one(cast: Cast) -> None:
    elsewhere = factories.official_account(cast.dinkes)
    drafter = factories.user("Dua Unit")
    for unit in (cast.diskominfo, cast.dinkes):
        factories.grant(drafter, Role.DRAFTER, unit)
    post = actions.create_post(
        actor=drafter, unit_id=cast.diskominfo.pk, document=document(elsewhere)
    )
    actions.submit_post(actor=drafter, post_id=post.pk, based_on=1)
    assert not selectors.reviews_waiting_for(cast.sari).exists()
    above = factories.user("Wira Utama")
    factories.grant(above, Role.APPROVER, cast.city)
    assert selectors.reviews_waiting_for(above).exists()


def test_home_shows_the_day_before_the_drafts_and_leadership_the_plan_first(
    cast: Cast, client_as: SignIn
) -> None:
    sent_back(cast)
    make_stage(cast)

    def order(who: str) -> list[str]:
        cards = client_as(who).get(reverse("home")).context["main_cards"]
        return [one.template.partition("_home_")[2].removesuffix(".html") for one in cards]

    assert order("dwi") == ["back", "today", "mine"]
    assert order("ratna") == ["plan", "register", "today"]
    assert "plan" not in order("sari")
