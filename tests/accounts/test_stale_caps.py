"""Who sets a cap over one that somebody else has set meanwhile is told, and does it knowingly."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import actions, seen
from accounts.capabilities import Role
from accounts.errors import AccountChanged
from accounts.models import SpendingCap, User
from tests import factories
from tests.accounts.conftest import trail
from tests.cast import Cast

CAP = reverse("people:spending_cap_edit", args=["x"])


def allow(monthly: str, kept: str) -> SpendingCap:
    """What another administrator sets."""
    return actions.set_spending_cap(
        actor=User.objects.get(full_name="Wulan Pertiwi"),
        platform="x",
        monthly=Decimal(monthly),
        kept=Decimal(kept),
    )


def amounts() -> tuple[float, float]:
    cap = SpendingCap.objects.get()
    return float(cap.monthly), float(cap.kept)


def as_shown(answer: Any) -> dict[str, str]:
    """What a browser sends back of the form that nobody touched."""
    form = answer.context["form"]
    return {name: str(form[name].value() or "") for name in form.fields}


@pytest.fixture(autouse=True)
def another(cast: Cast) -> User:
    person = factories.user("Wulan Pertiwi")
    factories.grant(person, Role.ADMINISTRATOR, cast.city)
    return person


@pytest.fixture
def browser(cast: Cast, client: Client) -> Client:
    client.force_login(factories.reads_english(cast.bayu))
    return client


@pytest.fixture
def old(cast: Cast, browser: Client) -> dict[str, str]:
    """The form as it was opened while the cap was 25 dollars."""
    allow("25", "5")
    return as_shown(browser.get(CAP))


def test_a_newer_cap_is_shown_beside_what_was_typed_and_replaced_knowingly(
    cast: Cast, browser: Client, old: dict[str, str]
) -> None:
    allow("100", "10")
    answer = browser.post(CAP, old | {"monthly": "30"})
    assert answer.status_code == 422
    assert amounts() == (100, 10)
    page = answer.content.decode()
    assert "This cap has changed since you opened it" in page
    assert "Changed meanwhile to: $100.00. What you typed takes its place" in page
    assert "Changed meanwhile to: $10.00. This stands here now." in page
    again = as_shown(answer)
    assert (again["monthly"], again["kept"]) == ("30", "10.00")
    assert len(trail("accounts.spending.capped")) == 2
    # A third one in between is not undone either.
    allow("60", "10")
    answer = browser.post(CAP, again)
    assert (answer.status_code, amounts()) == (422, (60, 10))
    assert browser.post(CAP, as_shown(answer)).status_code == 302
    assert amounts() == (30, 10)


def test_who_reads_indonesian_gets_the_newer_amount_as_it_is_typed_there(
    cast: Cast, client: Client
) -> None:
    allow("25", "5")
    client.force_login(cast.bayu)
    old = as_shown(client.get(CAP))
    allow("1250", "10.50")
    answer = client.post(CAP, {"monthly": "2.000,50", "kept": "5,00", "seen": old["seen"]})
    assert answer.status_code == 422
    again = as_shown(answer)
    assert (again["monthly"], again["kept"]) == ("2.000,50", "10,50")
    assert client.post(CAP, again).status_code == 302
    assert amounts() == (2000.5, 10.5)


def test_nobody_else_having_changed_it_or_to_the_same_hinders_nobody(
    cast: Cast, browser: Client, old: dict[str, str]
) -> None:
    assert browser.post(CAP, old | {"monthly": "30"}).status_code == 302
    assert amounts() == (30, 5)
    # Sent twice, and typed alike by two.
    assert browser.post(CAP, old | {"monthly": "30.0"}).status_code == 302
    assert len(trail("accounts.spending.capped")) == 2
    # What is not written is not overtaken.
    seen_now = as_shown(browser.get(CAP))
    allow("40", "5")
    assert browser.post(CAP, seen_now | {"monthly": "40", "kept": "6"}).status_code == 302
    assert amounts() == (40, 6)


def test_a_form_from_before_there_was_any_cap_overwrites_none(cast: Cast, browser: Client) -> None:
    empty = as_shown(browser.get(CAP))
    allow("25", "5")
    answer = browser.post(CAP, empty | {"monthly": "30"})
    assert (answer.status_code, amounts()) == (422, (25, 5))
    assert "Changed meanwhile to: $25.00. What you typed" in answer.content.decode()


@pytest.mark.parametrize("carried", ["", "{", "[]", '{"monthly": ["x"]}', "x" * 5_000])
def test_a_form_that_does_not_say_what_it_showed_changes_nothing_at_first(
    browser: Client, old: dict[str, str], carried: str
) -> None:
    answer = browser.post(CAP, old | {"monthly": "30", "seen": carried})
    assert (answer.status_code, amounts()) == (422, (25, 5))
    assert browser.post(CAP, as_shown(answer)).status_code == 302


def test_it_is_judged_by_what_is_set_once_it_is_locked(cast: Cast) -> None:
    marks = seen.marks_of_cap(allow("25", "5"))
    allow("100", "5")
    wanted: dict[str, Any] = {"actor": cast.bayu, "platform": "x", "kept": Decimal(5)}
    with pytest.raises(AccountChanged) as refused:
        actions.set_spending_cap(**wanted, monthly=Decimal(30), seen=marks)
    assert refused.value.fields == {"monthly": True}
    with pytest.raises(AccountChanged) as refused:
        actions.set_spending_cap(**wanted, monthly=Decimal(25), seen=marks)
    assert refused.value.fields == {"monthly": False}
    marks = seen.marks_of_cap(SpendingCap.objects.get())
    actions.set_spending_cap(**wanted, monthly=Decimal(30), seen=marks)
    assert amounts() == (30, 5)
