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

from accounts.models import ImpersonationReport
from accounts.models.impersonation import ReportStatus
from accounts.models.kinds import OfficialPlatform
from accounts.references import CUT, DOUBTFUL, EMAIL, PHONE, SHORTENED, parse


@dataclass(frozen=True, slots=True)
class Words:
    """``noun`` without an article, ``receiver`` with it; ``kind`` more exactly than the noun.
    ``reported``, ``refused`` and ``taken_down`` are message ids, which the trail keeps."""

    noun: str | Promise
    kind: str | Promise
    label: str | Promise
    receiver: str | Promise
    gone: str | Promise
    reported: str
    refused: str
    taken_down: str

    def said(self, message: str | Promise, **values: object) -> str:
        """``message`` with these words in it, as the beginning of a sentence."""
        words = {"noun": self.noun, "kind": self.kind, "receiver": self.receiver, "gone": self.gone}
        return capfirst(str(message) % {**words, **values})

    def status_id(self, status: str) -> str:
        """The message id of a status of a report about this."""
        return {**_STATUSES, **self._own_statuses}[status]

    def status(self, status: str) -> str:
        return _(self.status_id(status))

    @property
    def reported_to(self) -> str:
        return _(self.reported)

    @property
    def ticket(self) -> str:
        return self.said(_("Ticket number at %(receiver)s"))

    @property
    def _own_statuses(self) -> Mapping[str, str]:
        return {
            ReportStatus.REPORTED: self.reported,
            ReportStatus.REFUSED: self.refused,
            ReportStatus.TAKEN_DOWN: self.taken_down,
        }

    @property
    def trail_ids(self) -> tuple[str, ...]:
        """All that the trail may keep of the statuses of such reports."""
        return tuple(self.status_id(status) for status in ReportStatus.values)


_STATUSES: Mapping[str, str] = {
    ReportStatus.NEW: gettext_noop("New"),
    ReportStatus.CHECKING: gettext_noop("Being checked"),
    ReportStatus.NOT_IMITATION: gettext_noop("Not an imitation"),
    ReportStatus.DISMISSED: gettext_noop("Set aside"),
}
_DOWN, _BLOCKED = pgettext_lazy("suspect", "taken down"), pgettext_lazy("suspect", "blocked")
_TAKEN_DOWN, _IS_BLOCKED = gettext_noop("Taken down"), gettext_noop("Blocked")
_TO_PROVIDER = gettext_noop("Reported to the provider")
_BY_PROVIDER = gettext_noop("Refused by the provider")

ACCOUNT = Words(
    noun=pgettext_lazy("suspect", "account"),
    kind=pgettext_lazy("suspect", "account"),
    label=gettext_lazy("Suspect account"),
    receiver=pgettext_lazy("suspect", "the platform"),
    gone=_DOWN,
    reported=gettext_noop("Reported to the platform"),
    refused=gettext_noop("Refused by the platform"),
    taken_down=_TAKEN_DOWN,
)
NUMBER = Words(
    noun=pgettext_lazy("suspect", "number"),
    kind=pgettext_lazy("suspect", "number"),
    label=gettext_lazy("Suspect number"),
    receiver=pgettext_lazy("suspect", "its provider"),
    gone=_BLOCKED,
    reported=_TO_PROVIDER,
    refused=_BY_PROVIDER,
    taken_down=_IS_BLOCKED,
)
WHATSAPP_NUMBER = Words(
    noun=pgettext_lazy("suspect", "number"),
    kind=pgettext_lazy("suspect", "WhatsApp number"),
    label=gettext_lazy("Suspect WhatsApp number"),
    receiver="WhatsApp",
    gone=_BLOCKED,
    reported=gettext_noop("Reported to WhatsApp"),
    refused=gettext_noop("Refused by WhatsApp"),
    taken_down=_IS_BLOCKED,
)
WEBSITE = Words(
    noun=pgettext_lazy("suspect", "website"),
    kind=pgettext_lazy("suspect", "website"),
    label=gettext_lazy("Suspect website"),
    receiver=pgettext_lazy("suspect", "its registrar or host"),
    gone=_DOWN,
    reported=gettext_noop("Reported to the registrar or host"),
    refused=gettext_noop("Refused by the registrar or host"),
    taken_down=_TAKEN_DOWN,
)
# Written as one of e-mail, which one of the fediverse may be too: each is kept by a provider.
ADDRESS = Words(
    noun=pgettext_lazy("suspect", "address"),
    kind=pgettext_lazy("suspect", "address"),
    label=gettext_lazy("Suspect address"),
    receiver=pgettext_lazy("suspect", "its provider"),
    gone=_BLOCKED,
    reported=_TO_PROVIDER,
    refused=_BY_PROVIDER,
    taken_down=_IS_BLOCKED,
)
# Where it leads is not known from what was typed.
LINK = Words(
    noun=pgettext_lazy("suspect", "link"),
    kind=pgettext_lazy("suspect", "link"),
    label=gettext_lazy("Suspect link"),
    receiver=pgettext_lazy("suspect", "its provider"),
    gone=_BLOCKED,
    reported=_TO_PROVIDER,
    refused=_BY_PROVIDER,
    taken_down=_IS_BLOCKED,
)
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
    return words_for(report).said(_HEADINGS[ReportStatus(report.status)])


def next_for(report: ImpersonationReport) -> str:
    """What citizens may expect next; empty once it is settled."""
    return words_for(report).said(_NEXT.get(ReportStatus(report.status), ""))


_HEADINGS: Mapping[ReportStatus, Promise] = {
    ReportStatus.NEW: gettext_lazy("We have received your report"),
    ReportStatus.CHECKING: gettext_lazy("We are checking the %(noun)s"),
    ReportStatus.REPORTED: gettext_lazy("We have reported the %(noun)s to %(receiver)s"),
    ReportStatus.TAKEN_DOWN: gettext_lazy("The %(noun)s has been %(gone)s"),
    ReportStatus.NOT_IMITATION: gettext_lazy("The %(noun)s does not imitate us"),
    ReportStatus.REFUSED: gettext_lazy("%(receiver)s leaves the %(noun)s as it is"),
    ReportStatus.DISMISSED: gettext_lazy("The report was not followed up"),
}
_NEXT: Mapping[ReportStatus, Promise] = {
    ReportStatus.NEW: gettext_lazy(
        "Next: staff check the report, then report the %(noun)s to %(receiver)s."
    ),
    ReportStatus.CHECKING: gettext_lazy(
        "Next: if the %(noun)s imitates us, we report it to %(receiver)s."
    ),
    ReportStatus.REPORTED: gettext_lazy("Next: %(receiver)s decides. Its answer will be here."),
}
