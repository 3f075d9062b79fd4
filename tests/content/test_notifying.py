"""Who is told of what, in which words, and what they read of it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone, translation

from accounts.capabilities import Role
from accounts.models import Grant, User
from content import actions, notices
from content.models import NoticeChoice, NoticeKind, Notification, Publication, Review, Way
from content.people import deciders_of, superiors_over
from content.selectors.posts import reviews_waiting_for
from content.selectors.talk import notifications_of, unread_of
from govsocial.audit.models import Entry
from govsocial.platforms.errors import Refused, UnknownOutcome
from tests import factories
from tests.cast import Cast
from tests.content.stage import FakePlatform, Stage, connected_account, document, make_stage
from tests.content.test_emergencies import emergency
from tests.content.test_freezes import freeze, lift
from tests.content.test_policies import policy
from tests.gathering import each

REFUSED = (IntegrityError, InternalError)


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


def told() -> dict[str, set[str]]:
    """First names by kind."""
    found: dict[str, set[str]] = {}
    for row in Notification.objects.select_related("person"):
        found.setdefault(row.kind, set()).add(row.person.full_name.split()[0])
    return found


def test_a_submission_is_told_to_those_who_may_decide(stage: Stage) -> None:
    stage.submit()
    assert told() == {"submitted": {"Sari"}}
    # Who may only ask for changes finds it among what waits for others.
    assert list(deciders_of(Review.objects.get())) == [stage.cast.sari]


def test_who_is_told_is_who_finds_it_waiting(cast: Cast) -> None:
    """Two ways to the same people: one asks for a review, the other for a person."""
    author = factories.user("Adi Putra")
    factories.grant(author, Role.APPROVER, cast.city)
    factories.grant(author, Role.DRAFTER, cast.city)
    above = factories.user("Wira Utama")
    factories.grant(above, Role.APPROVER, cast.city)
    future = factories.user("Nanti Saja")
    factories.grant(future, Role.APPROVER, cast.city, starts_at=timezone.now() + timedelta(days=1))
    stage = make_stage(cast)
    stage.edit("Disunting Adi.", by=author)
    stage.submit()
    review = Review.objects.get()
    waiting = {one for one in User.objects.all() if review in reviews_waiting_for(one)}
    assert set(deciders_of(review)) == waiting == {cast.sari, above}


def test_who_lacks_a_right_on_an_account_of_the_post_is_not_asked(cast: Cast) -> None:
    """The account of another unit needs somebody with a role on both."""
    drafter = factories.user("Dua Unit")
    for unit in (cast.diskominfo, cast.dinkes):
        factories.grant(drafter, Role.DRAFTER, unit)
    elsewhere = factories.official_account(cast.dinkes)
    post = actions.create_post(
        actor=drafter, unit_id=cast.diskominfo.pk, document=document(elsewhere)
    )
    actions.submit_post(actor=drafter, post_id=post.pk, based_on=1)
    assert list(deciders_of(Review.objects.get())) == []


def test_a_decision_is_told_to_those_who_wrote(stage: Stage) -> None:
    stage.edit("Rina menyunting.", by=stage.cast.rina).submit()
    actions.request_changes(
        actor=stage.cast.made, post_id=stage.post.pk, digest=stage.digest, note="Sumber?"
    )
    assert told()["changes"] == {"Dwi", "Rina"}
    stage.edit("Dengan sumber.").submit().approve()
    assert told()["approved"] == {"Dwi", "Rina"}


def test_a_rejection_is_told(stage: Stage) -> None:
    stage.submit()
    actions.reject_post(
        actor=stage.cast.sari, post_id=stage.post.pk, digest=stage.digest, note="Tidak tepat."
    )
    assert told()["rejected"] == {"Dwi"}


def test_a_stage_is_told_to_the_next_ones_too(stage: Stage) -> None:
    second = factories.user("Wira Utama")
    factories.grant(second, Role.APPROVER, stage.cast.city)
    policy(stage.cast, ["approve", "approve"])
    stage.submit()
    stage.approve()
    assert told()["stage"] == {"Dwi"}
    assert "Wira" in told()["submitted"]
    stage.approve(second)
    assert told()["approved"] == {"Dwi"}


def test_a_reviewer_is_not_told_of_a_stage_that_is_not_theirs(stage: Stage) -> None:
    policy(stage.cast, ["review", "approve"])
    stage.submit().approve(stage.cast.made)
    other = factories.user("Putu Ayu")
    factories.grant(other, Role.REVIEWER, stage.cast.diskominfo)
    assert list(deciders_of(Review.objects.get())) == [stage.cast.sari]


def test_an_emergency_is_told_to_those_who_may_look_at_it_afterwards(cast: Cast) -> None:
    emergency(cast).submit().approve()
    assert told()["retrospective"] == {"Made"}


def test_a_freeze_is_told_to_those_whose_work_it_stops(cast: Cast) -> None:
    freeze(cast)
    assert told() == {"freeze_begun": {"Dwi", "Rina"}}
    lift(cast)
    assert told()["freeze_lifted"] == {"Dwi", "Rina"}


def test_trouble_is_told_to_those_who_publish_and_to_the_author_once(stage: Stage) -> None:
    stage.submit().approve()
    stage.send(FakePlatform(failures=[Refused("Too long.")]))
    assert told()["failed"] == {"Sari", "Dwi"}
    for _again in range(2):
        actions.retry_publication(actor=stage.cast.sari, publication_id=stage.publication.pk)
        stage.send(FakePlatform(failures=[Refused("Too long.")]))
    assert Notification.objects.filter(kind="failed").count() == 2, "unread ones say it already"
    actions.mark_all_read(actor=stage.cast.sari, up_to=Notification.objects.latest("pk").pk)
    actions.retry_publication(actor=stage.cast.sari, publication_id=stage.publication.pk)
    stage.send(FakePlatform(lost_answers=[UnknownOutcome("No answer.")]))
    assert told()["unconfirmed"] == {"Sari", "Dwi"}


def test_a_fault_in_telling_does_not_forget_what_became_of_the_post(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_off(*_about: object, **_facts: object) -> int:
        list(User.objects.raw("SELECT 1 / 0 AS id"))
        return 0

    stage.submit().approve()
    monkeypatch.setattr("content.actions.telling.notify", break_off)
    assert stage.send(FakePlatform(failures=[Refused("Too long.")])).status == "failed"
    assert "Nobody was told." in caplog.text


def test_trouble_on_an_account_of_another_unit_is_shown_there(cast: Cast) -> None:
    drafter = factories.user("Dua Unit")
    for unit in (cast.diskominfo, cast.dinkes):
        factories.grant(drafter, Role.DRAFTER, unit)
    approver = factories.user("Wira Utama")
    factories.grant(approver, Role.APPROVER, cast.city)
    account = connected_account(cast.dinkes)
    post = actions.create_post(
        actor=drafter, unit_id=cast.diskominfo.pk, document=document(account)
    )
    stage = Stage(cast, account, post)
    stage.submit(drafter).approve(approver)
    stage.send(FakePlatform(failures=[Refused("Too long.")]))
    (notice,) = notifications_of(cast.nur)
    assert notices.address_of(notice).endswith(f"/publications/{Publication.objects.get().pk}/")
    assert not notifications_of(cast.sari).filter(kind="failed")


def test_each_kind_says_its_facts_and_nothing_else(stage: Stage) -> None:
    facts: dict[str, int | str] = {
        "version": 1,
        "stage": 2,
        "stages": 2,
        "account": "@kota",
        "accounts": 1,
        "hours": 24,
        "days": 3,
        "unit": "Diskominfo",
        "planned": "",
        "after": "",
        "frozen": "",
    }
    for kind in NoticeKind:
        takes = notices.NOTICES[kind].facts
        wanted = {name: value for name, value in facts.items() if name in takes}
        by = stage.cast.sari if "by" in takes else None
        actions.notify(kind, [stage.cast.dwi], stage.post, by=by, **wanted)
        with pytest.raises(ValueError, match="takes"):
            actions.notify(kind, [stage.cast.dwi], stage.post, note="Isi catatan.")
    rows = list(notifications_of(stage.cast.dwi))
    assert len(rows) == len(NoticeKind)
    for language in ("id", "en"):
        with translation.override(language):
            said = {notices.sentence_of(one) for one in rows}
            assert len(said) == len(NoticeKind)
            assert not [one for one in said if "%" in one or "?" in one]


def test_a_fact_is_a_name_or_a_number(stage: Stage) -> None:
    with pytest.raises(ValueError, match="name or a number"):
        actions.notify(
            NoticeKind.FAILED,
            [stage.cast.dwi],
            stage.post,
            account=["x"],  # type: ignore[arg-type]  # what is refused
        )
    actions.notify(NoticeKind.FAILED, [stage.cast.dwi], stage.post, account="x" * 999)
    assert len(Notification.objects.get().facts["account"]) == notices.LONGEST_FACT


def test_facts_that_an_older_version_did_not_write_leave_no_hole(stage: Stage) -> None:
    notice = Notification(
        person=stage.cast.dwi, kind=NoticeKind.REMINDER, post=stage.fresh(), facts={}
    )
    assert "%" not in notices.sentence_of(notice)


def test_nobody_inactive_and_not_who_did_it_is_told(stage: Stage) -> None:
    people = [stage.cast.inactive, stage.cast.sari, stage.cast.dwi, stage.cast.dwi]
    number = actions.notify(NoticeKind.APPROVED, people, stage.post, by=stage.cast.sari, version=1)
    assert number == 1
    assert told() == {"approved": {"Dwi"}}


def test_who_no_longer_sees_the_unit_is_not_shown_what_was_told(stage: Stage) -> None:
    policy(stage.cast, ["review", "approve"])
    stage.submit()
    made = stage.cast.made
    assert unread_of(made).count() == 1
    Grant.objects.filter(user=made).update(ends_at=timezone.now())
    made.forget_reach()
    assert not notifications_of(made)
    assert unread_of(made).count() == 0


def test_reading_is_ones_own_matter_and_final(stage: Stage) -> None:
    policy(stage.cast, ["review", "approve"])
    stage.submit()
    mine = Notification.objects.get(person=stage.cast.sari)
    with pytest.raises(Notification.DoesNotExist):
        actions.mark_read(actor=stage.cast.made, notification_id=mine.pk)
    actions.mark_read(actor=stage.cast.sari, notification_id=mine.pk)
    mine.refresh_from_db()
    first = mine.read_at
    actions.mark_read(actor=stage.cast.sari, notification_id=mine.pk)
    mine.refresh_from_db()
    assert mine.read_at == first is not None
    assert Notification.objects.filter(read_at=None).count() == 1


def test_what_came_after_the_page_was_shown_stays_unread(stage: Stage) -> None:
    stage.submit()
    seen = Notification.objects.filter(person=stage.cast.sari).latest("pk").pk
    make_stage(stage.cast).submit()
    assert actions.mark_all_read(actor=stage.cast.sari, up_to=seen) == 1
    assert unread_of(stage.cast.sari).count() == 1


def test_a_choice_counts_from_then_on(stage: Stage) -> None:
    sari = stage.cast.sari
    ways = {kind: notices.NOTICES[kind].way for kind in NoticeKind}
    assert actions.choose_ways(actor=sari, ways=ways) == []
    assert not NoticeChoice.objects.exists()
    ways[NoticeKind.SUBMITTED] = Way.APP
    assert actions.choose_ways(actor=sari, ways=ways) == [NoticeKind.SUBMITTED]
    policy(stage.cast, ["review", "approve"])
    stage.submit()
    by_person = dict(Notification.objects.values_list("person", "way"))
    assert by_person == {sari.pk: Way.APP, stage.cast.made.pk: Way.AT_ONCE}
    ways[NoticeKind.SUBMITTED] = Way.DAILY
    actions.choose_ways(actor=sari, ways=ways)
    assert NoticeChoice.objects.get().way == Way.DAILY
    entries = Entry.objects.filter(event="content.notification.chosen")
    assert [one.data for one in entries] == [{"changed": ["submitted"]}] * 2


@each(
    "changed",
    [
        {"kind": "mention"},
        {"facts": {"by": "Lain"}},
        {"created_at": timezone.now()},
        {"way": "app"},
    ],
)
def test_a_notification_stays_what_it_was(stage: Stage, changed: dict[str, object]) -> None:
    if not Notification.objects.exists():
        stage.submit()
    with pytest.raises(REFUSED), transaction.atomic():
        Notification.objects.update(**changed)
    with pytest.raises(REFUSED), transaction.atomic():
        Notification.objects.all()._raw_delete("default")


def test_superiors_are_those_above_and_the_leadership(cast: Cast) -> None:
    above = factories.user("Wira Utama")
    factories.grant(above, Role.APPROVER, cast.city)
    chief = factories.user("Kepala Dinas")
    factories.grant(chief, Role.LEADERSHIP, cast.diskominfo)
    other = factories.user("Kepala Dinkes")
    factories.grant(other, Role.LEADERSHIP, cast.dinkes)
    make_stage(cast).submit()
    assert set(superiors_over(Review.objects.get())) == {above, chief, cast.ratna}


def test_a_comment_leads_to_its_place_in_the_conversation(stage: Stage) -> None:
    comment = actions.start_thread(
        actor=stage.cast.sari,
        post_id=stage.post.pk,
        number=1,
        text="Halo",
        key=uuid.uuid4(),
    )
    (notice,) = notifications_of(stage.cast.dwi)
    assert notices.address_of(notice).endswith(
        f"/posts/{stage.post.pk}/comments/{comment.thread_id}/#comment-{comment.pk}"
    )
