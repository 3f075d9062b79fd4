from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from allauth.account.forms import default_token_generator
from allauth.account.utils import url_str_to_user_pk, user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone, translation

from accounts.models import ConnectionLetter, Handover, User
from accounts.posting import mail_server


def invitation_link(user: User) -> str:
    """Return the address where ``user`` chooses a password. It works once, and not for long.

    It is allauth's own link for renewing a password: choosing one makes the link invalid.
    """
    return password_link(user_pk_to_url_str(user), default_token_generator.make_token(user))


def password_link(person: str, token: str) -> str:
    """Return the address where somebody chooses a password, whatever host a request named."""
    parts = {"uidb36": person, "key": token}
    return urljoin(settings.SITE_URL, reverse("account_reset_password_from_key", kwargs=parts))


def invited_by(link: str) -> User | None:
    """Whom a link that still works lets choose a password. None for one that was used, or that the
    person's new address, new password or deactivation has ended."""
    try:
        parts = resolve(urlsplit(link).path).kwargs
        person = User.objects.get(pk=url_str_to_user_pk(parts["uidb36"]), is_active=True)
    except (Resolver404, KeyError, ValueError, ValidationError, User.DoesNotExist):
        return None
    return person if default_token_generator.check_token(person, parts["key"]) else None


def post(connection: BaseEmailBackend, address: str, subject: str, message: str) -> None:
    """Over a connection of ``mail_server``. Raises ``OSError`` when the server does not take it,
    ``ValueError`` when no letter can be made of it."""
    send_mail(" ".join(subject.split()), message, None, [address], connection=connection)


def connection_letter(letter: ConnectionLetter) -> tuple[str, str]:
    """Subject and text for one of those who keep the accounts of the unit: a connection ends."""
    warning, person = letter.warning, letter.person
    account = warning.credential.official_account
    path = reverse("accounts:official_account_connect", args=[account.pk])
    context = {
        "person": person,
        "account": account,
        "warning": warning,
        "ends_at": timezone.localtime(warning.about, account.unit.zone),
        "link": urljoin(settings.SITE_URL, path),
    }
    with translation.override(person.language):
        subject = render_to_string("accounts/mail/connection_subject.txt", context)
        message = render_to_string("accounts/mail/connection_message.txt", context)
    return subject, message


def send_signed_in_place(handover_id: int) -> None:
    """Tell who hands over, while they can still sign in, that it was signed in their place."""
    handover = Handover.objects.select_related(
        "official_account__unit", "outgoing", "incoming", "outgoing_signed_by"
    ).get(pk=handover_id)
    person = handover.outgoing
    if not person.is_active or not handover.was_stood_in_for:
        return
    context = {
        "person": person,
        "handover": handover,
        "account": handover.official_account,
        "agency_name": settings.AGENCY_NAME,
        "link": urljoin(settings.SITE_URL, reverse("accounts:handover_detail", args=[handover.pk])),
    }
    with translation.override(person.language), timezone.override(person.zone):
        subject = render_to_string("accounts/mail/signed_in_place_subject.txt", context)
        message = render_to_string("accounts/mail/signed_in_place_message.txt", context)
    with mail_server() as connection:
        post(connection, person.email, subject, message)
