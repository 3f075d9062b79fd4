"""What the trail keeps of the lists that findings go by."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from content.models.contact import ContactKind
from govsocial.audit.events import event

_KINDS = dict(ContactKind.choices)

CONTACT_ADDED = event(
    "content.contact.added",
    "kind",
    "unit",
    "reason",
    label=_("Known contact added"),
    sentence=_("%(actor)s let posts of %(unit)s name %(target)s (%(kind)s): %(reason)s"),
    words={"kind": _KINDS},
)
CONTACT_REMOVED = event(
    "content.contact.removed",
    "kind",
    "reason",
    label=_("Known contact removed"),
    sentence=_("%(actor)s removed %(target)s (%(kind)s) from the known contacts: %(reason)s"),
    words={"kind": _KINDS},
)
WINDOW_MADE = event(
    "content.election_window.made",
    "unit",
    "starts_on",
    "ends_on",
    "citation",
    "words",
    label=_("Election window made"),
    sentence=_(
        "%(actor)s made the election window %(target)s for %(unit)s, from %(starts_on)s to "
        "%(ends_on)s (%(citation)s)."
    ),
)
WINDOW_WITHDRAWN = event(
    "content.election_window.withdrawn",
    "reason",
    label=_("Election window withdrawn"),
    sentence=_("%(actor)s withdrew the election window %(target)s: %(reason)s"),
)
