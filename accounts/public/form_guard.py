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
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

SHORTEST_SECONDS = 3
LONGEST_SECONDS = 24 * 3600
# What one form is told from another by, besides its files.
_SAID = (
    "stamp", "suspect", "platform", "imitated", "happened", "reporter_name", "reporter_email",
)  # fmt: skip
LONGEST_WORDS = 5_000
LARGEST_REQUEST = 55 * 1024 * 1024


def _signer() -> TimestampSigner:
    return TimestampSigner(salt="accounts.public.report")


def stamp() -> str:
    """The present time, signed, to go with an empty form that no other one is like."""
    return _signer().sign(f"report:{secrets.token_urlsafe(16)}")


def code_of(request: HttpRequest) -> str:
    """The code of the status page for what a form says: the same again for the same form with the
    same words and files, and guessed by nobody who has not got its stamp.

    A form sent again with other words is a further statement, and takes nothing back: who sends it
    may write of another account, or be another person at the same computer, and what was said first
    may be what proves it. About the same suspect it joins the same report, where whoever follows it
    up reads both, one beside the other.

    Also of a form that is not to be kept (``keep_no_files``), or is none of ours.
    """
    said = [str(request.POST.get(name, "")) for name in _SAID]
    files = [(one.name, _digest_of(one)) for one in request.FILES.getlist("evidence")]
    digest = salted_hmac(
        "accounts.public.report.code", json.dumps([said, files]), algorithm="sha256"
    ).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()


def _digest_of(file: UploadedFile[bytes]) -> str:
    if isinstance(file, _Passed):
        return file.digest
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


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


class _Passed(UploadedFile):  # type: ignore[type-arg]  # generic for the checker alone
    """A file that went by, of which nothing is kept but its digest."""

    def __init__(self, name: str, size: int, digest: str) -> None:
        super().__init__(BytesIO(), name, size=size)
        self.digest = digest


class _NoFiles(FileUploadHandler):
    """Lets the files of a form go by: nothing of them is kept, in memory or on disk."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.digest = hashlib.sha256()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.digest.update(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[bytes]:
        return _Passed(self.file_name or "", file_size, self.digest.hexdigest())


def keep_no_files(request: HttpRequest) -> None:
    """For a form that is refused unread: what it holds but for its files can be looked at."""
    if not hasattr(request, "_files"):
        request.upload_handlers = [_NoFiles(request)]


def words_typed(request: HttpRequest) -> dict[str, str]:
    """What a form holds but for its files, to be shown again when it was refused unread."""
    return {name: str(value)[:LONGEST_WORDS] for name, value in request.POST.items()}


def is_too_large(request: HttpRequest) -> bool:
    """Whether the body is larger than five files can be; told before any of it is read."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return not length.isdigit() or int(length) > LARGEST_REQUEST
