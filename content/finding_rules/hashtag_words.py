"""Words that hashtags of public offices are made of, to tell where one ends and the next begins.

Short and common ones only: a word that is not here, and does not stand in the text beside the
hashtag, tells nothing. None may begin or end usual words by chance (mata, olah, kerja, suka).
"""

from __future__ import annotations

SHORTEST_PART = 4

_COMMON = """
    hari info bulan pekan tahun selamat salam gerakan layanan pelayanan publik sadar siaga cegah
    stop bebas dukung kota kabupaten provinsi desa kelurahan kecamatan dinas warga jadwal lapor
    pahlawan kartini kemerdekaan pancasila proklamasi sumpah pemuda guru anak batik kesehatan
    pendidikan lingkungan hidup bumi pohon pangan gizi stunting vaksin vaksinasi imunisasi covid
    corona demam berdarah malaria rabies polio donor darah sehat bersih hijau aman tertib lancar
    banjir gempa longsor kebakaran bencana tanggap darurat cuaca hujan kekeringan posko pengungsi
    pajak retribusi perizinan izin usaha umkm wisata budaya festival pameran pasar murah lowongan
    kerja beasiswa pendaftaran pengumuman indonesia nasional merdeka nusantara ramadan ramadhan
    lebaran idulfitri iduladha natal nyepi waisak imlek mudik libur cuti bersama hoaks hoax narkoba
    korupsi antikorupsi judi online digital data statistik sensus pemilu pilkada transportasi
    angkutan jalan jembatan sampah daur ulang
"""
COMMON = frozenset(_COMMON.split())

SINGLE = frozenset({"kerjasama", "kotabaru", "kotawaringin"})
"""What is one word to those who write it, although two known ones are in it."""
