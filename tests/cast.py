"""The people of the made-up Kota Samudra, whom half of all tests begin with."""

from __future__ import annotations

import pickle
from dataclasses import dataclass

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from accounts.capabilities import Role
from accounts.models import Grant, Unit, User
from accounts.models.people import SYSTEM_EMAIL
from tests import factories


@dataclass(frozen=True, slots=True)
class Cast:
    """Names are roles that tests speak about."""

    city: Unit
    diskominfo: Unit
    dinkes: Unit
    bayu: User
    """Administrator of the whole city."""
    dwi: User
    """Drafter at Diskominfo."""
    rina: User
    """Drafter at Diskominfo."""
    made: User
    """Reviewer at Diskominfo."""
    sari: User
    """Approver at Diskominfo."""
    ratna: User
    """Leadership of the whole city."""
    yohanes: User
    """Risk manager of the whole city."""
    laila: User
    """Auditor of the whole city."""
    fajar: User
    """Drafter at Dinas Kesehatan."""
    nur: User
    """Approver at Dinas Kesehatan."""
    inactive: User
    """Was approver at Diskominfo; deactivated, with the grant still running."""


_committed: list[bytes] = []


def commit() -> None:
    """Have the cast in the database for every test; to be called outside of any transaction."""
    _committed.clear()
    _committed.append(pickle.dumps(_make()))


def the_cast() -> Cast:
    """The people as they were committed: objects of one test alone."""
    found: Cast = pickle.loads(_committed[0])  # noqa: S301  # what this process wrote
    return found


def _make() -> Cast:
    # Transactional tests empty every table, the system user of the migration included.
    system, _ = User.objects.get_or_create(
        email=SYSTEM_EMAIL,
        defaults={
            "full_name": "govsocial",
            "is_system": True,
            "is_active": False,
            "password": make_password(None),
        },
    )
    city = factories.unit("Pemerintah Kota Samudra", short_name="Kota Samudra")
    diskominfo, dinkes = Unit.objects.bulk_create(
        [
            Unit(name="Dinas Komunikasi dan Informatika", short_name="Diskominfo", parent=city),
            Unit(name="Dinas Kesehatan", short_name="Dinkes", parent=city),
        ]
    )
    roles = [
        ("Bayu Pratama", Role.ADMINISTRATOR, city),
        ("Dwi Hartono", Role.DRAFTER, diskominfo),
        ("Rina Lestari", Role.DRAFTER, diskominfo),
        ("Made Wirawan", Role.REVIEWER, diskominfo),
        ("Sari Wulandari", Role.APPROVER, diskominfo),
        ("Ratna Kusuma", Role.LEADERSHIP, city),
        ("Yohanes Tampubolon", Role.RISK_MANAGER, city),
        ("Laila Nasution", Role.AUDITOR, city),
        ("Fajar Siregar", Role.DRAFTER, dinkes),
        ("Nur Aisyah", Role.APPROVER, dinkes),
        ("Hendra Saputra", Role.APPROVER, diskominfo),
    ]
    # Half of all tests begin with these: few queries, and one password for all.
    password = make_password(factories.PASSWORD)
    people = User.objects.bulk_create(
        [
            User(
                full_name=name,
                email=f"{name.split()[0].lower()}@samudrakota.example",
                password=password,
                is_active=name != "Hendra Saputra",
            )
            for name, _role, _unit in roles
        ]
    )
    now = timezone.now()
    Grant.objects.bulk_create(
        [
            Grant(
                user=one, role=role, unit=unit, granted_by=system, starts_at=now,
                decree="SK 800/12/2026",
            )
            for one, (_name, role, unit) in zip(people, roles, strict=True)
        ]
    )  # fmt: skip
    bayu, dwi, rina, made, sari, ratna, yohanes, laila, fajar, nur, inactive = people
    return Cast(
        city=city, diskominfo=diskominfo, dinkes=dinkes, bayu=bayu, dwi=dwi, rina=rina, made=made,
        sari=sari, ratna=ratna, yohanes=yohanes, laila=laila, fajar=fajar, nur=nur,
        inactive=inactive,
    )  # fmt: skip
