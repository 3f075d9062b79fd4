"""Pictures and films that were sent to Facebook or fetched by Instagram, and posts made of them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from io import BytesIO
from typing import Any

from PIL import Image, UnidentifiedImageError

from govsocial.training.agency import TrainingAccount
from govsocial.training.history import Post
from govsocial.training.http import Request
from govsocial.training.ids import blob_cid, canonical, number, record_cid, snowflake
from govsocial.training.meta_graph import GraphError
from govsocial.training.pictures import Picture
from govsocial.training.state import State, Taken


def new_id() -> str:
    """An identifier in the form of Meta's."""
    return str(10**16 * 17 + secrets.randbits(52))


def kept_picture(
    state: State,
    account: TrainingAccount,
    data: bytes,
    *,
    alt: str,
    types: frozenset[str],
    largest: int,
) -> dict[str, Any]:
    """Keep the bytes and return the picture as things hold it. Raises ``GraphError``."""
    if len(data) > largest:
        raise GraphError(36000, "The image file is too large", subcode=2207004)
    try:
        with Image.open(BytesIO(data)) as image:
            media_type = Image.MIME.get(image.format or "", "")
            width, height = image.size
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError) as exc:
        raise GraphError(36001, "Invalid image", subcode=2207005) from exc
    if media_type not in types:
        raise GraphError(
            36001,
            "The image format is not supported",
            subcode=2207005,
            shown="Format gambar ini tidak didukung.",
        )
    cid = blob_cid(data)
    state.add_blob(account=account.key, cid=cid, media_type=media_type, data=data)
    return asdict(
        Picture(
            name=cid,
            cid=cid,
            size=len(data),
            media_type=media_type,
            alt=alt,
            width=width,
            height=height,
        )
    )


def add_post(
    state: State,
    account: TrainingAccount,
    request: Request,
    *,
    text: str,
    pictures: Sequence[Mapping[str, Any]],
    record: Mapping[str, Any],
    parent: Post | None = None,
) -> str:
    """Put a post out, as an answer to ``parent`` where there is one, and return its key."""
    value: dict[str, Any] = {"text": text, "images": list(pictures), "record": dict(record)}
    if parent is not None:
        value |= {"reply_to": parent.key, "root": parent.root or parent.key}
    low = number(16, account.key, canonical(value), request.now)
    while True:
        key = snowflake(request.now, low)
        try:
            state.add_post(
                account=account.key,
                key=key,
                at=request.now,
                value=value,
                revision=record_cid(value),
            )
        except Taken:
            low += 1
        else:
            return key


def address(request: Request, account: TrainingAccount, picture: Picture) -> str:
    """Where the bytes of a picture are served."""
    if picture.name != picture.cid:
        return f"{request.base}/training/media/{picture.name}.png"
    return f"{request.base}/img/feed_fullsize/plain/{account.platform_id}/{picture.cid}"
