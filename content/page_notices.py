"""A freeze is told to everybody whose accounts it stops, on every page."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.requests import person
from content.models import Freeze
from content.selectors.freezes import running_freezes
from govsocial.web.counting import counts_of
from govsocial.web.notices import Notice
from govsocial.web.templatetags.formats import moment

MOST = 3


def page_notices(request: HttpRequest) -> Iterable[Notice]:
    """One notice for all freezes that run. Whether there is one is counted with what waits."""
    user = person(request)
    number = counts_of(request).get("freezes", 0) if user.holds("content.view") else 0
    if not number:
        return
    freezes = list(running_freezes(user)[:MOST])
    if not freezes:
        # Lifted within this moment.
        return
    title = ngettext("%(number)s freeze is on", "%(number)s freezes are on", number)
    more = number - len(freezes)
    told = [_in_words(freeze) for freeze in freezes]
    if more > 0:
        told.append(ngettext("and %(more)s more", "and %(more)s more", more) % {"more": more})
    yield Notice(
        title=title % {"number": number},
        text="; ".join(told)
        + ". "
        + _("What is scheduled there waits, also what is approved now."),
        url=reverse("content:freeze_list"),
        action=_("See the freezes"),
    )


def _in_words(freeze: Freeze) -> str:
    words = {
        "scope": freeze.named,
        "occasion": freeze.get_kind_display(),
        "since": moment(freeze.begun_at),
    }
    if freeze.expected_until is None:
        return _("%(scope)s (%(occasion)s) since %(since)s") % words
    words["until"] = moment(freeze.expected_until)
    return _("%(scope)s (%(occasion)s) since %(since)s, expected until %(until)s") % words
