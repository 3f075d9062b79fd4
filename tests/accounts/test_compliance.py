"""The rules of the register: in SQL and in Python the same answer, and pages that count right."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts import actions, compliance, compliance_pages, selectors
from accounts.capabilities import Role
from accounts.compliance_rules import CATALOGUE
from accounts.models import (
    Administrator,
    Attestation,
    AttestationPeriod,
    Credential,
    Document,
    Grant,
    OfficialAccount,
    PublicListing,
    User,
)
from accounts.models.kinds import Audience, MediaKind, OfficialPlatform
from accounts.public.loading import load
from accounts.selectors_attestation import last_said_of
from tests import factories
from tests.accounts.care.conftest import ALL_RIGHT, attest, make_period, seen
from tests.accounts.secrets import give_credential
from tests.cast import Cast

ClientAs = Callable[[object], Client]


def document() -> Document:
    return Document.objects.create(
        sha256="0" * 64, name="SK.pdf", media_type="application/pdf", size=1
    )


def complete_account(
    cast: Cast, *, platform: str = "bluesky", host: str = "bsky.social", **changes: Any
) -> OfficialAccount:
    today = timezone.localdate()
    fields: dict[str, Any] = {
        "purpose": "Layanan",
        "decree_number": "1/2026",
        "decree_date": today,
        "decree_file": document(),
        "person_in_charge": cast.sari,
        "recovery_email_holder": "Kabid",
        "recovery_phone_holder": "Sekretariat",
        "two_step": "on",
        "two_step_checked_on": today,
        "verified": False,
        "platform_id": f"id{random.random()}",
        "audiences": ["g2c"],
        "media_kinds": ["microblog"],
    }
    account = factories.official_account(cast.diskominfo, platform=platform, host=host, **fields)
    for user in (cast.dwi, cast.rina):
        work(cast, account, user)
    give_credential(account, cast.bayu)
    if not AttestationPeriod.objects.exists():
        make_period(cast.bayu)
    attest(cast.sari, account)
    OfficialAccount.objects.filter(pk=account.pk).update(**changes)
    return OfficialAccount.objects.get(pk=account.pk)


def work(cast: Cast, account: OfficialAccount, user: User, **dates: Any) -> Administrator:
    dates = {"starts_on": timezone.localdate(), **dates}
    return Administrator.objects.create(
        official_account=account, user=user, assigned_by=cast.bayu, **dates
    )


def missing(account: OfficialAccount) -> set[str]:
    """What SQL and Python both say is missing."""
    rows = selectors.with_evidence(OfficialAccount.objects.filter(pk=account.pk))
    by_python = {line.rule.key for line in compliance.checklist(rows.get()).missing}
    everything = OfficialAccount.objects.all()
    by_sql = {
        rule.key
        for rule in CATALOGUE
        if compliance.lacking(everything, rule.key).filter(pk=account.pk).exists()
    }
    assert by_python == by_sql
    return by_python


def test_an_account_with_everything_lacks_nothing(cast: Cast) -> None:
    account = complete_account(cast)
    assert missing(account) == set()
    whole = OfficialAccount.objects.all()
    assert account in compliance.complete(whole, is_complete=True)
    assert account not in compliance.complete(whole, is_complete=False)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"purpose": ""}, "purpose"),
        ({"decree_number": ""}, "decree"),
        ({"decree_date": None}, "decree"),
        ({"decree_file": None}, "decree_file"),
        ({"person_in_charge": None}, "person"),
        ({"recovery_email_holder": ""}, "recovery_email"),
        ({"recovery_phone_holder": ""}, "recovery_phone"),
        ({"two_step": "off"}, "two_step"),
        ({"two_step": "unknown", "two_step_checked_on": None}, "two_step"),
        ({"verified": None}, "verified"),
        ({"platform_id": ""}, "proven"),
        ({"audiences": []}, "audience"),
        ({"media_kinds": []}, "media_kind"),
        ({"language": ""}, "language"),
    ],
    ids=str,
)
def test_each_rule_notices_what_it_is_about_and_nothing_else(
    cast: Cast, changes: dict[str, Any], key: str
) -> None:
    assert missing(complete_account(cast, **changes)) == {key}


def test_an_answer_for_the_second_step_counts_only_for_a_while(
    cast: Cast, settings: Settings
) -> None:
    settings.REGISTER_RULE_DAYS = {**settings.REGISTER_RULE_DAYS, "two_step": 30}
    today = timezone.localdate()
    assert missing(complete_account(cast, two_step_checked_on=today - timedelta(days=30))) == set()
    stale = complete_account(cast, two_step_checked_on=today - timedelta(days=31))
    assert missing(stale) == {"two_step"}


def test_administrators_count_who_are_active_and_assigned_today(cast: Cast) -> None:
    today = timezone.localdate()
    account = complete_account(cast)
    first, _second = account.administrators.order_by("pk")
    first.ends_on = today
    first.save()
    assert missing(account) == set(), "the last day still counts"
    account = factories.official_account(cast.diskominfo)
    work(cast, account, cast.dwi)
    work(cast, account, cast.rina, starts_on=today + timedelta(days=1))
    week = timedelta(days=7)
    work(cast, account, cast.made, starts_on=today - week, ends_on=today - timedelta(days=1))
    with factories.still_here(cast.inactive):
        work(cast, account, cast.inactive)
    work(cast, account, cast.dwi, starts_on=today - week, ends_on=today - timedelta(days=1))
    assert "administrators" in missing(account), "one person twice is one person"
    work(cast, account, cast.sari)
    assert "administrators" not in missing(account)


def test_only_answers_that_confirm_count_as_confirmation_here_and_in_public(cast: Cast) -> None:
    account = complete_account(cast)
    listing = PublicListing.objects.get(pk=account.pk)

    def answers(**changed: bool) -> tuple[bool, bool, bool]:
        """Correct the last answers; whether rule, row of the list and public page count them."""
        last = Attestation.objects.order_by("-pk")[0]
        actions.correct_attestation(
            actor=cast.sari, attestation_id=last.pk, seen_sha256=seen(account),
            answers=ALL_RIGHT | changed, reason="Keliru", problem="" if not changed else "Ada",
        )  # fmt: skip
        row = OfficialAccount.objects.get(pk=account.pk)
        compliance.with_what_rules_read([row])
        public = load(1, timezone.now()).account(listing.code)
        assert public is not None
        confirmed = row.last_confirmed_at is not None  # type: ignore[attr-defined]  # as above
        return "confirmed" not in missing(account), confirmed, public.attested_on is not None

    assert answers(still_ours=False) == (False, False, False), "the yes before it is superseded"
    shown = selectors.with_evidence(OfficialAccount.objects.all()).get(pk=account.pk)
    said = last_said_of(shown)
    assert said is not None, "its page still tells what was said"
    assert not said.still_ours
    assert answers(two_step_on=False) == (True, True, True), "ours, with something to mend"
    assert answers() == (True, True, True)


def test_somebody_in_charge_who_left_is_nobody_in_charge(cast: Cast) -> None:
    with factories.still_here(cast.inactive):
        account = complete_account(cast, person_in_charge=cast.inactive)
    assert missing(account) == {"person"}


def test_somebody_in_charge_without_a_role_in_the_unit_answers_for_nothing(cast: Cast) -> None:
    account = complete_account(cast)
    assert missing(account) == set()
    Grant.objects.filter(user=cast.sari).update(ends_at=timezone.now())
    assert missing(account) == {"person"}
    elsewhere = factories.grant(cast.sari, Role.DRAFTER, cast.dinkes)
    assert missing(account) == {"person"}
    Grant.objects.filter(pk=elsewhere.pk).update(ends_at=timezone.now())
    factories.grant(cast.sari, Role.DRAFTER, cast.city)
    assert missing(account) == set(), "a role above reaches the unit"


def test_platforms_are_asked_only_what_they_can_show(cast: Cast) -> None:
    for platform in ("feed", "wiki"):
        account = complete_account(
            cast, platform=platform, host="", recovery_phone_holder="", verified=None
        )
        assert missing(account) == set()
    telegram = factories.official_account(cast.diskominfo, platform="telegram", host="")
    assert "proven" not in missing(telegram)


@pytest.mark.parametrize("status", ["closed", "released"])
def test_a_closed_account_is_asked_nothing(cast: Cast, status: str) -> None:
    account = factories.official_account(
        cast.diskominfo, status=status, closed_on=timezone.localdate(), closed_reason="x"
    )
    assert missing(account) == set()
    for is_complete in (True, False):
        found = compliance.complete(OfficialAccount.objects.all(), is_complete=is_complete)
        assert account not in found


def test_sql_and_python_agree_on_accounts_made_at_random(cast: Cast) -> None:
    chance, today = random.Random(7), timezone.localdate()
    people = [cast.dwi, cast.rina, cast.sari, cast.inactive]
    kept = document()

    def some_day() -> Any:
        return today + timedelta(days=chance.randrange(-400, 20))

    with factories.still_here(cast.inactive):
        for number in range(120):
            platform = chance.choice(OfficialPlatform.values)
            status = chance.choice(["proposed", "active", "suspended", "closed", "released"])
            over = status in {"closed", "released"}
            account = factories.official_account(
                cast.diskominfo, platform=platform, host="", handle=f"h{number}.example",
                status=status, closed_on=today if over else None, closed_reason="x" if over else "",
                purpose=chance.choice(["", "x"]), decree_number=chance.choice(["", "1"]),
                decree_date=chance.choice([None, today]), decree_file=chance.choice([None, kept]),
                person_in_charge=chance.choice([None, *people]),
                recovery_email_holder=chance.choice(["", "x"]),
                recovery_phone_holder=chance.choice(["", "x"]),
                two_step=chance.choice(["on", "off", "unknown"]),
                two_step_checked_on=min(some_day(), today),
                verified=chance.choice([None, True, False]), url=chance.choice(["", "https://a.example"]),
                platform_id=chance.choice(["", f"id{number}"]), language=chance.choice(["", "id"]),
                audiences=chance.sample(Audience.values, chance.randrange(3)),
                media_kinds=chance.sample(MediaKind.values, chance.randrange(3)),
            )  # fmt: skip
            for user in chance.sample(people, chance.randrange(4)):
                starts = some_day()
                later = starts + timedelta(days=chance.randrange(200))
                work(cast, account, user, starts_on=starts, ends_on=chance.choice([None, later]))
            if chance.random() < 0.5:
                give_credential(account, cast.bayu)
                if chance.random() < 0.3:
                    Credential.objects.filter(official_account=account).update(status="revoked")
    rows = selectors.with_evidence(OfficialAccount.objects.select_related("credential"))
    by_sql = {
        rule.key: set(compliance.lacking(rows, rule.key).values_list("pk", flat=True))
        for rule in CATALOGUE
    }
    counted = compliance.by_completeness(rows).annotate(met=F("rules_met"), asked=F("rules_asked"))
    counts = {pk: (met, asked) for pk, met, asked in counted.values_list("pk", "met", "asked")}
    on_a_page = list(OfficialAccount.objects.select_related("credential", "person_in_charge"))
    compliance.count_rules(on_a_page)
    assert counts == {one.pk: (one.rules_met, one.rules_asked) for one in on_a_page}  # type: ignore[attr-defined]  # counted
    for account in rows:
        checklist = compliance.checklist(account)
        assert counts[account.pk] == (checklist.met, checklist.asked)
        lacking = {line.rule.key for line in checklist.missing}
        assert lacking == {key for key, accounts in by_sql.items() if account.pk in accounts}
    assert all(by_sql[rule.key] for rule in CATALOGUE), "every rule was tried"


def test_units_add_up_what_is_below_them_and_no_more(cast: Cast, client_as: ClientAs) -> None:
    complete_account(cast)
    factories.official_account(cast.dinkes, purpose="x")
    below = factories.unit("Puskesmas Timur", parent=cast.dinkes)
    factories.official_account(below)
    # What a person reaches is read once, and a unit was added since.
    bayu = User.objects.get(pk=cast.bayu.pk)
    found = compliance_pages.overview(bayu)
    assert (found.chosen.accounts, found.chosen.complete) == (3, 1)
    by_unit = {str(one.unit): one for one in found.units}
    assert {name: one.accounts for name, one in by_unit.items()} == {
        "Kota Samudra": 3, "Diskominfo": 1, "Dinkes": 2, "Puskesmas Timur": 1,
    }  # fmt: skip
    purpose = {kept.rule.key: kept for kept in by_unit["Dinkes"].rules}["purpose"]
    assert (purpose.asked, purpose.met, purpose.missing) == (2, 1, 1)
    chosen = compliance_pages.overview(bayu, cast.dinkes)
    assert [str(one.unit) for one in chosen.units] == ["Dinkes", "Puskesmas Timur"]
    assert chosen.chosen.accounts == 2
    seen = compliance_pages.overview(cast.nur)
    assert [str(one.unit) for one in seen.units] == ["Dinkes", "Puskesmas Timur"]
    assert seen.chosen.accounts == 2


def test_the_numbers_of_the_overview_lead_to_exactly_those_accounts(
    cast: Cast, client_as: ClientAs
) -> None:
    for number in range(3):
        factories.official_account(cast.dinkes, purpose="x" * (number % 2))
    client = client_as(factories.reads_english(cast.bayu))
    page = client.get(reverse("accounts:compliance_overview"), {"unit": cast.dinkes.pk})
    (purpose,) = (one for one in page.context["chosen"].rules if one.rule.key == "purpose")
    way = f"{reverse('accounts:official_account_list')}?missing=purpose&unit={cast.dinkes.pk}"
    assert way.replace("&", "&amp;") in page.content.decode()
    (dinkes,) = page.context["page"]
    lacking = {number for number, one in enumerate(dinkes.rules, start=1) if one.missing}
    assert dinkes.lacking == ", ".join(str(number) for number in sorted(lacking))
    assert f'data-label="Rules that accounts lack">{dinkes.lacking}</td>' in page.content.decode()
    assert client.get(way).context["page"].paginator.count == purpose.missing == 2


@pytest.mark.parametrize("asked", ["x", "999999999999999999999", "-1", "0", "١"])
def test_a_unit_that_is_none_to_the_reader_is_told_and_nothing_is_shown_for_it(
    cast: Cast, client_as: ClientAs, asked: str
) -> None:
    page, told = reverse("accounts:compliance_overview"), "A filter in this address is not known."
    nur = client_as(factories.reads_english(cast.nur))
    foreign = nur.get(page, {"unit": cast.diskominfo.pk})
    none = nur.get(page, {"unit": asked})
    for answer in (foreign, none):
        assert answer.status_code == 200
        assert told in answer.content.decode()
        assert "Choose another value for: Unit." in answer.content.decode()
        assert "Units by rules" not in answer.content.decode()
        assert "Diskominfo" not in answer.content.decode()
    assert told not in nur.get(page, {"unit": cast.dinkes.pk}).content.decode()


def test_overview_list_and_page_stay_cheap_however_many_accounts(
    cast: Cast, client_as: ClientAs, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        unit = factories.unit(f"Kelurahan {number}", parent=cast.diskominfo)
        account = factories.official_account(unit, person_in_charge=cast.sari)
        for user in (cast.dwi, cast.rina, cast.made):
            work(cast, account, user)
    pages = {
        reverse("accounts:compliance_overview"): 15,
        reverse("accounts:official_account_list"): 15,
        reverse("accounts:official_account_list")
        + f"?search=a+b+c&sort=complete&missing=decree&unit={cast.city.pk}": 15,
        reverse("accounts:official_account_detail", args=[account.pk]): 15,
        reverse("accounts:official_account_export") + "?format=xlsx": 15,
    }
    for page, most in pages.items():
        client = client_as("bayu")
        with django_assert_max_num_queries(most):
            answer = client.get(page)
        assert answer.status_code == 200
        assert "xlsx" in page or len(answer.content) < 100_000, page


def test_the_page_says_what_is_missing_why_and_where_to_mend_it(
    cast: Cast, client_as: ClientAs
) -> None:
    account = complete_account(cast, purpose="", decree_number="")
    address = reverse("accounts:official_account_detail", args=[account.pk])
    factories.reads_english(cast.bayu)
    page = client_as("bayu").get(address).content.decode()
    assert "12 of 14 are there" in page
    assert str(compliance.rule("purpose").why) in page
    edit = reverse("accounts:official_account_edit", args=[account.pk])
    assert f'href="{edit}#purpose"' in page
    assert 'id="purpose"' in client_as("bayu").get(edit).content.decode()
    assert f'href="{edit}#purpose"' not in client_as("dwi").get(address).content.decode()


def test_what_nobody_confirmed_leads_to_its_own_questions_or_to_who_is_in_charge(
    cast: Cast,
) -> None:
    account = factories.official_account(cast.diskominfo)
    asked = compliance.rule("confirmed")
    edit = reverse("accounts:official_account_edit", args=[account.pk])
    assert asked.mended_at(account) == f"{edit}#people"
    account.person_in_charge = cast.sari
    assert asked.mended_at(account) == reverse("accounts:attestation_add", args=[account.pk])


def test_every_rule_leads_to_a_page_that_opens(cast: Cast, client_as: ClientAs) -> None:
    account = factories.official_account(cast.diskominfo)
    client = client_as("bayu")
    for rule in CATALOGUE:
        page, _hash, section = rule.mended_at(account).partition("#")
        answer = client.get(page)
        assert answer.status_code == 200, rule.key
        assert not section or f'id="{section}"' in answer.content.decode(), rule.key
