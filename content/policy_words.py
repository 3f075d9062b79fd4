"""What policies ask for, as people say it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from content.models import ApprovalPolicy, Sensitivity, StageKind
from content.policies import WouldAsk


def decider(kind: str) -> str:
    """Who decides at a stage of this kind."""
    return _("an approver") if kind == StageKind.APPROVE else _("a reviewer")


def stages_in_words(kinds: Sequence[str]) -> str:
    """``2 stages: a reviewer, then an approver``."""
    *before, last = [decider(kind) for kind in kinds]
    who = last
    for one in reversed(before):
        who = _("%(first)s, then %(rest)s") % {"first": one, "rest": who}
    return ngettext("%(count)s stage: %(who)s", "%(count)s stages: %(who)s", len(kinds)) % {
        "count": len(kinds),
        "who": who,
    }


def days_in_words(days: int) -> str:
    return ngettext("counts %(days)s day", "counts %(days)s days", days) % {"days": days}


def hours_in_words(hours: int) -> str:
    return ngettext("%(hours)s hour", "%(hours)s hours", hours) % {"hours": hours}


def posts_in_words(sensitivity: str) -> str:
    if not sensitivity:
        return _("All posts")
    ordinary = sensitivity == Sensitivity.ORDINARY
    return _("Ordinary posts") if ordinary else _("Sensitive posts")


def policy_named(policy: ApprovalPolicy) -> str:
    """What tells it from the others: the unit or the account, and the posts."""
    name = str(policy)
    if policy.sensitivity:
        name = f"{name}, {posts_in_words(policy.sensitivity).lower()}"
    return name


def asked_in_words(
    asked: WouldAsk, policies: Mapping[int, ApprovalPolicy], *, why: bool = True
) -> str:
    """``2 stages: a reviewer, then an approver; counts 7 days; because of the policy of …``.

    ``policies`` are those that it is because of, by id; 0 stands for one that is only thought of.
    """
    because = _because(asked, policies) if why else ()
    return "; ".join([stages_in_words(asked.kinds), days_in_words(asked.days), *because])


def _because(asked: WouldAsk, policies: Mapping[int, ApprovalPolicy]) -> Iterable[str]:
    stages, days = set(asked.stages_by), set(asked.days_by)
    if not stages:
        yield _("as long as no policy says more")
    elif stages & days:
        # One that makes both says it all.
        yield _("because of the policy of %(who)s") % {"who": _names(stages & days, policies)}
        if stages - days and not _makes_stages(asked, stages & days, policies):
            yield _("stages also because of %(who)s") % {"who": _names(stages - days, policies)}
    else:
        yield _("stages because of the policy of %(who)s") % {"who": _names(stages, policies)}
        yield _("days because of the policy of %(who)s") % {"who": _names(days, policies)}


def _makes_stages(
    asked: WouldAsk, ids: Collection[int], policies: Mapping[int, ApprovalPolicy]
) -> bool:
    return any(one in policies and policies[one].stages == asked.kinds for one in ids)


def _names(ids: Collection[int], policies: Mapping[int, ApprovalPolicy]) -> str:
    names = [_("this form")] if 0 in ids else []
    names += [policy_named(policies[one]) for one in sorted(ids) if one in policies]
    return ", ".join(dict.fromkeys(names))
