"""A post at every stage of its way, made through the actions that people use."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from PIL import Image as Picture

from accounts.models import OfficialAccount, Unit, User
from content import actions
from content.checklist import ETHICS, LISTS
from content.documents import Declaration, Document, Facets, MediaItem
from content.models import MediaFile, Post, Publication
from content.standing import WHATEVER
from content.surroundings import findings_of
from govsocial.platforms.base import (
    DayMetrics,
    OutgoingPost,
    PostPage,
    Profile,
    PublishedPost,
    SeenPost,
)
from govsocial.platforms.errors import PlatformError
from govsocial.platforms.registry import limits
from tests import factories
from tests.accounts.secrets import give_credential
from tests.cast import Cast
from tests.copying import APART, copy

WIB = ZoneInfo("Asia/Jakarta")


def picture(color: str = "navy", *, size: tuple[int, int] = (60, 40), kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    Picture.new("RGB", size, color).save(out, kind)
    return out.getvalue()


def media_item(media: MediaFile, alt: str) -> MediaItem:
    return MediaItem(
        sha256=media.sha256,
        media_type=media.media_type,
        alt=alt,
        width=media.width,
        height=media.height,
        size=media.size,
    )


FACETS = Facets(
    classes=("information",), function="inform", stage="socialisation", audiences=("g2c",)
)
DECLARED = Declaration(
    confirmed={one.key: one.version for one in LISTS},
    source="Dinas Kesehatan",
    data_date=date(2026, 11, 1),
    secrecy="ordinary",
    excluded="no",
    personal="none",
)


def answers() -> dict[str, Any]:
    """What a form says of facets and checklist so that nothing is missing."""
    return {
        "primary_class": FACETS.classes[0],
        "function": FACETS.function,
        "stage": FACETS.stage,
        "audiences": list(FACETS.audiences),
        "sensitivity": FACETS.sensitivity,
        "source": DECLARED.source,
        "data_date": "2026-11-01",
        "secrecy": DECLARED.secrecy,
        "excluded": DECLARED.excluded,
        "personal": DECLARED.personal,
        **{f"confirm_{key}": "on" for key in DECLARED.confirmed},
    }


def document(
    *accounts: OfficialAccount, text: str = "Vaksin rabies gratis.", **fields: Any
) -> Document:
    values: dict[str, Any] = {"title": "Jadwal vaksinasi", "text": text}
    values["texts"] = {account.pk: text for account in accounts}
    values |= {"facets": FACETS, "declared": DECLARED}
    return Document(**(values | fields))


@dataclass
class Stage:
    """One account at Diskominfo and a post meant for it."""

    cast: Cast
    account: OfficialAccount
    post: Post

    def fresh(self) -> Post:
        self.post = Post.objects.select_related("current_version").get(pk=self.post.pk)
        return self.post

    @property
    def digest(self) -> str:
        version = self.fresh().current_version
        assert version is not None
        return version.digest

    @property
    def publication(self) -> Publication:
        return Publication.objects.latest("pk")

    def submit(self, by: User | None = None) -> Stage:
        version = self.fresh().current_version
        assert version is not None
        actions.submit_post(
            actor=by or version.editor, post_id=self.post.pk, based_on=version.number
        )
        return self

    def approve(self, by: User | None = None, note: str = "") -> Stage:
        actions.approve_post(
            actor=by or self.cast.sari,
            post_id=self.post.pk,
            digest=self.digest,
            note=note,
            confirmed=ETHICS.version,
        )
        return self

    def edit(self, text: str, by: User | None = None) -> Stage:
        version = self.fresh().current_version
        assert version is not None
        actions.edit_post(
            actor=by or self.cast.dwi,
            post_id=self.post.pk,
            document=document(self.account, text=text),
            based_on=version.number,
            voids=WHATEVER,
        )
        return self

    def justify(self, why: str = "Sengaja diulang.") -> Stage:
        """Say of all that is found in it why it may stand."""
        version = self.fresh().current_version
        assert version is not None
        said = version.content()
        found = findings_of(said, self.post.unit, self.post)
        actions.edit_post(
            actor=version.editor,
            post_id=self.post.pk,
            document=replace(said, justified={one.key: why for one in found}),
            based_on=version.number,
        )
        return self

    def times(self, many: int) -> Stage:
        """Have ``many`` such posts, each on an account of its own, of which this one is the first:
        rows to be read, of which the trail says nothing."""
        version = self.fresh().versions.get()
        key, text = self.account.pk, "".join(("$$", version.canonical, "$$")).replace("%", "%%")
        canonical = f"""replace({text}, '"{key}":', '"' || {key} + nth * {APART} || '":')"""
        digest = f"encode(sha256(convert_to({canonical}, 'UTF8')), 'hex')"
        instead = {
            "canonical": canonical,
            "digest": digest,
            "version_digest": digest,
            "code": "left(md5(code || nth), 12)",
            "handle": "handle || 'x' || nth",
            "platform_id": "CASE platform_id WHEN '' THEN '' ELSE platform_id || nth END",
        }
        copy(self.account, self.post, times=many - 1, instead=instead)
        return self

    def send(self, client: FakePlatform) -> Publication:
        return actions.send_publication(
            publication_id=self.publication.pk, actor=User.objects.system(), client=client
        )

    def confirm(self, client: FakePlatform) -> Publication:
        return actions.confirm_publication(
            publication_id=self.publication.pk, actor=User.objects.system(), client=client
        )


def connected_account(unit: Unit, **fields: Any) -> OfficialAccount:
    """One that a worker sends to; nothing stands behind its secret."""
    account = factories.official_account(unit, **fields)
    give_credential(account, User.objects.system())
    return account


def make_stage(cast: Cast, *, connected: bool = True, **fields: Any) -> Stage:
    """``connected``: what is approved is for a worker to send; else for a person to post."""
    make = connected_account if connected else factories.official_account
    account = make(cast.diskominfo)
    post = actions.create_post(
        actor=cast.dwi, unit_id=cast.diskominfo.pk, document=document(account, **fields)
    )
    return Stage(cast, account, post)


def address(account: OfficialAccount, post: str = "3k44dkfqrxs2a") -> str:
    """Of a post on Bluesky, as the application spells it."""
    return f"https://bsky.app/profile/{account.handle}/post/{post}"


def later(**delta: float) -> datetime:
    return timezone.now() + timedelta(**delta)


def holding_until(words: str, end: datetime | None) -> str:
    """``words``, and until when they hold in the zone of the city, as an emergency notice says."""
    if end is None:
        return words
    return f"{words} Berlaku sampai tanggal {end.astimezone(WIB):%d pukul %H.%M} WIB."


@dataclass
class FakePlatform:
    """A platform at the boundary: keeps posts by key, and fails as it is told to."""

    failures: list[PlatformError] = field(default_factory=list)
    """Raised one per call before anything is kept."""
    lost_answers: list[PlatformError] = field(default_factory=list)
    """Raised one per call after the post was kept."""
    kept: dict[str, OutgoingPost] = field(default_factory=dict)
    calls: int = 0
    handle: str = "kota"
    limits = limits("bluesky")

    def publish(self, post: OutgoingPost) -> PublishedPost:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        self.kept[post.key] = post
        if self.lost_answers:
            raise self.lost_answers.pop(0)
        return self._published(post)

    def find(self, post: OutgoingPost) -> PublishedPost | None:
        if self.failures:
            raise self.failures.pop(0)
        return self._published(post) if post.key in self.kept else None

    def _published(self, post: OutgoingPost) -> PublishedPost:
        return PublishedPost(
            platform_id=f"at://did:plc:kota/app.bsky.feed.post/{post.key}",
            permalink=f"https://bsky.app/profile/{self.handle}/post/{post.key}",
            sent={"text": post.text},
            response={"cid": "baf"},
        )

    def check_can_publish(self) -> None:
        """This platform lets everybody write."""

    def profile(self) -> Profile:
        return Profile(platform_id="did:plc:kota", handle="kota", display_name="Kota", url="")

    def posts(self, *, cursor: str | None = None) -> PostPage:
        return PostPage(posts=(), next_cursor=None)

    def metrics(self, platform_ids: Sequence[str]) -> Sequence[SeenPost]:
        return ()

    def days(self, since: date, until: date) -> Sequence[DayMetrics]:
        return ()

    def delete(self, platform_id: str, *, comment: bool = False) -> None:
        self.kept = {key: post for key, post in self.kept.items() if not platform_id.endswith(key)}

    def renew(self) -> bool:
        """This secret has no end."""
        return False


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
