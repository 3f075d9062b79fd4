"""An account in the register, and a file for it."""

from __future__ import annotations

from typing import Any

from django.test import Client

from accounts import actions
from accounts.models import OfficialAccount
from tests.cast import Cast

PDF = (
    b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n"
    b"xref\n0 2\n0000000000 65535 f \n0000000009 00000 n \n"
    b"trailer<</Root 1 0 R/Size 2>>\nstartxref\n42\n%%EOF"
)


def register(cast: Cast, **changes: Any) -> OfficialAccount:
    wanted: dict[str, Any] = {
        "unit_id": cast.diskominfo.pk,
        "platform": "instagram",
        "handle": "@samudrakota",
        "display_name": "Kota Samudra",
        **changes,
    }
    return actions.register_official_account(actor=cast.bayu, **wanted)


def typed(cast: Cast, **changes: Any) -> dict[str, Any]:
    """What a person types to register it."""
    return {
        "unit": cast.diskominfo.pk,
        "platform": "instagram",
        "handle": "@samudrakota",
        "display_name": "Kota Samudra",
        "language": "id",
        "two_step": "unknown",
        **changes,
    }


def save_details(client: Client, address: str, data: dict[str, Any]) -> Any:
    """Open the form of an account and send it with ``data`` at once."""
    return client.post(address, data | {"seen": client.get(address).context["form"].shown})
