"""The accounts of the training agency that are connected by consent.

They go the way that people go: application, request, the platform's page of consent, and back. Only
the person who agrees there is played: agreeing is a POST to that page, over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import requests
from django.utils.translation import gettext as _

from accounts import actions
from accounts.actions.platform_apps import is_configurable
from accounts.models import ConsentRequest, OfficialAccount, Unit, User
from accounts.vault import app_for
from govsocial.platforms.registry import has_client, spec
from govsocial.training.agency import TrainingAccount

BROWSER = "seeding of a training instance"
SECONDS = 20


def connect_by_consent(
    actor: User,
    accounts: list[TrainingAccount],
    units: Mapping[str, Unit],
    out: Callable[[str], None],
    purpose: Callable[[TrainingAccount], str],
) -> None:
    """Register and connect what is missing; run again it changes nothing."""
    for told in accounts:
        if not has_client(told.platform) or not is_configurable(told.platform):
            continue
        configure(actor, told.platform, owner=told.handle)
        account = OfficialAccount.objects.filter(
            platform=told.platform, handle__iexact=told.handle.lstrip("@")
        ).first() or actions.register_official_account(
            actor=actor,
            unit_id=units[told.unit].pk,
            platform=told.platform,
            handle=told.handle,
            display_name=told.display_name,
            purpose=purpose(told),
        )
        if not account.is_connected:
            consent(actor, account, told)
            out(_("%(account)s is connected.") % {"account": account})


def configure(actor: User, platform: str, *, owner: str = "") -> None:
    """Enter the application that the training platforms know beforehand; ``owner`` is the account
    that registered it there."""
    if app_for(platform, "") is not None:
        return
    actions.set_platform_app(
        actor=actor,
        platform=platform,
        client_id=f"latihan-{platform}",
        client_secret=f"rahasia-latihan-{platform}",
        owner=owner,
    )
    if spec(platform).price_lists:
        # Without a cap nothing that costs money is called.
        actions.set_spending_cap(
            actor=actor, platform=platform, monthly=Decimal(50), kept=Decimal(10)
        )


def consent(actor: User, account: OfficialAccount, told: TrainingAccount) -> ConsentRequest:
    """Connect one account: there, agree, and back."""
    address = actions.start_consent(actor=actor, official_account_id=account.pk, browser=BROWSER)
    brought = agree(address, told.handle)
    (redirect,) = parse_qs(urlsplit(address).query)["redirect_uri"]
    return actions.finish_consent(
        actor=actor,
        browser=BROWSER,
        state=brought["state"],
        code=brought["code"],
        came_to=urlsplit(redirect).path,
    )


def agree(address: str, handle: str) -> dict[str, str]:
    """Agree on the training platform's page as ``handle``; return what the browser brings back."""
    page, _mark, query = address.partition("?")
    asked = {name: values[0] for name, values in parse_qs(query).items()}
    answer = requests.post(
        page,
        data={**asked, "decision": "allow", "account": handle},
        allow_redirects=False,
        timeout=SECONDS,
    )
    answer.raise_for_status()
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    return {name: back[name][0] for name in ("state", "code")}
