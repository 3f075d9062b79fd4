"""How pictures and films look in Mastodon's JSON, before and after they are attached."""

from __future__ import annotations

from typing import Any

from govsocial.training.history import Post
from govsocial.training.ids import snowflake
from govsocial.training.pictures import Picture, is_film
from govsocial.training.state import Media

#: Films are kept, not looked into: all of them are told to be like this.
FILM_SHAPE = (1280, 720)
_SECONDS, _RATE, _BITRATE = 42.0, 25, 1_300_000
_BLURHASH = "UGC~-#M{0JfkNFofR%M{IURj%Mt7E0oM%MR*"


def media(item: Media, base: str, *, ready: bool = True) -> dict[str, Any]:
    """A media attachment; without addresses while it is being processed."""
    url = f"{base}/system/media_attachments/{item.cid}" if ready else None
    if is_film(item.media_type):
        return _film(item.id, url, base, item.description)
    return _image(item.id, url, item.width, item.height, item.description)


def attachment(picture: Picture, post: Post, number: int, base: str) -> dict[str, Any]:
    """A picture or film of a post."""
    url = f"{base}/system/media_attachments/{picture.cid}"
    media_id = picture.name or snowflake(post.at, number)
    if post.picture_name is not None:
        url, media_id = f"{base}/training/media/{picture.name}.png", snowflake(post.at, number)
    if is_film(picture.media_type):
        return _film(media_id, url, base, picture.alt or None)
    return _image(media_id, url, picture.width, picture.height, picture.alt or None)


def _image(
    media_id: str, url: str | None, width: int, height: int, description: str | None
) -> dict[str, Any]:
    meta = {
        "original": _size(width, height),
        "small": _size(width, height, min(1.0, (640 * 360 / max(width * height, 1)) ** 0.5)),
    }
    return _told("image", media_id, url, url, meta, description)


def _film(media_id: str, url: str | None, base: str, description: str | None) -> dict[str, Any]:
    """Nothing of a film is known before it has been worked through."""
    if url is None:
        return _told("video", media_id, None, None, {}, description)
    width, height = FILM_SHAPE
    minutes, seconds = divmod(_SECONDS, 60)
    meta = {
        "length": f"0:{minutes:02.0f}:{seconds:05.2f}",
        "duration": _SECONDS,
        "fps": _RATE,
        **_size(width, height),
        "original": {
            "width": width,
            "height": height,
            "frame_rate": f"{_RATE}/1",
            "duration": _SECONDS,
            "bitrate": _BITRATE,
        },
        "small": _size(width, height, 0.5),
    }
    preview = f"{base}/training/media/layanan-0.png"
    return _told("video", media_id, url, preview, meta, description)


def _size(width: int, height: int, scale: float = 1.0) -> dict[str, Any]:
    wide, high = max(round(width * scale), 1), max(round(height * scale), 1)
    return {"width": wide, "height": high, "size": f"{wide}x{high}", "aspect": wide / high}


def _told(
    kind: str,
    media_id: str,
    url: str | None,
    preview: str | None,
    meta: dict[str, Any],
    description: str | None,
) -> dict[str, Any]:
    return {
        "id": media_id,
        "type": kind,
        "url": url,
        "preview_url": preview,
        "remote_url": None,
        "preview_remote_url": None,
        "text_url": None,
        "meta": meta,
        "description": description,
        "blurhash": _BLURHASH if meta else None,
    }
