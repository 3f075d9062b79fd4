"""What slots write to the trail. Times are of the unit's zone."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from govsocial.audit.events import event

_DAYS = {
    "monday": _("Monday"),
    "tuesday": _("Tuesday"),
    "wednesday": _("Wednesday"),
    "thursday": _("Thursday"),
    "friday": _("Friday"),
    "saturday": _("Saturday"),
    "sunday": _("Sunday"),
}
SLOT_ADDED = event(
    "content.slot.added",
    "day",
    "at",
    label=_("Slot added"),
    sentence=_("%(actor)s gave %(target)s a slot: %(day)s %(at)s."),
    words={"day": _DAYS},
)
SLOT_REMOVED = event(
    "content.slot.removed",
    "day",
    "at",
    label=_("Slot removed"),
    sentence=_("%(actor)s took a slot from %(target)s: %(day)s %(at)s."),
    words={"day": _DAYS},
)
SLOT_TAKEN = event(
    "content.slot.taken",
    "at",
    label=_("Free slot taken"),
    sentence=_("%(actor)s planned %(target)s for the next free slot."),
)
