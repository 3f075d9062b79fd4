"""Which ``app.bsky.feed.post`` records a personal data server takes, and how it refuses others."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import regex

from govsocial.training.pictures import Picture
from govsocial.training.state import State
from govsocial.training.texts import LINK, TAG

POST = "app.bsky.feed.post"
MAX_GRAPHEMES, MAX_BYTES = 300, 3000
MAX_IMAGES, MAX_IMAGE_BYTES = 4, 2_000_000
MAX_ITEMS = 20
GALLERY = "app.bsky.embed.gallery"
MAX_FILM_BYTES = 300_000_000
FILM = "video/mp4"
MAX_BLOB_BYTES = 5 * 1024 * 1024

_RKEY = re.compile(r"^(?!\.\.?$)[A-Za-z0-9._:~-]{1,512}$")
_DATETIME = re.compile(
    r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,20})?(Z|[+-]\d\d:\d\d)$"
)  # RFC 3339 with a zone, as the lexicon asks


class Invalid(Exception):
    """A refusal with the platform's error name and words."""

    def __init__(self, message: str, *, name: str = "InvalidRequest", status: int = 400) -> None:
        super().__init__(message)
        self.name = name
        self.status = status


def rkey(value: object) -> str:
    """A record key chosen by the client. Raises ``Invalid``."""
    if not isinstance(value, str) or not _RKEY.match(value):
        raise Invalid("Input/rkey must be a valid record key")
    return value


def check_post(record: Any, *, state: State, account: str) -> tuple[Picture, ...]:
    """The images or film of a valid post record. Raises ``Invalid`` with the platform's words."""
    if not isinstance(record, Mapping):
        raise Invalid("Input/record must be an object")
    kind = record.get("$type", POST)
    if kind != POST:
        raise Invalid(f"Invalid $type: expected {POST}, got {kind}")
    text = _required(record, "text", str, "$.record")
    size, graphemes = len(text.encode()), len(regex.findall(r"\X", text))
    if size > MAX_BYTES:
        _refuse(f"string too big (maximum {MAX_BYTES}, got {size}) at $.record.text")
    if graphemes > MAX_GRAPHEMES:
        _refuse(f"grapheme too big (maximum {MAX_GRAPHEMES}, got {graphemes}) at $.record.text")
    _moment(_required(record, "createdAt", str, "$.record"))
    _list(record.get("langs", []), 3, "$.record.langs")
    _list(record.get("tags", []), 8, "$.record.tags")
    _facets(record.get("facets", []))
    if "reply" in record:
        reply = _required(record, "reply", Mapping, "$.record")
        for name in ("root", "parent"):
            end = _required(reply, name, Mapping, "$.record.reply")
            for part in ("uri", "cid"):
                _required(end, part, str, f"$.record.reply.{name}")
    embed = record.get("embed")
    return () if embed is None else _embedded(embed, state=state, account=account)


def facets_of(text: str) -> list[dict[str, Any]]:
    """Links and hashtags of a text as facets, with offsets in UTF-8 bytes."""
    found = []
    for pattern, feature in ((LINK, "link"), (TAG, "tag")):
        for match in pattern.finditer(text):
            start = len(text[: match.start()].encode())
            index = {"byteStart": start, "byteEnd": start + len(match.group().encode())}
            name = "app.bsky.richtext.facet#" + feature
            value = {"uri": match.group()} if feature == "link" else {"tag": match.group(1)}
            found.append({"index": index, "features": [{"$type": name, **value}]})
    return sorted(found, key=lambda facet: facet["index"]["byteStart"])


def _refuse(what: str) -> None:
    raise Invalid(f"Invalid {POST} record: {what}")


def _required(value: Mapping[str, Any], name: str, kind: type[Any], where: str) -> Any:
    if name not in value:
        _refuse(f'Missing required key "{name}" at {where}')
    if not isinstance(value[name], kind):
        _refuse(f"Expected {kind.__name__} value type at {where}.{name}")
    return value[name]


def _moment(text: str) -> None:
    try:
        good = bool(_DATETIME.match(text)) and datetime.fromisoformat(text) is not None
    except ValueError:
        good = False
    if not good:
        _refuse("Invalid datetime at $.record.createdAt")


def _list(value: Any, maximum: int, where: str) -> Sequence[Any]:
    if not isinstance(value, list):
        raise Invalid(f"Invalid {POST} record: Expected array value type at {where}")
    if len(value) > maximum:
        _refuse(f"array too big (maximum {maximum}, got {len(value)}) at {where}")
    return value


