"""What a platform would refuse or change about a post, known before anybody approves it.

Driven by the rules of ``govsocial.platforms.limits``; the client checks again before it sends.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import OfficialAccount
from accounts.rights import lacking_to_answer
from accounts.server_limits import limits_of
from content.documents import MediaItem, Prepared
from content.media_addresses import can_be_fetched
from content.selectors.posts import WRITTEN_FOR
from content.variants import fit
from govsocial.platforms import text as texts
from govsocial.platforms.base import Limits
from govsocial.platforms.registry import limits, prices
from govsocial.platforms.rules import Broken, Rule, broken
from govsocial.platforms.x import posts as x_posts
from govsocial.web.hidden_signs import readable
from govsocial.web.templatetags.formats import dollars_each

# Items of X's price list (govsocial/platforms/x/prices.py): what X takes for a link, a bare domain
# among it, makes the dearer one of them.
LINK_PRICES = ("create post with URL", "create post")


_FIELDS = {
    Rule.MEDIA: "images",
    Rule.ALONE: "images",
    Rule.EITHER: "film",
    Rule.TITLE: "headline",
}
# In the order of the form, after the texts.
_LAST = ("images", "film", "headline")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an account's platform does not take the post, and the field to mend it in."""

    message: str
    field: str


def problems(
    account: OfficialAccount,
    text: str,
    media: Sequence[MediaItem],
    *,
    film: MediaItem | None = None,
    title: str = "",
    link: str = "",
) -> list[Problem]:
    """Everything that keeps this from going out on ``account``: what is sent there, as it is sent
    (``content.documents.Prepared``)."""
    taken = limits_of(account)
    field = f"text_{account.pk}"
    found = [Problem(words, field) for words in _of_text(account, taken, text)]
    found += list(_of_none(account, taken, media, film))
    found += [Problem(words, "images") for words in _of_media(account, taken, media)]
    if film is not None:
        found += [Problem(words, "film") for words in _of_film(account, taken, film)]
    found += [Problem(words, "headline") for words in _of_title(account, taken, title)]
    kinds = [item.media_type for item in media]
    rules = broken(taken, text=text, title=title, link=link, images=kinds, film=film is not None)
    for one in rules:
        found.append(Problem(_said(account, one, taken), _FIELDS.get(one.rule, field)))
    return sorted(found, key=lambda one: _LAST.index(one.field) if one.field in _LAST else -1)


def problems_of(account: OfficialAccount, sent: Prepared, film: MediaItem | None) -> list[Problem]:
    of_post = problems(account, sent.text, sent.images, film=film, title=sent.title, link=sent.link)
    return [*of_post, *_of_parts(account, sent.parts)]


def taken_after(account: OfficialAccount) -> Limits:
    """What an account takes, with the threads that its platform has: what was approved as a thread
    stays one when threads are switched off afterwards. Reads ``account.credential``."""
    return replace(limits_of(account), thread=limits(account.platform).thread)


def of_a_part(taken: Limits) -> Limits:
    """What a platform takes as a further post of a thread, or as a first comment."""
    wordy = replace(taken, needs_media=False, needs_title=False)
    if taken.thread:
        return wordy
    return replace(wordy, text=taken.first_comment, text_bytes=None, forbidden="")


def part_name(taken: Limits, place: int) -> str:
    """``place`` counts from 0, what follows the post directly."""
    if not taken.thread:
        return _("First comment")
    return _("Part %(number)s of the thread") % {"number": place + 2}


def _of_parts(account: OfficialAccount, parts: Sequence[str]) -> Iterator[Problem]:
    usual = taken_after(account)
    taken = of_a_part(usual)
    most = usual.thread or 1
    if len(parts) > most:
        told = _("A thread has at most %(most)s parts after the first.") % {"most": most}
        yield Problem(told, f"thread_{most}")
    for place, words in enumerate(parts):
        field = f"thread_{place}" if usual.thread else "first_comment"
        found = [*_of_text(account, taken, words)]
        found += [_said(account, one, taken) for one in broken(taken, text=words)]
        for told in found:
            yield Problem(f"{part_name(usual, place)}: {told}", field)


