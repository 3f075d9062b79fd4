"""A role that a person holds, in one line: in whose place, until which day, by which decree."""

from __future__ import annotations

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.models import Grant
from govsocial.web.templatetags.formats import moment, until_day


def in_full(grant: Grant) -> str:
    """ "Made Wirawan: Approver on behalf of Sari Wulandari, Diskominfo, until 30 November 2026 (SK
    12/2026)": nobody takes the role of an acting official for one for good."""
    role = grant.get_role_display()
    if grant.on_behalf_of:
        role = _("%(role)s on behalf of %(principal)s") % {
            "role": role,
            "principal": grant.on_behalf_of.full_name,
        }
    said = f"{grant.user}: {role}, {grant.unit}"
    if grant.ends_at and not grant.never_begins:
        said += ", " + _("until %(end)s") % {"end": until_day(grant.ends_at)}
    return f"{said} ({grant.decree})" if grant.decree else said


def start_in_words(kept: str) -> str:
    """The beginning of a role as the trail keeps it, an ISO time, as people read it."""
    return moment(parse_datetime(kept)) or kept


def end_in_words(kept: str) -> str:
    """The end of one: a day where it lasts to the end of that day."""
    return until_day(parse_datetime(kept)) or kept
