from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pgtrigger
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import connection, models
from django.db.models.functions import Lower, Now
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.capabilities import CAPABILITIES, ROLE_CAPABILITIES, Role
from accounts.models.held_roles import HeldGrant, HeldRoles, by_unit, held_now
from accounts.models.rights import holds, refuse_actor
from accounts.models.unit import Unit
from govsocial.web.as_of_now import as_of_now

SYSTEM_EMAIL = "system@govsocial.invalid"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def system(self) -> User:
        """The actor of background work. It has no password and cannot sign in."""
        return self.get(email=SYSTEM_EMAIL)


class User(AbstractBaseUser):
    """A person who works with govsocial, or the system itself. Deactivated, never deleted."""

    class Theme(models.TextChoices):
        SYSTEM = "system", _("Follow the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail"), unique=True)
    full_name = models.CharField(_("full name"), max_length=150)
    position = models.CharField(_("position"), max_length=150, blank=True)
    language = models.CharField(
        _("language"), max_length=5, choices=[("id", "Indonesia"), ("en", "English")], default="id"
    )
    theme = models.CharField(
        _("appearance"), max_length=10, choices=Theme.choices, default=Theme.SYSTEM
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_system = models.BooleanField(_("system"), default=False, editable=False)
    date_joined = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    # Counted up to end every session of this person; part of what a session is checked against.
    session_epoch = models.PositiveIntegerField(default=0, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["full_name"]
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once_ignoring_case"),
            models.CheckConstraint(
                condition=models.Q(is_system=False) | models.Q(is_active=False),
                name="user_system_never_signs_in",
            ),
        ]
        triggers = [pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return self.full_name

    def get_session_auth_hash(self) -> str:
        return self._session_hash(None)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return (self._session_hash(secret) for secret in settings.SECRET_KEY_FALLBACKS)

    def _session_hash(self, secret: str | bytes | None) -> str:
        value = f"{self.session_epoch}:{self.password}"
        return salted_hmac("accounts.session", value, secret, algorithm="sha256").hexdigest()

    @cached_property
    def reach(self) -> dict[int, frozenset[str]]:
        """Roles by unit id, through grants valid now. Read once per request."""
        held = self._roles_held
        return held.reach if held and self.is_active else {}

    def forget_reach(self) -> None:
        """Let the next question be answered by what is true then."""
        for name in ("_roles_held", "reach", "_held", "_units"):
            self.__dict__.pop(name, None)

    @cached_property
    def _held(self) -> frozenset[frozenset[str]]:
        """Hundreds of units share a handful of sets of roles; each set is judged once."""
        return frozenset(self.reach.values())

    @cached_property
    def _units(self) -> dict[frozenset[frozenset[str]], frozenset[int]]:
        """What ``units_with`` found so far, by the sets of roles that grant a capability: a page
        asks for a dozen, and most of them reach the same units."""
        return {}

    def reach_now(self) -> dict[int, frozenset[str]]:
        """Like ``reach``, read anew: actions must not decide on what was true a while ago."""
        if not self.is_active or self.pk is None:
            return {}
        with connection.cursor() as cursor:
            cursor.execute("SELECT unit_id, role FROM accounts_roles_of(%s)", [self.pk])
            return by_unit(cursor.fetchall())

    def units_with(self, capability: str) -> frozenset[int]:
        """Ids of the units on which this person holds ``capability``."""
        granting = frozenset(roles for roles in self._held if _grants(roles, capability))
        if granting not in self._units:
            self._units[granting] = frozenset(
                unit for unit, roles in self.reach.items() if roles in granting
            )
        return self._units[granting]

    def holds(self, capability: str, unit_id: int | None = None) -> bool:
        """Whether this person holds ``capability`` on the unit, or on any unit when None."""
        if unit_id is None:
            return any(_grants(roles, capability) for roles in self._held)
        return _grants(self.reach.get(unit_id, frozenset()), capability)

    def may(self, capability: str, unit_id: int) -> bool:
        """The fresh answer for actions; ``holds`` is the quick one for pages."""
        return _grants(self.reach_now().get(unit_id, frozenset()), capability)

    def may_on_any(self, capability: str, unit_ids: Iterable[int]) -> bool:
        """Like ``may``, on one unit at least."""
        reach = self.reach_now()
        return any(_grants(reach.get(unit_id, frozenset()), capability) for unit_id in unit_ids)

    def may_on_all(self, capability: str, unit_ids: Iterable[int]) -> bool:
        """Like ``may``, on each of these units."""
        reach = self.reach_now()
        return all(_grants(reach.get(unit_id, frozenset()), capability) for unit_id in unit_ids)

    def oversees(self, capability: str) -> bool:
        """Whether this person holds ``capability`` on a unit that has none above it."""
        return bool(Unit.objects.filter(pk__any=self.units_with(capability), parent=None).exists())

    @cached_property
    def keeps_all_accounts(self) -> bool:
        """Whether this person keeps the official accounts of the whole agency."""
        return self.oversees("accounts.manage")

    @property
    def keeps_accounts(self) -> bool:
        """Whether this person keeps the official accounts of any unit."""
        return self.holds("accounts.manage")

    @property
    def sees_spending(self) -> bool:
        """Money is the whole agency's: who manages accounts of one unit alone does not see it."""
        return self.keeps_all_accounts

    def role_names(self) -> list[str]:
        """The roles held anywhere now, in the order of the table."""
        held = {role for roles in self.reach.values() for role in roles}
        return [str(role) for role in Role if role in held]

    @staticmethod
    def roles_in_words(names: list[str]) -> list[str]:
        """Names of roles, also of past ones, as people read them."""
        words = {str(value): str(label) for value, label in Role.choices}
        return [words.get(name, name) for name in names]

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of the first unit that this person has a role on."""
        return self._roles_held.zone if self._roles_held else ZoneInfo(settings.TIME_ZONE)

    @property
    def role_lines(self) -> list[str]:
        """Their own roles with the units of each, as pages show them beside the name."""
        return self._roles_held.own_lines if self._roles_held else []

    @property
    def places(self) -> list[HeldGrant]:
        """The roles that they hold in somebody else's place now."""
        return self._roles_held.places if self._roles_held else []

    @property
    def stands_in(self) -> bool:
        """Whether a role of theirs is held in somebody else's place now."""
        return bool(self.places)

    @cached_property
    def _roles_held(self) -> HeldRoles | None:
        """One query a page."""
        return held_now(self.pk)

    @property
    def is_invited(self) -> bool:
        """Has not chosen a password yet."""
        return not self.has_usable_password()

    # Django admin reads these. It is a window, not a door: nobody writes through it.
    # It shows every unit, so only to those who keep the people of all of them.
    @cached_property
    def is_staff(self) -> bool:
        return self.oversees("people.manage")

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return self.is_staff and ".view_" in perm

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_staff


def _grants(roles: frozenset[str], capability: str) -> bool:
    if capability not in CAPABILITIES:
        raise ValueError(f"There is no capability {capability!r}.")
    return any(capability in ROLE_CAPABILITIES[Role(role)] for role in roles)


def grants_not_over(moment: datetime | Now | None = None) -> models.Q:
    """Grants that are not over at ``moment``, or now: they are valid, or will be. What was ended
    before its first moment never will."""
    after = moment or timezone.now()
    lasts = models.Q(ends_at__gt=after) & models.Q(ends_at__gt=models.F("starts_at"))
    return models.Q(ends_at=None) | lasts


def grants_held_now() -> models.Q:
    """Grants that are valid: by which people hold their roles now."""
    now = timezone.now()
    return grants_not_over(now) & models.Q(starts_at__lte=now)


class Grant(models.Model):
    """A role on a unit and all below it, for a time, by a decree. Ended, never deleted."""

    user = models.ForeignKey(User, models.PROTECT, related_name="grants", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="grants", verbose_name=_("unit"))
    starts_at = models.DateTimeField(_("from"), default=timezone.now)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)
    decree = models.CharField(
        _("decree"),
        max_length=120,
        blank=True,
        help_text=_("The decree (SK) that this role rests on: number and date."),
    )
    on_behalf_of = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("on behalf of"),
        help_text=_("For an acting official (Plh. or Plt.): whose place this person takes."),
    )
    granted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["unit__name", "role"]
        indexes = [models.Index(fields=["user", "role"], name="grant_by_user")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__isnull=True)
                | models.Q(ends_at__gte=models.F("starts_at")),
                name="grant_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=models.Q(on_behalf_of__isnull=True) | models.Q(ends_at__isnull=False),
                name="grant_acting_has_an_end",
            ),
            models.CheckConstraint(
                condition=models.Q(on_behalf_of__isnull=True)
                | ~models.Q(on_behalf_of=models.F("user")),
                name="grant_acting_for_another",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="grant_role_is_known"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            # Who held what when is evidence: a grant may be ended, not rewritten.
            pgtrigger.ReadOnly(name="only_ends", exclude=["ends_at"]),
            pgtrigger.Trigger(
                name="given_by_who_may",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                # The system gives the first role of all.
                func=as_of_now(f"""
                    IF NEW.granted_by_id = NEW.user_id THEN
                        RAISE EXCEPTION 'Nobody gives a role to themselves.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NOT {holds("NEW.granted_by_id", "people.manage", "NEW.unit_id")}
                        AND NOT EXISTS (
                            SELECT 1 FROM accounts_user WHERE id = NEW.granted_by_id AND is_system
                        )
                    THEN
                        {refuse_actor("Who keeps the people of the unit gives a role there.")}
                    END IF;
                    RETURN NEW;
                """),  # noqa: S608  # our own names
            ),
            pgtrigger.Trigger(
                name="ends_once_now_or_later",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("ends_at"),
                func="""
                    IF NEW.ends_at IS NOT DISTINCT FROM OLD.ends_at THEN
                        RETURN NEW;
                    END IF;
                    IF OLD.ends_at <= clock_timestamp() THEN
                        RAISE EXCEPTION 'A role that is over stays over.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    IF NEW.ends_at IS NULL OR NEW.ends_at > OLD.ends_at THEN
                        RAISE EXCEPTION 'No role lasts longer than it was given for.'
                            USING ERRCODE = 'check_violation';
                    END IF;
                    NEW.ends_at := greatest(NEW.ends_at, clock_timestamp());
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}, {self.unit}"

    @property
    def is_over(self) -> bool:
        return self.never_begins or (self.ends_at is not None and self.ends_at <= timezone.now())

    @property
    def never_begins(self) -> bool:
        """Ended before its first moment."""
        return self.ends_at == self.starts_at

    @property
    def is_to_come(self) -> bool:
        return self.starts_at > timezone.now() and not self.is_over