def _facets(value: Any) -> None:
    for number, facet in enumerate(_list(value, 10_000, "$.record.facets")):
        where = f"$.record.facets[{number}]"
        if not isinstance(facet, Mapping):
            _refuse(f"Expected object value type at {where}")
        index = _required(facet, "index", Mapping, where)
        for name in ("byteStart", "byteEnd"):
            if _required(index, name, int, f"{where}.index") < 0:
                _refuse(f"integer too small (minimum 0) at {where}.index.{name}")
        _required(facet, "features", list, where)


def _embedded(embed: Any, *, state: State, account: str) -> tuple[Picture, ...]:
    if not isinstance(embed, Mapping) or not isinstance(embed.get("$type"), str):
        raise Invalid(f"Invalid {POST} record: Expected an object with a $type at $.record.embed")
    match embed["$type"]:
        case "app.bsky.embed.images":
            return _images(embed, state=state, account=account)
        case kind if kind == GALLERY:
            return _gallery(embed, state=state, account=account)
        case "app.bsky.embed.video":
            return (_film(embed, state=state, account=account),)
        case _:
            return ()


def _images(embed: Mapping[str, Any], *, state: State, account: str) -> tuple[Picture, ...]:
    where = "$.record.embed.images"
    images = _list(_required(embed, "images", list, "$.record.embed"), MAX_IMAGES, where)
    return tuple(
        _image(image, f"{where}[{number}]", state=state, account=account)
        for number, image in enumerate(images)
    )


def _gallery(embed: Mapping[str, Any], *, state: State, account: str) -> tuple[Picture, ...]:
    where = "$.record.embed.items"
    items = _list(_required(embed, "items", list, "$.record.embed"), MAX_ITEMS, where)
    for number, item in enumerate(items):
        if not isinstance(item, Mapping) or item.get("$type") != f"{GALLERY}#image":
            _refuse(f"Expected a known $type at {where}[{number}]")
        _required(item, "aspectRatio", Mapping, f"{where}[{number}]")
    return tuple(
        _image(item, f"{where}[{number}]", state=state, account=account)
        for number, item in enumerate(items)
    )


def _image(image: Any, where: str, *, state: State, account: str) -> Picture:
    if not isinstance(image, Mapping):
        raise Invalid(f"Invalid {POST} record: Expected object value type at {where}")
    alt = _required(image, "alt", str, where)
    cid, media_type, size = _blob(image, "image", where, state=state, account=account)
    if not media_type.startswith("image/"):
        raise Invalid(
            f"Wrong mimetype. It is {media_type} but it must match image/*.", name="InvalidMimeType"
        )
    _limit_size(size, MAX_IMAGE_BYTES)
    return _picture(image, where, cid=cid, media_type=media_type, size=size, alt=alt)


def _film(embed: Mapping[str, Any], *, state: State, account: str) -> Picture:
    where = "$.record.embed"
    cid, media_type, size = _blob(embed, "video", where, state=state, account=account)
    if media_type != FILM:
        raise Invalid(
            f"Wrong mimetype. It is {media_type} but it must match {FILM}.", name="InvalidMimeType"
        )
    _limit_size(size, MAX_FILM_BYTES)
    alt = _required(embed, "alt", str, where) if "alt" in embed else ""
    return _picture(embed, where, cid=cid, media_type=media_type, size=size, alt=alt)


def _blob(
    value: Mapping[str, Any], name: str, where: str, *, state: State, account: str
) -> tuple[str, str, int]:
    """CID, media type and size of a blob that this account uploaded."""
    blob = _required(value, name, Mapping, where)
    reference = _required(blob, "ref", Mapping, f"{where}.{name}")
    cid = _required(reference, "$link", str, f"{where}.{name}.ref")
    known = state.blob(account, cid)
    if known is None:
        raise Invalid(f"Could not find blob: {cid}", name="BlobNotFound")
    return cid, *known


def _limit_size(size: int, most: int) -> None:
    if size > most:
        raise Invalid(
            f"This file is too large. It is {size / 1e6:.2f}MB but the maximum size is "
            f"{most // 1_000_000}MB.",
            name="BlobTooLarge",
        )


def _picture(
    value: Mapping[str, Any], where: str, *, cid: str, media_type: str, size: int, alt: str
) -> Picture:
    width = height = 0
    if "aspectRatio" in value:
        ratio = _required(value, "aspectRatio", Mapping, where)
        width = _required(ratio, "width", int, f"{where}.aspectRatio")
        height = _required(ratio, "height", int, f"{where}.aspectRatio")
    return Picture(
        name="",
        cid=cid,
        size=size,
        media_type=media_type,
        alt=alt,
        width=width,
        height=height,
    )
