"""What goes out on each account: its text with the link, its title, the pictures it takes, and what
follows it there.

Worked out once, when a version is written, and bound to its digest: a later release that would word
or encode otherwise changes nothing of what was approved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from accounts.models import OfficialAccount
from accounts.server_limits import limits_of
from content.documents import Document, MediaItem, Prepared
from content.variants import Rule, fit
from govsocial.platforms import text as texts
from govsocial.platforms.base import Limits
from govsocial.web.templatetags.formats import number

MakePicture = Callable[[MediaItem, Limits], MediaItem]


def prepare(document: Document, account: OfficialAccount, make: MakePicture) -> Prepared:
    """What is sent to ``account``, with the pictures that ``make`` gives. Reads the credential."""
    taken = limits_of(account)
    has_media = bool(document.media) or document.film is not None
    text, card = _with_link(document, document.texts[account.pk], taken, has_media)
    return Prepared(
        text=text,
        title=document.headline if _shows_title(document, taken, card) else "",
        link=card,
        images=tuple(make(item, taken) for item in document.media),
        parts=_parts(document, taken),
    )


def _parts(document: Document, taken: Limits) -> tuple[str, ...]:
    """A platform has threads or comments; where it has neither, nothing follows the post."""
    if taken.thread:
        return tuple(document.thread)
    if taken.first_comment and document.first_comment:
        return (document.first_comment,)
    return ()


def _with_link(document: Document, text: str, taken: Limits, has_media: bool) -> tuple[str, str]:
    """The text and the link of a card. Where there is no card, the link is the last line: what was
    approved is never left out. One that the text has already is not said twice."""
    link = document.link
    if not link:
        return text, ""
    if taken.link_card and not has_media:
        return text, link
    if link in {span.value for span in texts.links(text)}:
        return text, ""
    return "\n".join(part for part in (text, link) if part), ""


def _shows_title(document: Document, taken: Limits, card: str) -> bool:
    if card and taken.card_title:
        return True
    return taken.title is not None and (taken.film_title or document.film is None)


def left_out(document: Document, account: OfficialAccount) -> Iterator[str]:
    """What does not go out on an account, because its platform has no such thing, in words."""
    taken, platform = limits_of(account), account.get_platform_display()
    if document.thread and not taken.thread:
        yield _("%(platform)s takes no threads: only the first text goes out there.") % {
            "platform": platform
        }
    if document.first_comment and (taken.thread or not taken.first_comment):
        yield _("%(platform)s has no first comments: it does not go out there.") % {
            "platform": platform
        }


def expected(item: MediaItem, taken: Limits) -> MediaItem:
    """A picture as it will be once it is made, as far as that is known; nothing is made yet."""
    wanted, rule = fit(item, taken), Rule.of(taken)
    if wanted.as_it_is or wanted.obstacles:
        return item
    widest = min(item.width, rule.widest or item.width)
    return replace(
        item,
        media_type=item.media_type if item.media_type in rule.types else rule.types[0],
        width=widest,
        height=max(1, round(item.height * widest / item.width)),
        size=min(item.size, rule.most_bytes),
    )


def changes(document: Document, sent: Prepared) -> Iterator[str]:
    """Which pictures go out as another file than was chosen, in words."""
    for place, (chosen, goes) in enumerate(zip(document.media, sent.images, strict=False), start=1):
        if chosen == goes:
            continue
        yield _(
            "Picture %(number)s goes out as %(kind)s of %(width)s × %(height)s pixels, made for "
            "this platform."
        ) % {
            "number": place,
            "kind": goes.media_type.removeprefix("image/").upper(),
            "width": number(goes.width),
            "height": number(goes.height),
        }
