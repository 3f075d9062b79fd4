"""Which presence on a platform an official account is, and that it is registered once."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.errors import AccountError
from accounts.models import OfficialAccount, User
from accounts.models.official_account import FACEBOOK_NAME


def refuse_registered_twice(actor: User, official_account: OfficialAccount) -> None:
    """Raise ``AccountError`` when another row is the same presence on the platform.

    The other one is named only to those who may see it. The constraints of the table say the
    same, for what happens in between.
    """
    # A released handle may be the agency's again, as another row.
    others = (
        OfficialAccount.objects.filter(platform=official_account.platform)
        .exclude(pk=official_account.pk)
        .exclude(status=OfficialAccount.Status.RELEASED)
    )
    same_address = Q(handle__iexact=official_account.handle)
    if official_account.platform == OfficialAccount.Platform.FACEBOOK:
        others = others.alias(name=FACEBOOK_NAME)
        same_address = Q(name=official_account.handle.lower().replace(".", ""))
    same_id = Q(platform_id=official_account.platform_id) & ~Q(platform_id="")
    if official_account.platform == OfficialAccount.Platform.MASTODON:
        others = others.filter(host__iexact=official_account.host)
    other = others.filter(same_address).select_related("unit").first()
    if other is not None:
        raise AccountError(_taken(actor, other), field="handle")
    other = others.filter(same_id).select_related("unit").first()
    if other is not None:
        raise AccountError(_taken(actor, other), field="secret")


def _taken(actor: User, other: OfficialAccount) -> str:
    if other.unit_id not in actor.units_with("accounts.view"):
        return _("This account is registered already, by a unit that you do not see.")
    return _("This account is registered already: %(account)s of %(unit)s.") % {
        "account": other,
        "unit": other.unit.name,
    }
