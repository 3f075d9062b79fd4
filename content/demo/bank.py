"""Texts of the message bank for the training agency."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from content import actions
from content.documents import Facets
from content.facets import Audience, ContentClass, Function, Stage

SCHEDULE = (
    "{nama layanan} dibuka {hari dan tanggal}, pukul {jam} WIB, di {tempat}.\n\n"
    "Siapkan: {berkas}. Gratis, tanpa perantara.\n#LayananSamudra"
)
FLOOD = (
    "Pemerintah Kota Samudra menanggung biaya berobat warga terdampak banjir di semua puskesmas. "
    "Cukup tunjukkan KTP. Butuh bantuan? Hubungi pusat panggilan 112."
)
BILLS = (
    "Warga terdampak banjir dibebaskan dari denda pajak bumi dan bangunan sampai akhir bulan ini."
)


def seed_bank(keeper: User) -> None:
    """A template, a narrative that is valid and one that is not any more."""
    unit_id = min(keeper.units_with("content.bank"))
    today = timezone.localdate()
    facets = Facets(
        classes=(ContentClass.INFORMATION,),
        function=Function.INFORM,
        stage=Stage.SOCIALISATION,
        audiences=(Audience.CITIZENS,),
    )
    texts = (
        ("template", "Jadwal layanan", "Saat layanan dibuka di satu tempat.", SCHEDULE, -30, None),
        ("narrative", "Biaya berobat saat banjir", "Untuk semua kabar banjir.", FLOOD, -10, 60),
        ("narrative", "Denda pajak saat banjir", "Untuk semua kabar banjir.", BILLS, -60, -5),
    )
    for kind, title, purpose, text, since, until in texts:
        actions.add_bank_text(
            actor=keeper,
            unit_id=unit_id,
            kind=kind,
            wording=actions.Wording(
                title=title,
                purpose=purpose,
                text=text,
                valid_from=today + timedelta(days=since),
                valid_until=None if until is None else today + timedelta(days=until),
                facets=facets if kind == "template" else Facets(),
            ),
        )
