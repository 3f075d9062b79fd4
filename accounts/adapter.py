from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language

from accounts import actions, mail, second_step, vault
from accounts.mail_sign_in import SignInLetter
from accounts.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # untyped library
    """Sign-in by invitation only; allauth's own rules for everything else."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def set_password(self, user: User, password: str) -> None:
        # Only the password: the row may have been deactivated since this object was read.
        user.set_password(password)
        user.save(update_fields=["password"])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """By a worker, like every other letter: no page waits for the mail server or fails without
        it, whether somebody has this address or not, and what a page promised is not lost."""
        letter = SignInLetter(
            template=template_prefix,
            email=email,
            language=get_language() or settings.LANGUAGE_CODE,
            values={name: value for name, value in context.items() if isinstance(value, str)},
        )
        actions.keep_sign_in_letter(letter=letter)

    def get_reset_password_from_key_url(self, key: str) -> str:
        person, _, token = key.partition("-")
        return mail.password_link(person, token)

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:
        raise RuntimeError("People are invited; nobody registers.")


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # untyped library
    """Keys of authenticator apps and seeds of recovery codes do not lie in the clear, and open for
    their own person only (``accounts.second_step``)."""

    def encrypt(self, text: str) -> str:
        return vault.seal_text(text)

    def decrypt(self, encrypted_text: str) -> str:
        return second_step.opened(encrypted_text)
