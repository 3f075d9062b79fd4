"""Campaigns and ideas for the training agency, through the same actions as everybody's."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, User
from content import actions
from content.models import Campaign, Idea, Post

DAY = timedelta(days=1)


def seed(out: Callable[[str], None]) -> None:
    """Plan once; a second run finds the campaigns and changes nothing."""
    if Campaign.objects.exists():
        return
    today = timezone.localdate()
    _rabies(today)
    _scholarship(today)
    _bus(today)
    _ideas(today)
    out(_("The training agency has campaigns and ideas."))


def _person(name: str) -> User:
    return User.objects.get(email=f"{name}@samudrakota.example")


def _unit_of(person: User) -> int:
    return min(person.units_with("content.draft"))


def _place(title: str, campaign: Campaign) -> None:
    post = Post.objects.filter(current_version__title=title).first()
    if post is not None:
        actions.place_post(actor=_person("dwi"), post_id=post.pk, campaign_id=campaign.pk)


def _rabies(today: date) -> None:
    """It runs, its posts wait, and a part of its money is spent."""
    dwi = _person("dwi")
    campaign = actions.plan_campaign(
        actor=dwi,
        unit_id=_unit_of(dwi),
        values={
            "name": "Bebas rabies 2026",
            "code": "IKU 3.2 / Renja 1.02.05",
            "purpose": (
                "Pemilik hewan tahu tempat dan waktu vaksinasi keliling, sehingga cakupan "
                "vaksinasi mencapai 80 persen sebelum akhir tahun."
            ),
            "services": "Warga tahu ke kelurahan mana membawa hewannya, tanpa menelepon dinas.",
            "voice": "Warga mengusulkan kelurahan yang belum didatangi.",
            "cut_budget": "",
            "starts_on": today - 20 * DAY,
            "ends_on": today + 25 * DAY,
            "budget": Decimal(18_000_000),
        },
    )
    actions.start_campaign(actor=dwi, campaign_id=campaign.pk)
    _tools(campaign, dwi)
    _place("Jadwal vaksinasi rabies keliling", campaign)
    _spend(
        campaign, dwi, "production", 2_750_000, "CV Cetak Bahari", "SPK 027/112", today - 15 * DAY
    )
    wrong = _spend(
        campaign, dwi, "ads", 35_000_000, "PT Media Pesisir", "SPM 00871", today - 9 * DAY, "iklan"
    )
    actions.reverse_spending(
        actor=_person("sari"), campaign_id=campaign.pk, spending_id=wrong,
        reason="Kelebihan satu angka nol.",
    )  # fmt: skip
    _spend(
        campaign, dwi, "ads", 3_500_000, "PT Media Pesisir", "SPM 00871", today - 9 * DAY, "iklan",
    )  # fmt: skip


def _tools(campaign: Campaign, dwi: User) -> None:
    accounts = OfficialAccount.objects.filter(unit_id=campaign.unit_id).order_by("pk")[:2]
    plan = [("services", "jadwal, lokasi, syarat"), ("voice", "usulan kelurahan, tanya jawab")]
    for account, (goal, topics) in zip(accounts, plan, strict=False):
        actions.add_tool(
            actor=dwi, campaign_id=campaign.pk, goal=goal, topics=topics,
            official_account_id=account.pk,
        )  # fmt: skip


def _spend(
    campaign: Campaign,
    actor: User,
    kind: str,
    amount: int,
    payee: str,
    reference: str,
    day: date,
    label: str = "",
) -> int:
    spending = actions.record_spending(
        actor=actor, campaign_id=campaign.pk, key=uuid.uuid4(), kind=kind, amount=Decimal(amount),
        spent_on=day, payee=payee, reference=reference, label=label,
    )  # fmt: skip
    return spending.pk


def _scholarship(today: date) -> None:
    """Planned, without a budget of its own."""
    rina = _person("rina")
    campaign = actions.plan_campaign(
        actor=rina,
        unit_id=_unit_of(rina),
        values={
            "name": "Beasiswa Kota Samudra 2027",
            "code": "IKU 1.4",
            "purpose": "Siswa dari keluarga penerima bantuan sosial mendaftar tepat waktu.",
            "services": "Pendaftar menyiapkan syarat yang benar sejak awal.",
            "voice": "",
            "cut_budget": "Lebih sedikit berkas yang kembali karena tidak lengkap.",
            "starts_on": today + DAY,
            "ends_on": today + 65 * DAY,
        },
    )
    _place("Pendaftaran beasiswa dibuka", campaign)


def _bus(today: date) -> None:
    """Over, with what was learned."""
    rina = _person("rina")
    campaign = actions.plan_campaign(
        actor=rina,
        unit_id=_unit_of(rina),
        values={
            "name": "Uji coba bus sekolah",
            "code": "",
            "purpose": "Orang tua mengenal dua trayek percobaan.",
            "services": "Orang tua tahu halte dan jam berangkat.",
            "voice": "Orang tua menilai trayek percobaan.",
            "cut_budget": "",
            "starts_on": today - 120 * DAY,
            "ends_on": today - 60 * DAY,
            "budget": Decimal(5_000_000),
        },
    )
    actions.start_campaign(actor=rina, campaign_id=campaign.pk)
    _spend(
        campaign, rina, "influencer", 4_800_000, "Komunitas Ibu Samudra", "SPM 00655",
        today - 90 * DAY, "kerja sama berbayar",
    )  # fmt: skip
    actions.close_campaign(
        actor=_person("sari"),
        campaign_id=campaign.pk,
        conclusion=(
            "Peta halte paling banyak dibagikan. Pertanyaan tentang jam pulang datang setiap hari: "
            "lain kali jam pulang diumumkan bersama jam berangkat."
        ),
    )


def _ideas(today: date) -> None:
    dwi, rina, made = _person("dwi"), _person("rina"), _person("made")
    rabies = Campaign.objects.get(name="Bebas rabies 2026")
    asked = _idea(
        dwi, "Apakah vaksin rabies aman untuk kucing hamil?", "question", None, rabies,
        "Ditanyakan berulang kali di kolom komentar. Minta jawaban dokter hewan dinas.",
    )  # fmt: skip
    _idea(rina, "Jam buka kantor pelayanan saat libur akhir tahun", "holiday", today + 20 * DAY)
    _idea(rina, "Pasar murah menjelang hari raya", "event", today + 14 * DAY)
    old = _idea(made, "Lomba video tingkat kelurahan", "other")
    for person in (rina, made, _person("sari")):
        actions.vote_for_idea(actor=person, idea_id=asked.pk, useful=True)
    actions.drop_idea(actor=made, idea_id=old.pk, reason="Tidak ada anggaran hadiah tahun ini.")


def _idea(
    actor: User,
    title: str,
    source: str,
    wanted_on: date | None = None,
    campaign: Campaign | None = None,
    note: str = "",
) -> Idea:
    unit_id = min(actor.units_with("content.plan"))
    said = {
        "title": title, "source": source, "wanted_on": wanted_on, "campaign": campaign,
        "note": note,
    }  # fmt: skip
    return actions.add_idea(actor=actor, unit_id=unit_id, values=said)
