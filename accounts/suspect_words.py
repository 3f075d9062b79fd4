"""What every page calls the thing that a report is about, and whoever can take it down.

An account is on a platform; a telephone number, a website and an address of e-mail have others who
answer for them. Sentences are made of these words, so that staff and citizens read the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, pgettext_lazy

from accounts.impersonation_stages import STAGES
from accounts.models import ImpersonationReport
from accounts.models.impersonation import ReportStatus
from accounts.models.kinds import OfficialPlatform
from accounts.references import CUT, DOUBTFUL, EMAIL, PHONE, SHORTENED, parse


@dataclass(frozen=True, slots=True)
class Receiver:
    """Whoever can take it down, with an article; ``reported`` and ``refused`` are message ids."""

    name: str | Promise
    reported: str
    refused: str


@dataclass(frozen=True, slots=True)
class End:
    """What they do with it; ``status`` is a message id."""

    gone: str | Promise
    status: str


@dataclass(frozen=True, slots=True)
class Words:
    """``noun`` without an article, ``kind`` more exactly than the noun."""

    noun: str | Promise
    kind: str | Promise
    label: str | Promise
    receiver: Receiver
    end: End

    def said(self, message: str | Promise, **values: object) -> str:
        """``message`` with these words in it, as the beginning of a sentence."""
        words = {
            "noun": self.noun, "kind": self.kind, "receiver": self.receiver.name,
            "gone": self.end.gone,
        }  # fmt: skip
        return capfirst(str(message) % {**words, **values})

    def status_id(self, status: str) -> str:
        """The message id of a status of a report about this, which the trail keeps."""
        own: Mapping[str, str] = {
            ReportStatus.REPORTED: self.receiver.reported,
            ReportStatus.REFUSED: self.receiver.refused,
            ReportStatus.TAKEN_DOWN: self.end.status,
        }
        return own.get(status) or STAGES[status].name

    def status(self, status: str) -> str:
        return _(self.status_id(status))

    @property
    def reported_to(self) -> str:
        return self.status(ReportStatus.REPORTED)

    @property
    def ticket(self) -> str:
        return self.said(_("Ticket number at %(receiver)s"))

    @property
    def trail_ids(self) -> tuple[str, ...]:
        """All that the trail may keep of the statuses of such reports."""
        return tuple(self.status_id(status) for status in ReportStatus.values)


_TAKEN_DOWN = End(pgettext_lazy("suspect", "taken down"), gettext_noop("Taken down"))
_BLOCKED = End(pgettext_lazy("suspect", "blocked"), gettext_noop("Blocked"))
_PLATFORM = Receiver(
    pgettext_lazy("suspect", "the platform"),
    gettext_noop("Reported to the platform"),
    gettext_noop("Refused by the platform"),
)
_WHATSAPP = Receiver(
    "WhatsApp", gettext_noop("Reported to WhatsApp"), gettext_noop("Refused by WhatsApp")
)
_PROVIDER = Receiver(
    pgettext_lazy("suspect", "its provider"),
    gettext_noop("Reported to the provider"),
    gettext_noop("Refused by the provider"),
)
_REGISTRAR = Receiver(
    pgettext_lazy("suspect", "its registrar or host"),
    gettext_noop("Reported to the registrar or host"),
    gettext_noop("Refused by the registrar or host"),
)


def _words(noun: Promise, label: Promise, receiver: Receiver, end: End) -> Words:
    return Words(noun, noun, label, receiver, end)


ACCOUNT = _words(
    pgettext_lazy("suspect", "account"), gettext_lazy("Suspect account"), _PLATFORM, _TAKEN_DOWN
)
NUMBER = _words(
    pgettext_lazy("suspect", "number"), gettext_lazy("Suspect number"), _PROVIDER, _BLOCKED
)
WHATSAPP_NUMBER = Words(
    NUMBER.noun, pgettext_lazy("suspect", "WhatsApp number"),
    gettext_lazy("Suspect WhatsApp number"), _WHATSAPP, _BLOCKED,
)  # fmt: skip
WEBSITE = _words(
    pgettext_lazy("suspect", "website"), gettext_lazy("Suspect website"), _REGISTRAR, _TAKEN_DOWN
)
# Written as one of e-mail, which one of the fediverse may be too: each is kept by a provider.
ADDRESS = _words(
    pgettext_lazy("suspect", "address"), gettext_lazy("Suspect address"), _PROVIDER, _BLOCKED
)
# Where it leads is not known from what was typed.
LINK = _words(pgettext_lazy("suspect", "link"), gettext_lazy("Suspect link"), _PROVIDER, _BLOCKED)
EVERY = (ACCOUNT, NUMBER, WHATSAPP_NUMBER, WEBSITE, ADDRESS, LINK)
# On these an account may be written as something else; with no platform it is something else.
_READ_AGAIN = ("", OfficialPlatform.MASTODON, OfficialPlatform.WHATSAPP)
_BY_NOTE: Mapping[tuple[str, str], Words] = {
    ("", PHONE): NUMBER,
    ("", SHORTENED): LINK,
    ("", DOUBTFUL): LINK,
    ("", CUT): LINK,
    (OfficialPlatform.WHATSAPP, PHONE): WHATSAPP_NUMBER,
    (OfficialPlatform.MASTODON, EMAIL): ADDRESS,
}


def words_for(report: ImpersonationReport) -> Words:
    """The words for what ``report`` is about, read from what is kept of it."""
    usual = ACCOUNT if report.platform else WEBSITE
    if report.platform not in _READ_AGAIN:
        return usual
    found = parse(report.suspect)
    return _BY_NOTE.get((report.platform, found[0].note), usual) if len(found) == 1 else usual


def kind_of(report: ImpersonationReport) -> str:
    """The platform of an account, and of anything else what it is."""
    words = words_for(report)
    return report.get_platform_display() if words is ACCOUNT else words.said("%(kind)s")


def heading_for(report: ImpersonationReport) -> str:
    """What the citizen who reported it reads first."""
    return words_for(report).said(STAGES[report.status].heading)


def next_for(report: ImpersonationReport) -> str:
    """What citizens may expect next; empty once it is settled."""
    return words_for(report).said(STAGES[report.status].next)
