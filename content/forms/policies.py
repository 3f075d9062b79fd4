"""What people fill in about approval: a policy, a question of what would be asked, and what a look
afterwards found."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.finding import account_field, unit_of
from accounts.models import Unit, User
from accounts.selectors import units_visible_to
from content.actions.policies import Covered
from content.documents import EMERGENCY
from content.models import ApprovalPolicy, Retrospective, Sensitivity, StageKind
from content.models.policy import MOST_HOURS
from content.models.review import LONGEST_APPROVAL
from content.policies import Thought
from content.selectors.policies import accounts_to_ask_for, accounts_to_configure
from govsocial.web.forms import NOT_DECIDED, LongSelect, ReasonForm
from govsocial.web.hidden_signs import readable

_BEFORE = [
    ("", _("None")),
    (StageKind.REVIEW, _("A reviewer")),
    (StageKind.APPROVE, _("An approver")),
]


class _UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not generic when run
    def __init__(self, **more: Any) -> None:
        more.setdefault("empty_label", _("Choose a unit"))
        more.setdefault("error_messages", {"required": _("Choose a unit.")})
        super().__init__(queryset=Unit.objects.none(), widget=LongSelect, **more)


class PolicyForm(ReasonForm):
    """Who must approve. What ``shown`` holds is what the person has read the consequences of."""

    refused = ""

    unit = _UnitChoice(
        label=_("Unit"), help_text=_("The policy holds for it and for every unit below it.")
    )
    official_account = account_field(
        label=_("Official account"),
        required=False,
        empty_label=_("All accounts"),
        group_of=unit_of,
        help_text=_("An account belongs to the unit above."),
    )
    sensitivity = forms.ChoiceField(
        label=_("Sensitivity"),
        required=False,
        choices=[("", _("All posts")), *Sensitivity.choices],
        help_text=_("Emergencies have a path of their own, and no policy."),
    )
    first = forms.ChoiceField(label=_("First stage"), required=False, choices=_BEFORE)
    second = forms.ChoiceField(
        label=_("Second stage"),
        required=False,
        choices=_BEFORE,
        help_text=_("The last stage is always an approver. Each stage needs a different person."),
    )
    days = forms.IntegerField(
        label=_("An approval counts for (days)"),
        min_value=1,
        max_value=LONGEST_APPROVAL.days,
        initial=14,
    )
    remind_after = forms.IntegerField(
        label=_("Remind after (hours)"), min_value=1, max_value=MOST_HOURS, initial=24
    )
    escalate_after = forms.IntegerField(
        label=_("Escalate after (hours)"),
        min_value=1,
        max_value=MOST_HOURS,
        initial=48,
        help_text=_(
            "Counted for each stage by itself. Then the leadership of the unit and those who "
            "approve in the units above it are told: whoever of them may decide can do so at once."
        ),
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    shown = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = (
        "unit", "official_account", "sensitivity", "first", "second", "days", "remind_after",
        "escalate_after", "reason",
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["unit"].queryset = units_visible_to(user, "content.configure")  # type: ignore[attr-defined]  # a choice of rows
        self.fields["official_account"].queryset = accounts_to_configure(user)  # type: ignore[attr-defined]  # a search

    def clean(self) -> dict[str, Any]:
        """What the action asks of two fields, told with everything else that is wrong."""
        data = super().clean() or self.cleaned_data
        account, unit = data.get("official_account"), data.get("unit")
        if account and unit and account.unit_id != unit.pk:
            self.add_error("official_account", _("This account does not belong to the unit."))
        remind, escalate = data.get("remind_after"), data.get("escalate_after")
        if remind and escalate and escalate < remind:
            self.add_error("escalate_after", _("Remind first: this is less than the hours above."))
        return data

    def covered(self) -> Covered:
        account = self.cleaned_data["official_account"]
        return Covered(
            unit_id=self.cleaned_data["unit"].pk,
            official_account_id=account.pk if account else None,
            sensitivity=self.cleaned_data["sensitivity"],
        )

    def thought(self) -> Thought:
        """The policy that was typed."""
        data = self.cleaned_data
        before = [kind for kind in (data["first"], data["second"]) if kind]
        return Thought(
            stages=[*before, StageKind.APPROVE],
            days=data["days"],
            remind_after=data["remind_after"],
            escalate_after=data["escalate_after"],
        )

    def spelled(self) -> str:
        """What was typed, but for the reason: what changes follows from it."""
        covered, thought = self.covered(), self.thought()
        return json.dumps(
            [
                covered.unit_id, covered.official_account_id, covered.sensitivity,
                [str(kind) for kind in thought.stages], thought.days, thought.remind_after,
                thought.escalate_after,
            ],
            separators=(",", ":"),
        )  # fmt: skip

    @property
    def is_what_was_shown(self) -> bool:
        return bool(self.cleaned_data["shown"] == self.spelled())


def as_typed(policy: ApprovalPolicy) -> dict[str, Any]:
    """A policy as the form asks for it; the reason for the change is a new one."""
    first, second = [*policy.stages[:-1], "", ""][:2]
    return {
        "unit": policy.unit_id,
        "official_account": policy.official_account,
        "sensitivity": policy.sensitivity,
        "first": first,
        "second": second,
        "days": policy.days,
        "remind_after": policy.remind_after,
        "escalate_after": policy.escalate_after,
    }


class AskForm(forms.Form):
    """What would be asked for, of whom: in the address."""

    account = account_field(label=_("Official account"), group_of=unit_of)
    sensitivity = forms.ChoiceField(
        label=_("Sensitivity"), choices=[*Sensitivity.choices, (EMERGENCY, _("Emergency"))]
    )
    unit = _UnitChoice(
        label=_("Unit that writes"),
        required=False,
        empty_label=_("The unit of the account"),
        help_text=_("Where another unit writes for the account, its policies count too."),
    )

    def __init__(self, *args: Any, user: User, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["account"].queryset = accounts_to_ask_for(user)  # type: ignore[attr-defined]  # a search
        self.fields["unit"].queryset = units_visible_to(user, "content.view")  # type: ignore[attr-defined]  # a choice of rows


class RetrospectiveForm(forms.Form):
    refused = NOT_DECIDED

    verdict = forms.ChoiceField(
        label=_("Your verdict"),
        error_messages={"required": _("Choose your verdict.")},
        choices=Retrospective.Verdict.choices,
        widget=forms.RadioSelect,
    )
    findings = forms.CharField(
        label=_("What you found"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "What was known when it went out, whether it was right, and what to do better next "
            "time. It stays with the post and cannot be changed afterwards."
        ),
    )

    def clean_findings(self) -> str:
        findings = readable(self.cleaned_data["findings"])
        if not findings:
            raise forms.ValidationError(self.fields["findings"].error_messages["required"])
        return findings
