"""A value of a filter that is not known leaves every list empty, and the page says which filter."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import django_filters
import pytest
from django.test import Client
from django.urls import reverse

from govsocial.web.filters import StrictFilterSet
from tests import factories
from tests.accounts.care.conftest import account_of, make_period
from tests.cast import Cast

ClientAs = Callable[[object], Client]
SAID = "A filter in this address is not known."

# Each filter of a list that chooses from what is known, with the label that the page has for it.
LISTS = {
    "accounts:official_account_list": {
        "unit": "Unit", "platform": "Platform", "status": "Status", "connection": "Connection",
        "missing": "What is missing", "two_step": "Two-step sign-in", "verified": "Verified badge",
        "audience": "Audience", "media": "Kind of media",
    },
    "accounts:attestation_list": {
        "period": "Period", "unit": "Unit", "platform": "Platform", "state": "State",
    },
    "accounts:finding_list": {"unit": "Unit", "state": "State"},
    "accounts:connection_health": {"unit": "Unit", "platform": "Platform", "state": "Connection"},
    "accounts:handover_list": {"unit": "Unit", "state": "State"},
    "accounts:compliance_overview": {"unit": "Unit"},
    "impersonations:report_list": {"unit": "Unit", "platform": "Platform", "status": "Status"},
    "people:user_list": {"role": "Role", "unit": "Unit", "state": "State"},
    "content:post_list": {"status": "Status", "unit": "Unit"},
    "content:publication_list": {"status": "Status"},
    "kpi:account_list": {"platform": "Platform", "unit": "Unit"},
    "kpi:account_detail": {"origin": "Origin"},
    "audit:entry_list": {"event": "Event", "target_type": "Kind of object", "since": "From"},
    "official:register_list": {"platform": "Platform", "unit": "Unit"},
}  # fmt: skip
EXPORTS = {
    "kpi:platform_post_export": ("kpi:account_detail", "origin"),
    "audit:entry_export": ("audit:entry_list", "event"),
    "accounts:compliance_export": ("accounts:compliance_overview", "unit"),
}


@pytest.fixture
def auditor(cast: Cast, client_as: ClientAs) -> Client:
    """Somebody who sees every list, each of which has something to show."""
    make_period(cast.bayu)
    account_of(cast, cast.sari)
    return client_as(factories.reads_english(cast.bayu))


def address(name: str, official_account_id: int) -> str:
    takes_account = name in {"kpi:account_detail", "kpi:platform_post_export"}
    return reverse(name, args=[official_account_id] if takes_account else [])


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_empty_and_says_which_filter_is_not_known(
    cast: Cast, auditor: Client, name: str
) -> None:
    page = address(name, factories.official_account(cast.dinkes).pk)
    language = {"lang": "en"} if name.startswith("official:") else {}
    assert SAID not in auditor.get(page, language).content.decode()
    for value in ("nonsense", "999999", "x" * 300):
        for key, label in LISTS[name].items():
            answer = auditor.get(page, {key: value, **language})
            text = answer.content.decode()
            assert answer.status_code == 200
            assert SAID in text, (key, value)
            assert f"Choose another value for: {label}. Until then nothing" in text
            found = answer.context and answer.context.get("page")
            assert not found or not list(found), (key, value)


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_with_a_filter_that_is_not_known_leads_to_the_list_that_says_so(
    cast: Cast, auditor: Client, name: str
) -> None:
    account_id = factories.official_account(cast.dinkes).pk
    page, key = EXPORTS[name]
    assert auditor.get(address(name, account_id)).status_code == 200
    refused = auditor.get(address(name, account_id), {key: "nonsense"})
    assert refused.status_code == 302
    assert refused["Location"] == f"{address(page, account_id)}?{key}=nonsense"
    assert SAID in auditor.get(refused["Location"]).content.decode()


def test_no_list_has_filters_of_another_kind() -> None:
    def below(kind: type[Any]) -> Iterator[type[Any]]:
        for one in kind.__subclasses__():
            yield one
            yield from below(one)

    ours = {one for one in below(django_filters.FilterSet) if "tests" not in one.__module__}
    assert StrictFilterSet in ours
    assert all(issubclass(one, StrictFilterSet) for one in ours)
