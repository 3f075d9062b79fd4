"""Asks a person where only they can tell whether a website still connects the feed that it had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from accounts import web_pages
from accounts.actions.identity import refuse_feed_of_another
from accounts.events_connections import FEED_SAID_MOVED, FEED_SAID_SAME
from accounts.feed_questions import FeedQuestion, FeedUnconfirmed, mark_of_typed
from accounts.models import Credential, OfficialAccount, User
from accounts.own_urls import is_called_feed
from accounts.snapshots import digest_of
from accounts.vault import CannotOpen, unseal
from govsocial.audit.actions import record
from govsocial.platforms.feed.client import differ_in_query_only, identity_of
from govsocial.platforms.feed.queries import HIDDEN, differing_names, without_keys


def confirm_feed(
    actor: User,
    official_account: OfficialAccount,
    known: str,
    address: str,
    typed: str,
    answer: str,
) -> None:
    """Raise ``FeedUnconfirmed`` for a feed at ``address`` that only a person can tell from another,
    unless they have said that it is the same: with ``answer``, a ``FeedQuestion`` as signed. That
    of another account is no question (``AccountError``).

    Inside the caller's transaction, which has the account locked and its new id written; ``known``
    is the id that it had before.
    """
    if official_account.platform != OfficialAccount.Platform.FEED:
        return
    credential = Credential.objects.filter(official_account=official_account).first()
    new, kept = official_account.platform_id, _kept(credential)
    if known:
        former = _former_feed(new, known, kept, address, typed)
    else:
        former = _registered_feed(official_account.handle, address)
    moved = former is not None and former.moved
    refuse_feed_of_another(actor, official_account, _bare(address), moved=moved)
    if former is None:
        return
    known = known or identity_of(official_account.handle)
    since = credential.connected_at.isoformat() if credential else ""
    asked = [actor.pk, official_account.pk, known, new, since]
    question = FeedQuestion(
        about=digest_of({"": asked}),
        typed=mark_of_typed(typed),
        before=former.shown,
        now=without_keys(_bare(address)),
        differing=former.differing,
        moved=former.moved,
        entered=identity_of(_bare(typed)) == new,
    )
    if not question.is_answered_by(answer):
        raise FeedUnconfirmed(question)
    record(
        FEED_SAID_MOVED if former.moved else FEED_SAID_SAME,
        actor=actor,
        target=official_account,
        platform_id=new,
        platform_id_before=known,
    )


class _Former(NamedTuple):
    """The known feed as it may be shown, the names of what differs in the query of the new one, and
    whether more than that does."""

    shown: str
    differing: Sequence[str] = ()
    moved: bool = False


def _former_feed(new: str, known: str, kept: str, address: str, typed: str) -> _Former | None:
    """The feed that was connected last; None where the new one is surely that feed."""
    kept_id, typed_id = identity_of(_bare(kept)), identity_of(_bare(typed))
    # Also an address that the site itself has moved for good since it was entered.
    if ({known, kept_id} & {new, typed_id}) - {""}:
        return None
    moved = not differ_in_query_only(known, new)
    if kept and (moved or differ_in_query_only(kept_id, known)):
        if not differ_in_query_only(kept_id, new):
            return _Former(without_keys(_bare(kept)), moved=True)
        return _Former(without_keys(_bare(kept)), differing_names(kept, address))
    # What stood behind the "?" was forgotten with the connection: the id has a digest of it.
    place, had_query, _digest = known.partition("#")
    if had_query or moved:
        return _Former(f"{place}?{HIDDEN}" if had_query else place, moved=moved)
    return _Former(place, differing_names(place, address))


def _registered_feed(registered: str, address: str) -> _Former | None:
    """The same before any feed was connected, of an account that is registered by the address of
    one."""
    is_feed = "?" in registered or is_called_feed(registered)
    was, is_now = web_pages.place(registered), web_pages.place(_bare(address))
    if not is_feed or was == is_now or was.partition("?")[0] != is_now.partition("?")[0]:
        return None
    return _Former(without_keys(registered), differing_names(registered, address))


def _kept(credential: Credential | None) -> str:
    """The address of the connected feed; empty where there is none, or nobody can open it."""
    if credential is None or credential.status == Credential.Status.REMOVED:
        return ""
    try:
        return unseal(credential).get("feed_url", "")
    except CannotOpen:
        return ""


def _bare(address: str) -> str:
    return address.partition("#")[0].partition("://")[2]
