from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from accounts.models import OfficialAccount, Unit, User
from accounts.public import caching, throttle
from accounts.public.register import Seen, register
from tests import factories
from tests.cast import Cast, the_cast


def forget_everything() -> None:
    register.forget()
    throttle.forget()
    caching.KNOWN.clear()
    caching.OTHER.clear()


@pytest.fixture(autouse=True)
def fresh_register(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test changed was rolled back; the process must not remember it.

    The shared count of reports is on a server that all tests use: each counts under a name of its
    own.
    """
    count, name = throttle._count_everywhere, secrets.token_hex(8)
    monkeypatch.setattr(
        throttle, "_count_everywhere", lambda most, *names, **how: count(most, name, *names, **how)
    )
    forget_everything()
    yield
    forget_everything()


def official(
    cast: Cast, platform: str, handle: str, *, unit: Unit | None = None, **fields: Any
) -> OfficialAccount:
    made = unsaved(cast, platform, handle, unit=unit, **fields)
    made.save(force_insert=True)
    return made


def unsaved(
    cast: Cast, platform: str, handle: str, *, unit: Unit | None = None, **fields: Any
) -> OfficialAccount:
    fields = {"host": "", "display_name": f"Kota Samudra {platform}", **fields}
    return factories.unsaved_account(
        unit or cast.diskominfo, platform=platform, handle=handle, **fields
    )


def make_accounts(cast: Cast) -> dict[str, OfficialAccount]:
    system = User.objects.system()
    made = {
        name: unsaved(cast, platform, handle, registered_by=system, **fields)
        for name, platform, handle, fields in (
            ("instagram", "instagram", "samudrakota", {"decree_number": "SK 800/41/2026"}),
            ("x", "x", "SamudraKota", {"platform_id": "99120045"}),
            (
                "facebook",
                "facebook",
                "Samudra.Kota",
                {"platform_id": "104958162837465", "unit": cast.dinkes},
            ),
            ("youtube", "youtube", "samudrakota", {"platform_id": "UC" + "a" * 22}),
            ("feed", "feed", "samudrakota.go.id", {"host": "samudrakota.go.id"}),
            ("mastodon", "mastodon", "samudrakota", {"host": "mas.to"}),
            ("proposed", "tiktok", "usulanrahasia", {"status": "proposed"}),
            ("suspended", "threads", "samudrakota_siaga", {}),
            ("closed", "telegram", "samudralama", {}),
            ("never", "telegram", "takpernahdipakai", {"status": "proposed"}),
        )
    }
    OfficialAccount.objects.bulk_create(made.values())
    closed = {"closed_on": "2026-03-31", "closed_reason": "Digabung dengan akun kota"}
    OfficialAccount.objects.filter(pk=made["suspended"].pk).update(status="suspended")
    ends = OfficialAccount.objects.filter(pk__in=[made["closed"].pk, made["never"].pk])
    ends.update(status="closed", **closed)
    return made


@pytest.fixture
def accounts(cast: Cast) -> dict[str, OfficialAccount]:
    """One account in every state that the public may and may not see."""
    return make_accounts(cast)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The database is made only where a chosen test says that it uses it. One of those that read
    the register of ``published`` says so for all of them."""
    readers = [one for one in items if "published" in getattr(one, "fixturenames", ())]
    for one in readers[:1]:
        one.add_marker("django_db")


@pytest.fixture(scope="session")
def register_of_accounts(django_db_setup: None, django_db_blocker: Any) -> Seen:
    """The register with ``accounts`` in it, read once."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_accounts(the_cast())
        register.forget()
        seen = register.now()
        register.forget()
        transaction.set_rollback(True)
    return seen


@pytest.fixture
def published(
    request: pytest.FixtureRequest, fresh_register: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``accounts`` for who only reads the register: most questions to the check need no database.

    Who has the database at hand finds them in it.
    """
    if "db" in request.fixturenames:
        request.getfixturevalue("accounts")
        return
    monkeypatch.setattr(register, "_seen", request.getfixturevalue("register_of_accounts"))
    monkeypatch.setattr(register, "_looked_at", time.monotonic() + 3600)
