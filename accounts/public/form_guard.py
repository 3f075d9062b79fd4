"""How the public form tells people from programs without a cookie.

There is no session here that a foreign page could ride on, so there is no CSRF in the usual sense:
a forged form would be a report of its sender's own, counted on their address. What remains is that
other websites make their visitors send reports: a browser says where a form comes from, and what
comes from elsewhere is refused. The form carries the signed time at which it was shown: sent within
seconds, or a day later, it was not filled in by a person in front of it. Each form is also told
from every other one, so that a button that was pressed twice sends one report.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

SHORTEST_SECONDS = 3
LONGEST_SECONDS = 24 * 3600
LONGEST_WORDS = 5_000
LARGEST_REQUEST = 55 * 1024 * 1024


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="accounts.public.report")


def stamp() -> str:
    """The present time, signed, to go with an empty form that no other one is like."""
    return _signer().sign(f"report:{secrets.token_urlsafe(16)}")


def code_of(stamped: str, wanted: Mapping[str, Any]) -> str:
    """The code of the status page for what a form with this stamp says: the same again for the same
    form with the same words and files, and guessed by nobody who has not got the stamp.

    ``wanted`` are words by the name of their field, and under "evidence" names and bytes of files.
    """
    files = [(name, hashlib.sha256(data).hexdigest()) for name, data in wanted["evidence"]]
    said = json.dumps([stamped, {**wanted, "evidence": files}], sort_keys=True)
    digest = salted_hmac("accounts.public.report.code", said, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def trouble_with(stamped: str) -> str:
    """Why a form with this stamp is not taken yet, in words; empty when it is."""
    if _is_older(stamped, LONGEST_SECONDS):
        return _("This form was open for more than a day. Please send it again.")
    if not is_stamp(stamped):
        return _("This form is not complete. Please send it again.")
    if not _is_older(stamped, SHORTEST_SECONDS):
        return _("Send it once more to confirm that this report is right.")
    return ""


def is_stamp(stamped: str) -> bool:
    """Whether it is one of ours and goes on being of use: of less than a day."""
    try:
        _signer().unsign(stamped, max_age=LONGEST_SECONDS)
    except BadSignature:
        return False
    return True


def _is_older(stamped: str, seconds: int) -> bool:
    try:
        _signer().unsign(stamped, max_age=seconds)
    except SignatureExpired:
        return True
    except BadSignature:
        return False
    return False


def refuse_foreign(request: HttpRequest) -> None:
    """Raise ``PermissionDenied`` for a form that another website made a browser send."""
    site = request.META.get("HTTP_SEC_FETCH_SITE", "")
    origin = request.META.get("HTTP_ORIGIN", "")
    foreign = origin not in {"", "null"} and _host_of(origin) != request.get_host()
    if foreign or site in {"cross-site", "same-site"} or (origin == "null" and not site):
        raise PermissionDenied(_("This form was sent from another website."))


def _host_of(origin: str) -> str | None:
    """None where it is no address: such as an opening bracket without its pair."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


class _NoFiles(FileUploadHandler):
    """Lets the files of a form go by: nothing of them is kept, in memory or on disk."""

    def new_file(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


def words_typed(request: HttpRequest) -> dict[str, str]:
    """What a form holds but for its files, to be shown again when it was refused unread."""
    if not hasattr(request, "_files"):
        request.upload_handlers = [_NoFiles(request)]
    return {name: str(value)[:LONGEST_WORDS] for name, value in request.POST.items()}


def is_too_large(request: HttpRequest) -> bool:
    """Whether the body is larger than five files can be; told before any of it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdigit() or int(length) > LARGEST_REQUEST
