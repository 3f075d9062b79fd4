"""One account as a text names it, and the plain form of what people paste."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from urllib.parse import unquote

from accounts import handles

LONGEST_TEXT = 2_000
# Read before anything is stripped: more than any address, less than what a stranger may send.
LONGEST_READ = 20_000
LONGEST_NAME = 200

# Notes: why the account is not known, or not for certain.
SHORTENED = "shortened"
NO_ACCOUNT = "no_account"
INVITATION = "invitation"
OLD_ADDRESS = "old_address"
# Written so that it may lead elsewhere than it looks.
DOUBTFUL = "doubtful"
IMITATED_HOST = "imitated_host"
PHONE = "phone"
# The number that the platform, or the server, gave an account: no handle, even where handles may
# be digits.
NUMBER = "number"
# One server shows an account of another: what stands there is that server's word.
REMOTE = "remote"
# Only a name that anybody may choose, where the account has a number.
CHOSEN_NAME = "chosen_name"
# The address of a post: the platform goes by the number of the post, whatever name stands before.
POST = "post"
# Written like an e-mail address, which an address of the fediverse may be too.
EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Reference:
    """One account that a text names.

    ``platform`` is None for a bare name, or for a website that is no known platform. ``handle`` is
    empty when the text does not name an account; then ``note`` says why and ``typed`` is what was
    read. ``altered``: the text held hidden or unusual signs, which are gone here. ``page``: the
    whole address, without its scheme, where it says more than host and handle.
    """

    platform: str | None
    host: str
    handle: str
    note: str = ""
    altered: bool = False
    typed: str = ""
    page: str = ""

    @property
    def shown(self) -> str:
        """The reading in one line, which reads back as the same."""
        if not self.handle:
            return self.typed or self.host
        if self.page:
            return self.page
        if self.platform is None:
            return self.handle if self.host else f"@{self.handle}"
        if self.note == EMAIL:
            return f"{self.handle}@{self.host}"
        if self.note == NUMBER:
            return f"x.com/i/user/{self.handle}"
        if self.platform == "mastodon":
            return f"@{self.handle}@{handles.host_name(self.host)}"
        if self.note == OLD_ADDRESS:
            return f"youtube.com/c/{self.handle}"
        address = handles.page_of(self.platform, self.host, self.handle).partition("://")[2]
        return handles.legible(address.removeprefix("www.").rstrip("/"))


def tidy(text: str) -> tuple[str, bool]:
    """Return ``text`` in its plain form, and whether that took more than spaces away."""
    cut = text[:LONGEST_READ]
    if cut.isascii() and cut.isprintable():
        return " ".join(cut.split())[:LONGEST_TEXT], False
    plain = unicodedata.normalize("NFKC", cut)
    seen = "".join(sign for sign in plain if not _hidden(sign))
    words = " ".join(seen.split())[:LONGEST_TEXT]
    return words, words != " ".join(cut.split())[:LONGEST_TEXT]


def _hidden(sign: str) -> bool:
    if sign.isspace():
        return False
    category = unicodedata.category(sign)
    # Variation selectors are marks that nobody sees; tags and joiners are formats.
    return category in {"Cf", "Cc", "Cs", "Co", "Cn"} or "\ufe00" <= sign <= "\ufe0f"


def named(platform: str | None, host: str, name: str, note: str = "") -> Reference | None:
    """The account ``name`` there; None when nothing is left of the name."""
    name = tidy(unquote(name))[0].replace(" ", "").strip("@").rstrip("/")[:LONGEST_NAME]
    if not name:
        return None
    return Reference(platform, host, handles.normal(platform, name) if platform else name, note)
