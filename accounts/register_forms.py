"""Forms of the register: an account in sections, its administrators, how it ends, an upload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import named, seen, selectors
from accounts.actions.outsiders import refuse_new_outsider
from accounts.addresses import clean_handle, clean_host, kept_host
from accounts.details import NAMES, Upload, problems
from accounts.documents import ACCEPT, LARGEST, refusal_of
from accounts.errors import AccountError
from accounts.finding import person_field
from accounts.forms import DateInput
from accounts.handles import ON_SERVERS
from accounts.models import OfficialAccount, Unit, User
from accounts.models.kinds import Audience, ChannelKind, MediaKind, TwoStep
from accounts.own_urls import refuse_foreign_url
from govsocial.web.forms import LongSelect, lost_file

_PLAIN = {"autocapitalize": "none", "spellcheck": "false"}
_YES_NO = [("", _("Nobody has looked")), ("true", _("Yes")), ("false", _("No"))]


_YES_NO_VALUES: dict[bool | None, str] = {True: "true", False: "false", None: ""}


class EvidenceField(forms.FileField):
    """A PDF or a picture, as ``Upload``. What it really is the action finds out."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(widget=forms.FileInput(attrs={"accept": ACCEPT}), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Upload | None:
        file: UploadedFile[Any] | None = super().clean(data, initial)
        if file is not None and (file.size or 0) > LARGEST:
            # Said before it is read into memory.
            raise forms.ValidationError(_("The file is larger than 10 MB."))
        if file is None:
            return None
        upload = Upload(file.read(), str(file.name or ""))
        if trouble := refusal_of(upload.data):
            raise forms.ValidationError(trouble)
        return upload


