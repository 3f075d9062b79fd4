"""The codebook of facets: what each value means, in which order to decide, and examples.

Reference data with a version. A change is a new version with the day from which it counts; what was
classed before keeps its class. Examples are Indonesian posts, whatever language a reader has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from content.facets import Audience, ContentClass, Function, Sensitivity, Stage

VERSION = 1
EFFECTIVE_FROM = date(2026, 11, 27)


@dataclass(frozen=True, slots=True)
class Code:
    """One value. ``examples`` are two posts that have it."""

    value: str
    label: str | Promise
    definition: str | Promise
    examples: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Chapter:
    """One facet. ``order`` is the decision: the first question that is answered with yes."""

    key: str
    title: str | Promise
    source: str | Promise
    codes: Sequence[Code]
    order: Sequence[str | Promise] = ()
    note: str | Promise = ""

    def code(self, value: str) -> Code | None:
        return next((one for one in self.codes if one.value == value), None)


CLASSES = Chapter(
    "classes",
    _("Class of content"),
    _(
        "DePaula, Dincelli and Harrison (2018), Government Information Quarterly 35(1), 98–108; "
        "the four main classes. Definitions are this application's wording."
    ),
    (
        Code(
            ContentClass.INFORMATION,
            ContentClass.INFORMATION.label,
            _("Gives citizens a fact that they can use: a service, a rule, a schedule, a warning."),
            (
                "Loket kependudukan buka Sabtu, pukul 08.00 sampai 12.00 WIB.",
                "Jalan Pahlawan ditutup 3 sampai 5 Desember karena perbaikan gorong-gorong.",
            ),
        ),
        Code(
            ContentClass.INPUT,
            ContentClass.INPUT.label,
            _("Asks citizens for information, opinions, reports, resources or helping hands."),
            (
                "Rute bus sekolah mana yang Anda perlukan? Sampaikan sampai 10 Desember.",
                "Kami mencari 50 relawan untuk membersihkan pantai pada hari Minggu.",
            ),
        ),
        Code(
            ContentClass.DIALOGUE,
            ContentClass.DIALOGUE.label,
            _("Answers or addresses people in an exchange, online or at a meeting."),
            (
                "Menjawab pertanyaan Anda kemarin tentang iuran sampah: berikut penjelasannya.",
                "Malam ini pukul 19.30 WIB, Kepala Dinas menjawab pertanyaan Anda secara langsung.",
            ),
        ),
        Code(
            ContentClass.SYMBOLIC,
            ContentClass.SYMBOLIC.label,
            _("Greets, thanks, mourns, honours, or shows the agency or its officials."),
            (
                "Selamat Hari Guru Nasional. Terima kasih, Bapak dan Ibu Guru.",
                "Wali Kota menghadiri peresmian gedung baru bersama tokoh masyarakat.",
            ),
        ),
    ),
    (
        _("Does it ask people for something? Then it is input seeking."),
        _("Does it answer or address somebody in an exchange? Then it is dialogue."),
        _("Is there a fact in it that a citizen can use? Then it is information provision."),
        _("Otherwise it is symbolic."),
    ),
    _(
        "A post may have several classes; the first one counts in ratios. A symbolic post is no "
        "fault: rituals belong to an agency."
    ),
)
FUNCTIONS = Chapter(
    "function",
    _("Function"),
    _("Silvianto, Kompas, 17 February 2022: informative, educational, entertaining."),
    (
        Code(
            Function.INFORM,
            Function.INFORM.label,
            _("People know something afterwards that they did not know."),
            (
                "Pendaftaran beasiswa dibuka sampai 31 Januari.",
                "Hari ini pelayanan pajak libur, besok buka kembali.",
            ),
        ),
        Code(
            Function.EDUCATE,
            Function.EDUCATE.label,
            _("People can do or understand something afterwards."),
            (
                "Lima langkah memilah sampah di rumah.",
                "Mengapa anak perlu imunisasi dua kali? Ini penjelasannya.",
            ),
        ),
        Code(
            Function.ENTERTAIN,
            Function.ENTERTAIN.label,
            _("People enjoy it; read it once more for propriety and safety."),
            (
                "Kuis akhir pekan: tebak nama jembatan ini.",
                "Pantun Jumat dari petugas loket kami.",
            ),
        ),
    ),
)
STAGES = Chapter(
    "stage",
    _("Stage of use"),
    _("Khan (2013, 2014): three stages of social media use in government."),
    (
        Code(
            Stage.SOCIALISATION,
            Stage.SOCIALISATION.label,
            _("The agency shares information."),
            (
                "Jadwal vaksinasi rabies keliling bulan Desember.",
                "Laporan keuangan 2025 dapat dibaca di situs kami.",
            ),
        ),
        Code(
            Stage.COLLABORATION,
            Stage.COLLABORATION.label,
            _("Citizens or other agencies make something together with the agency."),
            (
                "Laporkan lampu jalan yang mati lewat peta bersama.",
                "Beri pendapat atas rancangan peraturan parkir sampai 15 Desember.",
            ),
        ),
        Code(
            Stage.TRANSACTION,
            Stage.TRANSACTION.label,
            _("A real service is begun or done through the channel."),
            (
                "Ambil nomor antrean paspor lewat tautan ini.",
                "Bayar PBB tanpa ke bank: mulai di sini.",
            ),
        ),
    ),
)
AUDIENCES = Chapter(
    "audiences",
    _("Audience"),
    _("Usual in e-government: G2C, G2B, G2G, G2E."),
    (
        Code(
            Audience.CITIZENS,
            Audience.CITIZENS.label,
            _("Everybody who lives here or uses a service."),
            (
                "Cara mengurus akta kelahiran dari rumah sakit.",
                "Prakiraan cuaca dan gelombang hari ini.",
            ),
        ),
        Code(
            Audience.BUSINESS,
            Audience.BUSINESS.label,
            _("Enterprises, traders, employers."),
            (
                "Pelatihan NIB gratis untuk pelaku UMKM.",
                "Batas pelaporan LKPM triwulan IV: 10 Januari.",
            ),
        ),
        Code(
            Audience.GOVERNMENT,
            Audience.GOVERNMENT.label,
            _("Other agencies and levels of government."),
            (
                "Rapat koordinasi penanganan banjir bersama BPBD provinsi.",
                "Undangan uji coba bersama layanan data antarinstansi.",
            ),
        ),
        Code(
            Audience.EMPLOYEES,
            Audience.EMPLOYEES.label,
            _("The agency's own people."),
            (
                "Pembaruan data kepegawaian dibuka sampai Jumat.",
                "Pelatihan keamanan akun bagi pengelola media sosial.",
            ),
        ),
    ),
)
SENSITIVITIES = Chapter(
    "sensitivity",
    _("Sensitivity"),
    _("A setting of this application; approval policies go by it."),
    (
        Code(
            Sensitivity.ORDINARY,
            Sensitivity.ORDINARY.label,
            _("Daily work."),
            ("Jam layanan akhir tahun.", "Tips hemat air di musim kemarau."),
        ),
        Code(
            Sensitivity.SENSITIVE,
            Sensitivity.SENSITIVE.label,
            _("Touches a dispute, a case, a policy under debate, faith, or grief."),
            (
                "Penjelasan mengenai kenaikan tarif air.",
                "Klarifikasi atas kabar pemotongan bantuan.",
            ),
        ),
        Code(
            Sensitivity.EMERGENCY,
            Sensitivity.EMERGENCY.label,
            _("Lives or safety depend on it now. It says until when it holds."),
            (
                "Evakuasi sekarang ke titik kumpul SDN 3: tanggul Muara retak.",
                "Jangan minum air keran di Kelurahan Pesisir sampai pukul 18.00 WIB.",
            ),
        ),
    ),
)
CHAPTERS = (CLASSES, FUNCTIONS, STAGES, AUDIENCES, SENSITIVITIES)
