from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.capabilities import Role
from accounts.errors import AccountError
from accounts.events import AGENCY_FOUNDED
from accounts.models import Grant, Unit, User
from accounts.names import name_line, unit_name
from govsocial.audit.actions import record


@transaction.atomic
def found_agency(
    *, name: str, short_name: str, time_zone: str, email: str, full_name: str, decree: str
) -> User:
    """Make the topmost unit and its first administrator, who invites everybody else.

    Works once, on an empty register: raises ``AccountError`` when a unit exists. The actor is the
    system, since nobody is there yet. The administrator has no password until one is set.
    """
    if Unit.objects.exists():
        raise AccountError(_("The agency exists already; its administrators invite people."))
    name, short_name = unit_name(name, "name"), unit_name(short_name, "short_name")
    full_name = name_line(full_name, "full_name")
    system = User.objects.system()
    city = Unit.objects.create(name=name, short_name=short_name, time_zone=time_zone)
    administrator = User.objects.create_user(email=email, full_name=full_name)
    grant = Grant.objects.create(
        user=administrator,
        role=Role.ADMINISTRATOR,
        unit=city,
        granted_by=system,
        decree=decree,
    )
    record(
        AGENCY_FOUNDED,
        actor=system,
        target=city,
        administrator=full_name,
        grant_id=grant.pk,
        decree=decree,
    )
    return administrator
