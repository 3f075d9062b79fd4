"""Who holds the recovery e-mail and phone after a handover: asked for in its checklist, and written
into the register when it is completed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.actions.handover_steps import Check
from accounts.checklists import CHECKLISTS
from accounts.errors import AccountError
from accounts.models import Handover, OfficialAccount
from tests import factories
from tests.accounts.care.conftest import marks, sign_both, start
from tests.accounts.conftest import trail
from tests.cast import Cast


@pytest.fixture
def held(account: OfficialAccount) -> OfficialAccount:
    """Both are held by Sari."""
    holders = {"recovery_email_holder": "Sari Wulandari", "recovery_phone_holder": "Sari Wulandari"}
    OfficialAccount.objects.filter(pk=account.pk).update(**holders)
    account.refresh_from_db()
    return account


def hand(cast: Cast, handover: Handover, holder: str, state: str = "done") -> None:
    actions.check_items(
        actor=cast.sari,
        handover_id=handover.pk,
        checks={"recovery_email": Check(state=state, note="x", holder=holder)},
    )


@pytest.mark.parametrize(
    ("holder", "told"),
    [
        ("", "who holds it now"),
        ("  ", "who holds it now"),
        ("humas@samudrakota.example", "never kept here"),
        ("0812 3456 7890", "never kept here"),
        ("dua\nbaris", "on one line"),
        ("x" * 151, "At most 150"),
    ],
)
def test_who_hands_the_recovery_over_says_who_has_it_and_never_the_secret(
    cast: Cast, held: OfficialAccount, holder: str, told: str
) -> None:
    handover = start(cast, held)
    with pytest.raises(AccountError, match=told) as refused:
        hand(cast, handover, holder)
    assert refused.value.field == "recovery_email-holder"
    assert handover.items.get(key="recovery_email").state == "open"
    hand(cast, handover, " Kepala Bidang Humas ")
    item = handover.items.get(key="recovery_email")
    assert (item.state, item.holder) == ("done", "Kepala Bidang Humas")
    hand(cast, handover, "Sekretariat")
    assert handover.items.get(key="recovery_email").holder == "Sekretariat", "until it is signed"


def test_the_register_names_the_new_holder_once_the_handover_is_completed(
    cast: Cast, held: OfficialAccount
) -> None:
    handover = start(cast, held)
    sign_both(cast, handover)
    held.refresh_from_db()
    assert held.recovery_email_holder == "Sari Wulandari", "nothing moves before"
    actions.complete_handover(actor=cast.bayu, handover_id=handover.pk)
    held.refresh_from_db()
    assert held.recovery_email_holder == "Kepala Bidang Humas"
    assert held.recovery_phone_holder == "Kepala Bidang Humas"
    (entry,) = trail("accounts.official_account.changed")
    assert entry.actor == cast.bayu
    assert [(one.before, one.after) for one in entry.changes] == [
        ("Sari Wulandari", "Rina Lestari"),
        ("Sari Wulandari", "Kepala Bidang Humas"),
        ("Sari Wulandari", "Kepala Bidang Humas"),
    ]


def test_what_does_not_apply_or_stays_with_the_same_position_changes_nothing(
    cast: Cast, held: OfficialAccount
) -> None:
    OfficialAccount.objects.filter(pk=held.pk).update(recovery_phone_holder="Kepala Bidang Humas")
    handover = start(cast, held)
    hand(cast, handover, "Diabaikan", state="not_needed")
    checks = {key: Check(state="done") for key in ("documents", "open_work", "devices")}
    checks["recovery_phone"] = Check(state="done", holder="Kepala Bidang Humas")
    actions.check_items(actor=cast.sari, handover_id=handover.pk, checks=checks)
    actions.sign_handover(actor=cast.sari, handover_id=handover.pk)
    incoming = [item.key for item in CHECKLISTS[handover.checklist] if item.side == "incoming"]
    done = {key: Check(state="done", holder="Diabaikan") for key in incoming}
    actions.check_items(actor=cast.rina, handover_id=handover.pk, checks=done)
    assert not handover.items.filter(key__in=incoming).exclude(holder="").exists()
    actions.sign_handover(actor=cast.rina, handover_id=handover.pk)
    actions.complete_handover(actor=cast.bayu, handover_id=handover.pk)
    held.refresh_from_db()
    assert held.recovery_email_holder == "Sari Wulandari"
    (entry,) = trail("accounts.official_account.changed")
    assert entry.data["changed"] == ["person_in_charge_id"]


def test_a_handover_of_the_first_checklist_is_not_asked_for_holders(
    cast: Cast, held: OfficialAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.actions.handovers.NEWEST", 1)
    handover = start(cast, held)
    hand(cast, handover, "")
    item = handover.items.get(key="recovery_email")
    assert (item.state, item.holder) == ("done", "")
    words = {str(item.words) for item in handover.items.all()}
    assert "Password changed after the handover" in words


@pytest.mark.usefixtures("everybody_reads_english")
def test_the_page_asks_beside_the_step_and_keeps_what_was_typed(
    cast: Cast, held: OfficialAccount, client_as: Callable[[object], Client]
) -> None:
    handover = start(cast, held)
    client = client_as("sari")
    page = client.get(reverse("accounts:handover_detail", args=[handover.pk])).content.decode()
    assert "Until now: Sari Wulandari." in page
    address = reverse("accounts:handover_check", args=[handover.pk])
    typed = {"recovery_email-state": "done", "recovery_email-holder": "humas@samudrakota.example"}
    sent = marks(handover) | typed
    refused = client.post(address, sent)
    assert refused.status_code == 422
    assert refused.context["shown"].form.errors["recovery_email-holder"]
    assert 'value="humas@samudrakota.example"' in refused.content.decode()
    assert client.post(address, {**sent, "recovery_email-holder": "Humas"}).status_code == 302
    rina = client_as("rina").get(reverse("accounts:handover_detail", args=[handover.pk]))
    assert "New holder: Humas" in rina.content.decode()
    assert "Password changed by the receiver" in rina.content.decode()


@pytest.mark.usefixtures("everybody_reads_english")
def test_every_mistake_of_a_save_is_told_at_once_beside_its_field(
    cast: Cast, held: OfficialAccount, client_as: Callable[[object], Client]
) -> None:
    handover = start(cast, held)
    wrong = {
        "recovery_email-state": "done",
        "recovery_email-holder": "humas@samudrakota.example",
        "recovery_phone-state": "done",
        "recovery_phone-holder": "08123456789",
        "documents-state": "not_needed",
        "documents-note": "",
        "devices-state": "done",
    }
    address = reverse("accounts:handover_check", args=[handover.pk])
    refused = client_as("sari").post(address, marks(handover) | wrong)
    assert refused.status_code == 422
    errors = refused.context["shown"].form.errors
    assert set(errors) == {"recovery_email-holder", "recovery_phone-holder", "documents-note"}
    assert errors["documents-note"] == ["Say why it does not apply."]
    assert not handover.items.exclude(state="open").exists(), "nothing is kept of half a save"
    mended = {"recovery_email-holder": "Humas", "recovery_phone-holder": "Humas"}
    right = marks(handover) | wrong | mended | {"documents-note": "Tidak ada"}
    assert client_as("sari").post(address, right).status_code == 302


def give(cast: Cast, held: OfficialAccount, holder: str) -> None:
    actions.change_official_account(
        actor=cast.bayu,
        official_account_id=held.pk,
        unit_id=held.unit_id,
        handle=held.handle,
        host=held.host,
        display_name=held.display_name,
        recovery_email_holder=holder,
    )


@pytest.fixture
def signed(cast: Cast, held: OfficialAccount) -> Handover:
    """Both have signed that the e-mail goes from Sari to the head of public relations."""
    handover = start(cast, held)
    sign_both(cast, handover)
    return handover


def test_a_holder_whom_the_register_names_since_is_not_overwritten(
    cast: Cast, held: OfficialAccount, signed: Handover
) -> None:
    give(cast, held, "Sekretaris Daerah")
    with pytest.raises(AccountError, match="It says now Sekretaris Daerah") as refused:
        actions.complete_handover(actor=cast.bayu, handover_id=signed.pk)
    assert "it said Sari Wulandari" in str(refused.value)
    held.refresh_from_db()
    assert held.recovery_email_holder == "Sekretaris Daerah"
    give(cast, held, "Sari Wulandari")
    assert actions.complete_handover(actor=cast.bayu, handover_id=signed.pk).state == "completed"


def test_a_register_that_says_already_what_was_signed_is_in_nobody_s_way(
    cast: Cast, held: OfficialAccount, signed: Handover
) -> None:
    give(cast, held, "Kepala Bidang Humas")
    assert actions.complete_handover(actor=cast.bayu, handover_id=signed.pk).state == "completed"


def test_whoever_completes_is_told_who_holds_what_afterwards(
    cast: Cast, held: OfficialAccount, signed: Handover, client_as: Callable[[object], Client]
) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    page = client.get(reverse("accounts:handover_detail", args=[signed.pk])).content.decode()
    assert "Holder of the recovery e-mail: Sari Wulandari → Kepala Bidang Humas." in page
