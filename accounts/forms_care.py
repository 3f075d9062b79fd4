"""Forms of attestation and handover."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.actions.handover_steps import (
    Check,
    changed_since,
    differs,
    is_unseen,
    mistakes_in,
)
from accounts.answered import answered_since, asked_since
from accounts.custody import checked_remark
from accounts.documents import ACCEPT
from accounts.errors import AccountError
from accounts.finding import person_field
from accounts.forms import CarryingForm, DateInput
from accounts.forms_seen import SeenForm
from accounts.models import (
    Attestation,
    AttestationPeriod,
    Finding,
    Handover,
    HandoverItem,
    OfficialAccount,
)
from accounts.models.attestation import Question
from accounts.seen import carried, mark_of_answer, mark_of_item, marks_of_checklist
from accounts.selectors_handover import who_may_hand_over, who_may_take_over
from govsocial.web.forms import GIVE_A_REASON, ReasonForm

YES_NO = [("yes", _("Yes")), ("no", _("No"))]


class AttestForm(CarryingForm):
    """Four answers about one account. Untouched, it says nothing and asks for nothing."""

    all_right = forms.BooleanField(label=_("Yes to all four questions"), required=False)
    still_ours = forms.ChoiceField(label=Question.OURS.label, choices=YES_NO, required=False)
    still_needed = forms.ChoiceField(label=Question.NEEDED.label, choices=YES_NO, required=False)
    administrators_right = forms.ChoiceField(
        label=Question.ADMINISTRATORS.label, choices=YES_NO, required=False
    )
    two_step_on = forms.ChoiceField(label=Question.TWO_STEP.label, choices=YES_NO, required=False)
    problem = forms.CharField(
        label=_("What is wrong?"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput())
    # The id of the period that the questions were asked for.
    period = forms.CharField(required=False, max_length=18, widget=forms.HiddenInput())
    # The id of the answers that stood there when the page was opened.
    carries = "said"
    said = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput())

    def __init__(
        self,
        *args: Any,
        period: AttestationPeriod | None,
        last: Attestation | None = None,
        corrects: bool = False,
        **kw: Any,
    ) -> None:
        self.asked_for = period
        self._last, self._last_id = last, str(last.pk) if last else ""
        super().__init__(*args, **kw)
        self.carry(self._last_id)
        if self.prefix:
            # Among many, one field serves for both, and nothing is corrected.
            self.fields["problem"].label = _("What is wrong, or a note")
            del self.fields["said"]
        if corrects:
            self.fields["note"].label = _("Why are the answers corrected?")
            self.fields["note"].required = True
            self.fields["note"].error_messages["required"] = GIVE_A_REASON

    @property
    def is_untouched(self) -> bool:
        """Whether nobody has answered or written anything here."""
        names = [name for name in self.fields if name not in {"seen", "said", "period"}]
        return not any(self[name].data for name in names)

    @property
    def answers(self) -> dict[str, bool]:
        data = self.cleaned_data
        return {
            str(question): data["all_right"] or data[question] == "yes" for question in Question
        }

    def clean_said(self) -> str:
        said: str = self.cleaned_data["said"]
        if said != self._last_id:
            raise forms.ValidationError(answered_since(self._last))
        return said

    def clean_note(self) -> str:
        return self._remark("note")

    def clean_problem(self) -> str:
        return self._remark("problem")

    def _remark(self, name: str) -> str:
        try:
            kept = checked_remark(self.cleaned_data[name], name, optional=True)
        except AccountError as exc:
            raise forms.ValidationError(str(exc)) from exc
        if not kept and self.fields[name].required:
            raise forms.ValidationError(self.fields[name].error_messages["required"])
        return kept

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        self._check_period(data.get("period", ""))
        given = {str(question): data.get(str(question), "") for question in Question}
        noes = [name for name, answer in given.items() if answer == "no"]
        if not noes and not data.get("note"):
            data["note"] = data.get("problem", "")
        if data.get("all_right"):
            for name in noes:
                self.add_error(name, _("You said “yes” to all four and “no” to this one. Choose."))
            return data
        for name, answer in given.items():
            if not answer and name not in self.errors:
                self.add_error(name, _("Answer yes or no."))
        if noes and not data.get("problem") and "problem" not in self.errors:
            self.add_error("problem", _("Say what is wrong."))
        return data

    def _check_period(self, sent: str) -> None:
        """Told together with everything else: the page that comes back asks for the period of now,
        and whoever sends it once more does so knowingly."""
        shown = int(sent) if sent.isascii() and sent.isdecimal() else None
        if self.asked_for is not None and (trouble := asked_since(shown, self.asked_for)):
            self.add_error(None, trouble)


class FindingForm(forms.Form):
    outcome = forms.CharField(
        label=_("What was done?"),
        max_length=500,
        error_messages={"required": _("Write at least one sentence.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    two_step_is_on = forms.ChoiceField(
        label=_("Is two-step sign-in on now?"), choices=YES_NO, widget=forms.RadioSelect()
    )

    def __init__(self, *args: Any, finding: Finding, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if finding.question != Question.TWO_STEP or finding.official_account.is_closed:
            del self.fields["two_step_is_on"]

    def clean_two_step_is_on(self) -> bool:
        return bool(self.cleaned_data["two_step_is_on"] == "yes")


class HandoverForm(ReasonForm):
    outgoing = person_field(label=_("Hands over"), empty_label=_("Choose a person"))
    incoming = person_field(
        label=_("Takes over"),
        empty_label=_("Choose a person"),
        help_text=_("People with a role in the unit of the account or above."),
    )
    moves_charge = forms.BooleanField(
        label=_("The person in charge changes too"), required=False, initial=True
    )
    due_on = forms.DateField(label=_("Due on"), widget=DateInput())
    decree = forms.CharField(
        label=_("Decree"),
        max_length=120,
        required=False,
        help_text=_("The decree (SK) or letter of assignment: number and date."),
    )
    field_order = ["outgoing", "incoming", "moves_charge", "due_on", "decree", "reason"]

    def __init__(self, *args: Any, official_account: OfficialAccount, **kw: Any) -> None:
        super().__init__(*args, **kw)
        out, incoming = self.fields["outgoing"], self.fields["incoming"]
        out.queryset = who_may_hand_over(official_account)  # type: ignore[attr-defined]  # a FoundField
        incoming.queryset = who_may_take_over(official_account)  # type: ignore[attr-defined]  # a FoundField
        if official_account.person_in_charge_id is None:
            del self.fields["moves_charge"]
        elif not self.is_bound:
            self.initial.setdefault("outgoing", official_account.person_in_charge_id)

    @cached_property
    def nobody_hands_over(self) -> bool:
        """Whether there is nobody yet who could hand the account over."""
        return not self.fields["outgoing"].queryset.exists()  # type: ignore[attr-defined]  # a FoundField


class DueForm(ReasonForm):
    due_on = forms.DateField(label=_("Due on"), widget=DateInput())
    field_order = ["due_on", "reason"]


class InPlaceForm(CarryingForm, SeenForm, ReasonForm):
    """Why somebody signs for another person, with the checklist as it was when they opened this."""

    def __init__(self, *args: Any, handover: Handover, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.carry(carried(marks_of_checklist(handover.items.all())))


class ScanForm(forms.Form):
    file = forms.FileField(
        label=_("Signed minutes"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_("A PDF or a picture, up to 10 MB."),
        allow_empty_file=True,
    )


class ChecklistForm(forms.Form):
    """One answer and one note for each item that this person may fill in.

    ``others``: items that somebody else fills in. What is said about them is not dropped: the
    action refuses it. An item that comes back as it was shown says nothing, and is shown as it is
    by now.
    """

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        handover: Handover,
        items: list[HandoverItem],
        others: list[HandoverItem],
    ) -> None:
        said = {item.key for item in [*items, *others] if data and self._is_said(data, item.key)}
        super().__init__(None if data is None else _with_now(data, items, said))
        self.said, self.told = said, set[str]()
        self.account = handover.official_account
        self.items = items
        self.others = others
        for item in items:
            self.fields[f"{item.key}-state"] = forms.ChoiceField(
                label=str(item.words),
                choices=HandoverItem.State.choices,
                required=False,
                initial=item.state,
            )
            self.fields[f"{item.key}-note"] = forms.CharField(
                label=_("Note"), max_length=300, required=False, initial=item.note
            )
            if item.holds:
                self.fields[f"{item.key}-holder"] = forms.CharField(
                    label=_("New holder"),
                    max_length=150,
                    required=False,
                    initial=item.holder,
                    help_text=_("By name or position, for example “Kepala Bidang Humas”."),
                )
            for part in ("note", "holder") if item.holds else ("note",):
                field = self.fields[f"{item.key}-{part}"]
                # In the list of what is wrong no item stands beside it.
                field.short_label = f"{item.words}: {field.label}"  # type: ignore[attr-defined]  # for form_errors.html

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [
            {
                "item": item,
                "seen": self._seen(item),
                "state": self[f"{item.key}-state"],
                "note": self[f"{item.key}-note"],
                "holder": self[f"{item.key}-holder"] if item.holds else None,
                "holder_before": getattr(self.account, item.holds) if item.holds else "",
            }
            for item in self.items
        ]

    def clean(self) -> dict[str, Any]:
        checks = self._checks(self.cleaned_data, self.items)
        for item in self.items:
            check = checks.get(item.key)
            if check is None or not differs(item, check):
                continue
            if is_unseen(item, check):
                self.add_error(f"{item.key}-state", changed_since(item))
                self.told.add(item.key)
                continue
            for mistake in mistakes_in(item, check):
                # What is too long is not empty because it is not taken.
                if not (mistake.field and self.has_error(mistake.field)):
                    self.add_error(mistake.field, str(mistake))
        return self.cleaned_data

    def _seen(self, item: HandoverItem) -> str:
        """The mark for the page: of what stands there now, once that is shown or told."""
        if item.key in self.said - self.told:
            return str(self.data.get(f"{item.key}-seen", ""))
        return mark_of_item(item)

    @property
    def checks(self) -> dict[str, Check]:
        """What was said, by key; items that were not sent, or sent as shown, stay as they are."""
        return self._checks(self.cleaned_data, self.items) | self._checks(self.data, self.others)

    def _checks(self, data: Mapping[str, Any], items: list[HandoverItem]) -> dict[str, Check]:
        return {
            item.key: Check(
                state=state,
                note=data.get(f"{item.key}-note", ""),
                holder=data.get(f"{item.key}-holder", ""),
                seen=self.data.get(f"{item.key}-seen", ""),
            )
            for item in items
            if item.key in self.said and (state := data.get(f"{item.key}-state"))
        }

    @staticmethod
    def _is_said(data: Mapping[str, Any], key: str) -> bool:
        sent = (data.get(f"{key}-{part}", "") for part in ("state", "note", "holder"))
        return f"{key}-state" in data and mark_of_answer(*sent) != data.get(f"{key}-seen")


def _with_now(data: QueryDict, items: list[HandoverItem], said: set[str]) -> QueryDict:
    """``data``, with what the list says by now about the items of which nothing is said."""
    told = data.copy()
    for item in items:
        if item.key not in said:
            for part in ("state", "note", "holder"):
                told[f"{item.key}-{part}"] = getattr(item, part)
    return told


def default_due(today: date) -> date:
    return date.fromordinal(today.toordinal() + 14)
