"""Letters about signing in: in the agency's name and language, with a link that works."""

from __future__ import annotations

import re

from django.core import mail
from django.test import Client
from django.urls import reverse

from tests.cast import Cast


def test_a_letter_with_a_new_password_names_the_agency_not_the_host(cast: Cast) -> None:
    client = Client()
    client.post(reverse("account_reset_password"), {"email": cast.dwi.email})
    (letter,) = mail.outbox
    assert letter.to == [cast.dwi.email]
    assert letter.subject == "[govsocial] Buat kata sandi baru"
    text = str(letter.body)
    assert text.startswith("Anda menerima surel ini")
    assert text.endswith("govsocial · Kota Samudra")
    (link,) = re.findall(r"http://testserver(/\S+)", text)
    assert "testserver" not in text.replace(f"http://testserver{link}", "")
    assert client.get(link, follow=True).status_code == 200
