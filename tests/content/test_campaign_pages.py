"""The pages of campaigns: forms that keep what was typed, money to the rupiah, posts by stage."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from content import actions
from content.forms.plan import RupiahField
from content.models import Campaign, Post, Spending
from content.pages.plan import campaign_page, campaign_rows, posts_in_stage
from content.selectors.plan import campaigns_visible_to, with_progress
from govsocial.audit.models import Entry
from tests.cast import Cast
from tests.content.plans import campaign, csv_of, spend
from tests.content.stage import FakePlatform, Stage, answers, make_stage
from tests.gathering import each

SignIn = Callable[[User | str], Client]
MOST_QUERIES = 15
HEAVIEST = 100_000


def page(name: str, *args: object) -> str:
    return reverse(f"content:{name}", args=args)


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    said = {
        "unit": cast.diskominfo.pk, "name": "Bebas rabies", "code": "IKU 3.2",
        "purpose": "Cakupan naik.", "services": "Warga tahu.", "voice": "", "cut_budget": "",
        "starts_on": "2026-11-01", "ends_on": "2026-12-31", "budget": "Rp 10.000.000",
    }  # fmt: skip
    return said | changes


def paid(**changes: Any) -> dict[str, Any]:
    said = {
        "kind": "ads", "amount": "1.500.000", "spent_on": "2026-11-02", "payee": "PT Iklan",
        "label": "iklan", "reference": "SPM 12", "key": str(uuid.uuid4()),
    }  # fmt: skip
    return said | changes


def test_rupiah_is_read_as_people_write_it() -> None:
    read = {"1.500.000": 1500000, "Rp1500000,00": 1500000, "rp 2,500": 2500, "0": 0}
    field = RupiahField(required=False)
    assert {text: field.clean(text) for text in read} == read
    assert field.clean("") is None
    for wrong in ("1.5", "1,5 juta", "-1", "1e3", "9" * 20):
        with pytest.raises(ValidationError):
            field.clean(wrong)


def test_a_campaign_is_planned_changed_started_closed_and_opened_again(
    cast: Cast, client_as: SignIn
) -> None:
    client = client_as("dwi")
    made = client.post(page("campaign_add"), typed(cast))
    plan = Campaign.objects.get()
    assert made["Location"] == page("campaign_detail", plan.pk)
    assert plan.budget == Decimal(10_000_000)
    changed = typed(cast, name="Bebas rabies 2026", budget="", edition="1")
    client.post(page("campaign_edit", plan.pk), changed)
    stale = client.post(page("campaign_edit", plan.pk), typed(cast, edition="1", name="Lain"))
    assert stale.status_code == 422
    assert "Lain" in text_of(stale)
    client.post(page("campaign_start", plan.pk))
    assert client.post(page("campaign_close", plan.pk), {"conclusion": ""}).status_code == 422
    client.post(page("campaign_close", plan.pk), {"conclusion": "Cakupan 81 persen."})
    shown = text_of(client.get(page("campaign_detail", plan.pk)))
    assert "Cakupan 81 persen." in shown
    assert "Bebas rabies 2026" in shown
    client.post(page("campaign_reopen", plan.pk), {"reason": "Diperpanjang"})
    plan = Campaign.objects.get()
    assert (plan.status, plan.budget) == (Campaign.Status.RUNNING.value, None)


@each(
    "field, wrong",
    [
        ("ends_on", {"ends_on": "2026-10-01"}),
        ("services", {"services": ""}),
        ("budget", {"budget": "sepuluh juta"}),
        ("name", {"name": "a\x00b"}),
        ("starts_on", {"starts_on": "0001-01-01"}),
        ("unit", {"unit": "9" * 30}),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    cast: Cast, client_as: SignIn, field: str, wrong: dict[str, Any]
) -> None:
    answer = client_as("dwi").post(page("campaign_add"), typed(cast, **wrong))
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert "Cakupan naik." in text_of(answer)
    assert not Campaign.objects.exists()


def test_money_is_told_to_the_rupiah_and_missing_is_never_zero(
    cast: Cast, client_as: SignIn
) -> None:
    plan, client = campaign(cast, budget=None), client_as("dwi")
    shown = text_of(client.get(page("campaign_detail", plan.pk)))
    assert "Belum dinyatakan" in shown
    assert "Rp0" not in shown
    form = paid(amount="1.500.001")
    for _twice in range(2):
        client.post(page("spending_add", plan.pk), form)
    assert Spending.objects.get().amount == Decimal(1_500_001)
    refused = client.post(page("spending_add", plan.pk), paid(label=""))
    assert refused.status_code == 422
    assert "PT Iklan" in text_of(refused)
    line = Spending.objects.get()
    client.post(page("spending_reverse", plan.pk, line.pk), {"reason": "Salah"})
    with CaptureQueriesContext(connection) as queries:
        listed = text_of(client.get(page("spending_list", plan.pk)))
    assert len(queries) <= MOST_QUERIES
    assert "Rp1.500.001" in listed
    assert "−Rp1.500.001" in listed
    sheet = csv_of(client.get(page("spending_export", plan.pk)))
    assert "-1500001" in sheet


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast)


def test_posts_join_from_the_page_and_from_the_composer(stage: Stage, client_as: SignIn) -> None:
    plan, client = campaign(stage.cast), client_as("dwi")
    client.post(page("campaign_post_add", plan.pk), {"post": stage.post.pk})
    assert stage.fresh().campaign == plan
    shown = text_of(client.get(f"{page('campaign_detail', plan.pk)}?stage=draft"))
    assert "Jadwal vaksinasi" in shown
    assert "Jadwal vaksinasi</a>" not in text_of(
        client.get(f"{page('campaign_detail', plan.pk)}?stage=out")
    )
    client.post(page("campaign_post_remove", plan.pk, stage.post.pk))
    assert stage.fresh().campaign is None
    written = answers() | {
        "title": "Jadwal", "unit": stage.cast.diskominfo.pk, "text": "Ayo.", "language": "id",
    }  # fmt: skip
    client.post(page("post_create"), written | {"campaign": plan.pk})
    post = Post.objects.latest("pk")
    assert post.campaign == plan
    assert plan.name in text_of(client.get(page("post_detail", post.pk)))
    # A form that does not name the field, as one that was open before, takes nothing away.
    edited = written | {"text": "Ayo datang.", "based_on": 1}
    client.post(page("post_edit", post.pk), edited)
    post.refresh_from_db()
    assert post.campaign == plan
    client.post(page("post_edit", post.pk), edited | {"based_on": 2, "campaign": ""})
    post.refresh_from_db()
    assert post.campaign is None


def test_list_export_and_page_count_the_same_posts_as_out_whatever_was_archived(
    stage: Stage, client_as: SignIn
) -> None:
    plan, sari, others = campaign(stage.cast), stage.cast.sari, [stage, make_stage(stage.cast)]
    for one in others:
        actions.place_post(actor=stage.cast.dwi, post_id=one.post.pk, campaign_id=plan.pk)
        live = one.submit().approve().send(FakePlatform())
    back = actions.withdraw_publication(actor=sari, publication_id=live.pk, reason="Salah.")
    actions.delete_withdrawn(
        withdrawal_id=back.pk, actor=User.objects.system(), client=FakePlatform()
    )
    for one in others:
        actions.archive_post(actor=sari, post_id=one.post.pk)
    listed = with_progress(campaigns_visible_to(sari), sari).get()
    assert (listed.number, listed.out) == (2, 1)
    assert next(campaign_rows(iter([listed])))[-2:] == [2, 1]
    shown = campaign_page(plan, sari, "")["progress"]
    counted = {one["key"]: one["number"] for one in shown if one["number"]}
    assert counted == {"": 2, "out": 1, "withdrawn": 1}
    assert list(posts_in_stage(plan, sari, "out")) == [stage.post]
    assert list(posts_in_stage(plan, sari, "withdrawn")) == [others[1].post]


def test_a_campaign_of_another_unit_is_not_chosen_in_the_composer(
    cast: Cast, client_as: SignIn
) -> None:
    elsewhere = campaign(cast, by=cast.fajar, unit=cast.dinkes)
    written = {"title": "J", "unit": cast.diskominfo.pk, "text": "A", "language": "id"}
    answer = client_as("dwi").post(
        page("post_create"), answers() | written | {"campaign": elsewhere.pk}
    )
    assert answer.status_code == 422
    assert not Post.objects.exists()


def test_strangers_find_no_campaign_and_who_only_sees_it_changes_nothing(
    cast: Cast, client_as: SignIn
) -> None:
    own, of_city = campaign(cast), campaign(cast, by=cast.ratna, unit=cast.city)
    fajar = client_as("fajar")
    assert fajar.get(page("campaign_detail", own.pk)).status_code == 404
    assert fajar.get(page("campaign_detail", of_city.pk)).status_code == 200
    for name in ("campaign_edit", "campaign_close", "tool_add", "spending_add"):
        assert fajar.get(page(name, own.pk)).status_code == 404
        assert fajar.get(page(name, of_city.pk)).status_code == 403
    foreign = spend(own, cast.dwi)
    ratna = client_as("ratna")
    reverse_it = page("spending_reverse", of_city.pk, foreign.pk)
    assert ratna.post(reverse_it, {"reason": "x"}).status_code == 404
    assert "campaign_edit" not in text_of(client_as("laila").get(page("campaign_detail", own.pk)))


def test_lists_and_pages_are_light_and_are_taken_out_as_filtered(
    cast: Cast, client_as: SignIn
) -> None:
    plans = [campaign(cast, name=f"Kampanye {number}") for number in range(3)]
    for _number in range(3):
        spend(plans[0], cast.dwi)
        stage = make_stage(cast)
        actions.place_post(actor=cast.dwi, post_id=stage.post.pk, campaign_id=plans[0].pk)
    client = client_as("dwi")
    for address in (
        f"{page('campaign_list')}?search=Kampanye&status=planned&goal=services&sort=-budget",
        page("campaign_detail", plans[0].pk),
        page("campaign_edit", plans[0].pk),
        page("spending_add", plans[0].pk),
        page("campaign_post_add", plans[0].pk),
    ):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        assert answer.status_code == 200, address
        assert len(queries) <= MOST_QUERIES, address
        assert len(answer.content) <= HEAVIEST, address
    sheet = client.get(f"{page('campaign_export')}?search=Kampanye+1&format=csv")
    lines = csv_of(sheet).splitlines()
    assert len(lines) == 2
    assert Entry.objects.get(event="content.campaign.exported").data["rows"] == 1
    nothing = client.get(f"{page('campaign_list')}?goal=voice")
    assert "Tidak ada kampanye yang cocok" in text_of(nothing)
