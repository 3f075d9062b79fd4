"""Imitations of the training agency's accounts, reported by a made-up citizen and by staff."""

from __future__ import annotations

from accounts import actions
from accounts.models import ImpersonationReport, ImpersonationStatement, PublicListing, User


def seed_impersonations(administrator: User) -> None:
    """Two reports in different states; run again it changes nothing."""
    if ImpersonationReport.objects.exists():
        return
    codes = {
        listing.official_account.display_name: listing.code
        for listing in PublicListing.objects.select_related("official_account").order_by("-pk")
    }
    actions.report_impersonation(
        actor=User.objects.system(),
        channel=ImpersonationStatement.Channel.PUBLIC,
        imitated=codes.get("Pemerintah Kota Samudra", ""),
        suspect="https://www.instagram.com/samudrakota.bantuan/",
        platform="",
        happened=(
            "Akun ini memakai logo kota dan menawarkan bantuan sosial. Saya diminta mengirim foto "
            "KTP dan biaya administrasi Rp150.000 lewat pesan pribadi."
        ),
        reporter_name="Yuliana Saragih",
        reporter_email="yuliana.saragih@contoh.example",
    )
    second = actions.report_impersonation(
        actor=administrator,
        channel=ImpersonationStatement.Channel.STAFF,
        imitated=codes.get("BPBD Kota Samudra", ""),
        suspect="https://t.me/bpbdsamudra_info",
        platform="",
        happened="Menyebarkan peringatan tsunami palsu dengan nama dan foto BPBD.",
    ).report
    actions.move_report(
        actor=administrator,
        report_id=second.pk,
        status=ImpersonationReport.Status.CHECKING,
        reason="Nama, foto, dan gaya bahasa meniru BPBD; kanal tidak ada dalam register.",
    )
    actions.move_report(
        actor=administrator,
        report_id=second.pk,
        status=ImpersonationReport.Status.REPORTED,
        reason="Dilaporkan melalui bot @notoscam dan formulir penyalahgunaan Telegram.",
        ticket="TG-2026-118204",
    )
