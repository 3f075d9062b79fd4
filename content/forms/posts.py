from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, tzinfo
from functools import cached_property
from typing import Any, TypeVar

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import OfficialAccount, Unit, User
from accounts.models.naming import told_apart
from content import findings
from content.campaign_choice import campaign_field, refuse_another_unit
from content.choosing import MOST_FOUND, offer, permitted
from content.composer_groups import Group, groups_of
from content.documents import Document
from content.finding_rules import beside
from content.finding_rules.around import Surroundings
from content.finding_rules.personal import identity_numbers
from content.findings import Finding
from content.forms.links import LinkForm
from content.forms.pictures import FILES, MOST_PICTURES, is_key
from content.forms.slots import NextSlotForm
from content.models import MediaFile, PostVersion
from content.surroundings import surroundings_of
from govsocial.web.finding import LONGEST, words_of
from govsocial.web.forms import MomentField, ZonedSelect

Moment = TypeVar("Moment", date | None, datetime | None)
LONGEST_TEXT = 20_000
# Accounts whose previews come with the page of a form that was sent.
MOST_IN_PAGE = 3
# Unseen signs that break what others read, and those that turn the reading direction around.
UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
TURNING = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


class PostForm(NextSlotForm, LinkForm):
    """Write a post. Pictures are stored as they arrive, so a mistake elsewhere loses none.
    ``refused`` is its own heading above what is wrong, where nothing has to be mended."""

    refused = ""
    field_order = ("title", "unit", "accounts", "text", "language", "planned_at", "next_slot")

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=200,
        help_text=gettext_lazy("For you and your colleagues; it is not published."),
    )
    unit = forms.ModelChoiceField(
        queryset=Unit.objects.none(),
        label=gettext_lazy("Unit"),
        widget=ZonedSelect,
        empty_label=gettext_lazy("Choose a unit"),
    )
    accounts = forms.ModelMultipleChoiceField(
        queryset=OfficialAccount.objects.none(),
        label=gettext_lazy("Official accounts"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=gettext_lazy(
            "Accounts in use. Where nothing connects one, as with a WhatsApp channel or LinkedIn, "
            "a person posts there by hand what was approved. A website is not offered here. "
            "YouTube takes videos only."
        ),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        widget=forms.Textarea(attrs={"rows": 8}),
        required=False,
        strip=False,
        max_length=LONGEST_TEXT,
        help_text=gettext_lazy(
            "Links, @mentions and #hashtags become clickable on platforms that support it."
        ),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the post"),
        choices=[("id", gettext_lazy("Indonesian")), ("en", gettext_lazy("English"))],
    )
    planned_at = MomentField(
        label=gettext_lazy("Publication time"),
        required=False,
        help_text=gettext_lazy("Leave it empty to publish as soon as it is approved."),
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput, required=False)
    # The texts of the message bank that it took over since it was opened.
    from_bank = forms.Field(widget=forms.MultipleHiddenInput, required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        user: User,
        version: PostVersion | None = None,
    ) -> None:
        self.user = user
        self.version = version
        # Fields that somebody is sent to, because a submission lacks something there.
        self.asked: Collection[str] = ()
        self._zones: dict[int | None, tzinfo] = {}
        super().__init__(data, files, initial=self._initial())
        rows = permitted(user, list(version.content().texts) if version else [])
        self.offer = offer(rows, self._ticked(), self._searched())
        self.official_accounts = self.offer.accounts
        names = told_apart(self.official_accounts)
        self.fields["accounts"].queryset = rows  # type: ignore[attr-defined]  # a model choice field
        self.fields["accounts"].choices = [  # type: ignore[attr-defined]  # a model choice field
            (account.pk, names[account.pk]) for account in self.official_accounts
        ]
        if self.offer.is_searched:
            self.fields["find"] = _find_field()
        self.fields["unit"].queryset = Unit.objects.filter(  # type: ignore[attr-defined]  # a model choice field
            pk__in=[self.unit_id] if version else user.units_with("content.draft")
        )
        self.fields["campaign"] = campaign_field(
            frozenset({version.post.unit_id}) if version else user.units_with("content.draft"),
            now=version.post.campaign_id if version else None,
        )
        for name in ("accounts", "text"):
            self.fields[name].mark = _("needed to submit")  # type: ignore[attr-defined]  # for field.html
        for account in self.official_accounts:
            self.fields[f"text_{account.pk}"] = forms.CharField(
                label=names[account.pk],
                widget=forms.Textarea(attrs={"rows": 4}),
                required=False,
                strip=False,
                max_length=LONGEST_TEXT,
            )
        self.add_thread()
        self.add_pictures()
        self.add_film(user, self.unit_id)
        self.mark_facets()
        self.add_declarations()
        for name in ("planned_at", "valid_until"):
            self.fields[name].read_in(self.zone)  # type: ignore[attr-defined]  # a MomentField

    def zone(self) -> tzinfo:
        """The zone in which times are typed: that of the unit, and of the reader while none is
        chosen."""
        unit_id = self.unit_id or self._chosen_unit()
        if unit_id not in self._zones:
            unit = self.version.post.unit if self.version else self._offered_unit(unit_id)
            self._zones[unit_id] = unit.zone if unit else timezone.get_current_timezone()
        return self._zones[unit_id]

    def _offered_unit(self, unit_id: int | None) -> Unit | None:
        cleaned: Unit | None = getattr(self, "cleaned_data", {}).get("unit")
        if cleaned is not None and cleaned.pk == unit_id:
            return cleaned
        rows: QuerySet[Unit] = self.fields["unit"].queryset  # type: ignore[attr-defined]  # a model choice field
        return rows.filter(pk=unit_id).first() if unit_id else None

    @property
    def taken_over(self) -> set[int]:
        """Ids of texts of the message bank; the action asks whether this person sees them."""
        named = self.cleaned_data.get("from_bank") or ()
        return {int(one) for one in named if is_key(one)}

    @property
    def unit_id(self) -> int | None:
        return self.version.post.unit_id if self.version else None

    def _ticked(self) -> list[int]:
        """The accounts that the answer, or else the version, is meant for."""
        if not self.is_bound:
            return list(self.initial.get("accounts", []))
        field = self.fields["accounts"]
        typed = field.widget.value_from_datadict(self.data, self.files, self.add_prefix("accounts"))
        return [int(one) for one in typed or [] if is_key(str(one))]

    @property
    def unoffered_accounts(self) -> set[int]:
        """Ids that were sent although no page offers them to this person, or does so no more."""
        if not self.has_error("accounts", "invalid_choice"):
            return set()
        known = self.version.content().texts if self.version else {}
        return set(self._ticked()) - known.keys()

    def _searched(self) -> str:
        return str(self.data.get("find", ""))[:LONGEST] if self.is_bound else ""

    def only_errors(self, *names: str) -> None:
        """Forget what is wrong elsewhere: nobody asked for that yet."""
        kept = {name: told for name, told in self.errors.items() if name in names}
        self.errors.clear()
        self.errors.update(kept)

    def look(self) -> None:
        """Search for accounts and save nothing: what is wrong elsewhere can wait."""
        self.only_errors(*FILES)
        if words_of(self._searched()) and not self.offer.found:
            self.add_error("find", _("No other account that you may write for matches."))
        elif self.offer.has_more:
            told = _("Only the first %(most)s are shown. Type more words to find others.")
            self.add_error("find", told % {"most": MOST_FOUND})

    def _initial(self) -> dict[str, Any]:
        if self.version is None:
            units = self.user.units_with("content.draft")
            return {"unit": min(units) if len(units) == 1 else None, "language": "id"}
        content = self.version.content()
        initial: dict[str, Any] = {
            "title": content.title,
            "unit": self.unit_id,
            "accounts": list(content.texts),
            "text": content.text,
            "language": content.language,
            "planned_at": content.planned_at,
            "based_on": self.version.number,
            "campaign": self.version.post.campaign_id,
            "valid_until": content.valid_until,
            **self.links_initial(content, self.unit_id),
            **self.following_initial(content),
            **self.facets_initial(content.facets),
            **self.declared_initial(
                content.declared,
                own=self.version.number if self.version.editor_id == self.user.pk else 0,
            ),
            **{f"why_{key}": why for key, why in content.justified.items()},
        }
        for account_id, text in content.texts.items():
            initial[f"text_{account_id}"] = "" if text == content.text else text
        for number, item in enumerate(content.media):
            initial[f"kept_{number}"] = item.sha256
            initial[f"alt_{number}"] = item.alt
        return initial

    def clean_planned_at(self) -> datetime | None:
        """A time that passed while the draft lay is kept; a new one in the past is a slip."""
        planned: datetime | None = _refuse_impossible(self.cleaned_data["planned_at"])
        this_minute = timezone.now().replace(second=0, microsecond=0)
        if planned and planned < this_minute and not self._is_saved(planned):
            raise forms.ValidationError(_("This time has passed. Choose a later one."))
        return planned

    def _is_saved(self, planned: datetime) -> bool:
        saved = self.version.content().planned_at if self.version else None
        # The field shows no seconds.
        return saved is not None and saved.replace(second=0, microsecond=0) == planned

    def time_passed(self) -> bool:
        """Whether the time in the field is the saved one and passed while the draft lay."""
        planned = self.initial.get("planned_at")
        if self.is_bound:
            planned = getattr(self, "cleaned_data", {}).get("planned_at")
        return (
            planned is not None
            and planned < timezone.now()
            and self._is_saved(planned.replace(second=0, microsecond=0))
        )

    def clean_valid_until(self) -> datetime | None:
        ends: datetime | None = self.cleaned_data["valid_until"]
        return _refuse_impossible(ends)

    def clean_data_date(self) -> date | None:
        day: date | None = self.cleaned_data["data_date"]
        return _refuse_impossible(day)

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if TURNING.search(title):
            raise forms.ValidationError(_("Remove the signs that turn the reading direction."))
        if any(identity_numbers(title)):
            raise forms.ValidationError(_("Leave identity numbers out of the title."))
        return title

    def clean(self) -> None:
        """Refuse unseen signs in every text, and pictures that are not there any more."""
        for name, value in list(self.cleaned_data.items()):
            if isinstance(value, str) and UNSEEN.search(value):
                self.add_error(name, _("Remove the invisible control characters."))
        self.clean_pictures()
        self.clean_film_of_unit()
        self.clean_facets()
        refuse_another_unit(self, self.cleaned_data.get("unit"))
        self.clean_slot()

    def clean_text(self) -> str:
        return _newlines(self.cleaned_data["text"])

    def document(self) -> Document:
        """The content that this form says: of a valid one all, else what could be read of it."""
        data = self.cleaned_data
        common = data.get("text") or ""
        texts = {
            account.pk: _newlines(data.get(f"text_{account.pk}") or "") or common
            for account in data.get("accounts") or ()
        }
        return Document(
            title=(data.get("title") or "").strip(),
            text=common,
            texts=texts,
            language=data.get("language") or "id",
            planned_at=data.get("planned_at"),
            valid_until=data.get("valid_until"),
            media=self.pictures(),
            headline=data.get("headline") or "",
            link=data.get("link") or "",
            film=self.film_item(),
            thread=self.thread(),
            first_comment=self.comment(),
            facets=self.facets(),
            declared=self.declaration(),
            justified=self.reasons(),
        )

    def found(self) -> Sequence[Finding]:
        return findings.find(*self._looked_at) if self._looked_at else []

    def changed_since(self) -> list[beside.Told]:
        """What was withdrawn before, and is said in other words here."""
        return beside.changed_since(*self._looked_at) if self._looked_at else []

    @cached_property
    def _looked_at(self) -> tuple[Document, Surroundings] | None:
        saved = self.version
        if not self.is_bound:
            said, unit = (saved.content(), saved.post.unit) if saved else (None, None)
        else:
            self.is_valid()
            said, unit = self.document(), self.cleaned_data.get("unit")
        if said is None:
            return None
        return said, surroundings_of(said, unit, saved.post if saved else None)

    def awaits_preview(self) -> bool:
        """Whether the page asks at once how it looks on the accounts that are chosen."""
        return bool(self._ticked())

    @property
    def has_room_for_preview(self) -> bool:
        """Whether the preview fits into the page of the form: of many accounts it is asked for."""
        return len(self._ticked()) <= MOST_IN_PAGE

    def has_own_texts(self) -> bool:
        """Whether an account has a text of its own, or an error about it: then show the fields."""
        return any(field.value() or field.errors for account, field in self.text_fields())

    def choose(self, media: Sequence[MediaFile]) -> None:
        """Show the form with what somebody chose in the library."""
        films = [one for one in media if one.is_film]
        pictures = [one for one in media if not one.is_film]
        for number, picture in enumerate(pictures[:MOST_PICTURES]):
            self.put(number, picture)
        for film in films[:1]:
            said = {"unit": film.unit_id, "film": film.pk, "film_alt": film.record.alt}
            self.initial = {**self.initial, **said}
            self.add_film(self.user, self.unit_id)

    def groups(self) -> dict[str, Group]:
        """The parts of the page that are closed until they are needed."""
        asked = [*self.asked, "planned_at"] if self.time_passed() else self.asked
        return groups_of(self, asked)

    def text_fields(self) -> list[tuple[OfficialAccount, forms.BoundField]]:
        return [(account, self[f"text_{account.pk}"]) for account in self.official_accounts]


def _refuse_impossible(moment: Moment) -> Moment:
    if moment and not 2000 <= moment.year < 2200:
        raise forms.ValidationError(_("Choose a date between the years 2000 and 2199."))
    return moment


def _find_field() -> forms.CharField:
    return forms.CharField(
        label=_("Find official accounts"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "placeholder": _("Name or @handle")}
        ),
        help_text=_(
            "You may write for many accounts. Search for those that you mean and tick them below; "
            "what is ticked stays."
        ),
    )


def _newlines(text: str) -> str:
    """Browsers send CRLF; what is approved and sent has the newline that people typed."""
    return text.replace("\r\n", "\n").rstrip()
