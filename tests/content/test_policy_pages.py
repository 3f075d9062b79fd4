"""The pages about who must approve: what they say, what they change, and for whom."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from accounts.capabilities import Role
from accounts.models import OfficialAccount
from content import actions
from content.models import ApprovalPolicy
from content.selectors.policies import policies_visible_to
from govsocial.audit.models import Entry
from tests import factories
from tests.cast import Cast
from tests.content.test_policies import TWO, policy
from tests.gathering import each

SignIn = Callable[[object], Client]
MOST_QUERIES = 15
THREE = ["review", "approve", "approve"]


def page(name: str, *args: object) -> str:
    return reverse(f"content:{name}", args=args)


def words_of(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    wanted = {
        "unit": cast.diskominfo.pk, "official_account": "", "sensitivity": "", "first": "review",
        "second": "", "days": 7, "remind_after": 12, "escalate_after": 24,
        "reason": "SOP humas 2026",
    }  # fmt: skip
    return wanted | changes


def shown_then_saved(client: Client, data: dict[str, Any], **changes: Any) -> Any:
    """Read what the policy changes, then save what the page offers."""
    answer = client.post(page("policy_set"), data)
    assert answer.status_code == 200, words_of(answer)
    proposal = answer.context["proposal"]
    seen = proposal.current.pk if proposal.current else ""
    offered = {"seen": seen, "shown": proposal.shown, "save": "1"}
    return client.post(page("policy_set"), data | offered | changes)


def test_the_form_begins_with_what_counts_in_the_unit_and_says_it(
    cast: Cast, client_as: SignIn
) -> None:
    policy(cast, TWO, days=7, remind_after=12, escalate_after=24)
    shown = client_as("bayu").get(f"{page('policy_set')}?unit={cast.diskominfo.pk}")
    start = shown.context["form"].initial
    assert (start["first"], start["days"], start["remind_after"]) == (TWO[0], 7, 12)
    assert start["escalate_after"] == 24
    assert f"Yang berlaku saat ini di {cast.diskominfo}:" in words_of(shown)
    below = client_as("bayu").get(f"{page('policy_set')}?unit={cast.dinkes.pk}")
    assert below.context["form"].initial["unit"] == cast.dinkes.pk
    assert below.context["form"].initial["days"] == 14, "nothing is set there"
    for unit in ("", "x", "987654321", "²"):
        answer = client_as("bayu").get(page("policy_set"), {"unit": unit})
        assert answer.context["form"].initial == {"unit": ""}


def test_without_any_policy_the_list_says_what_counts(cast: Cast, client_as: SignIn) -> None:
    told = words_of(client_as(factories.reads_english(cast.dwi)).get(page("policy_list")))
    assert "1 stage: an approver; counts 14 days; as long as no policy says more" in told


@each(
    "who, status",
    [("anonymous", 302), ("inactive", 302), ("dwi", 200), ("laila", 200), ("bayu", 200)],
)
def test_everybody_who_sees_content_reads_what_is_asked(
    cast: Cast, client_as: SignIn, who: str, status: int
) -> None:
    for name in ("policy_list", "policy_history", "policy_ask", "policy_export"):
        assert client_as(who).get(page(name)).status_code == status


@each("who", ["dwi", "made", "sari", "ratna", "laila"])
def test_who_only_reads_sets_and_ends_nothing(cast: Cast, client_as: SignIn, who: str) -> None:
    row = ApprovalPolicy.objects.first() or policy(cast, TWO)
    client = client_as(who)
    assert client.post(page("policy_set"), typed(cast)).status_code == 403
    assert client.post(page("policy_end", row.pk), {"reason": "x"}).status_code == 403
    assert page("policy_set") not in client.get(page("policy_list")).content.decode()
    assert ApprovalPolicy.objects.filter(ends_at=None).count() == 1


def test_an_administrator_elsewhere_reaches_no_policy_here(cast: Cast, client_as: SignIn) -> None:
    other = factories.user("Wayan Sudira")
    factories.grant(other, Role.ADMINISTRATOR, cast.dinkes)
    row, above = policy(cast, TWO), policy(cast, TWO, unit=cast.city)
    account = factories.official_account(cast.diskominfo)
    client = client_as(other)
    assert client.post(page("policy_end", row.pk), {"reason": "x"}).status_code == 404
    assert client.post(page("policy_end", above.pk), {"reason": "x"}).status_code == 403
    assert client.post(page("policy_set"), typed(cast)).status_code == 422
    forged = typed(cast, unit=cast.dinkes.pk, official_account=account.pk)
    assert client.post(page("policy_set"), forged).status_code == 422
    assert ApprovalPolicy.objects.count() == 2
    assert list(policies_visible_to(other)) == [above], "what counts here too"
    start = client.get(page("policy_set"), {"policy": row.pk})
    assert "Diskominfo" not in words_of(start)


def test_what_changes_is_shown_before_it_is_saved(cast: Cast, client_as: SignIn) -> None:
    first = policy(cast, ["approve"])
    client = client_as(factories.reads_english(cast.bayu))
    answer = client.post(page("policy_set"), typed(cast))
    told = words_of(answer)
    assert ApprovalPolicy.objects.get() == first, "nothing is saved by looking"
    # Word by word where little changes, and else as two lines.
    assert "<del>1 stage: an approver; counts 14 days" in told
    assert "</del><br> <span" in told
    assert "<ins>2 stages: a reviewer, then an approver; counts 7 days" in told
    assert "Open reviews, and posts that were begun before, keep what was asked for them." in told
    assert shown_then_saved(client, typed(cast)).status_code == 302
    now = ApprovalPolicy.objects.get(ends_at=None)
    assert (now.stages, now.days, now.remind_after, now.escalate_after) == (TWO, 7, 12, 24)
    entry = Entry.objects.filter(event="content.policy.set").latest("pk")
    assert (entry.data["before"], entry.data["stages"]) == ("approve", "review → approve")


def test_what_was_not_shown_is_not_saved(cast: Cast, client_as: SignIn) -> None:
    client = client_as("bayu")
    assert shown_then_saved(client, typed(cast), days=90).status_code == 200
    assert shown_then_saved(client, typed(cast), shown="").status_code == 200
    assert client.post(page("policy_set"), typed(cast) | {"save": "1"}).status_code == 200
    assert not ApprovalPolicy.objects.exists()


def test_a_policy_that_somebody_set_meanwhile_is_shown_and_what_was_typed_is_kept(
    cast: Cast, client_as: SignIn
) -> None:
    first = policy(cast, ["approve"])
    client = client_as(factories.reads_english(cast.bayu))
    data = typed(cast, reason="Arahan pimpinan")
    looked = client.post(page("policy_set"), data)
    second = policy(cast, THREE, seen=first.pk, reason="Temuan inspektorat")
    stale = {"seen": first.pk, "shown": looked.context["proposal"].shown, "save": "1"}
    answer = client.post(page("policy_set"), data | stale)
    told = words_of(answer)
    assert answer.status_code == 409
    assert "Temuan inspektorat" in told
    assert "Arahan pimpinan" in told
    assert "<del>3 </del><ins>2 </ins>stages: a reviewer, then an <del>" in told
    assert f'name="seen" value="{second.pk}"' in told
    assert ApprovalPolicy.objects.get(ends_at=None) == second
    assert shown_then_saved(client, data).status_code == 302


def test_a_replayed_form_sets_nothing_twice(cast: Cast, client_as: SignIn) -> None:
    client = client_as("bayu")
    assert shown_then_saved(client, typed(cast)).status_code == 302
    again = {"seen": "", "save": "1"}
    looked = client.post(page("policy_set"), typed(cast))
    again["shown"] = looked.context["proposal"].shown
    assert client.post(page("policy_set"), typed(cast) | again).status_code == 409
    assert ApprovalPolicy.objects.count() == 1


def test_what_counts_already_is_not_offered_to_be_saved(cast: Cast, client_as: SignIn) -> None:
    policy(cast, TWO, days=7, remind_after=12, escalate_after=24)
    told = words_of(
        client_as(factories.reads_english(cast.bayu)).post(page("policy_set"), typed(cast))
    )
    assert "This is what counts already" in told
    assert 'name="save"' not in told


@each(
    "wrong",
    [
        {"days": "0"}, {"days": "93"}, {"days": ""}, {"days": "9" * 30}, {"days": "satu"},
        {"remind_after": "48", "escalate_after": "24"}, {"escalate_after": "99999999"},
        {"reason": " "}, {"reason": "\x00"}, {"reason": "x" * 301}, {"unit": ""},
        {"unit": "987654321"}, {"unit": "x"}, {"official_account": "987654321"},
        {"sensitivity": "emergency"}, {"first": "administrator"}, {"second": "x"},
        {"seen": "x"}, {"reason": "​​"},
    ],
)  # fmt: skip
def test_bad_input_is_answered_beside_its_field(
    cast: Cast, client_as: SignIn, wrong: dict[str, str]
) -> None:
    answer = client_as("bayu").post(page("policy_set"), typed(cast, **wrong))
    assert answer.status_code == 422
    assert not ApprovalPolicy.objects.exists()


def test_an_account_gets_a_policy_of_its_own(cast: Cast, client_as: SignIn) -> None:
    account = factories.official_account(cast.diskominfo)
    theirs = factories.official_account(cast.dinkes)
    client = client_as("bayu")
    data = typed(cast, official_account=account.pk, first="approve", sensitivity="sensitive")
    assert shown_then_saved(client, data).status_code == 302
    row = ApprovalPolicy.objects.get()
    assert (row.official_account, row.sensitivity) == (account, "sensitive")
    wrong = client.post(page("policy_set"), typed(cast, official_account=theirs.pk))
    assert wrong.status_code == 422
    assert "official_account" in wrong.context["form"].errors


def test_a_form_begun_from_a_policy_holds_what_it_says(cast: Cast, client_as: SignIn) -> None:
    account = factories.official_account(cast.diskominfo)
    row = policy(cast, THREE, account=account, days=9)
    form = client_as("bayu").get(page("policy_set"), {"policy": row.pk}).context["form"]
    assert (form["first"].value(), form["second"].value()) == ("review", "approve")
    assert form["days"].value() == 9
    for hostile in ("x", "9" * 40, "-1", "²"):
        assert client_as("bayu").get(page("policy_set"), {"policy": hostile}).status_code == 200


def test_ending_a_policy_takes_a_reason_and_tells_what_counts_then(
    cast: Cast, client_as: SignIn
) -> None:
    row = policy(cast, THREE)
    policy(cast, TWO, unit=cast.city)
    client = client_as(factories.reads_english(cast.bayu))
    told = words_of(client.get(page("policy_end", row.pk)))
    assert "<del>3 stages: a reviewer, " in told
    assert "<ins>2 stages: a reviewer, " in told
    assert client.post(page("policy_end", row.pk), {"reason": " "}).status_code == 422
    assert client.post(page("policy_end", row.pk), {"reason": "SOP baru"}).status_code == 302
    row.refresh_from_db()
    assert row.ended_by == cast.bayu
    again = client.post(page("policy_end", row.pk), {"reason": "SOP baru"})
    assert again.status_code == 422
    assert "has ended already" in words_of(again)


def test_the_history_says_who_when_and_why(cast: Cast, client_as: SignIn) -> None:
    first = policy(cast, ["approve"], reason="SOP pertama")
    policy(cast, TWO, seen=first.pk, reason="Temuan pemeriksaan")
    alone = policy(cast, TWO, sensitivity="sensitive", reason="Sementara")
    actions.end_policy(actor=cast.bayu, policy_id=alone.pk, reason="Selesai masa uji")
    policy(cast, THREE, sensitivity="sensitive", reason="Kembali lagi")
    client = client_as(factories.reads_english(cast.laila))
    told = words_of(client.get(page("policy_history"), {"state": "ended"}))
    assert "Replaced: Temuan pemeriksaan" in told
    assert "Selesai masa uji" in told
    assert "Replaced: Kembali lagi" not in told
    assert "Bayu Pratama" in told
    assert "Kembali lagi" not in told
    export = b"".join(
        client.get(page("policy_export"), {"state": "ended"}).streaming_content  # type: ignore[attr-defined]  # streamed
    ).decode()
    assert "Selesai masa uji" in export
    assert "Kembali lagi" not in export
    assert Entry.objects.filter(event__endswith="exported", actor=cast.laila).exists()


def test_lists_are_searched_and_filtered(cast: Cast, client_as: SignIn) -> None:
    account = factories.official_account(cast.dinkes, display_name="RSUD Samudra")
    policy(cast, TWO, unit=cast.dinkes, account=account, reason="Kesehatan")
    policy(cast, TWO)
    client = client_as(factories.reads_english(cast.bayu))

    def units(**asked: Any) -> list[str]:
        rows = client.get(page("policy_list"), asked).context["rows"]
        return [str(row.unit) for row in rows]

    assert units(unit=cast.dinkes.pk) == units(account_words="RSUD") == ["Dinkes"]
    assert units(search="komunikasi") == ["Diskominfo"]
    assert units(policy="none") == ["Kota Samudra"]
    assert units(policy="x") == units(unit="987654321") == []

    def reasons(**asked: Any) -> list[str]:
        rows = client.get(page("policy_history"), asked).context["rows"]
        return [row.policy.reason for row in rows]

    assert reasons(search="kesehatan") == reasons(account_words="RSUD") == ["Kesehatan"]
    assert reasons(unit=cast.diskominfo.pk, state="in-force") == ["SOP humas 2026"]
    assert reasons(state="ended") == reasons(posts="sensitive") == []


def test_a_unit_without_people_for_its_stages_is_told(cast: Cast, client_as: SignIn) -> None:
    policy(cast, ["approve", "approve", "approve"], unit=cast.city)
    client = client_as(factories.reads_english(cast.bayu))
    told = words_of(client.get(page("policy_list"), {"unit": cast.diskominfo.pk}))
    assert "3 approvers are asked for and 1 person may approve here: what is submitted" in told
    city = words_of(client.get(page("policy_list"), {"search": "Pemerintah"}))
    assert "Nobody may approve here" in city


def test_the_form_names_units_below_that_have_too_few_people(cast: Cast, client_as: SignIn) -> None:
    client = client_as(factories.reads_english(cast.bayu))
    told = words_of(client.post(page("policy_set"), typed(cast, unit=cast.city.pk)))
    assert "1 unit below has too few people for these stages: Dinkes." in told


@each(
    "sensitivity, told",
    [
        ("ordinary", "1 stage: an approver"),
        ("sensitive", "2 stages: a reviewer, then an approver"),
        ("emergency", "Emergency path: one approver who did not write it"),
    ],
)
def test_one_can_ask_what_would_be_asked_for(
    cast: Cast, client_as: SignIn, sensitivity: str, told: str
) -> None:
    account = OfficialAccount.objects.first() or factories.official_account(cast.diskominfo)
    if not ApprovalPolicy.objects.exists():
        policy(cast, TWO, account=account, sensitivity="sensitive")
    client = client_as(factories.reads_english(cast.dwi))
    asked = {"account": str(account.pk), "sensitivity": sensitivity}
    assert told in words_of(client.get(page("policy_ask"), asked))


def test_nobody_asks_about_accounts_that_they_do_not_see(cast: Cast, client_as: SignIn) -> None:
    theirs = factories.official_account(cast.dinkes, display_name="RSUD Rahasia")
    for asked in (str(theirs.pk), "x", "9" * 40):
        answer = client_as("dwi").get(
            page("policy_ask"), {"account": asked, "sensitivity": "ordinary"}
        )
        assert answer.status_code == 200
        assert answer.context["answer"] is None
        assert "Rahasia" not in words_of(answer)


def test_what_people_typed_is_no_markup(cast: Cast, client_as: SignIn) -> None:
    policy(cast, TWO, reason="<script>alert(1)</script>")
    for name in ("policy_history", "policy_list"):
        assert "<script>alert" not in client_as("bayu").get(page(name)).content.decode()


@pytest.mark.parametrize("many", [0, 60])
def test_pages_need_few_queries_at_any_size(
    cast: Cast,
    client_as: SignIn,
    django_assert_max_num_queries: DjangoAssertNumQueries,
    many: int,
) -> None:
    row = policy(cast, TWO, unit=cast.city)
    for number in range(many):
        unit = factories.unit(f"Kelurahan {number}", parent=cast.dinkes)
        policy(cast, TWO, unit=unit)
        policy(cast, TWO, unit=unit, account=factories.official_account(unit))
    account = factories.official_account(cast.diskominfo)
    asked = f"?account={account.pk}&sensitivity=ordinary"
    addresses = [page("policy_list"), page("policy_history"), page("policy_ask") + asked]
    addresses += [page("policy_set"), page("policy_end", row.pk)]
    client = client_as("bayu")
    for address in addresses:
        with django_assert_max_num_queries(MOST_QUERIES):
            answer = client.get(address)
        assert answer.status_code == 200
        assert len(answer.content) < 100_000, address
    with django_assert_max_num_queries(MOST_QUERIES):
        client.post(page("policy_set"), typed(cast, unit=cast.city.pk, second="approve"))