def notes(
    account: OfficialAccount,
    text: str,
    media: Sequence[MediaItem],
    *,
    film: MediaItem | None = None,
    left: Decimal | None = None,
) -> list[str]:
    """What a drafter should know although it stops nothing. Reads ``account.credential``.

    ``left`` is what the spending cap of a billed platform allows this month, in US dollars.
    """
    taken = limits_of(account)
    has_link = any(True for _span in texts.links(text))
    found = list(unconnected([account]))
    if has_link and not taken.links:
        found.append(
            _("%(platform)s does not make links clickable.")
            % {"platform": account.get_platform_display()}
        )
    found += _of_costs(account, text, left)
    if media and not taken.alt_text:
        found.append(
            _("%(platform)s takes no alternative texts: say in the text what the picture shows.")
            % {"platform": account.get_platform_display()}
        )
    if film is not None and not taken.film_alt_text:
        found.append(
            _("%(platform)s takes no description of a video: say in the text what it shows.")
            % {"platform": account.get_platform_display()}
        )
    return found


def unanswering(account: OfficialAccount, parts: Sequence[str]) -> str:
    """That what follows the post will be refused there; "" where nothing is known against it."""
    if not parts or not lacking_to_answer(account):
        return ""
    told = (
        _(
            "%(account)s was connected without the right to answer: the post goes out, and the "
            "other parts of its thread are refused until the account is connected again."
        )
        if taken_after(account).thread
        else _(
            "%(account)s was connected without the right to comment: the post goes out, and its "
            "first comment is refused until the account is connected again."
        )
    )
    return told % {"account": account.in_words}


def unconnected(accounts: Iterable[OfficialAccount]) -> Iterator[str]:
    """On which accounts a person would have to post, as nothing connects them."""
    for account in accounts:
        if account.platform not in WRITTEN_FOR or account.is_connected:
            continue
        sentence = (
            _(
                "%(account)s must be connected again. Until then, a person posts there by hand "
                "what was approved."
            )
            if account.needs_reconnecting
            else _("%(account)s is not connected: a person posts there by hand what was approved.")
        )
        yield sentence % {"account": account.in_words}


def _of_costs(account: OfficialAccount, text: str, left: Decimal | None) -> Iterator[str]:
    with_link, without = (prices(account.platform).get(item) for item in LINK_PRICES)
    if not with_link or not without:
        return
    has_link = x_posts.has_link(text)
    values = {
        "dear": dollars_each(Decimal(with_link)),
        "cheap": dollars_each(Decimal(without)),
        "platform": account.get_platform_display(),
    }
    if has_link:
        yield (
            _(
                "On %(platform)s a post with a link is dearer: %(dear)s; one without costs "
                "%(cheap)s."
            )
            % values
        )
    if left is not None and left < Decimal(with_link if has_link else without):
        yield (
            _(
                "The spending cap of %(platform)s is used up for this month: the post waits until "
                "an administrator raises it, or until next month."
            )
            % values
        )


def _of_text(account: OfficialAccount, taken: Limits, text: str) -> Iterator[str]:
    length = texts.measure(text, taken)
    values = {"account": account.in_words, "length": length, "most": taken.text}
    if not text.strip():
        yield _("The text for %(account)s is empty.") % values
    elif not readable(text):
        yield _("The text for %(account)s has no sign that anybody sees.") % values
    too_many_bytes = taken.text_bytes is not None and len(text.encode()) > taken.text_bytes
    if length > taken.text or too_many_bytes:
        yield _("The text for %(account)s is %(length)s characters long; %(most)s fit.") % values


def _said(account: OfficialAccount, one: Broken, taken: Limits) -> str:
    sentences = {
        Rule.HASHTAGS: _("%(account)s takes at most %(most)s hashtags; this text has %(number)s."),
        Rule.MENTIONS: _("%(account)s takes at most %(most)s mentions; this text has %(number)s."),
        Rule.LINKS: _("%(account)s takes at most %(most)s links; this text has %(number)s."),
        Rule.SIGNS: _("%(account)s does not take these signs in a text: %(signs)s"),
        Rule.TITLE: _("%(account)s takes no post without a title."),
        Rule.MEDIA: _("%(account)s takes at most %(most)s pictures and videos together."),
        Rule.ALONE: _("%(account)s takes a moving picture (GIF) only by itself."),
        Rule.EITHER: _("%(account)s takes pictures or a video in one post, not both."),
    }
    return sentences[one.rule] % {
        "account": account.in_words,
        "most": one.most,
        "number": one.number,
        "signs": " ".join(taken.forbidden),
    }


