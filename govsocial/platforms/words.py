"""What a platform tells people about a refusal, made fit to be stored and shown."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

import regex

from govsocial.platforms.http import Answer

LONGEST = 200
_ADDRESS = regex.compile(r"\b[a-z][a-z0-9+.-]*://\S+", regex.IGNORECASE)
_LIKE_A_TOKEN = regex.compile(r"[\p{L}\p{N}_\-+/=.|~%]{24,}")


def said(text: object, *, secrets: Iterable[str] = ()) -> str:
    """Return ``text`` as one short line without secrets; empty when it is no text.

    Platforms repeat parts of a request in their refusals: tokens, signed addresses, identifiers.
    Every known secret goes, every address, and every long run that could be a token.
    """
    if not isinstance(text, str):
        return ""
    shown = "".join(
        " " if unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp"} else sign for sign in text
    )
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        shown = shown.replace(secret, "…")
    shown = _LIKE_A_TOKEN.sub("…", _ADDRESS.sub("…", shown))
    shown = " ".join(shown.split())
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"


def error_in(answer: Answer) -> Any:
    """What stands under ``error``, where TikTok and Google say what is wrong."""
    content = answer.json()
    return content.get("error") if isinstance(content, dict) else None


def message_in(answer: Answer) -> Any:
    """What that error tells people."""
    error = error_in(answer)
    return error.get("message") if isinstance(error, dict) else None
