"""Official accounts that may be meant by words that are no account: names, parts of names."""

from __future__ import annotations

from collections.abc import Sequence

from accounts.public.directory import Listing, Wanted
from accounts.public.snapshot import PublicAccount, Snapshot
from accounts.public.unit_names import accounts_meant


def of_name(snapshot: Snapshot, text: str) -> tuple[Sequence[PublicAccount], str]:
    """The active accounts for the words ``text``, and the words that the list finds them by."""
    if not text:
        return [], ""
    if found := listed(snapshot, text):
        return found, text
    if found := _meant(snapshot, text):
        return found, found[0].name
    return _by_some_words(snapshot, text)


def _meant(snapshot: Snapshot, words: str) -> list[PublicAccount]:
    """Written with a slip, in other words around it, or with words of which some are known."""
    near = [*snapshot.namesakes(words, None), *snapshot.alike(words, None)]
    meant = near or accounts_meant(snapshot, words)
    return list({one.code: one for one in meant}.values())


def _by_some_words(snapshot: Snapshot, text: str) -> tuple[Sequence[PublicAccount], str]:
    """The accounts that the list finds for the most words of ``text``, and these words."""
    words = [word for word in Wanted.read({"search": text}, snapshot).words if len(word) > 3]
    known: list[list[str]] = [
        [word for word in words if word in one.words] for one in snapshot.accounts if one.is_active
    ]
    most: list[str] = max(known, key=len, default=[])
    search = " ".join(most)
    return listed(snapshot, search), search


def listed(snapshot: Snapshot, search: str) -> Sequence[PublicAccount]:
    """The active accounts that the public list finds for ``search``."""
    wanted = Wanted.read({"search": search}, snapshot)
    found = Listing(snapshot, wanted).matching if wanted.words else []
    return [one for one in found if one.is_active]


def more(snapshot: Snapshot, search: str, shown: Sequence[PublicAccount]) -> int:
    """How many active accounts the list finds besides those that are shown."""
    codes = {one.code for one in shown}
    return sum(one.code not in codes for one in listed(snapshot, search))
