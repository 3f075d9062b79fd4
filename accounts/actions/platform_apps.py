"""The agency's applications at the platforms: who configures them, and what changes with them."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.guards import hold_rights, require_whole_agency
from accounts.addresses import clean_handle
from accounts.custody import checked_remark
from accounts.errors import AccountError, is_taken
from accounts.events_connections import (
    FORMER_APP_FORGOTTEN,
    PLATFORM_APP_FORGOTTEN,
    PLATFORM_APP_REMOVED,
    PLATFORM_APP_SET,
    PLATFORM_APP_UNKNOWN,
)
from accounts.models import ConsentRequest, Credential, PlatformApp, Revocation, Unit, User
from accounts.names import one_line
from accounts.redirects import redirect_uri
from accounts.vault import CannotOpen, app_for, authorisation_for, seal_row
from govsocial.audit.actions import record
from govsocial.platforms.errors import AppUnknown, PlatformError
from govsocial.platforms.oauth import AppCredentials, new_verifier
from govsocial.platforms.registry import has_client, register_app, spec
from govsocial.platforms.spec import Registration

# Longer than anybody is on the way to a platform and back.
FORMER_KEPT = timedelta(hours=1)


@transaction.atomic
def set_platform_app(
    *,
    actor: User,
    platform: str,
    client_id: str,
    client_secret: str,
    owner: str = "",
    seen: str | None = None,
) -> PlatformApp:
    """Keep the credentials of the agency's application at a platform.

    An empty secret leaves the one that is stored, as long as the client is the same. ``owner`` is
    the handle of the account that owns the application, where that account pays less. ``seen`` is
    the ``mark_of`` what a person was shown: nothing is written over what changed since. None: what
    is wanted was not read off any form.
    """
    app = _locked(actor, platform)
    hold_rights(actor)
    require_whole_agency(actor)
    if not is_configurable(platform):
        raise AccountError(_("This platform needs no application."))
    client_id = one_line(client_id.strip(), "client_id")
    client_secret = one_line(client_secret.strip(), "client_secret")
    owner = _owner(platform, owner)
    if not client_secret and not (app.sealed and app.client_id == client_id):
        raise AccountError(_("Enter the secret of this application."), field="client_secret")
    changed = [
        name
        for name, news in (
            ("client_id", app.client_id != client_id),
            ("client_secret", bool(client_secret)),
            ("owner", app.owner != owner),
        )
        if news
    ]
    if not changed:
        return app
    if seen is not None and seen != mark_of(app):
        raise AccountError(_("Somebody else configured this just now. Look again."))
    app = _current_from_now(actor, app, client_id)
    app.owner = owner
    if client_secret:
        seal_row(app, client_secret)
    app.redirect_uri = redirect_uri()
    app.changed_by, app.changed_at, app.removed_at = actor, timezone.now(), None
    _save(app)
    _record_set(actor, app, changed)
    return app


@transaction.atomic
def remove_platform_app(*, actor: User, platform: str, reason: str) -> PlatformApp:
    """Forget the secret of an application. Connections through it end when theirs do."""
    app = _locked(actor, platform)
    hold_rights(actor)
    require_whole_agency(actor)
    if not app.sealed:
        raise AccountError(_("No application is configured here."))
    reason = checked_remark(reason, "reason")
    app.sealed, app.removed_at = "", timezone.now()
    app.changed_by, app.changed_at = actor, app.removed_at
    app.save()
    record(
        PLATFORM_APP_REMOVED,
        actor=actor,
        target=app,
        unit_id=_top_unit(actor),
        client_id=app.client_id,
        reason=reason,
    )
    return app


@transaction.atomic
def register_app_anew(*, actor: User, platform_app_id: int, reason: str) -> PlatformApp:
    """Have the next consent at this server ask it for another application.

    For servers that forgot ours and do not say so. What is connected goes on with the one that is
    stored, and so does a consent that is under way.
    """
    app = PlatformApp.objects.select_for_update().get(pk=platform_app_id)
    hold_rights(actor)
    require_whole_agency(actor)
    if app.replaced_at is not None:
        raise AccountError(_("Another application is there instead of this one already."))
    if spec(app.platform).register is None:
        raise AccountError(_("This application was entered by hand. Change it instead."))
    if not app.is_configured or not app.redirect_uri:
        raise AccountError(_("The next consent registers this application anew already."))
    reason = checked_remark(reason, "reason")
    app.redirect_uri = ""
    app.changed_by, app.changed_at = actor, timezone.now()
    app.save(update_fields=["redirect_uri", "changed_by", "changed_at"])
    record(
        PLATFORM_APP_FORGOTTEN,
        actor=actor,
        target=app,
        unit_id=_top_unit(actor),
        client_id=app.client_id,
        reason=reason,
    )
    return app


def app_to_consent_with(*, actor: User, platform: str, host: str) -> PlatformApp | None:
    """The configured application; where servers give one out to whoever asks, it is asked for.

    Raises ``PlatformError`` when such a server does not. None: an administrator must configure it.
    """
    app = app_for(platform, host)
    if spec(platform).register is None:
        return app
    if app is not None and app.is_current and _is_known(app):
        return app
    given = register_app(
        platform,
        Registration(
            name=f"govsocial {settings.AGENCY_NAME}"[:60],
            website=settings.SITE_URL,
            redirect_uri=redirect_uri(host),
        ),
        host=host,
        allowed_private=settings.PLATFORM_PRIVATE_HOSTS,
    )
    return _keep_given(actor, platform, host, given, instead_of=app)


def _is_known(app: PlatformApp) -> bool:
    """Whether the server that gave the application out still knows it.

    Servers forget applications: they are moved, set up anew, or tidied. Then their page of consent
    leads nobody back here, so it is asked before: with a code that nobody was given, for a server
    judges who asks before it looks at the code (RFC 6749, 5.2). What else goes wrong says nothing.
    """
    try:
        authorisation_for(app).exchange(
            code=secrets.token_urlsafe(16),
            redirect_uri=app.redirect_uri,
            verifier=new_verifier(),
        )
    except (AppUnknown, CannotOpen):
        return False
    except PlatformError:
        return True
    return True


@transaction.atomic
def forget_given(*, app: PlatformApp) -> bool:
    """Have an application that its server no longer knows registered anew by the next consent.

    Whether that is possible: else an administrator must look at the credentials."""
    if spec(app.platform).register is None:
        return False
    # Somebody may have registered it anew in the meantime, or have seen to it already.
    known = PlatformApp.objects.filter(pk=app.pk, client_id=app.client_id).exclude(redirect_uri="")
    if known.update(redirect_uri=""):
        top = Unit.objects.filter(parent=None).order_by("pk").first()
        record(
            PLATFORM_APP_UNKNOWN,
            actor=User.objects.system(),
            target=app,
            unit_id=top.pk if top else None,
            client_id=app.client_id,
        )
    return True


@transaction.atomic
def _keep_given(
    actor: User,
    platform: str,
    host: str,
    given: AppCredentials,
    *,
    instead_of: PlatformApp | None,
) -> PlatformApp:
    app = _locked(actor, platform, host)
    stale = instead_of.client_id if instead_of is not None else None
    if app.sealed and app.is_current and app.client_id != stale:
        # Somebody asked at the same time: theirs is used already.
        return app
    app = _current_from_now(actor, app, given.client_id)
    seal_row(app, given.client_secret)
    app.redirect_uri = redirect_uri(host)
    app.changed_by, app.changed_at, app.removed_at = actor, timezone.now(), None
    try:
        with transaction.atomic():
            app.save()
    except IntegrityError as exc:
        if not is_taken(exc):
            raise
        # There was no row to lock yet, and somebody else's is there now.
        return _locked(actor, platform, host)
    _record_set(actor, app, ["client_id", "client_secret"])
    return app


def is_configurable(platform: str) -> bool:
    """Whether an administrator enters an application for it: consent, and no server of its own."""
    if not has_client(platform):
        return False
    found = spec(platform)
    return found.authorisation is not None and found.addresses is not None


def mark_of(app: PlatformApp | None) -> str:
    """Another one with each change of the application."""
    return app.changed_at.isoformat() if app is not None and app.pk else ""


def _owner(platform: str, typed: str) -> str:
    if not typed or not spec(platform).owner_pays_less:
        return ""
    try:
        return clean_handle(platform, typed, "")[0]
    except AccountError as exc:
        raise AccountError(str(exc), field="owner") from exc


def _locked(actor: User, platform: str, host: str = "") -> PlatformApp:
    """The current application, or the first one to be; with it, all the former ones are locked."""
    rows = PlatformApp.objects.select_for_update().filter(platform=platform, host=host)
    # Whoever waited for the lock did not see what was added meanwhile.
    list(rows)
    return rows.filter(replaced_at=None).first() or _new(actor, platform, host)


def _new(actor: User, platform: str, host: str, client_id: str = "") -> PlatformApp:
    return PlatformApp(
        platform=platform,
        host=host,
        client_id=client_id,
        key_version=0,
        created_by=actor,
        changed_by=actor,
    )


def _current_from_now(actor: User, present: PlatformApp, client_id: str) -> PlatformApp:
    """The row of the client, for the caller to save. ``present`` stays for what it was granted."""
    if present.pk is None:
        present.client_id = client_id
    if present.client_id == client_id:
        return present
    present.replaced_at = timezone.now()
    present.save(update_fields=["replaced_at"])
    same = {"platform": present.platform, "host": present.host, "client_id": client_id}
    app = PlatformApp.objects.filter(**same).first() or _new(actor, **same)
    app.replaced_at = None
    return app


@transaction.atomic
def forget_former_apps(*, actor: User, limit: int = 200) -> int:
    """Empty the secrets of former applications to which nothing is granted any more."""
    now = timezone.now()
    through = {"app": OuterRef("pk")}
    idle = (
        PlatformApp.objects.select_for_update(skip_locked=True)
        # Whoever read it as the current one a moment ago still begins a consent with it.
        .filter(replaced_at__lte=now - FORMER_KEPT, removed_at=None)
        .filter(
            ~Exists(Credential.objects.filter(**through).exclude(status=Credential.Status.REMOVED)),
            ~Exists(ConsentRequest.objects.filter(**through, settled_at=None)),
            ~Exists(Revocation.objects.filter(**through, settled_at=None)),
        )
        .order_by("pk")[:limit]
    )
    apps, top = list(idle), Unit.objects.filter(parent=None).first()
    for app in apps:
        app.sealed, app.removed_at = "", now
        app.save(update_fields=["sealed", "removed_at"])
        record(
            FORMER_APP_FORGOTTEN,
            actor=actor,
            target=app,
            unit_id=top.pk if top else None,
            client_id=app.client_id,
        )
    return len(apps)


def _save(app: PlatformApp) -> None:
    try:
        with transaction.atomic():
            app.save()
    except IntegrityError as exc:
        if not is_taken(exc):
            raise
        raise AccountError(_("Somebody else configured this just now. Look again.")) from exc


def _record_set(actor: User, app: PlatformApp, changed: list[str]) -> None:
    record(
        PLATFORM_APP_SET,
        actor=actor,
        target=app,
        unit_id=_top_unit(actor),
        client_id=app.client_id,
        redirect_uri=app.redirect_uri,
        changed=changed,
    )


def _top_unit(actor: User) -> int | None:
    top = Unit.objects.filter(parent=None, pk__any=actor.units_with("accounts.manage")).first()
    return top.pk if top else None
