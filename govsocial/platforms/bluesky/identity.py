"""Where an account lives, asked of others than the server that claims to have it.

A handle leads to a DID, the DID to its document, and the document to the account's server (AT
Protocol, "Identity"). Only what the document says in turn of its handle counts.
"""

from __future__ import annotations

import re

from govsocial.platforms.bluesky.answers import DidDocument, Resolved
from govsocial.platforms.envelopes import has_error, heard
from govsocial.platforms.errors import HostRefused, NotFound
from govsocial.platforms.guard import Guard
from govsocial.platforms.http import Answer, Effect, Session, Timing, parse
from govsocial.platforms.spec import Home

RESOLVER = "https://bsky.social"
DIRECTORY = "https://plc.directory"
# A person waits for it.
TIMING = Timing(total=15.0)
MOST = 200_000
"""Bytes of a document, which holds some keys and names."""
_DOCUMENT = "/.well-known/did.json"
_NOT_KEPT = {404, 410}
_PLC = re.compile(r"did:plc:[a-z0-9]{1,64}")
_WEB = re.compile(r"did:web:([a-z0-9.-]{1,253})", re.IGNORECASE)


def home(handle: str, did: str, guard: Guard, base: str) -> Home:
    """The account called ``handle``, or the one of ``did`` where that is known already.

    ``base`` stands in for resolver and directory (training). Raises ``NotFound`` where there is no
    such account and other ``PlatformError`` where it could not be asked. ``server`` of the answer
    is empty where the document names none.
    """
    known = did or (handle if handle.startswith("did:") else "")
    known = known or _resolved(handle, guard, base or RESOLVER)
    document = _document(known, guard, base or DIRECTORY)
    return Home(platform_id=known, handle=_handle_in(document), server=_server_in(document, guard))


def _resolved(handle: str, guard: Guard, resolver: str) -> str:
    path, params = "/xrpc/com.atproto.identity.resolveHandle", {"handle": handle.lstrip("@")}
    answer = _read(resolver, path, guard, params)
    return parse(Resolved, answer.json(), answer).did


def _document(did: str, guard: Guard, directory: str) -> DidDocument:
    on_web = _WEB.fullmatch(did)
    if on_web is not None:
        # The account's own domain keeps the document: no directory knows of it.
        answer = _read(f"https://{on_web[1]}", _DOCUMENT, guard)
    elif _PLC.fullmatch(did):
        answer = _read(directory, f"/{did}", guard)
    else:
        raise NotFound("This is no identity of the AT Protocol.")
    document = parse(DidDocument, answer.json(), answer)
    if document.id != did:
        raise NotFound(f"{answer.where}: the document is of another identity.")
    return document


def _read(base: str, path: str, guard: Guard, params: dict[str, str] | None = None) -> Answer:
    session = Session(base, guard=guard, timing=TIMING, max_answer=MOST)
    answer = heard(session, _is_own).send("GET", path, effect=Effect.READ, params=params or {})
    if not answer.ok:
        raise NotFound(f"{answer.where}: not known there.", status=answer.status)
    return answer


def _is_own(answer: Answer) -> bool:
    """Whether a refusal is of whoever was asked: resolvers name an ``error``, the directory has a
    ``message``, and a domain a page of its own where it keeps no document."""
    content = answer.json()
    told = content.get("message") if isinstance(content, dict) else None
    no_document = answer.status in _NOT_KEPT and answer.where.endswith(_DOCUMENT)
    return has_error(answer) or isinstance(told, str) or no_document


def _handle_in(document: DidDocument) -> str:
    """The first name counts: anybody may list another's after their own."""
    names = (name for name in document.also_known_as if name.startswith("at://"))
    return next(names, "").removeprefix("at://")


def _server_in(document: DidDocument, guard: Guard) -> str:
    """Nobody is sent there for this: only whether it could be an address is looked at."""
    try:
        return guard.base_url(document.server or "")
    except HostRefused:
        return ""
