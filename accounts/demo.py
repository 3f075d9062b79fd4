"""The people, units and official accounts of the training agency, Kota Samudra.

Everything is made through the same actions as in production. Only a training instance is seeded.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import actions, demo_care
from accounts.actions.connections import SECRET_NAMES
from accounts.actions.founding import found_agency
from accounts.addresses import clean_host
from accounts.capabilities import Role
from accounts.demo_connections import connect_by_consent
from accounts.demo_public import seed_impersonations
from accounts.demo_register import fill_register
from accounts.handles import WITH_HOST
from accounts.models import OfficialAccount, Unit, User
from govsocial.training.agency import ACCOUNTS, TrainingAccount

PASSWORD = "layar-terkembang-2026"  # noqa: S105  # of made-up people on a training instance
DECREE = "SK Wali Kota Samudra 800/41/2026"
CITY = "Pemerintah Kota Samudra"
UNITS = {
    "Diskominfo": "Dinas Komunikasi dan Informatika",
    "Dinas Kesehatan": "Dinas Kesehatan",
    "BPBD": "Badan Penanggulangan Bencana Daerah",
}
PURPOSES = {
    "bluesky:samudrakota": "Kabar dan layanan kota untuk warga",
    "bluesky:dinkes-samudra": "Informasi kesehatan masyarakat",
    "mastodon:samudrakota": "Kabar kota di jejaring terbuka",
    "mastodon:bpbd_samudra": "Peringatan dini dan kebencanaan",
    "feed:samudrakota": "Berita dan pengumuman resmi kota",
    "instagram:samudrakota": "Wajah kota: layanan, agenda, dan budaya dalam gambar",
    "facebook:samudrakota": "Kabar kota dan tanya jawab dengan warga",
    "threads:samudrakota": "Percakapan ringan tentang layanan kota",
    "x:samudrakota": "Informasi cepat: lalu lintas, cuaca, dan gangguan layanan",
    "youtube:samudrakota": "Liputan kegiatan, panduan layanan, dan rapat terbuka",
    "tiktok:samudrakota": "Panduan layanan kota untuk warga muda",
}


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    email: str
    position: str
    role: Role
    unit: str


def _person(name: str, position: str, role: Role, unit: str) -> Person:
    return Person(name, f"{name.split()[0].lower()}@samudrakota.example", position, role, unit)


ADMINISTRATOR = _person("Bayu Pratama", "Pranata Komputer", Role.ADMINISTRATOR, CITY)
PEOPLE = (
    _person("Dwi Hartono", "Pranata Humas", Role.DRAFTER, "Diskominfo"),
    _person("Rina Lestari", "Pranata Humas", Role.DRAFTER, "Diskominfo"),
    _person("Made Wirawan", "Penyunting", Role.REVIEWER, "Diskominfo"),
    _person("Sari Wulandari", "Kepala Bidang Humas", Role.APPROVER, "Diskominfo"),
    _person("Ratna Kusuma", "Sekretaris Daerah", Role.LEADERSHIP, CITY),
    _person("Yohanes Tampubolon", "Manajer Risiko", Role.RISK_MANAGER, CITY),
    _person("Laila Nasution", "Auditor Inspektorat", Role.AUDITOR, CITY),
    _person("Fajar Siregar", "Pranata Humas", Role.DRAFTER, "Dinas Kesehatan"),
    _person("Nur Aisyah", "Kepala Bidang Promosi Kesehatan", Role.APPROVER, "Dinas Kesehatan"),
)


def sign_in_help() -> dict[str, object]:
    """Who can sign in, for the sign-in page of a training instance."""
    people = [
        {"name": person.name, "email": person.email, "role": f"{person.role.label}, {person.unit}"}
        for person in (ADMINISTRATOR, *PEOPLE)
    ]
    return {"training_people": people, "training_password": PASSWORD}


def seed(out: Callable[[str], None]) -> None:
    """Make what is missing; run again it changes nothing but a moved training address."""
    administrator = User.objects.filter(email=ADMINISTRATOR.email).first()
    if administrator is None:
        administrator = found_agency(
            name=CITY,
            short_name="Kota Samudra",
            time_zone=settings.TIME_ZONE,
            email=ADMINISTRATOR.email,
            full_name=ADMINISTRATOR.name,
            decree=DECREE,
        )
        _set_password(administrator, ADMINISTRATOR)
        out(_("The agency and its administrator are there."))
    city = Unit.objects.get(name=CITY, parent=None)
    units = {CITY: city} | {
        short: _unit(administrator, city, short, name) for short, name in UNITS.items()
    }
    for person in PEOPLE:
        _invite(administrator, person, units[person.unit])
    for told in ACCOUNTS:
        if told.platform in SECRET_NAMES:
            _connect(administrator, told, units[told.unit])
    connect_by_consent(
        administrator,
        [told for told in ACCOUNTS if told.platform not in SECRET_NAMES],
        units,
        out,
        purpose=lambda told: PURPOSES.get(told.key, told.description),
    )
    if fill_register(administrator, units):
        out(_("The register says who answers for each account."))
    demo_care.seed(administrator)
    seed_impersonations(administrator)


def _unit(actor: User, city: Unit, short: str, name: str) -> Unit:
    found = Unit.objects.filter(parent=city, name=name).first()
    return found or actions.create_unit(
        actor=actor,
        parent_id=city.pk,
        name=name,
        short_name=short if short != name else "",
        time_zone=city.time_zone,
    )


@transaction.atomic
def _invite(actor: User, person: Person, unit: Unit) -> None:
    if User.objects.filter(email=person.email).exists():
        return
    user = actions.invite_user(
        actor=actor,
        email=person.email,
        full_name=person.name,
        position=person.position,
        language="id",
        role=person.role,
        unit_id=unit.pk,
        decree=DECREE,
    )
    _set_password(user, person)


def _set_password(user: User, person: Person) -> None:
    """In training nobody reads mail: the password is set instead of sending a link to set it."""
    user.position = person.position
    user.password = _hashed_password()
    user.save(update_fields=["password", "position"])


@cache
def _hashed_password() -> str:
    """Of everybody alike, as the password is: to hash it takes a good part of a second."""
    return make_password(PASSWORD)


def _connect(actor: User, told: TrainingAccount, unit: Unit) -> None:
    account = OfficialAccount.objects.filter(
        platform=told.platform, handle=told.handle, unit=unit
    ).first()
    if account is None:
        account = actions.register_official_account(
            actor=actor,
            unit_id=unit.pk,
            platform=told.platform,
            handle=told.handle,
            display_name=told.display_name,
            host=settings.TRAINING_URL,
            purpose=PURPOSES[told.key],
        )
    website = told.platform == "feed"
    # The training platforms get another port when theirs is taken; the accounts follow.
    host = clean_host(told.platform, settings.TRAINING_URL)
    if account.host != host and account.platform in WITH_HOST:
        actions.change_official_account(
            actor=actor,
            official_account_id=account.pk,
            unit_id=unit.pk,
            handle=account.handle,
            host=settings.TRAINING_URL,
            display_name=account.display_name,
        )
    if not account.is_connected or account.host != host:
        actions.connect_account(
            actor=actor,
            official_account_id=account.pk,
            host=settings.TRAINING_URL,
            typed_secret=f"{settings.TRAINING_URL}/feed/rss.xml" if website else told.secret,
        )
