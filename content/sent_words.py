"""What was made for an account's platform, and who the account was, in words for a comparison.

Both are part of what is approved: a version whose account was renamed, or of which something else
is sent, has another digest and needs another approval.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from accounts.models import OfficialAccount
from content.documents import Document, Prepared, Recipient


def addressed_to(recipient: Recipient, account: OfficialAccount) -> str:
    """Platform, handle and server of an account when a version was written, and its unit. Of a unit
    that the account is not of any more only that is said: nothing here is asked for."""
    platform, host, handle = [*recipient.address.split(" ", 2), "", ""][:3]
    labels = dict(OfficialAccount.Platform.choices)
    of = _("another unit")
    if recipient.unit == account.unit_id:
        of = str(account.unit)
    parts = [str(labels.get(platform, platform)), f"@{handle}" if handle else "", host, of]
    return " · ".join(part for part in parts if part)


def made_for(content: Document, account_id: int) -> str:
    """How what goes out on an account differs from what was written for it; "" where it does not,
    and of versions for which nothing was made."""
    sent = content.prepared.get(account_id)
    if sent is None or account_id not in content.texts:
        return ""
    return "\n".join(
        part for part in _differences(content, content.texts[account_id], sent) if part
    )


def _differences(content: Document, text: str, sent: Prepared) -> Iterator[str]:
    if sent.text.startswith(text):
        yield _in_place_of(sent.text.removeprefix(text).strip(), content.link, _("link at its end"))
    else:
        yield sent.text
    yield _in_place_of(sent.title, content.headline, "")
    if content.headline and not sent.title:
        yield _("without the published title")
    yield _in_place_of(sent.link, content.link, "")
    if content.link and content.link not in f"{sent.link} {sent.text}":
        yield _("without the link")
    yield _parts(content, sent.parts)
    # The files that go out in the place of those that were chosen.
    made = [goes for goes, item in zip(sent.images, content.media, strict=False) if goes != item]
    yield ", ".join(item.sha256[:12] for item in made)
    if len(sent.images) < len(content.media):
        yield _("pictures that go out: %(number)s") % {"number": len(sent.images)}


def _in_place_of(sent: str, written: str, same: str) -> str:
    """What is sent in words, or ``same`` where that is what was written."""
    return same if sent and sent == written else sent


def _parts(content: Document, parts: Sequence[str]) -> str:
    """What follows the post, where it is neither the thread nor the first comment as written."""
    written = (*content.thread, *filter(None, [content.first_comment]))
    if written and not parts:
        return _("without what follows it")
    if tuple(parts) in {(), tuple(content.thread), (content.first_comment,)}:
        return ""
    return "\n\n".join(f"{number}. {text}" for number, text in enumerate(parts, start=2))
