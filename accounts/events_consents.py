"""What the trail keeps of consents at the platforms."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.consent_words import GIVEN_BACK, Reason
from govsocial.audit.events import event

CONSENT_STARTED = event(
    "accounts.consent.started",
    "platform",
    "host",
    label=_("Consent asked for"),
    sentence=_("%(actor)s went to the platform to connect %(target)s."),
)
CONSENT_REFUSED = event(
    "accounts.consent.refused",
    "reason",
    "error",
    label=_("Consent refused"),
    sentence=_("%(actor)s could not connect %(target)s by consent (%(reason)s)."),
    words={"reason": dict(Reason.choices)},
)
CONSENT_GIVEN_BACK = event(
    "accounts.consent.given_back",
    "outcome",
    "tries",
    "error",
    label=_("What a refused consent gave"),
    sentence=_("The right already given by way of %(target)s %(outcome)s."),
    words={"outcome": GIVEN_BACK},
)
