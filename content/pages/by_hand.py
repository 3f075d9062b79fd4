"""What the page of a publication that a person posts shows, and when it shows what to post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.models import Document, OfficialAccount, User
from content import following, in_hand, people
from content.actions.ending import why_over
from content.actions.hand_reasons import reasons
from content.documents import MediaItem
from content.forms.by_hand import ProofForm
from content.models import Attempt, HandProof, MediaFile, Publication, Withdrawal
from content.pages import freezes as pages_freezes
from content.permalinks import hides_account
from govsocial.platforms.registry import limits
from govsocial.web.file_responses import downloaded

STATUS = Publication.Status


@dataclass(frozen=True, slots=True)
class Claim:
    """Who took it, if anybody did, and why nothing may be posted now; "" where it may."""

    attempt: Attempt | None
    is_mine: bool
    why_not: str

    @property
    def shows(self) -> bool:
        """Whether this person may see, copy and download what to post."""
        return self.is_mine and not self.why_not


def claim_of(publication: Publication, user: User) -> Claim:
    """The action and the database ask the same again when somebody takes it."""
    attempts = publication.attempts.select_related("requested_by", "proof").order_by("-number")
    last = attempts.filter(by_hand=True).first()
    is_open = publication.status == STATUS.SENDING and last is not None and not last.outcome
    is_mine = is_open and last is not None and last.requested_by_id == user.pk
    waits = publication.status in {STATUS.SCHEDULED, STATUS.SENDING}
    return Claim(last, is_mine, _why_not(publication) if waits else "")


def _why_not(publication: Publication) -> str:
    return next((reason.long for reason in reasons(publication)), "")


def by_hand_page(
    publication: Publication, user: User, form: ProofForm | None = None
) -> dict[str, Any]:
    claim = claim_of(publication, user)
    account_id, part = publication.official_account_id, publication.part
    sent = publication.version.content().sent_as(account_id, part)
    account = publication.official_account
    number = claim.attempt.number if claim.attempt else 0
    zone = publication.post.unit.zone
    is_open = publication.status in {STATUS.SENDING, STATUS.UNCONFIRMED}
    # While nothing keeps it from being posted nobody withdrew it.
    may_be_over = is_open and (bool(claim.why_not) or publication.status == STATUS.UNCONFIRMED)
    is_over = may_be_over and bool(why_over(publication))
    return {
        "withdrawal": _withdrawal_of(publication) if may_be_over else None,
        "is_over": is_over,
        "halt": in_hand.open_halt(publication) if may_be_over and not is_over else None,
        "publication": publication,
        "account": account,
        "takes_alt": limits(account.platform).alt_text > 0,
        "has_files": bool(_media(publication)),
        "claim": claim,
        "freezes": pages_freezes.covering(publication),
        "may_claim": publication.status == STATUS.SCHEDULED and not claim.why_not,
        "sent": sent if claim.shows else None,
        "answers": following.permalink_before(publication),
        "files": _files(publication) if claim.shows else [],
        "form": (form or ProofForm(number=number, zone=zone)) if is_open else None,
        "may_use_application": publication.status == STATUS.SCHEDULED and account.is_connected,
    }


def _withdrawal_of(publication: Publication) -> Withdrawal | None:
    rows = Withdrawal.objects.filter(publication=publication).select_related("requested_by")
    return rows.first()


def _media(publication: Publication) -> list[MediaItem]:
    """The files in their order: what was made of the pictures for that platform, then the film."""
    content = publication.version.content()
    images = content.sent_as(publication.official_account_id, publication.part).images
    film = content.film_of(publication.part)
    return [*images, film] if film else list(images)


def _files(publication: Publication) -> list[dict[str, Any]]:
    taken = limits(publication.official_account.platform)
    return [
        {
            "number": number,
            "url": reverse("content:publication_file", args=[publication.pk, number]),
            "name": _name(publication, item, number),
            "alt": item.alt,
            "is_picture": not item.is_film,
            "takes_alt": (taken.film_alt_text if item.is_film else taken.alt_text) > 0,
        }
        for number, item in enumerate(_media(publication), start=1)
    ]


def _name(publication: Publication, item: MediaItem, number: int) -> str:
    ending = item.media_type.rpartition("/")[2].replace("jpeg", "jpg").replace("quicktime", "mov")
    return f"{number:02}-{slugify(publication.version.title)[:60] or 'post'}.{ending}"


def file_to_post(publication: Publication, user: User, number: int) -> HttpResponseBase | None:
    """The ``number``-th file as a download; None where there is nothing to post, or no such file,
    or where it is not the approved one any more."""
    media = _media(publication)
    if not 1 <= number <= len(media) or not claim_of(publication, user).shows:
        return None
    item = media[number - 1]
    file = MediaFile(sha256=item.sha256, media_type=item.media_type)
    compared = file.compared()
    if compared is None:
        return None
    name = _name(publication, item, number)
    return downloaded(compared.size, item.media_type, name, compared.blocks)


def hidden(account: OfficialAccount) -> str:
    """What is said of an address that ``hides_account``."""
    return _(
        "The address does not name the account. Open it and see that the post is on %(account)s."
    ) % {"account": account.called}


def screenshot_of(publication: Publication) -> Document | None:
    proof = (
        HandProof.objects.filter(attempt__publication=publication)
        .select_related("screenshot")
        .first()
    )
    return proof.screenshot if proof else None


def extras(publication: Publication, user: User) -> dict[str, Any]:
    """What stands about it on the page of the publication itself. No query, but for what follows
    a post: how it goes out is chosen with the post, as long as that is not out; and for who may
    post it by hand, for those who may not, or who has taken it and whether a freeze stopped it."""
    runs = user.holds("content.publish", publication.official_account.unit_id)
    status, by_hand = publication.status, publication.by_hand
    waits = runs and status == STATUS.SCHEDULED
    may_choose = waits and (not publication.part or 0 in following.before(publication))
    is_connected = publication.official_account.is_connected
    taken = _taken(publication) if by_hand and status == STATUS.SENDING else None
    return {
        "may_post": runs
        and by_hand
        and status in {STATUS.SCHEDULED, STATUS.SENDING, STATUS.UNCONFIRMED},
        "may_use_hand": may_choose and not by_hand,
        "may_use_application": may_choose and by_hand and is_connected,
        "hidden": hidden(publication.official_account) if _is_hidden(publication) else "",
        "posted_by": (
            people.named(people.people_with("content.publish", publication.official_account.unit))
            if by_hand and not runs and status == STATUS.SCHEDULED
            else None
        ),
        "taken": taken,
        "is_stopped": taken is not None and in_hand.open_halt(publication) is not None,
    }


def _taken(publication: Publication) -> Attempt | None:
    """The attempt of who took it to post it."""
    rows = publication.attempts.filter(by_hand=True, outcome="").select_related("requested_by")
    return rows.order_by("-number").first()


def _is_hidden(publication: Publication) -> bool:
    address = publication.permalink if publication.by_hand else ""
    return bool(address) and hides_account(publication.official_account, address)
