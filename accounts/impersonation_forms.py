"""What people are asked about an account that imitates an official one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts import impersonation_selectors as selectors
from accounts import seen
from accounts.actions.impersonations import MOST_FILES, needs_reason, reported
from accounts.documents import ACCEPT, LARGEST, refusal_of
from accounts.errors import AccountChanged, AccountError
from accounts.file_names import told_name
from accounts.finding import account_field, person_field
from accounts.forms_seen import SeenForm, over
from accounts.models import ImpersonationReport, User
from accounts.models.impersonation import ReportStatus
from accounts.models.kinds import OfficialPlatform
from accounts.public import checking, form_guard
from accounts.public.register import register
from accounts.public.snapshot import PublicAccount
from accounts.references import Reference, parse
from accounts.suspect_words import words_for


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once; None of them is kept when one is refused."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[bytes]]:
        chosen: Sequence[Any] = data if isinstance(data, list | tuple) else [data]
        files = [one for one in chosen if one]
        if len(files) > MOST_FILES:
            raise forms.ValidationError(
                _("Choose at most %(number)s files."), params={"number": MOST_FILES}
            )
        wrong = [
            f"{told_name(getattr(one, 'name', ''))}: {why}"
            for one in files
            for why in self._wrong(one)
        ]
        if wrong:
            raise forms.ValidationError(wrong)
        return files

    def _wrong(self, file: Any) -> list[str]:
        """Why the file is refused, by the field for any file or as no evidence."""
        try:
            super().clean(file)
        except forms.ValidationError as exc:
            return list(exc.messages)
        if file.size is None or file.size > LARGEST:
            return [str(_("The file is larger than 10 MB."))]
        trouble = refusal_of(file.read())
        file.seek(0)
        return [trouble] if trouble else []


class ReportForm(forms.Form):
    """A report of staff; what the public is asked is this and a little more."""

    suspect = forms.CharField(
        label=_("Address or handle of the suspect account"),
        max_length=500,
        help_text=_(
            "Paste the address of the account or of one of its posts, or write @name or a number. "
            "One for each report; words that you write beside it stay with the report."
        ),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    platform = forms.ChoiceField(
        label=_("Platform"),
        required=False,
        choices=[("", _("As the address says")), *OfficialPlatform.choices],
    )
    imitated = forms.CharField(
        label=_("Which official account does it imitate?"),
        max_length=500,
        required=False,
        help_text=_("Its handle or address. Leave this empty if you are not sure."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    happened = forms.CharField(
        label=_("What happened?"),
        max_length=2000,
        help_text=_("What the account does or asks for, and when you saw it."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    evidence = FilesField(
        label=_("Evidence"),
        required=False,
        help_text=_("Screenshots or a PDF: at most five files of 10 MB each."),
        widget=FilesInput(attrs={"accept": ACCEPT}),
    )
    stamp = forms.CharField(widget=forms.HiddenInput, required=False, initial=form_guard.stamp)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["platform"].mark = _("needed for a handle alone")  # type: ignore[attr-defined]  # for field.html

    def clean_imitated(self) -> str:
        """The public code of the official account that was named; empty for none."""
        typed: str = self.cleaned_data["imitated"]
        if not typed.strip():
            return ""
        found = _official(typed, self._suspect_platform())
        if found is None:
            raise forms.ValidationError(
                _("This account is not in the register. Leave this empty if you are not sure.")
            )
        return found.code

    def clean(self) -> dict[str, Any]:
        """Say what is wrong with the suspect together with everything else."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "suspect" in cleaned:
            try:
                reported(cleaned["suspect"], cleaned.get("platform", ""))
            except AccountError as exc:
                self.add_error(exc.field or "suspect", str(exc))
        return cleaned

    def _suspect_platform(self) -> str:
        """Where the suspect is, as far as the form knows; else empty."""
        found = parse(self.cleaned_data.get("suspect", ""))
        named = found[0].platform if found else None
        return named or self.cleaned_data.get("platform", "")

    def files_read(self) -> list[tuple[str, bytes]]:
        """Name and bytes of each file."""
        return [(one.name or "", one.read()) for one in self.cleaned_data["evidence"]]

    def wanted(self) -> dict[str, Any]:
        """What the action is called with."""
        names = ("suspect", "platform", "imitated", "happened")
        return {name: self.cleaned_data[name] for name in names} | {"evidence": self.files_read()}


def imitated_asked(asked: str) -> str:
    """What a link says about the imitated account, in words that people and the form can read.

    A link names an account by its public code: a handle may be on several platforms.
    """
    account = register.now().snapshot.account(asked)
    if account is None:
        return asked[:500]
    return Reference(account.platform, account.host, account.handle).shown


