"""The pages of freezes: what will stop, what stopped, and how each of it goes again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.capabilities import Role
from accounts.models import User
from content import actions
from content.forms.freezes import FreezeForm
from content.models import Freeze, Post, Publication
from content.selectors.freezes import freezes_visible_to, with_what_they_stopped
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.stage import Stage, document, later, make_stage
from tests.content.test_emergencies import emergency
from tests.content.test_freezes import freeze, lift
from tests.gathering import each

SignIn = Callable[[User | str], Client]
REFUSED = (IntegrityError, InternalError)
STATUS = Publication.Status
MOST_QUERIES = 15


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return make_stage(cast, planned_at=later(hours=1)).submit().approve()


def page(name: str, *args: object) -> str:
    return reverse(f"content:{name}", args=args)


def text_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def asked(cast: Cast, **changes: Any) -> dict[str, Any]:
    wanted = {
        "unit": cast.diskominfo.pk, "official_account": "", "kind": "mourning",
        "reason": "Hari berkabung", "spares_emergencies": "on", "expected_until": "",
    }  # fmt: skip
    return wanted | changes


def frozen(stage: Stage) -> Stage:
    """Frozen, and no freeze is on any more."""
    freeze(stage.cast)
    lift(stage.cast)
    return stage


def another(stage: Stage, **fields: Any) -> Stage:
    """One more publication on the same account, of a text of its own."""
    fields.setdefault("text", f"Vaksin rabies gratis, hari {Post.objects.count()}.")
    post = actions.create_post(
        actor=stage.cast.dwi,
        unit_id=stage.cast.diskominfo.pk,
        document=document(stage.account, planned_at=later(hours=2), **fields),
    )
    return Stage(stage.cast, stage.account, post).submit().approve()


# Beginning


def test_the_preview_says_what_will_stop_and_stops_nothing(stage: Stage, client_as: SignIn) -> None:
    make_stage(stage.cast, title="Pasar murah", planned_at=later(minutes=5)).submit().approve()
    emergency(stage.cast, title="Evakuasi").submit().approve()
    shown = text_of(client_as("sari").post(page("freeze_begin"), asked(stage.cast)))
    assert "Bekukan 2 penayangan Diskominfo" in shown
    assert shown.index("Pasar murah") < shown.index("Jadwal vaksinasi")
    assert "Evakuasi" not in shown
    assert str(stage.account) in shown
    assert not Freeze.objects.exists()
    everything = asked(stage.cast, spares_emergencies="")
    assert "Bekukan 3 penayangan" in text_of(
        client_as("sari").post(page("freeze_begin"), everything)
    )


def test_the_button_of_the_preview_freezes_and_leads_to_the_freeze(
    stage: Stage, client_as: SignIn
) -> None:
    client = client_as("sari")
    answer = client.post(page("freeze_begin"), asked(stage.cast, confirm="1"), follow=True)
    row = Freeze.objects.get()
    assert answer.redirect_chain == [(page("freeze_detail", row.pk), 302)]
    assert stage.publication.status == STATUS.FROZEN
    assert "1 penayangan dihentikan" in text_of(answer)
    assert Entry.objects.get(event="content.freeze.begun").data["stopped"] == 1
    again = client.post(page("freeze_begin"), asked(stage.cast, confirm="1"))
    assert again.status_code == 409
    assert "Hari berkabung" in text_of(again)


def test_going_back_from_the_preview_keeps_what_was_typed(stage: Stage, client_as: SignIn) -> None:
    answer = client_as("sari").post(page("freeze_begin"), asked(stage.cast, change="1"))
    assert answer.status_code == 200
    assert "Hari berkabung" in text_of(answer)
    assert not Freeze.objects.exists()


def test_one_account_alone_is_named_in_the_button(stage: Stage, client_as: SignIn) -> None:
    make_stage(stage.cast, planned_at=later(hours=1)).submit().approve()
    wanted = asked(stage.cast, official_account=stage.account.pk)
    shown = text_of(client_as("sari").post(page("freeze_begin"), wanted))
    assert f"Bekukan 1 penayangan {stage.account.at_handle}" in shown
    client_as("sari").post(page("freeze_begin"), wanted | {"confirm": "1"})
    assert Publication.objects.filter(status=STATUS.FROZEN).count() == 1


def test_what_the_preview_sends_on_is_what_was_asked(
    stage: Stage, client_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where there are so many accounts that people search for one by words."""
    monkeypatch.setattr(FreezeForm.base_fields["official_account"], "most_options", 0)
    wanted = asked(
        stage.cast, official_account_words=stage.account.handle, spares_emergencies="",
        reason='Duka <b>"kita"</b>', expected_until="2126-12-01T08:30",
    )  # fmt: skip
    del wanted["official_account"]
    client = client_as("sari")
    shown = client.post(page("freeze_begin"), wanted).content.decode()
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', shown)
    sent = {name: unescape(value) for name, value in hidden}
    client.post(page("freeze_begin"), sent | {"confirm": "1"})
    row = Freeze.objects.get()
    assert (row.official_account, row.unit) == (stage.account, stage.cast.diskominfo)
    assert (row.reason, row.spares_emergencies) == ('Duka <b>"kita"</b>', False)
    assert row.expected_until == datetime(2126, 12, 1, 1, 30, tzinfo=UTC)


