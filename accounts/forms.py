"""Forms return domain types and never save. What the database must decide is the action's."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import selectors
from accounts.capabilities import Role
from accounts.feed_questions import FeedQuestion, FeedUnconfirmed, mark_of_typed, read
from accounts.finding import person_field
from accounts.models import OfficialAccount, Unit, User
from accounts.models.unit import IndonesianZone
from govsocial.web.days import midnight


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        # The value of a date field is always year-month-day, whatever people see.
        super().__init__(format="%Y-%m-%d")


class CarryingForm(forms.Form):
    """A form with a hidden field that carries what it showed: ``carries`` names the field.

    An error at that field tells what is there by now; from then on it carries that, so that whoever
    sends the form once more does so knowingly. Another error changes nothing of it.
    """

    carries = "seen"

    def carry(self, now: str) -> None:
        self._now = self.initial[self.carries] = now

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        if self.carries in self.errors:
            kept = {name: self.data[name] for name in self.data}
            self.data = kept | {self.carries: self._now}


QUESTION = "same-feed-question"
"""The id of what a page says above the box of ``ConnectForm``."""


class ConnectForm(forms.Form):
    host = forms.CharField(
        label=_("Server"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )
    secret = forms.CharField(
        max_length=1000,
        # A secret is never sent back to the browser, not even to the one that typed it.
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
    )

    WORDS = {
        OfficialAccount.Platform.BLUESKY: (
            _("App password"),
            _("Make one on Bluesky under Settings, Privacy and security, App passwords."),
            _("The server where the account is registered: %(host)s."),
        ),
        OfficialAccount.Platform.MASTODON: (
            _("Access token"),
            _(
                "Make one on Mastodon under Preferences, Development, with the rights "
                "read and write."
            ),
            _("The server where the account is registered: %(host)s."),
        ),
        OfficialAccount.Platform.FEED: (
            _("Address of the feed"),
            _(
                "RSS, Atom or JSON Feed. Leave it empty to have it looked for on the home page. "
                "Nobody needs to sign in to read it."
            ),
            _("The website as it is registered: %(host)s."),
        ),
    }

    question: FeedQuestion | None = None
    """Whether the feed is the known one, as long as a person is to answer that."""

    def __init__(self, *args: Any, official_account: OfficialAccount, **kw: Any) -> None:
        kw.setdefault("initial", {"host": official_account.host})
        super().__init__(*args, **kw)
        platform = OfficialAccount.Platform(official_account.platform)
        if platform not in self.WORDS:
            # Connected by consent alone: nothing is entered.
            self.fields.clear()
            return
        label, help_text, about_host = self.WORDS[platform]
        self.fields["secret"].label = label
        self.fields["secret"].help_text = help_text
        self.fields["host"].help_text = str(about_host) % {"host": official_account.host}
        if platform == OfficialAccount.Platform.FEED:
            # Nothing secret: an address that everybody may read.
            self.fields["secret"].required = False
            self.fields["secret"].widget = forms.URLInput()
            # Still asked when something else is wrong, as long as it is about what is typed.
            asked = read(self.data.get("asked", ""))
            if asked and asked.typed == mark_of_typed(self.data.get("secret", "")):
                self._show(asked)

    def _show(self, question: FeedQuestion) -> None:
        self.question = question
        moved = _("The feed of this account has moved to this address")
        same = _("This is the same feed; only its key or its way of writing has changed")
        box = forms.BooleanField(
            required=False,
            label=moved if question.moved else same,
            help_text=_("Values that may be a key are not shown.") if question.hides else "",
        )
        # What the question says stands above the box, and is not said again as its error.
        about = f"{QUESTION} id_same_feed_helptext" if question.hides else QUESTION
        box.widget.attrs["aria-describedby"] = about
        self.fields["same_feed"] = box
        self.fields["asked"] = forms.CharField(widget=forms.HiddenInput())

    def ask(self, refusal: FeedUnconfirmed) -> None:
        """Show the question beside what was typed, with a box that nobody has ticked yet."""
        kept = {name: self.data[name] for name in self.data if name != "same_feed"}
        self.data = kept | {"asked": refusal.question.signed()}
        self._show(refusal.question)
        self.add_error(refusal.field, str(refusal))

    def typed(self) -> dict[str, str]:
        """What was entered, as ``connect_account`` takes it; nothing where nothing is entered."""
        names = {"host": "host", "secret": "typed_secret"}
        data = self.cleaned_data
        typed = {name: data[field] for field, name in names.items() if field in data}
        if data.get("same_feed"):
            typed["same_feed"] = data["asked"]
        return typed


class UnitForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    short_name = forms.CharField(
        label=_("Short name"),
        max_length=60,
        required=False,
        help_text=_("Shown in lists, for example Diskominfo."),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=IndonesianZone.choices,
        help_text=_("Times are shown in this zone, and its days are counted in it."),
    )


class UnitPlaceForm(forms.Form):
    parent = forms.ModelChoiceField(
        label=_("Below which unit"), queryset=Unit.objects.none(), empty_label=None
    )

    def __init__(self, *args: Any, user: User, unit: Unit | None = None, **kw: Any) -> None:
        super().__init__(*args, **kw)
        units = selectors.units_visible_to(user, "people.manage")
        if unit is not None:
            units = units.exclude(pk__any=selectors.units_below(unit))
            self.initial.setdefault("parent", unit.parent_id)
        self.fields["parent"].queryset = units  # type: ignore[attr-defined]  # a ModelChoiceField


class NewUnitForm(UnitPlaceForm, UnitForm):
    field_order = ["parent", "name", "short_name", "time_zone"]


class RoleForm(forms.Form):
    """A role on a unit; the part that an invitation and a later grant share."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    unit = forms.ModelChoiceField(
        label=_("On which unit"),
        queryset=Unit.objects.none(),
        empty_label=_("Choose a unit"),
        help_text=_("The role also counts for everything below this unit."),
    )
    decree = forms.CharField(
        label=_("Decree"),
        max_length=120,
        required=False,
        help_text=_("The decree (SK) that this role rests on: number and date."),
    )
    ends_at = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=DateInput(),
        help_text=_("Empty: until somebody ends it."),
    )

    def __init__(self, *args: Any, user: User, **kw: Any) -> None:
        super().__init__(*args, **kw)
        units = selectors.units_visible_to(user, "people.manage")
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]  # a ModelChoiceField

    def clean_ends_at(self) -> datetime | None:
        """The end of the last day."""
        day: date | None = self.cleaned_data["ends_at"]
        if day is None:
            return None
        if day < timezone.localdate():
            raise forms.ValidationError(_("This date is over. Choose today or later."))
        if day > timezone.localdate() + timedelta(days=3660):
            raise forms.ValidationError(_("Choose a day within ten years, or leave it empty."))
        return midnight(day + timedelta(days=1))


