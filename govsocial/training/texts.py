# ruff: noqa: E501 - one text, one line: wrapped, nobody could read them as posts
"""What the made-up city says: templates by topic, and the words that fill their slots.

Indonesian texts are data here. Every template must stay within 300 graphemes when filled, which is
what the smallest platform takes. ``months`` limits a template to its season.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

#: What both platforms take for a link and for a hashtag.
LINK = re.compile(r"https?://[^\s]+[^\s.,;:!?)]")
TAG = re.compile(r"(?<!\w)#(\w+)")

SITE = "https://samudrakota.example"
MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")

RAIN = frozenset({10, 11, 12, 1, 2, 3})
DRY = frozenset({6, 7, 8, 9})


@dataclass(frozen=True, slots=True)
class Template:
    """One way of saying something. ``photo`` is the alt text where the post has a picture."""

    topic: str
    text: str
    photo: str | None = None
    months: frozenset[int] | None = None
    pull: float = 1.0
    """How much more (or less) than usual people react."""


def _all(topic: str, *rows: Template | str) -> tuple[Template, ...]:
    return tuple(Template(topic, row) if isinstance(row, str) else row for row in rows)


_T = Template

LAYANAN = _all(
    "layanan",
    "Layanan perekaman KTP-el keliling hadir di Kantor Kecamatan {kecamatan}, {hari_depan}, pukul 08.00-13.00 WIB. Bawa fotokopi Kartu Keluarga. Tidak dipungut biaya. #LayananSamudra",
    "Mulai {tanggal_depan}, akta kelahiran dapat diurus sepenuhnya secara daring dan selesai paling lama {n_hari} hari kerja. Panduan: {situs}/layanan/akta-kelahiran",
    "Mal Pelayanan Publik buka {hari_depan} pukul 08.00-15.00 WIB. Ada {n_loket} loket layanan, termasuk paspor, pajak kendaraan, dan BPJS. Ambil antrean dari rumah: {situs}/mpp",
    _T("layanan", "Lapor jalan rusak, lampu padam, atau sampah menumpuk lewat LAPOR Samudra. Bulan lalu {n_ratus} laporan masuk, {persen} persen selesai dalam tujuh hari. {situs}/lapor", pull=1.3),
    "Pemeliharaan jaringan pipa: aliran air di Kelurahan {kelurahan} terhenti sementara {hari_depan} pukul 22.00-04.00 WIB. Silakan menampung air secukupnya. Mohon maaf atas ketidaknyamanannya.",
    "Jatuh tempo PBB-P2 tinggal {n_hari} hari lagi. Bayar lewat bank, kantor pos, atau dompet digital, lalu simpan bukti bayarnya. Cek tagihan: {situs}/pbb",
    "Kartu Keluarga hilang atau rusak? Ajukan cetak ulang dari rumah. Syaratnya KTP-el dan surat kehilangan. Langkah lengkap: {situs}/layanan/kartu-keluarga",
    "Kantor Kelurahan {kelurahan} pindah sementara ke Balai Warga di {jalan} selama renovasi sampai {tanggal_depan}. Jam layanan tetap 08.00-15.00 WIB.",
    _T("layanan", "Antrean layanan kependudukan di Kecamatan {kecamatan} kini dapat dipantau langsung dari ponsel. Datang saat giliran Anda sudah dekat. {situs}/antrean", photo="Layar antrean di ruang tunggu kantor kecamatan menampilkan nomor yang sedang dilayani."),
)  # fmt: skip

HOAKS = _all(
    "hoaks",
    _T("hoaks", "[KLARIFIKASI] Pesan berantai tentang bantuan tunai Rp600 ribu melalui tautan adalah TIDAK BENAR. Pemerintah Kota tidak pernah meminta data pribadi lewat WhatsApp. Jangan klik, jangan sebarkan. #CekFakta", pull=1.9),
    _T("hoaks", "[KLARIFIKASI] Video banjir yang ramai dibagikan bukan di {kecamatan}, melainkan rekaman dari daerah lain. Kondisi terkini dapat dipantau di {situs}/pantau #CekFakta", pull=1.7, months=RAIN),
    _T("hoaks", "Beredar akun yang mengatasnamakan Wali Kota dan menawarkan bantuan. Itu AKUN PALSU. Daftar akun resmi kami ada di {situs}/akun-resmi. Laporkan bila Anda dihubungi.", pull=1.6),
    _T("hoaks", "[KLARIFIKASI] Lowongan tenaga honorer dengan biaya pendaftaran bukan dari Pemerintah Kota Samudra. Seluruh rekrutmen kami gratis dan diumumkan di {situs}/lowongan", pull=1.5),
    _T("hoaks", "[KLARIFIKASI] Kabar tarif parkir tepi jalan naik menjadi Rp10.000 tidak benar. Tarif masih sesuai Perda: motor Rp2.000, mobil Rp3.000. Minta karcis resmi. #CekFakta", pull=1.4),
)  # fmt: skip

PENDIDIKAN = _all(
    "pendidikan",
    _T("pendidikan", "Pendaftaran Beasiswa Samudra Cerdas dibuka sampai {tanggal_jauh} untuk {n_ratus} mahasiswa dari keluarga kurang mampu. Syarat dan formulir: {situs}/beasiswa #BeasiswaSamudra", pull=1.8),
    "Perpustakaan Kota buka sampai pukul 20.00 WIB setiap hari kerja. Ada ruang belajar, internet gratis, dan pojok baca anak. Yuk, berkunjung!",
    "Jadwal pendaftaran murid baru SMP negeri sudah terbit. Jalur domisili dibuka lebih dulu mulai {tanggal_depan}. Cek daya tampung tiap sekolah: {situs}/pendidikan",
    _T("pendidikan", "Selamat kepada tim robotik {sekolah} yang meraih juara tingkat provinsi! Semoga menjadi semangat bagi pelajar Samudra lainnya.", photo="Empat siswa berseragam memegang piala dan robot rakitan mereka.", pull=1.5),
    _T("pendidikan", "Pelatihan gratis {pelatihan} untuk warga usia 18-35 tahun, {n_puluh} peserta. Peserta mendapat sertifikat dan uang transpor. Daftar sebelum {tanggal_depan}: {situs}/pelatihan", pull=1.3),
    "Seleksi Duta Baca Samudra dibuka untuk pelajar SMA dan sederajat. Kirim ulasan buku favorit Anda paling lambat {tanggal_jauh}. Keterangan: {situs}/duta-baca",
    "Guru PAUD di Kecamatan {kecamatan} mengikuti pelatihan pencegahan perundungan hari ini. Sekolah yang aman dimulai dari orang dewasa yang mau mendengar.",
)  # fmt: skip

LALU_LINTAS = _all(
    "lalu_lintas",
    "Penutupan sementara {jalan} {hari_depan} pukul 06.00-10.00 WIB untuk kegiatan hari bebas kendaraan. Gunakan jalur alternatif melalui {jalan_lain}.",
    "Perbaikan drainase di {jalan} berlangsung sampai {tanggal_depan}. Satu lajur ditutup. Kurangi kecepatan dan ikuti arahan petugas.",
    _T("lalu_lintas", "Rute baru Bus Samudra koridor {n_koridor} melayani {kecamatan} sampai Terminal Bahari mulai {tanggal_depan}. Gratis selama dua pekan pertama!", photo="Bus kota berwarna biru berhenti di halte baru dengan jalur landai untuk kursi roda.", pull=1.6),
    "Arus lalu lintas di simpang {jalan} padat sejak pukul {jam} WIB akibat pohon tumbang. Petugas sedang menangani. Harap sabar dan berhati-hati.",
    "Uji KIR kendaraan angkutan barang kini dapat dijadwalkan daring. Pilih hari dan jam, datang tanpa antre. {situs}/kir",
)  # fmt: skip

LINGKUNGAN = _all(
    "lingkungan",
    "Jadwal angkut sampah Kelurahan {kelurahan}: Senin dan Kamis organik, Selasa dan Jumat anorganik. Pilah dari rumah, ringan di TPA. #SamudraBersih",
    _T("lingkungan", "Kerja bakti di sungai {sungai} mengangkat {n_ton} ton sampah. Terima kasih kepada {n_ratus} warga, komunitas, dan petugas yang turun sejak pagi.", photo="Warga dan petugas mengangkat karung sampah dari tepi sungai.", pull=1.4),
    "Bank Sampah {kelurahan} menerima minyak jelantah setiap Sabtu pagi. Satu liter ditukar Rp5.000. Jangan dibuang ke selokan, ya.",
    _T("lingkungan", "Taman {taman} selesai ditata: jalur lari 600 meter, area bermain anak, dan toilet ramah disabilitas. Buka setiap hari pukul 05.00-21.00 WIB.", photo="Jalur lari melingkar di taman kota dengan pohon peneduh dan bangku.", pull=1.7),
    "Kualitas udara pagi ini kategori sedang. Kelompok sensitif disarankan mengurangi kegiatan di luar ruang pada siang hari. Pantau: {situs}/udara",
    "Penanaman {n_ratus} bibit mangrove di pesisir {kecamatan} dimulai {hari_depan}. Relawan dapat mendaftar di {situs}/mangrove",
)  # fmt: skip

EKONOMI = _all(
    "ekonomi",
    "Pasar murah di halaman Kantor Kecamatan {kecamatan}, {hari_depan} pukul 07.00 WIB sampai habis. Beras 5 kg Rp{n_harga}.000, minyak goreng Rp14.000 per liter. Bawa KTP, satu orang satu paket.",
    _T("ekonomi", "Harga pangan hari ini di Pasar Bahari: beras medium Rp13.{n_ratus}/kg, cabai rawit Rp{n_cabai}.000/kg, telur Rp28.500/kg. Data lengkap 12 pasar: {situs}/harga-pangan", pull=0.8),
    "Pelaku UMKM, sertifikasi halal gratis dibuka untuk {n_ratus} usaha mikro. Pendamping siap membantu di Galeri UMKM, {jalan}. Daftar: {situs}/umkm",
    _T("ekonomi", "Bazar UMKM Samudra kembali digelar akhir pekan ini di Alun-alun. {n_puluh} lapak kuliner dan kriya lokal, pembayaran bisa dengan QRIS.", photo="Deretan lapak makanan di alun-alun pada sore hari.", pull=1.2),
    "Izin usaha mikro terbit {n_hari} menit lewat OSS. Bila mengalami kendala, datang ke klinik perizinan setiap Rabu di Mal Pelayanan Publik.",
    _T("ekonomi", "Bursa kerja Samudra: {n_puluh} perusahaan, lebih dari {n_ratus} lowongan, {hari_depan} di GOR Bahari. Gratis dan terbuka bagi penyandang disabilitas.", pull=1.5),
)  # fmt: skip

BUDAYA = _all(
    "budaya",
    _T("budaya", "Festival Bahari digelar {tanggal_depan} di Pelabuhan Lama: parade perahu hias, lomba masak ikan, dan panggung musik pelajar. Gratis untuk umum. #FestivalBahari", photo="Perahu nelayan berhias bendera warna-warni di pelabuhan.", pull=1.8),
    "Museum Maritim gratis setiap hari Minggu pertama. Bulan ini ada pameran foto pelabuhan tempo dulu. Yuk, ajak keluarga!",
    _T("budaya", "Tahukah Anda? Mercusuar {kecamatan} berdiri sejak 1893 dan kini menjadi cagar budaya. Mari kita rawat bersama.", photo="Mercusuar putih di tepi laut saat matahari terbit.", pull=1.3),
    "Latihan tari pesisir untuk anak usia 7-12 tahun setiap Sabtu pukul 09.00 WIB di Gedung Kesenian. Tanpa biaya, kuota {n_puluh} anak.",
    "Lomba foto wisata bahari berhadiah total Rp15 juta. Kirim karya terbaik Anda sampai {tanggal_jauh}. Syarat: {situs}/lomba-foto",
)  # fmt: skip

TRANSPARANSI = _all(
    "transparansi",
    "Realisasi APBD Kota Samudra sampai akhir {bulan_lalu}: belanja {persen} persen. Rincian per perangkat daerah dapat diunduh di {situs}/apbd #SamudraTerbuka",
    "Musrenbang Kecamatan {kecamatan} berlangsung {hari_depan}. Usulan warga dapat disampaikan lewat kelurahan atau {situs}/usulan",
    "Dokumen Rencana Kerja Pemerintah Daerah sudah dapat dibaca dan dikomentari publik sampai {tanggal_jauh}: {situs}/rkpd",
    "Hasil Survei Kepuasan Masyarakat triwulan ini: nilai {n_skm}, kategori baik. Terima kasih atas masukan Anda; waktu tunggu menjadi perbaikan utama kami.",
    "PPID Kota Samudra menjawab {n_puluh} permohonan informasi pada {bulan_lalu}, rata-rata {n_hari} hari kerja. Ajukan permohonan: {situs}/ppid",
    "Daftar penerima bantuan rehabilitasi rumah tahun ini diumumkan terbuka. Sanggahan diterima sampai {tanggal_depan}: {situs}/rehab-rumah",
)  # fmt: skip

KESEHATAN = _all(
    "kesehatan",
    "Jadwal imunisasi anak di {puskesmas}: {hari_depan} pukul 08.00-11.00 WIB. Bawa Buku KIA. Imunisasi lengkap, anak terlindungi. #SamudraSehat",
    _T("kesehatan", "Kasus demam berdarah meningkat pada musim hujan. Lakukan 3M Plus: menguras, menutup, mendaur ulang, dan cegah gigitan nyamuk. Demam tiga hari tidak turun? Segera periksa.", months=RAIN, pull=1.3),
    "Cek kesehatan gratis bagi warga yang berulang tahun bulan ini, di semua puskesmas. Cukup membawa KTP-el atau KIA. Daftar: {situs}/cek-kesehatan",
    "Donor darah {hari_depan} di Kantor Kecamatan {kecamatan}, pukul 09.00-12.00 WIB. Stok golongan {darah} sedang menipis. Setetes darah Anda berarti.",
    "Posyandu Kelurahan {kelurahan} buka {hari_depan}: timbang balita, pemberian vitamin A, dan konsultasi gizi. Ayah dan Bunda, ditunggu ya.",
    _T("kesehatan", "Terima kasih kepada tenaga kesehatan {puskesmas} yang melayani {n_ratus} warga dalam pemeriksaan tekanan darah hari ini.", photo="Perawat memeriksa tekanan darah seorang lansia di halaman puskesmas.", pull=1.2),
    "Cuaca panas membuat tubuh cepat kehilangan cairan. Minum air putih minimal delapan gelas sehari dan hindari kegiatan berat pukul 11.00-15.00 WIB.",
    "Skrining TBC gratis di {puskesmas} sepanjang {bulan_ini}. Batuk lebih dari dua minggu jangan dibiarkan; TBC dapat disembuhkan.",
    "Layanan konseling kesehatan jiwa tersedia di {puskesmas} setiap Selasa dan Kamis. Bercerita bukan tanda lemah. Rahasia Anda terjaga.",
    _T("kesehatan", "Lansia sehat, keluarga bahagia. Senam lansia setiap Jumat pukul 06.30 WIB di halaman {puskesmas}. Gratis, pakai sepatu yang nyaman.", photo="Para lansia mengikuti senam pagi di halaman puskesmas.", pull=1.1),
    "Kader Jumantik Kelurahan {kelurahan} memeriksa {n_ratus} rumah pekan ini; {n_hari} rumah masih ada jentik. Satu rumah satu jumantik, mulai dari bak mandi kita.",
    "Stunting dapat dicegah sejak kehamilan: periksa rutin enam kali, minum tablet tambah darah, dan makan beragam. Konsultasi gratis di puskesmas terdekat.",
    _T("kesehatan", "IGD RSUD Samudra melayani 24 jam. Untuk keadaan gawat darurat hubungi 119. Ambulans gratis bagi seluruh warga Kota Samudra.", pull=1.2),
    "Antrean {puskesmas} kini bisa diambil dari rumah mulai pukul 06.00 WIB lewat {situs}/puskesmas. Kurangi waktu tunggu, jaga jarak dari yang sakit.",
    "Pemberian obat cacing untuk siswa SD dimulai {tanggal_depan}. Aman, gratis, dan penting bagi tumbuh kembang anak. Tanyakan kepada guru UKS.",
)  # fmt: skip

HOAKS_KESEHATAN = _all(
    "hoaks_kesehatan",
    _T("hoaks_kesehatan", "[KLARIFIKASI] Air rebusan daun tidak dapat menggantikan pengobatan demam berdarah. Bila demam tinggi mendadak, segera ke fasilitas kesehatan. #CekFakta", pull=1.7),
    _T("hoaks_kesehatan", "[KLARIFIKASI] Pesan suara tentang vaksin anak yang menyebabkan kelumpuhan adalah TIDAK BENAR. Vaksin program nasional aman dan diawasi BPOM. Tanyakan kepada petugas puskesmas. #CekFakta", pull=1.9),
    _T("hoaks_kesehatan", "Hati-hati penipuan yang mengaku petugas Dinas Kesehatan dan menjual alat fogging dari rumah ke rumah. Fogging oleh pemerintah selalu gratis. Laporkan ke 112.", pull=1.5),
)  # fmt: skip

CUACA = _all(
    "cuaca",
    _T("cuaca", "Peringatan dini: hujan sedang hingga lebat disertai angin kencang berpotensi terjadi di {kecamatan} dan sekitarnya pukul {jam_nanti}-{jam_akhir} WIB. Hindari berteduh di bawah pohon. Sumber: BMKG.", months=RAIN, pull=1.4),
    _T("cuaca", "Tinggi muka air Sungai {sungai} pukul {jam} WIB: {n_cm} cm, status SIAGA 3. Warga bantaran harap memantau informasi dan menyiapkan tas siaga.", months=RAIN, pull=1.6),
    "Prakiraan cuaca Kota Samudra {besok}: pagi cerah berawan, siang hingga sore {cuaca}. Suhu {suhu_bawah}-{suhu_atas} derajat Celsius. Sumber: BMKG.",
    "Gelombang setinggi 1,5-2,5 meter diprakirakan di perairan {kecamatan} sampai {besok}. Nelayan dan wisatawan bahari dimohon menunda kegiatan di laut.",
    _T("cuaca", "Genangan di {jalan} setinggi {n_genangan} cm sudah surut pukul {jam} WIB. Petugas membersihkan sisa lumpur. Jalan dapat dilalui kembali.", months=RAIN, photo="Petugas menyemprot lumpur di badan jalan setelah genangan surut.", pull=1.2),
    _T("cuaca", "Hari tanpa hujan di wilayah {kecamatan} mencapai {n_puluh} hari. Distribusi air bersih dijadwalkan {hari_depan}. Hubungi kelurahan bila memerlukan pasokan.", months=DRY, pull=1.3),
    "Pasang air laut maksimum diprakirakan {hari_depan} pukul {jam_nanti} WIB. Warga pesisir {kecamatan} waspadai banjir rob dan amankan barang elektronik.",
    _T("cuaca", "Jangan membakar sampah atau membuka lahan dengan api. Cuaca kering dan angin membuat api cepat merambat. Lapor kebakaran: 112.", months=DRY),
)  # fmt: skip

SIAGA = _all(
    "siaga",
    "Tas siaga bencana: air minum, makanan kering, obat pribadi, senter, peluit, salinan dokumen, dan pengisi daya. Siapkan sebelum dibutuhkan. #SiapUntukSelamat",
    _T("siaga", "Simulasi gempa dan tsunami di {sekolah} diikuti {n_ratus} siswa. Ingat: lindungi kepala, menjauh dari kaca, lalu ikuti jalur evakuasi.", photo="Siswa berjalan keluar kelas sambil melindungi kepala dengan tas saat simulasi gempa.", pull=1.2),
    "Sirene peringatan dini di {kecamatan} diuji {hari_depan} pukul 10.00 WIB. Ini hanya uji coba; warga tidak perlu panik.",
    "Kenali jalur evakuasi di lingkungan Anda. Peta titik kumpul setiap kelurahan tersedia di {situs}/evakuasi",
    _T("siaga", "Petugas mengevakuasi pohon tumbang di {jalan} pukul {jam} WIB. Tidak ada korban jiwa. Laporkan pohon rawan tumbang ke 112.", photo="Petugas memotong batang pohon yang menutup jalan dengan gergaji mesin.", pull=1.3),
    "Pelatihan Destana di Kelurahan {kelurahan} diikuti {n_puluh} warga. Desa tangguh dimulai dari tetangga yang saling kenal.",
    "Pos siaga {kecamatan} siap 24 jam selama musim hujan dengan {n_hari} perahu karet. Nomor darurat: 112, bebas pulsa.",
    "Gempa terasa? Jangan percaya kabar yang tidak jelas sumbernya. Rujuk BMKG dan akun resmi BPBD. Tarik napas, periksa keluarga, jauhi bangunan retak.",
)  # fmt: skip

TEMPLATES: tuple[Template, ...] = (
    LAYANAN + HOAKS + PENDIDIKAN + LALU_LINTAS + LINGKUNGAN + EKONOMI + BUDAYA + TRANSPARANSI
    + KESEHATAN + HOAKS_KESEHATAN + CUACA + SIAGA
)  # fmt: skip

VIRAL_TEXT = (
    "[KLARIFIKASI] Kabar akan terjadi tsunami di Kota Samudra malam ini adalah TIDAK BENAR. BMKG "
    "tidak mengeluarkan peringatan apa pun. Mohon tetap tenang, jangan mengungsi karena pesan "
    "berantai, dan bantu sebarkan klarifikasi ini. #CekFakta"
)

#: Greetings on days with a fixed date, and those of Eid al-Fitr, whose date moves.
GREETINGS: dict[tuple[int, int], str] = {
    (1, 1): "Selamat Tahun Baru, warga Samudra! Mari songsong tahun yang baru dengan semangat melayani dan gotong royong.",
    (4, 21): "Selamat Hari Kartini. Terima kasih kepada para perempuan Samudra yang berkarya di rumah, kantor, pasar, dan laut.",
    (5, 1): "Selamat Hari Buruh. Terima kasih kepada seluruh pekerja yang menggerakkan Kota Samudra.",
    (5, 2): "Selamat Hari Pendidikan Nasional. Setiap anak Samudra berhak belajar dengan aman dan gembira.",
    (6, 1): "Selamat Hari Lahir Pancasila. Bersatu dalam keberagaman, bekerja untuk sesama.",
    (8, 17): "Dirgahayu Republik Indonesia! Upacara pengibaran bendera di Alun-alun dimulai pukul 07.00 WIB. Merdeka!",
    (10, 28): "Selamat Hari Sumpah Pemuda. Satu nusa, satu bangsa, satu bahasa.",
    (11, 10): "Selamat Hari Pahlawan. Hening cipta serentak 60 detik pukul 08.15 waktu setempat.",
    (11, 12): "Selamat Hari Kesehatan Nasional. Terima kasih kepada seluruh tenaga kesehatan Kota Samudra.",
    (12, 25): "Selamat Natal bagi warga yang merayakan. Semoga damai dan sukacita menyertai kita semua.",
}  # fmt: skip
EID = frozenset(
    date(*day)
    for day in (
        (2024, 4, 10), (2025, 3, 31), (2026, 3, 20), (2027, 3, 10), (2028, 2, 26), (2029, 2, 14),
        (2030, 2, 5), (2031, 1, 24), (2032, 1, 14), (2033, 1, 2),
    )
)  # fmt: skip
EID_TEXT = (
    "Selamat Idulfitri. Mohon maaf lahir dan batin. Layanan kantor libur; layanan darurat 112 dan "
    "IGD tetap siaga 24 jam."
)

#: What citizens answer, for threads.
REPLIES: tuple[str, ...] = (
    "Terima kasih infonya, Min.", "Apakah harus daftar dulu?", "Sampai jam berapa, ya?",
    "Kalau hari Sabtu buka tidak?", "Mantap, semoga makin baik layanannya.",
    "Di kelurahan saya belum ada, Min. Kapan?", "Sudah saya bagikan ke grup RT.",
    "Tautannya tidak bisa dibuka di ponsel saya.", "Akhirnya! Sudah lama ditunggu.",
    "Mohon dicek juga di dekat pasar, Min.", "Apakah bisa diwakilkan keluarga?",
    "Untuk penyandang disabilitas ada pendampingan?", "Siap, terima kasih.",
    "Tolong diperbanyak lagi informasinya.", "Nomor yang bisa dihubungi berapa, ya?",
    "Saya sudah lapor minggu lalu, belum ada tanggapan.", "Semoga lancar kegiatannya.",
    "Izin membagikan.", "Apakah ada kuota?", "Bagus sekali, lanjutkan!",
)  # fmt: skip

_KECAMATAN = "Samudra Utara|Samudra Selatan|Tanjung Bahari|Karang Indah|Muara Sari|Teluk Permai"
_KELURAHAN = "Bahari|Karang Anyar|Mutiara|Pasir Putih|Teluk Dalam|Muara Indah|Kebun Kelapa|Lama"
_JALAN = "Jalan Pelabuhan|Jalan Mercusuar|Jalan Nelayan|Jalan Pahlawan|Jalan Bahari Raya|Jalan Kartini|Jalan Merdeka"  # fmt: skip
_PUSKESMAS = "Puskesmas Karang Indah|Puskesmas Muara Sari|Puskesmas Tanjung Bahari|Puskesmas Bahari"
_SEKOLAH = "SMPN 4 Samudra|SMAN 2 Samudra|SMKN 1 Samudra|SDN 7 Muara Sari|MTsN 1 Samudra"
_PELATIHAN = "servis AC|desain grafis|tata boga|pemasaran digital|menjahit|las dasar|barista"


def day_name(day: date) -> str:
    """``Selasa, 24 November``."""
    return f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]}"


def _workday(day: date) -> date:
    while day.weekday() > 4:
        day += timedelta(days=1)
    return day


def fill(template: Template, rng: random.Random, at: datetime) -> str:
    """The text of ``template`` as written at the local moment ``at``."""
    today = at.date()

    def one(names: str) -> str:
        return rng.choice(names.split("|"))

    def later(low: int, high: int) -> date:
        return _workday(today + timedelta(days=rng.randint(low, high)))

    road, detour = rng.sample(_JALAN.split("|"), 2)
    far = later(14, 35)
    last_month = MONTHS[(today.replace(day=1) - timedelta(days=1)).month - 1]
    low = rng.randint(23, 25)
    hour = at.hour
    return template.text.format(
        situs=SITE,
        kecamatan=one(_KECAMATAN),
        kelurahan=one(_KELURAHAN),
        jalan=road,
        jalan_lain=detour,
        puskesmas=one(_PUSKESMAS),
        sekolah=one(_SEKOLAH),
        pelatihan=one(_PELATIHAN),
        sungai=one("Samudra|Muara Sari|Karang"),
        taman=one("Mutiara|Bahari|Kelapa|Pelabuhan Lama"),
        darah=one("A|B|O|AB"),
        cuaca=one("hujan ringan|hujan sedang|berawan|hujan disertai petir"),
        hari_depan=day_name(later(1, 6)),
        besok=day_name(today + timedelta(days=1)),
        tanggal_depan=day_name(later(3, 12)),
        tanggal_jauh=f"{far.day} {MONTHS[far.month - 1]} {far.year}",
        bulan_ini=MONTHS[today.month - 1],
        bulan_lalu=last_month,
        jam=f"{hour - 1:02d}.{rng.choice((0, 15, 30, 45)):02d}",
        jam_nanti=f"{min(hour + 1, 22):02d}.00",
        jam_akhir=f"{min(hour + rng.randint(3, 5), 23):02d}.45",
        n_hari=rng.randint(2, 9),
        n_loket=rng.randint(18, 34),
        n_ratus=rng.randint(11, 89) * 10,
        n_puluh=rng.randint(3, 9) * 10,
        n_ton=rng.randint(2, 9),
        n_koridor=rng.randint(2, 8),
        n_harga=rng.randint(57, 63),
        n_cabai=rng.randint(38, 72),
        n_skm=f"{rng.randint(82, 88)},{rng.randint(10, 99)}",
        n_cm=rng.randint(155, 190),
        n_genangan=rng.randint(15, 40),
        persen=rng.randint(71, 96),
        suhu_bawah=low,
        suhu_atas=low + rng.randint(6, 9),
    )
