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
# Where the address or name ends cannot be told.
CUT = "cut"
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
# A bare name that is written as that of a website, and may be a handle.
DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class Reference:
    """One account that a text names.

    ``platform`` is None for a bare name, or for a website that is no known platform. ``handle`` is
    empty when the text does not name an account; then ``note`` says why and ``typed`` is what was
    read, as it is for the address of a post. ``altered``: the text held hidden or unusual signs,
    which are gone here. ``page``: the whole address, without its scheme, where it says more than
    host and handle.
    """

    platform: str | None
    host: str
    handle: str
    note: str = ""
    altered: bool = False
    typed: str = ""
    page: str = ""

    @property
    def is_partial(self) -> bool:
        """Whether it is a name without the server, domain or address that belongs to it: others
        may have the same name elsewhere on the platform."""
        if not self.handle or self.host or self.note or self.page:
            return False
        if self.platform == "bluesky":
            return "." not in self.handle and not handles.is_number("bluesky", self.handle)
        if self.platform == "whatsapp":
            return "/" not in self.handle
        by_address = self.platform in handles.BY_ADDRESS and "." not in self.handle
        return self.platform == "mastodon" or by_address

    @property
    def again(self) -> str:
        """What reads back as the same, in one line."""
        if self.note == POST and self.typed:
            return self.typed
        bare_host = handles.without_www(self.host)
        if self.platform or not self.host or self.note == DOMAIN:
            return self.shown
        if not self.handle or not self.shown.startswith(bare_host):
            return self.shown
        page = f"{self.host}{self.shown[len(bare_host) :]}"
        # The name of a site alone could be a handle.
        return page if "/" in page or "?" in page else f"https://{page}"

    @property
    def shown(self) -> str:
        """The reading in one line. Of the address of a post only the account that stands in it."""
        if not self.handle:
            return self.typed or self.host
        if self.page:
            return self.page
        if self.is_partial:
            return self.handle if self.platform in handles.BY_ADDRESS else f"@{self.handle}"
        if self.platform is None:
            # Behind an "@" an id of YouTube would be somebody's handle.
            is_plain = self.host or handles.is_id("youtube", self.handle)
            return self.handle if is_plain else f"@{self.handle}"
        if self.note == EMAIL:
            return f"{self.handle}@{self.host}"
        if self.note == NUMBER:
            return f"x.com/i/user/{self.handle}"
        if self.platform == "mastodon":
            return f"@{self.handle}@{handles.host_name(self.host)}"
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
