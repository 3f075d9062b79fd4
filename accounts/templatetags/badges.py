"""The states of an official account, as every page shows them. Tags and not templates: a list shows
a hundred of them."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import OfficialAccount
from govsocial.web.templatetags.ui import badge

register = template.Library()

_STATUS = {
    OfficialAccount.Status.PROPOSED: ("note", "pencil"),
    OfficialAccount.Status.ACTIVE: ("good", "check"),
    OfficialAccount.Status.SUSPENDED: ("watch", "pause"),
    OfficialAccount.Status.CLOSED: ("", "square"),
    OfficialAccount.Status.RELEASED: ("bad", "cross"),
}


@register.simple_tag
def account_status(account: OfficialAccount) -> SafeString:
    """Whether the account is in use."""
    tone, shape = _STATUS[OfficialAccount.Status(account.status)]
    return badge(account.get_status_display(), tone, shape)


@register.simple_tag
def account_connection(account: OfficialAccount) -> SafeString:
    """Its connection in the words of the filter, whether or not the account is in use."""
    if account.is_connected:
        tone, shape = "good", "check"
    elif account.needs_reconnecting:
        tone, shape = "bad", "bang"
    elif not account.can_connect:
        tone, shape = "", "pencil"
    elif not account.is_active:
        tone, shape = "", "ring"
    else:
        tone, shape = "watch", "ring"
    return badge(account.connection_words, tone, shape)


@register.simple_tag
def rules_kept(account: OfficialAccount) -> SafeString | str:
    """How many of the rules that ask something of the account it keeps: of ``count_rules``."""
    asked: int = account.rules_asked  # type: ignore[attr-defined]  # counted
    met: int = account.rules_met  # type: ignore[attr-defined]  # counted
    if not asked:
        return format_html('<span class="muted">{}</span>', _("not applicable"))
    return _("%(met)s of %(asked)s") % {"met": met, "asked": asked}