class GrantForm(RoleForm):
    starts_at = forms.DateField(
        label=_("First day"), required=False, widget=DateInput(), help_text=_("Empty: now.")
    )
    on_behalf_of = person_field(
        label=_("On behalf of"),
        required=False,
        empty_label=_("Nobody: the role is the person's own"),
        help_text=_(
            "For an acting official (Plh.): whose place this person takes. It counts for "
            "decisions as long as that person holds the role themselves, and not for posts that "
            "they wrote in part or decided on. Where nobody holds it any more (Plt.), give the "
            "role in the person's own name."
        ),
    )
    field_order = ["role", "unit", "decree", "starts_at", "ends_at", "on_behalf_of"]

    def __init__(self, *args: Any, user: User, person: User, **kw: Any) -> None:
        super().__init__(*args, user=user, **kw)
        others = selectors.people_visible_to(user).exclude(pk=person.pk)
        self.fields["on_behalf_of"].queryset = others  # type: ignore[attr-defined]  # a FoundField
        last_day = self.fields["ends_at"]
        last_day.help_text = _("An acting official needs it. Others: empty until somebody ends it.")
        if self.is_bound and self.data.get("on_behalf_of"):
            last_day.help_text = ""
            last_day.mark = _("needed for an acting official")  # type: ignore[attr-defined]  # for field.html

    def clean_starts_at(self) -> datetime | None:
        """The beginning of the first day; None is now."""
        day: date | None = self.cleaned_data["starts_at"]
        if day is None or day == timezone.localdate():
            return None
        if day < timezone.localdate():
            raise forms.ValidationError(_("A role cannot begin in the past."))
        if day > timezone.localdate() + timedelta(days=3660):
            raise forms.ValidationError(_("Choose a day within ten years, or leave it empty."))
        return midnight(day)


class InvitationForm(RoleForm):
    full_name = forms.CharField(label=_("Full name"), max_length=150)
    email = forms.EmailField(label=_("E-mail"), max_length=254)
    position = forms.CharField(label=_("Position"), max_length=150, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    field_order = [
        "full_name", "email", "position", "language", "role", "unit", "decree", "ends_at",
    ]  # fmt: skip

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"]
        return email.lower()


class ProfileForm(forms.Form):
    full_name = forms.CharField(label=_("Full name"), max_length=150)
    position = forms.CharField(label=_("Position"), max_length=150, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label=_("Appearance"), choices=User.Theme.choices)
