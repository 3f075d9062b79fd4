from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache

from django.db import transaction

from accounts.models import OfficialAccount, User
from content.actions.media import write
from content.documents import Document, MediaItem, Prepared
from content.events.media import MEDIA_VARIANT_MADE
from content.media_items import item_of
from content.models import MediaFile, MediaVariant
from content.preparing import prepare
from content.variants import Made, Rule, fit, made
from govsocial.audit.actions import record
from govsocial.platforms.base import Limits


def variant_for(media: MediaFile, limits: Limits) -> MediaFile | None:
    """The file that a platform with ``limits`` takes in place of ``media``: itself where it fits,
    else a smaller or otherwise encoded picture, made once and kept.

    None where nothing can be made that fits (``content.variants.fit`` says why): pictures are never
    cropped or enlarged, films are never changed.
    """
    wanted = fit(media, limits)
    if wanted.obstacles:
        return None
    if wanted.as_it_is:
        return media
    rule = Rule.of(limits)
    known = MediaVariant.objects.filter(original=media, rule=rule.name).select_related("file")
    variant = known.first()
    if variant is not None and variant.file.path.exists():
        return variant.file
    data = media.read()
    picture = made(data, rule) if data is not None else None
    return _keep(media, rule, picture) if picture is not None else None


def prepared(
    unit_id: int, document: Document, accounts: Mapping[int, OfficialAccount]
) -> dict[int, Prepared]:
    """What goes out on each account, with pictures made for its platform where it needs them."""
    digests = {item.sha256 for item in document.media}
    rows = MediaFile.objects.filter(unit_id=unit_id, sha256__in=digests) if digests else ()
    media = {one.sha256: one for one in rows}

    @cache
    def file_for(sha256: str, taken: Limits) -> MediaFile | None:
        return variant_for(media[sha256], taken)

    def make(item: MediaItem, taken: Limits) -> MediaItem:
        file = file_for(item.sha256, taken)
        # Where nothing can be made, the preflight says why it does not go there.
        return item if file is None else item_of(file, item.alt)

    return {pk: prepare(document, account, make) for pk, account in accounts.items()}


@transaction.atomic
def _keep(media: MediaFile, rule: Rule, picture: Made) -> MediaFile:
    """Write it down; of two who made it at once, both get the first one's."""
    MediaFile.objects.select_for_update(no_key=True).get(pk=media.pk)
    variant = MediaVariant.objects.filter(original=media, rule=rule.name).first()
    if variant is not None:
        # Its file is gone from the disk: put back, if the libraries still make the same of it.
        if hashlib.sha256(picture.data).hexdigest() == variant.file.sha256:
            write(variant.file.path, picture.data)
        return variant.file
    system = User.objects.system()
    digest = hashlib.sha256(picture.data).hexdigest()
    file, _is_new = MediaFile.objects.get_or_create(
        unit_id=media.unit_id,
        sha256=digest,
        defaults={
            "media_type": picture.media_type,
            "size": len(picture.data),
            "width": picture.width,
            "height": picture.height,
            "removed": [],
            "uploaded_by": system,
        },
    )
    if not file.path.exists():
        write(file.path, picture.data)
    MediaVariant.objects.create(original=media, file=file, rule=rule.name)
    record(
        MEDIA_VARIANT_MADE,
        actor=system,
        target=media,
        rule=rule.name,
        variant_sha256=digest,
        size=len(picture.data),
    )
    return file