@each(
    "changes",
    {
        "a unit of others": lambda cast: {"unit": cast.dinkes.pk},
        "the whole city": lambda cast: {"unit": cast.city.pk},
        "no unit": lambda cast: {"unit": "x"},
        "an occasion that is none": lambda cast: {"kind": "pesta"},
        "no occasion": lambda cast: {"kind": ""},
        "no reason": lambda cast: {"reason": " \u200b "},
        "an end that has passed": lambda cast: {"expected_until": "2020-01-01T00:00"},
        "an end beyond all": lambda cast: {"expected_until": "9999-12-31T23:59"},
        "an account that is none": lambda cast: {"official_account": "987654321"},
    },
)
def test_a_freeze_is_refused_with(cast: Cast, client_as: SignIn, changes: Any) -> None:
    wanted = asked(cast, confirm="1") | changes(cast)
    answer = client_as("sari").post(page("freeze_begin"), wanted)
    assert answer.status_code == 422
    assert not Freeze.objects.exists()


def test_an_account_of_another_unit_is_refused_beside_its_field(
    cast: Cast, client_as: SignIn
) -> None:
    factories.grant(cast.sari, Role.APPROVER, cast.city)
    account = factories.official_account(cast.dinkes)
    wanted = asked(cast, official_account=account.pk, confirm="1")
    answer = client_as(cast.sari).post(page("freeze_begin"), wanted)
    assert answer.status_code == 422
    assert "Dinkes" in str(answer.context["form"].errors["official_account"])


@each(
    "who, status",
    [("dwi", 403), ("made", 403), ("bayu", 403), ("ratna", 403), ("laila", 403), ("sari", 200)],
)
def test_who_may_begin(cast: Cast, client_as: SignIn, who: str, status: int) -> None:
    assert client_as(who).get(page("freeze_begin")).status_code == status


# While it is on


def test_every_page_of_its_people_tells_of_a_freeze(stage: Stage, client_as: SignIn) -> None:
    told = "1 pembekuan sedang berlaku"
    assert told not in text_of(client_as("dwi").get(reverse("home")))
    freeze(stage.cast, expected_until=later(days=1))
    for address in (reverse("home"), page("post_list"), page("post_create")):
        assert told in text_of(client_as("dwi").get(address, follow=True)), address
    assert told in text_of(client_as("ratna").get(reverse("home"))), "who sees the unit from above"
    assert told not in text_of(client_as("fajar").get(reverse("home"))), "of another unit"
    assert told not in text_of(client_as("dwi").get(page("freeze_list"))), "told there in full"
    lift(stage.cast)
    assert told not in text_of(client_as("dwi").get(reverse("home")))


def test_a_freeze_from_above_is_told_to_those_below_and_one_of_an_account_is_not(
    cast: Cast, client_as: SignIn
) -> None:
    factories.grant(cast.sari, Role.APPROVER, cast.city)
    account = factories.official_account(cast.city)
    actions.begin_freeze(
        actor=cast.sari, unit_id=cast.city.pk, official_account_id=account.pk, kind="other",
        reason="Akun diperiksa",
    )  # fmt: skip
    told = "pembekuan sedang berlaku"
    assert told not in text_of(client_as("fajar").get(reverse("home")))
    assert client_as("fajar").get(page("freeze_detail", Freeze.objects.get().pk)).status_code == 404
    freeze(cast, unit_id=cast.city.pk)
    assert told in text_of(client_as("fajar").get(reverse("home")))
    assert "Hari berkabung" in text_of(client_as("fajar").get(page("freeze_list")))


