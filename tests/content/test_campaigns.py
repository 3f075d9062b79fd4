"""Campaigns and what they cost: what people may do, and what the database refuses anyway."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction

from content import actions
from content.errors import ContentError
from content.models import Campaign, CampaignTool, Post, Spending
from content.selectors.plan import campaigns_visible_to
from content.surroundings import findings_of
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.plans import campaign, spend, values
from tests.content.stage import Stage, document, make_stage
from tests.gathering import each

REFUSED = (IntegrityError, InternalError)
STATUS = Campaign.Status


def entry(event: str) -> Entry:
    return Entry.objects.get(event=f"content.{event}")


def close(plan: Campaign, cast: Cast) -> None:
    actions.close_campaign(actor=cast.sari, campaign_id=plan.pk, conclusion="Cakupan 81 persen.")


def refused_by_the_database(sql: str, *values: Any) -> None:
    with pytest.raises(REFUSED), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


# Who plans


def test_who_drafts_reviews_approves_or_leads_plans_and_nobody_else(cast: Cast) -> None:
    for person in (cast.dwi, cast.made, cast.sari, cast.ratna):
        assert campaign(cast, by=person).made_by == person
    for person in (cast.bayu, cast.yohanes, cast.laila, cast.fajar):
        with pytest.raises(PermissionDenied):
            campaign(cast, by=person)


def test_a_campaign_is_seen_by_its_unit_and_by_those_below(cast: Cast) -> None:
    of_city = campaign(cast, by=cast.ratna, unit=cast.city)
    own = campaign(cast)
    assert set(campaigns_visible_to(cast.dwi)) == {of_city, own}
    assert set(campaigns_visible_to(cast.fajar)) == {of_city}


# What a campaign is


def test_planning_is_told_in_the_trail(cast: Cast) -> None:
    plan = campaign(cast)
    told = entry("campaign.planned")
    assert (told.actor, told.target_id, told.unit_id) == (cast.dwi, str(plan.pk), plan.unit_id)
    assert told.data["budget"] == "10000000"


@each(
    "field, wrong",
    [
        ("ends_on", {"ends_on": date(2026, 10, 1)}),
        ("services", {"services": " "}),
        ("name", {"name": "\u200b"}),
        ("budget", {"budget": Decimal("-1")}),
        ("budget", {"budget": Decimal("1.5")}),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_beside_its_field(
    cast: Cast, field: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ContentError) as caught:
        campaign(cast, **wrong)
    assert caught.value.field == field


def test_the_database_refuses_what_is_no_plan(cast: Cast) -> None:
    plan = campaign(cast)
    for change in (
        "ends_on = '2026-10-01'",
        "services = ''",
        "name = ''",
        "budget = -1",
        "budget = 1.5",
        "status = 'closed'",
        f"unit_id = {cast.dinkes.pk}",
    ):
        refused_by_the_database(f"UPDATE content_campaign SET {change} WHERE id = %s", plan.pk)
    refused_by_the_database("DELETE FROM content_campaign WHERE id = %s", plan.pk)


def test_two_tabs_do_not_overwrite_each_other(cast: Cast) -> None:
    plan = campaign(cast)
    changed = values(name="Bebas rabies 2027")
    actions.change_campaign(actor=cast.dwi, campaign_id=plan.pk, edition=1, values=changed)
    assert entry("campaign.changed").data["changed"] == ["name"]
    with pytest.raises(ContentError):
        actions.change_campaign(actor=cast.rina, campaign_id=plan.pk, edition=1, values=values())
    plan.refresh_from_db()
    assert plan.name == "Bebas rabies 2027"


def test_a_campaign_runs_and_is_closed_with_a_conclusion_and_opened_for_a_reason(
    cast: Cast,
) -> None:
    plan = campaign(cast)
    actions.start_campaign(actor=cast.dwi, campaign_id=plan.pk)
    with pytest.raises(ContentError) as caught:
        actions.close_campaign(actor=cast.dwi, campaign_id=plan.pk, conclusion=" ")
    assert caught.value.field == "conclusion"
    spend(plan, cast.dwi)
    close(plan, cast)
    assert entry("campaign.closed").data == {"posts": 0, "spent": "1500000.00"}
    with pytest.raises(ContentError):
        actions.change_campaign(actor=cast.dwi, campaign_id=plan.pk, edition=3, values=values())
    refused_by_the_database("UPDATE content_campaign SET name = 'Lain' WHERE id = %s", plan.pk)
    actions.reopen_campaign(actor=cast.ratna, campaign_id=plan.pk, reason="Diperpanjang")
    plan.refresh_from_db()
    assert (plan.status, plan.conclusion) == (STATUS.RUNNING, "Cakupan 81 persen.")
    assert entry("campaign.reopened").data["reason"] == "Diperpanjang"


# Tools, goals, topics


def add_tool(plan: Campaign, cast: Cast, **changes: Any) -> CampaignTool:
    said: dict[str, Any] = {
        "goal": "services", "topics": "jadwal, lokasi", "platform": "instagram",
    }  # fmt: skip
    return actions.add_tool(actor=cast.dwi, campaign_id=plan.pk, **(said | changes))


def test_a_line_says_which_account_serves_which_goal(cast: Cast) -> None:
    plan, account = campaign(cast), factories.official_account(cast.diskominfo)
    tool = add_tool(plan, cast, platform="", official_account_id=account.pk)
    assert entry("campaign.tool_added").data["tool"] == str(account)
    actions.remove_tool(actor=cast.dwi, campaign_id=plan.pk, tool_id=tool.pk)
    assert entry("campaign.tool_removed").data["topics"] == "jadwal, lokasi"
    with pytest.raises(ContentError):
        actions.remove_tool(actor=cast.dwi, campaign_id=plan.pk, tool_id=tool.pk)


def test_a_line_serves_a_goal_that_the_campaign_has(cast: Cast) -> None:
    plan = campaign(cast)
    elsewhere = factories.official_account(cast.dinkes)
    for wrong in (
        {"goal": "voice"},
        {"topics": " "},
        {"platform": ""},
        {"platform": "", "official_account_id": elsewhere.pk},
    ):
        with pytest.raises(ContentError):
            add_tool(plan, cast, **wrong)
    with pytest.raises(REFUSED), transaction.atomic():
        CampaignTool.objects.create(campaign=plan, platform="x", goal="voice", topics="aduan")
    add_tool(plan, cast)
    without = values(services="", voice="Warga memilih.")
    with pytest.raises(ContentError) as caught:
        actions.change_campaign(actor=cast.dwi, campaign_id=plan.pk, edition=1, values=without)
    assert caught.value.field == "services"
    sql = "UPDATE content_campaign SET services = '', voice = 'ya' WHERE id = %s"
    refused_by_the_database(sql, plan.pk)


# Money


def test_spending_is_recorded_once_however_often_the_form_is_sent(cast: Cast) -> None:
    plan, key = campaign(cast), uuid.uuid4()
    first = spend(plan, cast.dwi, key=key)
    assert spend(plan, cast.dwi, key=key) == first
    with pytest.raises(ContentError, match="answered already"):
        spend(campaign(cast, name="Lain"), cast.dwi, key=key)
    told = entry("campaign.spending_recorded")
    assert (told.data["amount"], told.data["payee"]) == ("1500000", "PT Iklan Nusantara")


@each(
    "field, wrong",
    [
        ("amount", {"amount": Decimal(0)}),
        ("amount", {"amount": Decimal("0.5")}),
        ("amount", {"amount": Decimal(10**13)}),
        ("label", {"label": ""}),
        ("label", {"kind": "production"}),
        ("payee", {"payee": "\u200b"}),
        ("reference", {"reference": ""}),
        ("spent_on", {"spent_on": date(2199, 1, 1)}),
    ],
)
def test_what_is_wrong_with_spending_is_said_beside_its_field(
    cast: Cast, field: str, wrong: dict[str, Any]
) -> None:
    with pytest.raises(ContentError) as caught:
        spend(campaign(cast), cast.dwi, **wrong)
    assert caught.value.field == field


def test_a_wrong_line_is_reversed_once_and_never_changed(cast: Cast) -> None:
    plan = campaign(cast)
    line = spend(plan, cast.dwi)
    again: dict[str, Any] = {"actor": cast.dwi, "campaign_id": plan.pk, "reason": "Salah ketik"}
    reversal = actions.reverse_spending(spending_id=line.pk, **again)
    assert reversal.amount == -line.amount
    assert entry("campaign.spending_reversed").data["reason"] == "Salah ketik"
    for one in (line, reversal):
        with pytest.raises(ContentError):
            actions.reverse_spending(spending_id=one.pk, **again)
        refused_by_the_database("UPDATE content_spending SET amount = 1 WHERE id = %s", one.pk)
        refused_by_the_database("DELETE FROM content_spending WHERE id = %s", one.pk)


def test_the_database_refuses_what_is_no_spending(cast: Cast) -> None:
    plan = campaign(cast)
    line = spend(plan, cast.dwi)
    same: dict[str, Any] = {
        "campaign": plan, "kind": "ads", "amount": Decimal(5), "spent_on": line.spent_on,
        "payee": "A", "reference": "B", "label": "iklan", "recorded_by": cast.dwi,
    }  # fmt: skip
    half = same | {"reverses": line, "amount": Decimal(-5), "payee": line.payee, "reason": "x"}
    for wrong in (
        same | {"amount": Decimal("5.5")},
        same | {"amount": Decimal(-5)},
        same | {"label": ""},
        same | {"kind": "other"},
        same | {"reference": ""},
        half,
    ):
        with pytest.raises(REFUSED), transaction.atomic():
            Spending.objects.create(**wrong)
    close(plan, cast)
    with pytest.raises(REFUSED), transaction.atomic():
        Spending.objects.create(**same)
    with pytest.raises(ContentError):
        spend(plan, cast.dwi)


# Posts


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


def place(stage: Stage, plan: Campaign | None, **more: Any) -> Post:
    campaign_id = plan.pk if plan else None
    return actions.place_post(
        actor=more.get("by", stage.cast.dwi), post_id=stage.post.pk, campaign_id=campaign_id
    )


def test_a_post_joins_and_leaves_without_voiding_its_approval(stage: Stage) -> None:
    stage.submit().approve()
    digest, plan = stage.digest, campaign(stage.cast, by=stage.cast.ratna, unit=stage.cast.city)
    place(stage, plan)
    assert (stage.fresh().campaign, stage.digest) == (plan, digest)
    assert stage.post.status == Post.Status.SCHEDULED
    assert entry("post.placed").data["campaign"] == plan.name
    place(stage, None)
    assert entry("post.taken_out").data["campaign"] == plan.name


def test_a_campaign_takes_posts_of_its_unit_and_below_only(stage: Stage) -> None:
    elsewhere = campaign(stage.cast, by=stage.cast.fajar, unit=stage.cast.dinkes)
    with pytest.raises(ContentError):
        place(stage, elsewhere)
    sql = "UPDATE content_post SET campaign_id = %s WHERE id = %s"
    refused_by_the_database(sql, elsewhere.pk, stage.post.pk)
    for stranger in (stage.cast.fajar, stage.cast.bayu):
        with pytest.raises(PermissionDenied):
            place(stage, campaign(stage.cast), by=stranger)


def test_nothing_joins_or_leaves_a_closed_campaign(stage: Stage) -> None:
    plan, closed = campaign(stage.cast), campaign(stage.cast)
    place(stage, plan)
    for one in (plan, closed):
        close(one, stage.cast)
    for target in (None, closed):
        with pytest.raises(ContentError):
            place(stage, target)
    sql = "UPDATE content_post SET campaign_id = %s WHERE id = %s"
    for target in (None, closed):
        refused_by_the_database(sql, target and target.pk, stage.post.pk)


def test_a_post_that_was_paid_for_stays_in_its_campaign(stage: Stage) -> None:
    plan = campaign(stage.cast)
    with pytest.raises(ContentError) as caught:
        spend(plan, stage.cast.dwi, post_id=stage.post.pk)
    assert caught.value.field == "post"
    place(stage, plan)
    line = spend(plan, stage.cast.dwi, post_id=stage.post.pk)
    with pytest.raises(ContentError):
        place(stage, None)
    sql = "UPDATE content_post SET campaign_id = NULL WHERE id = %s"
    refused_by_the_database(sql, stage.post.pk)
    actions.reverse_spending(
        actor=stage.cast.dwi, campaign_id=plan.pk, spending_id=line.pk, reason="Batal"
    )
    assert place(stage, None).campaign is None


def test_a_paid_post_is_not_submitted_without_its_label(stage: Stage) -> None:
    plan = campaign(stage.cast)
    place(stage, plan)
    spend(plan, stage.cast.dwi, post_id=stage.post.pk, label="kerja sama berbayar")
    with pytest.raises(ContentError) as caught:
        stage.submit()
    assert "kerja sama berbayar" in str(caught.value)
    stage.edit("#KerjaSamaBerbayar Vaksin rabies gratis.").submit()
    assert stage.fresh().status == Post.Status.SUBMITTED


@each("words, found", {"Iklan": 0, "IKLAN: ayo": 0, "#iklan": 0, "periklanan": 1, "ayo": 1}.items())
def test_a_label_is_a_word_of_its_own(stage: Stage, words: str, found: int) -> None:
    stage.post.paid_labels = ["iklan"]  # type: ignore[attr-defined]  # as with_paid_labels adds it
    said = document(stage.account, text=words)
    rules = [one.rule for one in findings_of(said, stage.post.unit, stage.post)]
    assert rules.count("paid") == found
