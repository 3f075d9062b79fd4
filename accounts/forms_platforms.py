"""Forms about applications at platforms."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class PlatformAppForm(forms.Form):
    client_id = forms.CharField(
        label=_("Client ID"),
        max_length=300,
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        ),
    )
    client_secret = forms.CharField(
        label=_("Client secret"),
        max_length=1000,
        # A secret is never sent back to the browser, not even to the one that typed it.
        widget=forms.PasswordInput(render_value=False, attrs={"autocomplete": "off"}),
    )

    # When the application was last changed, as the page knew it.
    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    owner = forms.CharField(
        label=_("Account that owns the application"),
        required=False,
        max_length=200,
        widget=forms.TextInput(
            attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}
        ),
        help_text=_(
            "The handle under which the application was registered. Reading this account’s own "
            "posts costs less; without it the full price is counted."
        ),
    )

    def __init__(self, *args: Any, is_configured: bool, asks_owner: bool, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if not asks_owner:
            del self.fields["owner"]
        if is_configured:
            self.fields["client_secret"].required = False
            self.fields["client_secret"].help_text = _("One is stored. Leave it empty to keep it.")
