"""Posts at every stage for the training agency, written and decided through the same actions."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

from accounts.models import OfficialAccount, User
from content import actions
from content.checklist import ETHICS, LISTS, Excluded, PersonalData, Secrecy
from content.demo import media as demo_media
from content.demo.bank import seed_bank
from content.documents import Declaration, Document, Facets, MediaItem
from content.facets import Audience, ContentClass, Function, Sensitivity, Stage
from content.models import Post
from govsocial.platforms.registry import limits

RABIES = (
    "Vaksin rabies gratis, langsung ke kelurahan Anda. Bawa kucing atau anjing berumur di atas "
    "3 bulan.\n\nJadwal lengkap: https://samudrakota.example/rabies\n#BebasRabies #KotaSamudra"
)
SCHOLARSHIP = (
    "Beasiswa Kota Samudra 2027 dibuka sampai 31 Januari. Untuk siswa SMA dan SMK dari keluarga "
    "penerima bantuan sosial.\n\nSyarat dan pendaftaran: https://samudrakota.example/beasiswa "
    "#BeasiswaSamudra"
)
ALERT = (
    "Prakiraan hari ini: hujan ringan sore hari, gelombang di perairan utara 1,25 sampai 2,5 "
    "meter. Nelayan kapal kecil mohon menunda melaut. #CuacaSamudra"
)
ALERT_DETAILS = (
    "Gelombang tertinggi diperkirakan pukul 13.00 sampai 18.00 WIB. Setelah itu berangsur turun.",
    "Prakiraan berikutnya kami sampaikan besok pukul 06.00 WIB.",
)
BUS = (
    "Trayek bus sekolah akan ditambah. Rute mana yang Anda perlukan? Sampaikan sampai 10 Desember "
    "di https://samudrakota.example/bus-sekolah #KotaSamudra"
)
BIRTH = (
    "Mengurus akta kelahiran kini bisa dari rumah sakit tempat bayi lahir. Siapkan KTP orang tua "
    "dan buku nikah. #LayananSamudra"
)


def seed(out: Callable[[str], None]) -> None:
    """Write the posts once; a second run finds them and changes nothing."""
    if Post.objects.exists():
        return
    dwi, rina = person("dwi"), person("rina")
    city = accounts_named("Pemerintah Kota Samudra")
    poster = _poster(dwi)
    tomorrow = timezone.make_aware(
        datetime.combine(timezone.localdate() + timedelta(days=1), time(8))
    )
    today = write(
        dwi, city, "Prakiraan cuaca dan gelombang", ALERT, thread=ALERT_DETAILS,
        first_comment="Kondisi darurat di laut? Hubungi 112. #CuacaSamudra",
    )  # fmt: skip
    submit(today, dwi)
    approve(today)
    planned = write(rina, city, "Pendaftaran beasiswa dibuka", SCHOLARSHIP, planned_at=tomorrow)
    submit(planned, rina)
    approve(planned)
    waiting = write(dwi, city, "Jadwal vaksinasi rabies keliling", RABIES, media=(poster,))
    submit(waiting, dwi)
    submit(
        write(
            rina, city[:1], "Konsultasi publik: trayek bus sekolah", BUS, kind=ContentClass.INPUT
        ),
        rina,
    )
    back = write(dwi, city[:1], "Tips mengurus akta kelahiran", BIRTH)
    submit(back, dwi)
    actions.request_changes(
        actor=person("sari"),
        post_id=back.pk,
        digest=digest_of(back),
        note="Mohon sebutkan rumah sakit mana saja yang sudah melayani.",
    )
    _talk(waiting)
    seed_bank(person("sari"))
    write(rina, (), "Selamat Hari Guru Nasional", "Terima kasih, Bapak dan Ibu Guru.")
    _by_hand(dwi, poster)
    _slots(city)
    out(_("The training agency has its first posts."))


def _by_hand(actor: User, poster: MediaItem) -> None:
    """One that waits for a person: no application can post on a WhatsApp channel."""
    channel = accounts_named("Saluran WhatsApp Kota Samudra")
    post = write(actor, channel, "Vaksinasi rabies di saluran WhatsApp", RABIES, media=(poster,))
    submit(post, actor)
    approve(post)


def _slots(accounts: tuple[OfficialAccount, ...]) -> None:
    for account in accounts:
        for at in (time(8), time(16)):
            actions.add_slots(
                actor=person("bayu"), official_account_id=account.pk, weekdays=range(1, 6), at=at
            )


def _talk(post: Post) -> None:
    """A question about some words, with an answer, and one that is settled."""
    made, dwi = person("made"), person("dwi")
    asked = actions.start_thread(
        actor=made,
        post_id=post.pk,
        number=1,
        text="@Dwi Hartono, apakah hewan di bawah 3 bulan memang belum boleh? Mohon sumbernya.",
        place="text",
        quote="berumur di atas 3 bulan",
        key=uuid.uuid4(),
    )
    actions.reply_to_thread(
        actor=dwi,
        thread_id=asked.thread_id,
        text="Benar, menurut edaran Dinas Pertanian. Tautannya saya tambahkan di versi berikutnya.",
        key=uuid.uuid4(),
    )
    settled = actions.start_thread(
        actor=person("sari"),
        post_id=post.pk,
        number=1,
        text="Judul sudah tepat.",
        place="title",
        key=uuid.uuid4(),
    )
    actions.resolve_thread(actor=dwi, thread_id=settled.thread_id)


def person(name: str) -> User:
    return User.objects.get(email=f"{name}@samudrakota.example")


def accounts_named(display_name: str) -> tuple[OfficialAccount, ...]:
    """The accounts of that name on platforms that take a post of words alone."""
    named = OfficialAccount.objects.filter(display_name=display_name).order_by("pk")
    return tuple(account for account in named if not limits(account.platform).needs_media)


def write(
    actor: User,
    accounts: tuple[OfficialAccount, ...],
    title: str,
    text: str,
    *,
    planned_at: datetime | None = None,
    media: tuple[MediaItem, ...] = (),
    thread: tuple[str, ...] = (),
    first_comment: str = "",
    kind: ContentClass = ContentClass.INFORMATION,
    sensitivity: str = Sensitivity.ORDINARY,
    valid_until: datetime | None = None,
) -> Post:
    document = Document(
        title=title,
        text=text,
        texts={account.pk: text for account in accounts},
        planned_at=planned_at,
        media=media,
        thread=thread,
        first_comment=first_comment,
        facets=facets_of(kind, sensitivity) if accounts else Facets(),
        valid_until=valid_until,
        declared=declared() if accounts else Declaration(),
    )
    unit_id = min(actor.units_with("content.draft"))
    return actions.create_post(actor=actor, unit_id=unit_id, document=document)


def facets_of(kind: ContentClass, sensitivity: str = Sensitivity.ORDINARY) -> Facets:
    asks = kind == ContentClass.INPUT
    return Facets(
        classes=(kind,),
        function=Function.INFORM,
        stage=Stage.COLLABORATION if asks else Stage.SOCIALISATION,
        audiences=(Audience.CITIZENS,),
        sensitivity=sensitivity,
    )


def declared() -> Declaration:
    return Declaration(
        confirmed={one.key: one.version for one in LISTS},
        source="Pemerintah Kota Samudra",
        data_date=timezone.localdate(),
        secrecy=Secrecy.ORDINARY,
        excluded=Excluded.NO,
        personal=PersonalData.NONE,
    )


def submit(post: Post, actor: User, *, version: int = 1) -> None:
    actions.submit_post(actor=actor, post_id=post.pk, based_on=version)


def approve(post: Post, by: str = "sari") -> None:
    actions.approve_post(
        actor=person(by), post_id=post.pk, digest=digest_of(post), confirmed=ETHICS.version
    )


def digest_of(post: Post) -> str:
    return post.current_version.digest if post.current_version else ""


def _poster(actor: User) -> MediaItem:
    """A plain poster, drawn here so that no picture has to be shipped."""
    image = Image.new("RGB", (1200, 800), "#1f5fbf")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, 1140, 740), fill="#e6eefb")
    draw.text((110, 110), "Vaksinasi rabies keliling", fill="#174a96", font_size=72)
    draw.text((110, 210), "1 - 14 Desember, 08.00 - 11.00 WIB", fill="#1b2330", font_size=44)
    for row, place in enumerate(("Pesisir", "Bukit Indah", "Muara", "Karang Anyar")):
        top = 320 + row * 90
        draw.line((110, top + 70, 1090, top + 70), fill="#c3cad6", width=2)
        draw.text((110, top), f"Kelurahan {place}", fill="#1b2330", font_size=40)
        draw.text((850, top), f"{1 + row * 3} Desember", fill="#1b2330", font_size=40)
    out = io.BytesIO()
    image.save(out, "PNG")
    unit_id = min(actor.units_with("content.draft"))
    media = actions.store_image(actor=actor, unit_id=unit_id, data=out.getvalue())
    alt = (
        "Poster biru berisi jadwal vaksinasi rabies: Kelurahan Pesisir 1 Desember, Bukit Indah "
        "4 Desember, Muara 7 Desember, Karang Anyar 10 Desember, pukul 08.00 sampai 11.00 WIB."
    )
    demo_media.describe_poster(actor, media.record, alt)
    return MediaItem(
        sha256=media.sha256,
        media_type=media.media_type,
        alt=alt,
        width=media.width,
        height=media.height,
        size=media.size,
    )
