"""Whether a feed at another address of the registered website is the one that it had.

Behind the "?" a new key and the feed of another unit from the same script look alike, and so do a
feed that was moved and another one of the site: a person must say which it is. What they were asked
goes with the form, signed, and comes back with their answer, which counts for this question alone:
the same person, account, connection, known feed and feed asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta

from django.core import signing
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.errors import AccountError
from govsocial.platforms.feed.queries import HIDDEN

LONGEST_OPEN = timedelta(days=1)
_SALT = "accounts.feed_question"


@dataclass(frozen=True, slots=True)
class FeedQuestion:
    """Nothing in it tells a key: it stands in a page, and in a form that anybody can decode."""

    about: str
    """A digest of everything that an answer counts for."""
    typed: str
    """``mark_of_typed`` what the person had typed."""
    before: str
    """The known address, without what may be a key in it."""
    now: str
    differing: Sequence[str]
    """The parameters that differ, as far as they are known."""
    moved: bool = False
    """Whether they differ in more than what is behind the "?"."""
    entered: bool = True
    """Whether the new address is what was typed; else the website gave it."""

    @property
    def words(self) -> str:
        if self.moved:
            return _(
                "This feed is at another address of the website than the known one. It may be the "
                "feed of another unit. Compare both addresses below, and tick the box if the feed "
                "of this account has moved there."
            )
        return _(
            "This address differs from the known one only behind the “?”. It may be the feed of "
            "another unit. Compare both addresses below, and tick the box if it is the same feed."
        )

    @property
    def looks_same(self) -> bool:
        """Whether all that differs is hidden."""
        return self.before == self.now

    @property
    def is_forgotten(self) -> bool:
        """Whether nothing of what stood behind the "?" of the known address can be shown."""
        return self.before.endswith(f"?{HIDDEN}")

    @property
    def hides(self) -> bool:
        return HIDDEN in self.before + self.now

    def signed(self) -> str:
        """The question as a form carries it, and as ``connect_account`` takes it for a yes."""
        return signing.dumps(asdict(self), salt=_SALT)

    def is_answered_by(self, answer: str) -> bool:
        asked = read(answer)
        return asked is not None and asked.about == self.about


def read(signed: str) -> FeedQuestion | None:
    """The question that was asked within the last day; None for anything else."""
    try:
        return FeedQuestion(**signing.loads(signed, salt=_SALT, max_age=LONGEST_OPEN))
    # The latter for one that another release has asked.
    except (signing.BadSignature, TypeError):
        return None


def mark_of_typed(address: str) -> str:
    """The same for the same address, and telling nothing of it."""
    return salted_hmac(_SALT, address.strip(), algorithm="sha256").hexdigest()


class FeedUnconfirmed(AccountError):
    """Nothing was connected: a person must say first whether it is the same feed."""

    def __init__(self, question: FeedQuestion) -> None:
        super().__init__(question.words, field="same_feed")
        self.question = question
