"""``official.json``: the public register for machines, and the schema that describes it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal

from django.conf import settings
from django.urls import reverse
from pydantic import BaseModel, ConfigDict, Field

from accounts.public.frame import public_address
from accounts.public.snapshot import PublicAccount, Snapshot

_ANY = "code"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UnitDocument(_Part):
    """A work unit that has official accounts, or has such units below it."""

    id: str = Field(description="Stable as long as the unit keeps its name.")
    name: str
    short_name: str | None
    parent: str | None = Field(description="The id of the unit above it; null at the top.")


class AccountDocument(_Part):
    """One official account, in use or once in use."""

    id: str = Field(description="Stable for ever, also when the handle changes.")
    platform: str = Field(description="For example instagram, x, feed (a website), other.")
    server: str | None = Field(description="Where the platform has many servers (Mastodon).")
    handle: str = Field(description="Without the sign; a website's address without its scheme.")
    platform_id: str | None = Field(
        description="The platform's own number; of a website the address of its feed, up to the "
        "question mark; null when not known."
    )
    display_name: str
    url: str | None = Field(description="Null when the handle was given up: see the status.")
    unit: str = Field(description="The id of the unit that answers for it.")
    status: Literal["active", "suspended", "closed", "released"] = Field(
        description="Only active accounts speak for the agency. The handle of a released one was "
        "given up, and may be somebody else's by now."
    )
    since: date
    since_is: Literal["opened", "registered"] = Field(
        description="What happened on that day: it was opened, or it came into the register."
    )
    closed_on: date | None
    decree: str | None = Field(description="Number of the decree that it rests on.")
    attested_on: date | None = Field(
        description="When its unit last confirmed it; null when not known."
    )
    language: str
    page: str = Field(description="Its page in the public register.")


class RegisterDocument(_Part):
    """The official accounts of a government agency."""

    version: Literal["1.0"] = Field(
        description="Of this schema. A first number that is higher means that something known "
        "was changed or left out; new fields raise the second."
    )
    generated_at: datetime = Field(
        description="When the register last changed, in UTC: the same content has the same time."
    )
    agency: str
    register_version: int = Field(description="Counts the changes of the register.")
    page: str
    units: list[UnitDocument]
    accounts: list[AccountDocument]


def document(snapshot: Snapshot) -> bytes:
    """The register as JSON. Equal registers make equal bytes, in every process."""
    # Asked of the addresses once: for thousands of accounts that takes longer than all the rest.
    before, _code, after = public_address(
        reverse("official:account_detail", args=[_ANY])
    ).rpartition(_ANY)
    found = RegisterDocument(
        version="1.0",
        generated_at=snapshot.changed_at.astimezone(UTC),
        agency=settings.AGENCY_NAME,
        register_version=snapshot.number,
        page=public_address(reverse("official:register_list")),
        units=[
            UnitDocument(
                id=unit.slug,
                name=unit.name,
                short_name=unit.short_name or None,
                parent=unit.parent or None,
            )
            for unit in snapshot.units
        ],
        accounts=[_account(one, f"{before}{one.code}{after}") for one in snapshot.accounts],
    )
    return found.model_dump_json(indent=1).encode()


def _account(one: PublicAccount, page: str) -> AccountDocument:
    return AccountDocument(
        id=one.code,
        platform=one.platform,
        server=one.host or None,
        handle=one.handle,
        platform_id=one.platform_id or None,
        display_name=one.name,
        url=None if one.released else one.url,
        unit=one.unit.slug,
        status="released" if one.released else one.state,
        since=one.since,
        since_is="opened" if one.since_opened else "registered",
        closed_on=one.closed_on,
        decree=one.decree_number or None,
        attested_on=one.attested_here,
        language=one.language,
        page=page,
    )


def schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of ``document``."""
    found = RegisterDocument.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}
