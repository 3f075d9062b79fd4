"""Which role may do what. This is the page that an agency signs.

A capability is held on a unit and everything below it, through a grant of a role. Changing this
table changes the approval trigger in the database as well: run ``makemigrations``.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    ADMINISTRATOR = "administrator", _("Administrator")
    DRAFTER = "drafter", _("Drafter")
    REVIEWER = "reviewer", _("Reviewer")
    APPROVER = "approver", _("Approver")
    PUBLISHER = "publisher", _("Publisher")
    LEADERSHIP = "leadership", _("Leadership")
    RISK_MANAGER = "risk_manager", _("Risk manager")
    STOC_ASSESSOR = "stoc_assessor", _("STOC assessor")
    AUDITOR = "auditor", _("Auditor")


CAPABILITIES: dict[str, object] = {
    "home.view": _("See the home page and own settings"),
    "accounts.view": _("See official accounts"),
    "accounts.manage": _("Register and connect official accounts"),
    "impersonation.handle": _("Follow up accounts that imitate official ones"),
    "people.manage": _("Keep units, people and roles"),
    "content.view": _("See posts and publications"),
    "content.plan": _("Plan campaigns, record their spending and collect ideas"),
    "content.draft": _("Write posts and submit them"),
    "content.comment": _("Comment on posts and resolve comments"),
    "content.bank": _("Keep templates and the message bank"),
    "content.review": _("Ask for changes to a submitted post"),
    "content.approve": _("Approve or reject a submitted post"),
    "content.publish": _("Cancel, retry, settle and post by hand what goes out"),
    "content.freeze": _("Freeze and lift what is scheduled"),
    "content.configure": _("Keep approval policies"),
    "kpi.view": _("See KPI pages"),
    "audit.view": _("Read the audit trail"),
}

_READ = {"home.view", "accounts.view", "content.view", "kpi.view"}

ROLE_CAPABILITIES: dict[Role, frozenset[str]] = {
    # Configures everything and decides nothing.
    Role.ADMINISTRATOR: frozenset(
        _READ
        | {
            "accounts.manage",
            "audit.view",
            "content.configure",
            "impersonation.handle",
            "people.manage",
        }
    ),
    Role.DRAFTER: frozenset(_READ | {"content.plan", "content.draft", "content.comment"}),
    # Reports of imitations hold data of citizens: to those who decide what goes out, not to all.
    Role.REVIEWER: frozenset(
        _READ
        | {
            "content.plan",
            "content.review",
            "content.bank",
            "content.comment",
            "impersonation.handle",
        }
    ),
    Role.APPROVER: frozenset(
        _READ
        | {
            "content.plan",
            "content.review",
            "content.approve",
            "content.bank",
            "content.publish",
            "content.comment",
            "content.freeze",
            "impersonation.handle",
        }
    ),
    Role.PUBLISHER: frozenset(
        _READ | {"content.publish", "content.freeze", "impersonation.handle"}
    ),
    Role.LEADERSHIP: frozenset(_READ | {"content.plan"}),
    Role.RISK_MANAGER: frozenset(_READ),
    Role.STOC_ASSESSOR: frozenset(_READ),
    Role.AUDITOR: frozenset(_READ | {"audit.view"}),
}


def roles_with(capability: str) -> list[str]:
    """Return the roles that hold ``capability``, in the order of the table."""
    if capability not in CAPABILITIES:
        raise ValueError(f"There is no capability {capability!r}.")
    return [str(role) for role, held in ROLE_CAPABILITIES.items() if capability in held]