def _of_none(
    account: OfficialAccount, taken: Limits, media: Sequence[MediaItem], film: MediaItem | None
) -> Iterator[Problem]:
    """A platform that shows no words alone."""
    if not taken.needs_media or film is not None:
        return
    if not taken.images:
        yield Problem(_("%(account)s takes videos only.") % {"account": account.in_words}, "film")
    elif not media:
        told = _("%(account)s takes no post without a picture or a video.")
        yield Problem(told % {"account": account.in_words}, "images")


def _of_title(account: OfficialAccount, taken: Limits, title: str) -> Iterator[str]:
    if taken.title is not None and len(title) > taken.title:
        yield _("The title for %(account)s is %(length)s characters long; %(most)s fit.") % {
            "account": account.in_words,
            "length": len(title),
            "most": taken.title,
        }


def _of_film(account: OfficialAccount, taken: Limits, film: MediaItem) -> Iterator[str]:
    if not readable(film.alt):
        yield _("Describe the video for people who cannot see it.")
    if taken.video is None:
        yield _("%(account)s takes no videos.") % {"account": account.in_words}
        return
    for why in fit(film, taken).obstacles:
        yield _("The video does not fit %(account)s: %(why)s.") % {
            "account": account.in_words,
            "why": why,
        }
    most = taken.film_alt_text
    if most and len(film.alt) > most:
        yield _("The description of a video for %(account)s has at most %(most)s characters.") % {
            "account": account.in_words,
            "most": most,
        }
    if taken.fetches_videos and not can_be_fetched():
        yield _(
            "%(account)s fetches videos itself, and this installation has no public address for "
            "it. Tell who runs govsocial."
        ) % {"account": account.in_words}


def _of_media(account: OfficialAccount, taken: Limits, media: Sequence[MediaItem]) -> Iterator[str]:
    if media and not taken.images:
        yield _("%(account)s takes no pictures.") % {"account": account.in_words}
        return
    if media and len(media) > taken.images:
        yield ngettext(
            "%(account)s takes at most %(most)s picture.",
            "%(account)s takes at most %(most)s pictures.",
            taken.images,
        ) % {"account": account.in_words, "most": taken.images}
        return
    if media and taken.fetches_media and not can_be_fetched():
        yield _(
            "%(account)s fetches pictures itself, and this installation has no public address for "
            "it. Tell who runs govsocial."
        ) % {"account": account.in_words}
    for item in media:
        yield from _of_picture(account, taken, item)


def _of_picture(account: OfficialAccount, taken: Limits, item: MediaItem) -> Iterator[str]:
    if not readable(item.alt):
        yield _("Describe every picture for people who cannot see it (alternative text).")
    if taken.alt_text and len(item.alt) > taken.alt_text:
        yield _("An alternative text for %(account)s has at most %(most)s characters.") % {
            "account": account.in_words,
            "most": taken.alt_text,
        }
    if item.media_type not in taken.image_types:
        kinds = sorted(kind.removeprefix("image/").upper() for kind in taken.image_types)
        yield _("%(account)s takes pictures only as %(kinds)s.") % {
            "account": account.in_words,
            "kinds": ", ".join(kinds),
        }
    if item.size > taken.image_bytes:
        yield _("A picture for %(account)s has at most %(most)s MB.") % {
            "account": account.in_words,
            "most": taken.image_bytes // 1_000_000,
        }
    if taken.image_width is not None and item.width < taken.image_width[0]:
        yield _("A picture for %(account)s is at least %(least)s pixels wide.") % {
            "account": account.in_words,
            "least": taken.image_width[0],
        }
    if taken.image_ratio is not None:
        narrowest, widest = taken.image_ratio
        # Half a pixel of rounding is nobody's mistake.
        if not narrowest - 0.005 <= item.width / item.height <= widest + 0.005:
            yield _(
                "A picture for %(account)s must be between %(narrow)s and %(wide)s times as wide "
                "as high."
            ) % {
                "account": account.in_words,
                "narrow": round(narrowest, 2),
                "wide": round(widest, 2),
            }
