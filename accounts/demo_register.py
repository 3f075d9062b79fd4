"""What the register of the training agency says: decrees, people, custody, and what is missing.

Not everything is in order, so that the checklists have something to show: one account has a
single administrator, one has no second step, others are suspended, proposed, closed and released.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from PIL import Image, ImageDraw

from accounts import actions
from accounts.details import Details, Upload
from accounts.models import OfficialAccount, Unit, User

_CITY_DECREE = "800/41/2026"
# How long ago the decrees were signed, in days. The register followed them.
_SIGNED = {_CITY_DECREE: 262, "440/17/2026": 231}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One account of the register. ``opened`` and the like are days before today.

    An account was opened before its first post (those of the training platforms go back two
    years), and entered into the register after the decree that names it.
    """

    platform: str
    handle: str
    unit: str
    name: str = ""
    """Empty for an account that seeding has connected before."""
    url: str = ""
    purpose: str = ""
    audiences: tuple[str, ...] = ("g2c",)
    decree: str = _CITY_DECREE
    with_file: bool = False
    person: str = "sari"
    administrators: tuple[str, ...] = ("dwi", "rina")
    email_holder: str = "Kepala Bidang Humas"
    phone_holder: str = "Sekretariat Diskominfo, ponsel dinas"
    two_step: str = "on"
    checked: int = 40
    verified: bool | None = True
    opened: int = 1700
    registered: int = 240
    closed: int = 0
    becomes: tuple[tuple[str, str], ...] = field(default=())
    """Moves after registration, each with its reason."""


ACCOUNTS: tuple[Kept, ...] = (
    Kept(
        platform="bluesky",
        handle="samudrakota.latihan.test",
        unit="Diskominfo",
        audiences=("g2c", "g2b"),
        with_file=True,
        opened=1010,
        registered=255,
    ),
    Kept(
        platform="bluesky",
        handle="dinkes-samudra.latihan.test",
        unit="Dinas Kesehatan",
        decree="440/17/2026",
        person="nur",
        administrators=("fajar", "nur"),
        email_holder="Kepala Bidang Promosi Kesehatan",
        phone_holder="Sekretariat Dinas Kesehatan",
        verified=False,
        with_file=True,
        opened=942,
        registered=224,
    ),
    Kept(
        platform="mastodon",
        handle="samudrakota",
        unit="Diskominfo",
        audiences=("g2c", "g2g"),
        checked=230,
        opened=1718,
        registered=254,
    ),
    Kept(
        platform="mastodon",
        handle="bpbd_samudra",
        unit="BPBD",
        decree="",
        person="bayu",
        administrators=("bayu",),
        phone_holder="",
        two_step="off",
        checked=12,
        verified=None,
        opened=1687,
        registered=166,
    ),
    Kept(
        platform="instagram",
        handle="samudrakota",
        unit="Diskominfo",
        with_file=True,
        checked=20,
        opened=2613,
        registered=258,
    ),
    Kept(platform="facebook", handle="samudrakota", unit="Diskominfo", opened=4136, registered=257),
    Kept(platform="threads", handle="samudrakota", unit="Diskominfo", opened=1204, registered=245),
    Kept(platform="x", handle="samudrakota", unit="Diskominfo", opened=4290, registered=256),
    Kept(
        platform="youtube",
        handle="samudrakota",
        unit="Diskominfo",
        person="made",
        administrators=("made", "dwi"),
        opened=3052,
        registered=251,
    ),
    Kept(
        platform="tiktok",
        handle="samudrakota",
        unit="Diskominfo",
        administrators=("rina",),
        two_step="unknown",
        verified=None,
        opened=1447,
        registered=189,
    ),
    Kept(
        platform="whatsapp",
        handle="whatsapp.com/channel/0029VaSamudraKota",
        unit="Diskominfo",
        name="Saluran WhatsApp Kota Samudra",
        purpose="Pemberitahuan layanan kota yang penting, paling banyak tiga kali seminggu",
        opened=421,
        registered=132,
    ),
    Kept(
        platform="feed",
        handle="samudrakota.example",
        unit="Diskominfo",
        audiences=("g2c", "g2b", "g2g"),
        phone_holder="",
        verified=None,
        opened=3911,
        registered=259,
    ),
    Kept(
        platform="linkedin",
        handle="kota-samudra",
        unit="Diskominfo",
        name="Kota Samudra di LinkedIn",
        url="https://www.linkedin.com/company/kota-samudra",
        purpose="Kabar investasi dan lowongan untuk dunia usaha",
        audiences=("g2b",),
        decree="",
        administrators=("rina",),
        two_step="unknown",
        verified=None,
        becomes=(("proposed", ""),),
        opened=16,
        registered=9,
    ),
    Kept(
        platform="telegram",
        handle="siaga_samudra",
        unit="BPBD",
        name="Siaga Samudra di Telegram",
        url="https://t.me/siaga_samudra",
        purpose="Peringatan dini cuaca dan banjir",
        person="bayu",
        administrators=("bayu", "yohanes"),
        verified=False,
        becomes=(
            ("suspend", "Nomor pemulihan dipegang pegawai yang sudah pindah; ditertibkan dulu"),
        ),
        opened=1532,
        registered=163,
    ),
    Kept(
        platform="facebook",
        handle="dinkes.samudra.lama",
        unit="Dinas Kesehatan",
        name="Dinas Kesehatan Samudra (lama)",
        url="https://www.facebook.com/dinkes.samudra.lama",
        purpose="Informasi kesehatan masyarakat",
        person="nur",
        administrators=("nur",),
        becomes=(("close", "Digabung dengan akun utama dinas"),),
        opened=3318,
        registered=223,
        closed=77,
    ),
    Kept(
        platform="x",
        handle="festivalsamudra",
        unit="Diskominfo",
        name="Festival Bahari Samudra",
        url="https://x.com/festivalsamudra",
        purpose="Kabar festival tahunan",
        becomes=(
            ("close", "Festival terakhir tahun 2024"),
            ("release", "Nama akun dilepas platform karena lama tidak dipakai"),
        ),
        opened=3640,
        registered=252,
        closed=140,
    ),
)