class YesNoField(forms.TypedChoiceField):
    """Yes, no, or nobody has looked: True, False, None."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=_YES_NO,
            coerce=lambda value: value == "true",
            empty_value=None,
            required=False,
            **kwargs,
        )


@dataclass(frozen=True, slots=True)
class Section:
    key: str
    title: str | Promise
    text: str | Promise
    fields: Sequence[forms.BoundField]

    @property
    def is_needed(self) -> bool:
        """Whether an account cannot be registered without it: such a section is never folded."""
        return self.key == NEEDED

    @property
    def is_open(self) -> bool:
        """Whether something in it is wrong, or says anything that nobody must fill in."""
        return any(field.errors or lost_file(field) or _says(field) for field in self.fields)


def _says(field: forms.BoundField) -> bool:
    # The language always has a value; what is not known is none.
    value = field.value()
    return field.name != "language" and value != TwoStep.UNKNOWN and bool(value)


NEEDED = "identity"
SECTIONS: tuple[tuple[str, str | Promise, str | Promise, tuple[str, ...]], ...] = (
    (
        NEEDED,
        _("Which account it is"),
        _("Only this section is needed now. The checklist of the account keeps track of the rest."),
        ("unit", "platform", "handle", "host", "display_name", "url", "verified", "status"),
    ),
    (
        "purpose",
        _("What it is for"),
        "",
        ("purpose", "audiences", "language", "media_kinds", "channel_kind", "opened_on"),
    ),
    (
        "decree",
        _("Decree"),
        _("The decree (SK) that makes the account official."),
        ("decree_number", "decree_date", "decree_file"),
    ),
    (
        "people",
        _("Who answers for it"),
        _("Administrators are assigned on the page of the account, each with dates."),
        ("person_in_charge",),
    ),
    (
        "custody",
        _("Custody and sign-in on the platform"),
        _(
            "Never write a password, an e-mail address or a telephone number here: only who "
            "holds it."
        ),
        (
            "recovery_email_holder",
            "recovery_phone_holder",
            "two_step",
            "two_step_checked_on",
        ),
    ),
)


class OfficialAccountForm(forms.Form):
    unit = forms.ModelChoiceField(
        label=_("Unit"),
        queryset=Unit.objects.none(),
        widget=LongSelect,
        empty_label=_("Choose a unit"),
        help_text=_("The unit that answers for this account."),
    )
    platform = forms.ChoiceField(
        label=_("Platform"),
        choices=[("", _("Choose a platform")), *OfficialAccount.Platform.choices],
        help_text=_(
            "WhatsApp, Telegram, LinkedIn and wikis are managed manually: they are in the "
            "register, and nothing is sent to them or measured from here."
        ),
    )
    handle = forms.CharField(
        label=_("Handle"),
        max_length=200,
        help_text=_(
            "For example @humas.bsky.social, or @humas@mastodon.social. For a website, a wiki or a "
            "WhatsApp channel: its address."
        ),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    host = forms.CharField(
        label=_("Server"),
        max_length=200,
        required=False,
        help_text=_(
            "Only Mastodon (the server of the account) and Bluesky (leave it empty, usually)."
        ),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    display_name = forms.CharField(label=_("Display name"), max_length=200)
    url = forms.CharField(
        label=_("Address"),
        max_length=400,
        required=False,
        help_text=_("Where people find it, for example https://www.instagram.com/samudrakota."),
        widget=forms.URLInput(attrs=_PLAIN),
    )
    verified = YesNoField(
        label=_("Verified badge"),
        help_text=_("Whether the platform shows its badge of verification on the account."),
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("active", _("In use")),
            ("proposed", _("Proposed: not used yet")),
        ],
    )
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=300,
        required=False,
        help_text=_("What this account is for, in one sentence."),
    )
    audiences = forms.MultipleChoiceField(
        label=_("Audiences"),
        choices=Audience.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    language = forms.ChoiceField(label=_("Language of posts"), choices=settings.LANGUAGES)
    media_kinds = forms.MultipleChoiceField(
        label=_("Kinds of media"),
        choices=MediaKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("After Nasrullah (2015). Empty: the usual ones of the platform."),
    )
    channel_kind = forms.ChoiceField(
        label=_("Kind of channel"),
        choices=[("", _("The usual one of the platform")), *ChannelKind.choices],
        required=False,
        help_text=_("After Bertot, Jaeger and Grimes (2012)."),
    )
    opened_on = forms.DateField(label=_("Opened on"), required=False, widget=DateInput())
    decree_number = forms.CharField(label=_("Number of the decree"), max_length=120, required=False)
    decree_date = forms.DateField(label=_("Date of the decree"), required=False, widget=DateInput())
    decree_file = EvidenceField(
        label=_("File of the decree"), help_text=_("PDF or picture, at most 10 MB.")
    )
    person_in_charge = person_field(
        label=_("Person in charge"),
        required=False,
        empty_label=_("Nobody yet"),
        help_text=_("Confirms each period that the account is still ours and still needed."),
    )
    recovery_email_holder = forms.CharField(
        label=_("Holder of the recovery e-mail"),
        max_length=150,
        required=False,
        help_text=_("By name or position, for example “Kepala Bidang Humas”."),
    )
    recovery_phone_holder = forms.CharField(
        label=_("Holder of the recovery phone"),
        max_length=150,
        required=False,
        help_text=_("By name or position. Best a number of the agency, not of a person."),
    )
    two_step = forms.ChoiceField(
        label=_("Two-step sign-in"),
        choices=TwoStep.choices,
        initial=TwoStep.UNKNOWN,
        required=False,
    )
    two_step_checked_on = forms.DateField(
        label=_("Checked on"),
        required=False,
        widget=DateInput(),
        help_text=_("The day on which somebody last looked on the platform."),
    )

    def __init__(
        self, *args: Any, user: User, official_account: OfficialAccount | None = None, **kw: Any
    ) -> None:
        if official_account is not None:
            kw["initial"] = initial_of(official_account)
        super().__init__(*args, **kw)
        self.official_account = official_account
        self.known_platform = official_account.platform if official_account else ""
        self._left_behind: dict[str, str] = {}
        self._choices(user)
        if official_account is not None:
            del self.fields["platform"], self.fields["status"]
            if self.known_platform not in ON_SERVERS:
                del self.fields["host"]
            if official_account.decree_file is not None:
                self.fields["decree_file"].help_text = _(
                    "Kept now: %(name)s. Another file takes its place; the trail names both."
                ) % {"name": official_account.decree_file}

    def _choices(self, user: User) -> None:
        units = selectors.units_visible_to(user, "accounts.manage")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # a ModelChoiceField
        people = selectors.people_to_choose_for(user)
        if self.official_account is not None and self.official_account.person_in_charge_id:
            # Who is in charge now stays on the list, also when deactivated since.
            people = people | User.objects.filter(pk=self.official_account.person_in_charge_id)
        self.fields["person_in_charge"].queryset = people  # type: ignore[attr-defined]  # a FoundField

    @property
    def shown(self) -> str:
        """Marks of what the register said when this was first shown, for the form to carry; and of
        whom it named as left behind."""
        if self.official_account is None:
            return ""
        # Another mistake is told without what others have changed meanwhile: it was not seen.
        marks = self._seen() if self.is_bound else seen.marks_of(self.official_account)
        return seen.carried({**marks, **self._left_behind})

    @property
    def sections(self) -> list[Section]:
        return [
            Section(key, title, text, [self[name] for name in names if name in self.fields])
            for key, title, text, names in SECTIONS
        ]

    def clean_two_step(self) -> str:
        return self.cleaned_data["two_step"] or str(TwoStep.UNKNOWN)

    def clean(self) -> dict[str, Any]:
        """Tell about everything at once; the action looks again and has the last word."""
        data: dict[str, Any] = self.cleaned_data
        platform: str = self.known_platform or data.get("platform", "")
        if platform and "handle" in data:
            typed = data["handle"]
            with self._beside_its_field():
                data["handle"], data["host"] = clean_handle(
                    platform, data["handle"], data.get("host", "") or self._kept_host(platform)
                )
            # A wrong address is one mistake: with the right one comes its server.
            if "handle" in data or ("/" not in typed and platform in ON_SERVERS):
                with self._beside_its_field():
                    data["host"] = clean_host(platform, data.get("host", ""))
        closed_on = self.official_account.closed_on if self.official_account else None
        known = {**data, "closed_on": closed_on}
        for name, message in problems(known, today=self._today()):
            if name in self.fields and name not in self.errors:
                self.add_error(name, message)
        with self._beside_its_field():
            self._refuse_foreign_url(platform, data)
        with self._beside_its_field():
            refuse_new_outsider(
                self.official_account, data.get("unit"), data.get("person_in_charge")
            )
        with self._beside_its_field():
            self._refuse_leaving_behind(data.get("unit"))
        return data

    def _today(self) -> date:
        """As the action says: the day where the account is, before a move to another unit."""
        account: OfficialAccount | None = self.official_account
        unit: Unit | None = account.unit if account else self.cleaned_data.get("unit")
        return unit.today if unit else timezone.localdate()

    def _kept_host(self, platform: str) -> str:
        account, typed = self.official_account, self.cleaned_data["handle"]
        return kept_host(platform, typed, account.handle, account.host) if account else ""

    def _refuse_foreign_url(self, platform: str, data: dict[str, Any]) -> None:
        """What stands there already may be the platform's own word; only another is looked at."""
        kept = self.official_account.url if self.official_account else ""
        known = {"handle", "host", "url"} <= data.keys()
        if platform and known and data["url"] != kept:
            refuse_foreign_url(platform, data["host"], data["handle"], data["url"])

    @contextmanager
    def _beside_its_field(self) -> Iterator[None]:
        try:
            yield
        except AccountError as exc:
            # An account that exists on one central server has no field for its server.
            self.add_error(exc.field if exc.field in self.fields else "handle", str(exc))

    def _refuse_leaving_behind(self, unit: Unit | None) -> None:
        account = self.official_account
        if account is None or unit is None or unit.pk == account.unit_id:
            return
        people = named.left_behind(account, unit)
        self._left_behind = {"left_behind": named.mark_of_left_behind(unit, people)}
        named.refuse_leaving_behind(account, unit, self._seen().get("left_behind", ""))

    def _seen(self) -> Mapping[str, str]:
        return seen.read(self.data.get("seen", ""))

    def wanted(self) -> dict[str, Any]:
        """What was typed, as the keywords of the actions."""
        data = dict(self.cleaned_data)
        person = data.pop("person_in_charge")
        data["person_in_charge_id"] = person.pk if person else None
        data["unit_id"] = data.pop("unit").pk
        data["decree"] = data.pop("decree_file")
        data.setdefault("host", "")
        if self.official_account is not None:
            data["seen"] = self._seen()
        if "status" in data:
            data["proposed"] = data.pop("status") == OfficialAccount.Status.PROPOSED
        return data


def initial_of(account: OfficialAccount) -> dict[str, Any]:
    names = (
        "unit", "host", "handle", "display_name", "person_in_charge",
        *(name for name in NAMES if name != "person_in_charge_id"),
    )  # fmt: skip
    initial = {name: getattr(account, name) for name in names}
    initial["verified"] = _YES_NO_VALUES[account.verified]
    return initial