def _official(typed: str, platform: str) -> PublicAccount | None:
    """The account that was named; of one handle on several platforms that on ``platform``."""
    snapshot = register.now().snapshot
    for one in parse(typed):
        site = snapshot.at_address(one.handle) if one.platform is None else []
        found = site or checking.registered(snapshot, one)
        if found:
            return next((each for each in found if each.platform == platform), found[0])
    return None


class PublicReportForm(ReportForm):
    """No account is needed; a name and an address are welcome, and not needed either."""

    reporter_name = forms.CharField(
        label=_("Your name"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    reporter_email = forms.EmailField(
        label=_("Your e-mail"),
        max_length=254,
        required=False,
        help_text=_("Only if we may contact you."),
        error_messages={"invalid": _("Write the whole e-mail address, such as name@example.com.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    consent = forms.BooleanField(
        label=_("I agree that the agency keeps my name and e-mail to follow up this report."),
        required=False,
        help_text=_(
            "Personal data is handled under Law 27 of 2022. Only the staff who follow up this "
            "report see it, it is kept as the agency's records retention schedule (JRA) says, and "
            "you may ask for its erasure at any time."
        ),
    )
    # People do not see it; programs that fill in everything do.
    website = forms.CharField(
        label=_("Leave this empty"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["consent"].short_label = _("Consent")  # type: ignore[attr-defined]  # for form_errors.html

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("website"):
            raise forms.ValidationError(_("Leave the hidden field empty and send the form again."))
        named = data.get("reporter_name") or data.get("reporter_email")
        if named and not data.get("consent"):
            self.add_error(
                "consent",
                str(_("Agree, or leave name and e-mail empty: the report counts without them.")),
            )
        self._check_stamp(data.get("stamp", ""))
        return data

    def _check_stamp(self, stamped: str) -> None:
        """Asked of a form whose fields are right: the others are sent again as it is."""
        trouble = form_guard.trouble_with(stamped)
        if trouble and not form_guard.is_stamp(stamped):
            self.renew_stamp()
        if trouble and not self.errors:
            raise forms.ValidationError(trouble)

    def renew_stamp(self) -> None:
        """Show a new time with what was typed, where the old one is of no use any more."""
        self.data = {
            **{name: self.data.get(name) for name in self.data},
            "stamp": form_guard.stamp(),
        }

    def wanted(self) -> dict[str, Any]:
        names = ("reporter_name", "reporter_email")
        return super().wanted() | {name: self.cleaned_data[name] for name in names}


class StepForm(forms.Form):
    """One step of a report, with its reason."""

    reason = forms.CharField(
        label=_("Note"),
        max_length=2000,
        error_messages={"required": _("Write at least one sentence.")},
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What you saw and did. It stays with the report and cannot be changed."),
    )
    ticket = forms.CharField(max_length=120, required=False)

    def __init__(self, *args: Any, report: ImpersonationReport, status: str, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["reason"].required = needs_reason(report, status)
        self.fields["ticket"].label = words_for(report).ticket
        if status != ReportStatus.REPORTED:
            del self.fields["ticket"]


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Remark"),
        max_length=2000,
        error_messages={"required": _("Write at least one sentence.")},
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stays with the report and cannot be changed."),
    )


class AssignForm(SeenForm):
    official_account = account_field(
        label=_("Imitated account"),
        required=False,
        empty_label=_("Not known"),
        help_text=_("The unit of this account becomes responsible for the report."),
    )
    assignee = person_field(
        label=_("Assigned to"),
        required=False,
        empty_label=_("Nobody yet"),
    )

    def __init__(self, *args: Any, user: User, report: ImpersonationReport, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.initial = {
            "official_account": report.official_account_id,
            "assignee": report.assigned_to_id,
            "seen": seen.carried(seen.marks_of_report(report)),
        }
        accounts, people = self.fields["official_account"], self.fields["assignee"]
        accounts.queryset = selectors.accounts_to_follow_up(user)  # type: ignore[attr-defined]  # a FoundField
        people.queryset = selectors.people_who_follow_up(report.units_concerned())  # type: ignore[attr-defined]  # a FoundField

    def wanted(self) -> dict[str, Any]:
        """What the action is called with."""
        ids = {
            f"{name}_id": row.pk if (row := self.cleaned_data[name]) else None
            for name in ("official_account", "assignee")
        }
        return ids | {"seen": self.cleaned_data["seen"]}


def assigned_over(
    sent: QueryDict, refusal: AccountChanged, report: ImpersonationReport, user: User
) -> AssignForm:
    """The form once more, over what somebody else has said of ``report`` meanwhile."""
    now = AssignForm(user=user, report=report)
    rows = {"official_account": report.official_account, "assignee": report.assigned_to}
    return over(
        lambda data: AssignForm(data, user=user, report=report),
        sent,
        refusal,
        marks=seen.marks_of_report(report),
        now={name: str(now.initial[name] or "") for name in rows},
        words=lambda name: str(rows[name] or now.fields[name].empty_label),  # type: ignore[attr-defined]  # a FoundField
    )
