"""What a further report about the same suspect may change, and what not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts import impersonation_selectors as selectors
from accounts.capabilities import Role
from accounts.models import (
    Grant,
    ImpersonationReport,
    ImpersonationStatement,
    OfficialAccount,
    PublicListing,
    User,
)
from accounts.public.register import register
from tests import factories
from tests.accounts.conftest import trail
from tests.accounts.test_impersonations import move, report
from tests.cast import Cast

ClientAs = Callable[[object], Client]


@pytest.fixture(autouse=True)
def fresh_register() -> None:
    register.forget()


def code_of_dinkes(cast: Cast) -> str:
    account = factories.official_account(
        cast.dinkes, platform="instagram", host="", handle="dinkes"
    )
    return PublicListing.objects.get(pk=account.pk).code


def test_a_further_report_takes_nothing_away_from_who_is_checking(cast: Cast) -> None:
    made = report(cast).report
    actions.assign_report(
        actor=cast.bayu, report_id=made.pk, assignee_id=cast.bayu.pk, official_account_id=None
    )
    move(cast, made, "checking")
    again = report(cast, imitated=code_of_dinkes(cast))
    assert again.joined
    made.refresh_from_db()
    assert (made.unit, made.assigned_to) == (cast.city, cast.bayu)
    assert made.official_account is None
    (entry,) = trail("accounts.impersonation.claimed")
    assert "dinkes" in entry.data["account"]
    assert entry.target_id == str(made.pk)
    assert len(trail("accounts.impersonation.assigned")) == 1, "by Bayu, and not again"


def test_a_further_report_moves_a_new_one_and_the_trail_says_who_lost_it(cast: Cast) -> None:
    made = report(cast).report
    top = factories.user("Putu Ayu")
    factories.grant(top, Role.ADMINISTRATOR, cast.city)
    actions.assign_report(
        actor=cast.bayu, report_id=made.pk, assignee_id=top.pk, official_account_id=None
    )
    Grant.objects.filter(user=top).update(ends_at=timezone.now())
    report(cast, imitated=code_of_dinkes(cast))
    made.refresh_from_db()
    assert (made.unit, made.assigned_to) == (cast.dinkes, None)
    *_earlier, entry = trail("accounts.impersonation.assigned")
    assert entry.actor == User.objects.system()
    assert (entry.data["to_whom"], "dinkes" in entry.data["account"]) == ("nobody", True)
    assert trail("accounts.impersonation.claimed") == []


def test_the_history_tells_a_claim_as_what_a_further_report_says(
    cast: Cast, client_as: ClientAs
) -> None:
    made = report(cast).report
    report(cast, actor=cast.fajar, channel="staff", reporter_name="", reporter_email="")
    report(cast, imitated=code_of_dinkes(cast))
    url = reverse("impersonations:report_detail", args=[made.pk])
    client = client_as(factories.reads_english(cast.bayu))

    def told() -> list[str]:
        found = [one["sentence"] for one in client.get(url).context["timeline"]]
        return [one.replace(str(made), "TR") for one in reversed(found)]

    before = [
        "A report came in from the public: TR.",
        "A further report was noted by staff: TR.",
        "A further report about TR says that it imitates @dinkes (Instagram), of Dinas Kesehatan. "
        "Pemerintah Kota Samudra follows it up.",
        "A further report came in from the public: TR.",
    ]
    assert told() == before
    # Whoever may say whose it is does so.
    actions.assign_report(
        actor=cast.bayu, report_id=made.pk, assignee_id=None,
        official_account_id=ImpersonationReport.objects.get().official_account_id,
    )  # fmt: skip
    assert told() == [
        *before,
        "Bayu Pratama set who looks into TR: nobody. "
        "The account that it imitates: @dinkes (Instagram).",
        "Bayu Pratama made Dinas Kesehatan responsible for TR: it follows the report up and may "
        "read who reported it.",
    ]


def code_of(account: OfficialAccount) -> str:
    return PublicListing.objects.get(pk=account.pk).code


@pytest.fixture
def hidden(cast: Cast) -> ImpersonationReport:
    """Somebody reports himself with an account of Dinkes; then a citizen names the one that he
    imitates, of Diskominfo."""
    factories.grant(cast.nur, Role.REVIEWER, cast.dinkes)
    made = report(cast, imitated=code_of_dinkes(cast), happened="Saya sendiri").report
    real = factories.official_account(cast.diskominfo, platform="x", host="", handle="kota")
    report(cast, imitated=code_of(real))
    return ImpersonationReport.objects.get(pk=made.pk)


def test_each_reporters_claim_stays_and_the_units_of_all_named_accounts_see_it(
    cast: Cast, client_as: ClientAs, hidden: ImpersonationReport
) -> None:
    assert (hidden.unit, str(hidden.official_account)) == (cast.dinkes, "@dinkes (Instagram)")
    claims = [str(one.imitated) for one in hidden.statements.all()]
    assert claims == ["@dinkes (Instagram)", "@kota (X)"]
    (entry,) = trail("accounts.impersonation.claimed")
    assert "kota" in entry.data["account"]
    for who, user in (("nur", cast.nur), ("made", cast.made)):
        factories.reads_english(user)
        client = client_as(who)
        for name in ("report_detail", "statement_list", "report_move"):
            arguments = [hidden.pk, "checking"] if name == "report_move" else [hidden.pk]
            page = client.get(reverse(f"impersonations:{name}", args=arguments))
            # Anybody may name their own account: steps and names stay with the responsible unit.
            if who == "made" and name != "report_detail":
                assert page.status_code == 403
                continue
            assert page.status_code == 200
            words = page.content.decode().replace("<wbr>", "")
            assert name == "report_move" or "@kota (X)" in words
            assert name == "report_move" or "@dinkes (Instagram)" in words
        assert hidden.reference in client.get(reverse("home")).content.decode()
        found = client.get(reverse("impersonations:report_list")).content.decode()
        assert "Reporters name 2 different accounts" in found
    move(cast, hidden, "checking")
    note = reverse("impersonations:report_note", args=[hidden.pk])
    assert client_as("made").post(note, {"text": "Kami lihat juga"}).status_code == 302


def test_a_claim_gives_nobody_else_a_look_and_nobody_the_report_itself(
    cast: Cast, client_as: ClientAs, hidden: ImpersonationReport
) -> None:
    other = factories.unit(parent=cast.city, name="Dispar", short_name="Dispar")
    stranger = factories.user("Wayan Asing")
    factories.grant(stranger, Role.REVIEWER, other)
    assert not selectors.reports_visible_to(stranger).exists()
    assert not selectors.statements_visible_to(stranger).exists()
    with pytest.raises(PermissionDenied):
        actions.note_on_report(actor=stranger, report_id=hidden.pk, text="Catatan")
    # Of the unit that was named too, those who may only look read no statement.
    page = client_as("dwi").get(reverse("impersonations:report_detail", args=[hidden.pk]))
    assert page.status_code == 200
    assert "Budi" not in page.content.decode()
    assert client_as("dwi").get(
        reverse("impersonations:statement_list", args=[hidden.pk])
    ).status_code == 403  # fmt: skip
    # A stranger's word takes the report from nobody.
    assign = reverse("impersonations:report_assign", args=[hidden.pk])
    assert client_as("made").get(assign).status_code == 403
    assert assign not in client_as("made").get(
        reverse("impersonations:report_detail", args=[hidden.pk])
    ).content.decode()  # fmt: skip
    with pytest.raises(PermissionDenied):
        actions.assign_report(
            actor=cast.made, report_id=hidden.pk, assignee_id=None, official_account_id=None
        )
    assert client_as("nur").get(assign).status_code == 200


def test_whoever_is_named_first_the_unit_that_is_resembled_sees_it(
    cast: Cast, client_as: ClientAs
) -> None:
    real = factories.official_account(cast.diskominfo, platform="x", host="", handle="samudrakota")
    factories.official_account(cast.dinkes, platform="x", host="", handle="puskesmas")
    named = code_of(OfficialAccount.objects.get(handle="puskesmas"))
    made = report(cast, "x.com/samudrak0ta", imitated=named).report
    assert (made.unit, made.resembled_unit) == (cast.dinkes, real.unit)
    detail = reverse("impersonations:report_detail", args=[made.pk])
    assert client_as("made").get(detail).status_code == 200
    # Nor does a further report take it from the unit that it resembles.
    second = report(cast, "x.com/samudr4kota").report
    report(cast, "x.com/samudr4kota", imitated=named)
    second.refresh_from_db()
    assert (second.unit, second.official_account) == (cast.diskominfo, None)
    for change in ({"resembled_unit": None}, {"unit": cast.city, "resembled_unit": cast.city}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ImpersonationReport.objects.filter(pk=made.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ImpersonationStatement.objects.update(imitated=None)


def test_one_claim_is_noted_once_and_many_cost_the_same(
    cast: Cast, client_as: ClientAs, hidden: ImpersonationReport
) -> None:
    urls = [reverse(f"impersonations:{name}", args=[hidden.pk])
            for name in ("report_detail", "statement_list", "report_assign")]  # fmt: skip
    urls += [reverse("impersonations:report_list"), reverse("home")]
    client = client_as("bayu")

    def queries() -> list[int]:
        counts = []
        for url in urls:
            client.get(url)
            with CaptureQueriesContext(connection) as asked:
                assert client.get(url).status_code == 200
            counts.append(len(asked))
        return counts

    few = queries()
    for number in range(8):
        unit = factories.unit(parent=cast.city, name=f"Unit {number}", short_name="")
        one = factories.official_account(unit, platform="x", host="", handle=f"unit_{number}")
        for _time in range(2):
            report(cast, imitated=code_of(one))
    assert len(trail("accounts.impersonation.claimed")) == 9
    assert all(count <= 15 for count in few)
    assert all(after <= 15 for after in queries())
    page = reverse("accounts:official_account_detail", args=[one.pk])
    assert hidden.reference in client.get(page).content.decode()


def test_a_step_that_is_not_possible_is_not_asked_about(cast: Cast, client_as: ClientAs) -> None:
    made = report(cast).report
    client = client_as(factories.reads_english(cast.bayu))

    def ask(status: str) -> str:
        answer = client.get(reverse("impersonations:report_move", args=[made.pk, status]))
        assert answer.status_code == 200
        return answer.content.decode()

    assert "<textarea" in ask("checking")
    page = ask("taken_down")
    assert "<textarea" not in page
    assert f"{made.reference} cannot go from “New” to “Taken down”." in page
    move(cast, made, "checking", "reported")
    assert "has this status already: “Reported to the platform”" in ask("reported")
    url = reverse("impersonations:report_move", args=[made.pk, "checking"])
    late = client.post(url, {"reason": "Kalimat yang diketik"})
    assert late.status_code == 422
    assert "Kalimat yang diketik" in late.content.decode(), "who was overtaken keeps their words"
    assert client.get(url.replace("checking", "nothing")).status_code == 404