def fill_register(actor: User, units: Mapping[str, Unit]) -> int:
    """Write down what is missing; return how many accounts that were. Again it changes nothing."""
    people = {user.email.partition("@")[0]: user for user in User.objects.filter(is_system=False)}
    return sum(_keep(actor, kept, units[kept.unit], people) for kept in ACCOUNTS)


def _keep(actor: User, kept: Kept, unit: Unit, people: Mapping[str, User]) -> bool:
    account = OfficialAccount.objects.filter(
        platform=kept.platform, handle__iexact=kept.handle, unit=unit
    ).first()
    if account is None and not kept.name:
        return False
    if account is not None and account.recovery_email_holder:
        return False
    today = timezone.localdate()
    details = _details(kept, people, today)
    decree = Upload(_page(kept, today), f"SK-{kept.unit}.png") if kept.with_file else None
    if account is None:
        account = actions.register_official_account(
            actor=actor,
            unit_id=unit.pk,
            platform=kept.platform,
            handle=kept.handle,
            display_name=kept.name,
            proposed=("proposed", "") in kept.becomes,
            decree=decree,
            **details,
        )
    else:
        details["purpose"] = account.purpose
        details["url"] = account.url
        actions.change_official_account(
            actor=actor,
            official_account_id=account.pk,
            unit_id=unit.pk,
            handle=account.handle,
            host=account.host,
            display_name=account.display_name,
            decree=decree,
            **details,
        )
    for name in kept.administrators:
        actions.assign_administrator(
            actor=actor,
            official_account_id=account.pk,
            user_id=people[name].pk,
            starts_on=_working_day(today - timedelta(days=min(kept.registered, kept.opened))),
            decree=f"SK {kept.decree}" if kept.decree else "",
        )
    _move(actor, account, kept, "suspend", "close")
    _date(account, kept, today)
    # From then on the row stays as it is.
    _move(actor, account, kept, "release")
    return True


def _details(kept: Kept, people: Mapping[str, User], today: date) -> Details:
    return Details(
        purpose=kept.purpose,
        url=kept.url,
        audiences=list(kept.audiences),
        verified=kept.verified,
        decree_number=f"SK {kept.decree}" if kept.decree else "",
        decree_date=today - timedelta(days=_SIGNED[kept.decree]) if kept.decree else None,
        person_in_charge_id=people[kept.person].pk,
        recovery_email_holder=kept.email_holder,
        recovery_phone_holder=kept.phone_holder,
        two_step=kept.two_step,
        two_step_checked_on=(
            None if kept.two_step == "unknown" else today - timedelta(days=kept.checked)
        ),
        opened_on=today - timedelta(days=kept.opened),
    )


def _move(actor: User, account: OfficialAccount, kept: Kept, *wanted: str) -> None:
    moves = {
        "suspend": actions.suspend_official_account,
        "close": actions.close_official_account,
        "release": actions.release_official_account,
    }
    for what, reason in kept.becomes:
        if what in wanted:
            moves[what](actor=actor, official_account_id=account.pk, reason=reason)


def _date(account: OfficialAccount, kept: Kept, today: date) -> None:
    """Give the row its day in the past: no action registers or closes on another day than today."""
    day = _working_day(today - timedelta(days=kept.registered))
    # Somebody worked through a pile of papers: every account has its own minute.
    minutes = (account.pk * 37) % (7 * 60)
    morning = timezone.make_aware(datetime.combine(day, time(8, 10)))
    dates: dict[str, object] = {"created_at": morning + timedelta(minutes=minutes)}
    if kept.closed:
        dates["closed_on"] = _working_day(today - timedelta(days=kept.closed))
    OfficialAccount.objects.filter(pk=account.pk).update(**dates)


def _working_day(day: date) -> date:
    return day - timedelta(days=max(day.weekday() - 4, 0))


def _page(kept: Kept, today: date) -> bytes:
    """A picture that stands for the scanned decree."""
    page = Image.new("L", (620, 380), 255)
    pen = ImageDraw.Draw(page)
    for number, line in enumerate(
        (
            "WALI KOTA SAMUDRA (LATIHAN)",
            f"KEPUTUSAN NOMOR {kept.decree}",
            "tentang Akun Media Sosial Resmi",
            f"Akun: {kept.handle}",
            f"Unit: {kept.unit}",
        )
    ):
        pen.text((40, 50 + 44 * number), line, fill=0)
    file = io.BytesIO()
    page.save(file, format="PNG")
    return file.getvalue()
