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

    def __init__(self, *args: Any, is_configured: bool, **kw: Any) -> None:
        super().__init__(*args, **kw)
        if is_configured:
            self.fields["client_secret"].required = False
            self.fields["client_secret"].help_text = _("One is stored. Leave it empty to keep it.")
