"""What the gate has to show in the training agency: two stages, an emergency, a freeze that is over
and a correction, all made through the same actions and sent to the training platforms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount, User
from content import actions
from content.demo import accounts_named, approve, declared, person, submit, write
from content.facets import Sensitivity
from content.models import Freeze, Post, Relation, StageKind
from content.surroundings import findings_of
from govsocial.web.templatetags.formats import moment

WAVES = (
    "PERINGATAN DINI: gelombang 2,5 sampai 4 meter di perairan utara. Nelayan dan penumpang kapal "
    "kecil jangan melaut. Ikuti arahan petugas pelabuhan. Berlaku sampai {end}."
)
FLOOD = (
    "Pompa di Kelurahan Muara selesai diperbaiki. Genangan setelah hujan diperkirakan surut dalam "
    "dua jam. #KotaSamudra"
)
MOBILE = "Layanan KTP keliling hadir di Kelurahan Bukit Indah, {day}, pukul 08.00 sampai 12.00 WIB."
HALL = (
    "Gelar dagang UMKM dibuka besok di Balai Kota. Ada 60 lapak makanan dan kerajinan. "
    "#SamudraBangga"
)


def seed(out: Callable[[str], None]) -> None:
    """Once; a second run finds the freeze and changes nothing."""
    if Freeze.objects.exists():
        return
    city = accounts_named("Pemerintah Kota Samudra")
    _freeze_that_is_over(city)
    _two_stages(city)
    _emergency(city)
    _correction(city)
    out(_("The training agency has two stages, an emergency, a freeze and a correction."))


def _freeze_that_is_over(city: tuple[OfficialAccount, ...]) -> None:
    """One publication waits to be let go again."""
    rina, sari, account = person("rina"), person("sari"), city[-1]
    tomorrow = timezone.localdate() + timedelta(days=1)
    at = timezone.make_aware(datetime.combine(tomorrow, time(10)))
    stopped = write(rina, (account,), "Gelar dagang UMKM", HALL, planned_at=at)
    submit(stopped, rina)
    approve(stopped)
    freeze = actions.begin_freeze(
        actor=sari,
        unit_id=account.unit_id,
        official_account_id=account.pk,
        kind=Freeze.Kind.MOURNING,
        reason="Hari berkabung atas wafatnya mantan wali kota",
    )
    actions.lift_freeze(actor=sari, freeze_id=freeze.pk, reason="Masa berkabung selesai")


def _two_stages(city: tuple[OfficialAccount, ...]) -> None:
    """Sensitive posts are reviewed before they are approved; one has passed the first stage."""
    dwi = person("dwi")
    actions.set_policy(
        actor=person("bayu"),
        covered=actions.Covered(
            unit_id=city[0].unit_id, official_account_id=None, sensitivity=Sensitivity.SENSITIVE
        ),
        stages=[StageKind.REVIEW, StageKind.APPROVE],
        days=7,
        remind_after=12,
        escalate_after=24,
        reason="Unggahan yang peka dibaca dua orang",
        seen=None,
    )
    post = write(
        dwi, city[:1], "Perbaikan pompa di Muara", FLOOD, sensitivity=Sensitivity.SENSITIVE
    )
    submit(post, dwi)
    approve(post, "made")


def _emergency(city: tuple[OfficialAccount, ...]) -> None:
    """It goes out at once; nobody has looked at it afterwards."""
    dwi = person("dwi")
    end = (timezone.now() + timedelta(hours=12)).replace(minute=0, second=0, microsecond=0)
    post = write(
        dwi,
        city[:2],
        "Peringatan gelombang tinggi",
        WAVES.format(end=moment(end, city[0].unit.zone)),
        sensitivity=Sensitivity.EMERGENCY,
        valid_until=end,
    )
    _justify(post, dwi)
    submit(post, dwi, version=post.versions.count())
    approve(post)
    _send(post)


def _justify(post: Post, actor: User) -> None:
    """The word in capitals is meant."""
    version = post.versions.get()
    content = version.content()
    said = "Peringatan resmi memakai huruf kapital."
    why = {one.key: said for one in findings_of(content, post.unit)}
    if why:
        document = replace(content, justified=why)
        actions.edit_post(actor=actor, post_id=post.pk, document=document, based_on=1)


def _correction(city: tuple[OfficialAccount, ...]) -> None:
    """A wrong day went out; the right one waits for approval."""
    rina = person("rina")
    wrong = write(rina, city[:1], "Layanan KTP keliling", MOBILE.format(day="Selasa"))
    submit(wrong, rina)
    approve(wrong)
    _send(wrong)
    wrong.refresh_from_db()
    if wrong.status != Post.Status.LIVE:
        return
    right = actions.follow_post(actor=rina, post_id=wrong.pk, relation=Relation.CORRECTION)
    text = "Ralat: " + MOBILE.format(day="Rabu")
    content = right.versions.get().content()
    document = replace(
        content,
        title="Ralat layanan KTP keliling",
        text=text,
        texts=dict.fromkeys(content.texts, text),
        declared=declared(),
    )
    actions.edit_post(actor=rina, post_id=right.pk, document=document, based_on=1)
    submit(right, rina, version=2)


def _send(post: Post) -> None:
    """As the worker would: the training platforms are up while the agency is seeded."""
    for publication in post.publications.all():
        actions.send_publication(publication_id=publication.pk, actor=User.objects.system())