def test_a_page_asks_once_more_only_while_a_freeze_is_on(stage: Stage, client_as: SignIn) -> None:
    client = client_as("dwi")
    client.get(page("post_list"))

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(page("post_list"))
        return len(found)

    calm = queries()
    freeze(stage.cast)
    assert queries() == calm + 1


def test_the_pages_of_a_frozen_publication_say_why_it_waits(
    stage: Stage, client_as: SignIn
) -> None:
    freeze(stage.cast)
    shown = text_of(client_as("dwi").get(page("publication_detail", stage.publication.pk)))
    assert "Dibekukan: untuk sementara tidak ada yang tayang di sini" in shown
    assert "Hari berkabung" in shown
    release = page("publication_release", stage.publication.pk)
    detail = page("publication_detail", stage.publication.pk)
    assert release not in text_of(client_as("sari").get(detail))
    lift(stage.cast)
    assert release in text_of(client_as("sari").get(detail))


def test_who_decides_reads_that_the_freeze_holds_it_and_nobody_explains_it_afterwards(
    stage: Stage, client_as: SignIn
) -> None:
    """Whatever its planned time; and on a post that no freeze covers, none is told of."""
    decided = page("post_detail", stage.post.pk)
    waits = make_stage(stage.cast, planned_at=later(days=9)).submit()
    for one in (waits, stage):
        freeze(stage.cast, official_account_id=one.account.pk, expected_until=later(days=1))
    client = client_as("sari")
    desk = text_of(client.get(page("post_detail", waits.post.pk)))
    assert "juga tidak pada waktu yang direncanakan" in desk
    assert "Masa pembekuan" not in text_of(client.get(decided))
    elsewhere = make_stage(stage.cast).submit()
    calm = text_of(client.get(page("post_detail", elsewhere.post.pk)))
    assert "pembekuan sedang berlaku" not in calm


# Lifting


def test_a_freeze_is_lifted_with_a_reason_and_nothing_goes_by_itself(
    stage: Stage, client_as: SignIn
) -> None:
    freeze(stage.cast)
    address = page("freeze_lift", Freeze.objects.get().pk)
    assert "1 penayangan menunggu sampai dilepas" in text_of(client_as("sari").get(address))
    assert client_as("sari").post(address, {"reason": ""}).status_code == 422
    answer = client_as("sari").post(address, {"reason": "Masa berkabung selesai"})
    assert answer["Location"] == page("frozen_list")
    assert Freeze.objects.get().lift_reason == "Masa berkabung selesai"
    assert stage.publication.status == STATUS.FROZEN
    assert client_as("sari").post(address, {"reason": "Lagi"}).status_code == 422


def test_who_lifts_one_of_two_freezes_reads_that_the_other_still_holds_it(
    stage: Stage, client_as: SignIn
) -> None:
    """All of it, where that is on the unit; a part, where it is on an account of the unit."""
    cast, client = stage.cast, client_as("sari")
    goes = "Yang disetujui mulai sekarang dapat tayang lagi"
    all_of_it = "Pembekuan Diskominfo masih berlaku dan tetap menahannya di sini"
    part_of_it = f"Pembekuan {stage.account.in_words} masih berlaku dan menahan sebagiannya"
    on_account = freeze(cast, official_account_id=stage.account.pk)
    freeze(cast, unit_id=cast.dinkes.pk, actor=cast.nur)
    assert goes in text_of(client.get(page("freeze_lift", on_account.pk))), "elsewhere"
    on_unit = freeze(cast)
    smaller = text_of(client.get(page("freeze_lift", on_account.pk)))
    assert all_of_it in smaller
    assert goes not in smaller
    larger = text_of(client.get(page("freeze_lift", on_unit.pk)))
    assert f"{goes}. {part_of_it}" in larger
    assert "Dinkes" not in larger
    lifted = {"reason": "Selesai"}
    answer = client.post(page("freeze_lift", on_account.pk), lifted, follow=True)
    assert all_of_it in text_of(answer)
    answer = client.post(page("freeze_lift", on_unit.pk), lifted, follow=True)
    assert "masih berlaku dan" not in text_of(answer)


