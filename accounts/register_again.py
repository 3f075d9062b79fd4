"""The form of an account once more, over what somebody else has written meanwhile."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import seen
from accounts.errors import AccountChanged
from accounts.models import OfficialAccount, User
from accounts.register_forms import OfficialAccountForm, initial_of


def form_over(
    request: HttpRequest, refusal: AccountChanged, account: OfficialAccount, user: User
) -> OfficialAccountForm:
    """What was typed stays; what was only sent back as it had been shown becomes what is there now.

    Beside each field stands what the register says, so that saving again is done knowingly.
    """
    data, files, current = request.POST.copy(), request.FILES, initial_of(account)
    fields = {_field(name): is_own for name, is_own in refusal.fields.items()}
    for field, is_own in fields.items():
        if not is_own and field in current:
            data.setlist(field, _as_sent(current[field]))
    data["seen"] = seen.carried(seen.marks_of(account))
    for file in files.values():
        # It was read once already.
        cast("UploadedFile[Any]", file).seek(0)
    again = OfficialAccountForm(data, files, user=user, official_account=account)
    again.add_error(None, str(refusal))
    for name, is_own in refusal.fields.items():
        if _field(name) in again.fields:
            again.add_error(_field(name), _told(name, is_own, seen.in_words(account, name)))
    return again


def _told(name: str, is_own: bool, now: str) -> str:
    if name == "decree_file_id":
        again = _("Changed meanwhile to: %(now)s. Choose yours again if it is to replace it.")
        return again % {"now": now}
    return seen.told(now, is_own=is_own)


def _field(name: str) -> str:
    """What the form calls a field of the account."""
    return name.removesuffix("_id")


def _as_sent(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(one) for one in value]
    if isinstance(value, Model):
        return [str(value.pk)]
    if isinstance(value, date):
        return [value.isoformat()]
    return ["" if value is None else str(value)]