@each(
    "who, status",
    [("dwi", 403), ("laila", 403), ("ratna", 403), ("bayu", 403), ("nur", 404)],
)
def test_who_may_not_lift(cast: Cast, client_as: SignIn, who: str, status: int) -> None:
    if not Freeze.objects.exists():
        freeze(cast)
    address = page("freeze_lift", Freeze.objects.get().pk)
    assert client_as(who).post(address, {"reason": "Selesai"}).status_code == status
    assert Freeze.objects.get().lifted_at is None


def test_the_list_counts_what_a_freeze_stopped_and_what_still_waits(
    stage: Stage, client_as: SignIn
) -> None:
    later_one = make_stage(stage.cast).submit()
    freeze(stage.cast)
    later_one.approve(note="Setelah masa berkabung.")
    lift(stage.cast)
    actions.open_frozen(actor=stage.cast.sari, publication_id=stage.publication.pk)
    actions.release_publication(actor=stage.cast.sari, publication_id=stage.publication.pk)
    row = with_what_they_stopped(freezes_visible_to(stage.cast.dwi)).get()
    assert (row.stopped, row.held, row.waiting) == (1, 1, 1)
    assert Entry.objects.get(event="content.freeze.begun").data["stopped"] == 1
    shown = text_of(client_as("dwi").get(page("freeze_list")))
    assert "1 dihentikan, 1 lagi ditahan sesudahnya, 1 masih menunggu" in shown


def test_of_two_freezes_within_a_minute_each_counts_what_it_stopped_itself(
    stage: Stage, client_as: SignIn
) -> None:
    """On one account, then on its unit; then again after both were lifted: toast, page and trail
    say one number."""
    cast = stage.cast
    make_stage(cast, planned_at=later(hours=1)).submit().approve()
    late = make_stage(cast).submit()
    client = client_as("sari")
    on_one = asked(cast, official_account=stage.account.pk)
    wanted = [(on_one, 1, 1), (asked(cast), 1, 2), (asked(cast), 0, 0)]
    rows = []
    for changes, stopped, waiting in wanted:
        shown = text_of(client.post(page("freeze_begin"), changes | {"confirm": "1"}, follow=True))
        row = Freeze.objects.latest("pk")
        begun = Entry.objects.get(event="content.freeze.begun", target_id=str(row.pk))
        assert f"Dibekukan. {stopped} penayangan" in shown
        assert begun.data["stopped"] == stopped
        rows.append(row.pk)
        if len(rows) == 2:
            late.approve(note="Setelah masa berkabung.")
            counted = with_what_they_stopped(Freeze.objects.order_by("pk"))
            told = [(one.stopped, one.held, one.waiting) for one in counted]
            assert told == [(1, 0, 1), (1, 1, waiting)]
            for one in Freeze.objects.all():
                actions.lift_freeze(actor=cast.sari, freeze_id=one.pk, reason="Selesai")
    assert "Tidak ada penayangan yang dihentikan" in text_of(
        client.get(page("freeze_detail", rows[-1]))
    )


# A lot of it


def test_the_pages_stay_within_the_bar(stage: Stage, client_as: SignIn) -> None:
    for _ in range(6):
        another(stage)
    for _ in range(3):
        frozen(stage)
    freeze(stage.cast)
    row, publication = Freeze.objects.get(lifted_at=None), Publication.objects.earliest("pk")
    addresses = [
        page("freeze_list"), page("freeze_detail", row.pk), page("frozen_list"),
        page("publication_release", publication.pk), page("publication_detail", publication.pk),
        page("post_detail", publication.post_id), page("freeze_begin"),
        page("freeze_lift", row.pk),
    ]  # fmt: skip
    client = client_as("sari")
    for address in addresses:
        with CaptureQueriesContext(connection) as found:
            assert client.get(address).status_code == 200
        assert len(found) <= MOST_QUERIES, address


@each("name", ["freeze_list", "frozen_list"])
def test_empty_lists_and_unknown_filters_say_so(cast: Cast, client_as: SignIn, name: str) -> None:
    client = client_as("dwi")
    assert "beku" in text_of(client.get(page(name)))
    for query in ("?search=x", "?unit=x&state=x&kind=x", "?page=99&sort=-nothing", "?search=%00"):
        assert client.get(page(name) + query).status_code == 200
