"""What stands in an address where others have the page that they lead on to, and is no page: a
program, a link that opens an app, an ending that a server puts behind its own name.

Nobody can say of such an address where it leads, and it is not called official. Pure functions on
text.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from accounts import coded, glued, parameters, told
from accounts.server_names import has_ending

_PROGRAM_IN_PATH = re.compile(r".*[/\\]\s*javascript:", re.IGNORECASE)
# Any scheme but those of the web, with the strokes of an address behind it.
_OF_APP = re.compile(r"(?!https?:)[a-z][a-z\d.-]*:[/\\]{2}", re.IGNORECASE)
# What is an address without them too, and no word before a colon: "Berkas:Logo.png" is a page.
# Nobody can choose a telephone number of three digits, as those for emergencies are.
_KNOWN_APPS = re.compile(
    r"(?:tg|whatsapp|tel(?!:1\d\d\s*$)|sms|smsto|mms|callto|skype|sip|intent|market|fb|instagram|twitter|viber"
    r"|vbscript|blob|view-source):",
    re.IGNORECASE,
)
# Any other scheme, which only what is led to has: no words before a colon, no number of a page or
# of a port (berita:12, localhost:8000), no place (lat:-6.2,lng:106.8), and neither letters nor what
# only programmes read.
_SCHEME = re.compile(
    r"(?!https?:|mailto:|urn:)((?:web\+)?[a-z][a-z\d.-]+):"
    r"(?![\s+]|-?\d[\d.:]*(?:(?:[,;|]\w+:-?[\d.]+)*|[/\\].*)$)",
    re.IGNORECASE,
)
# Wikis write the titles of their pages so: returnto=Istimewa:Masuk.
_OF_WIKIS = frozenset(
    {
        "istimewa", "berkas", "kategori", "pengguna", "pembicaraan", "templat", "bantuan", "portal",
        "modul", "mediawiki", "proyek", "special", "file", "category", "user", "talk", "template",
        "help", "module", "project",
    }
)  # fmt: skip
# What begins a program in a page that shows its address as it came, whichever parameter has it. No
# other angle: GeoServer's "<Filter>" is a question.
_MARKUP = re.compile(
    r"<\s*(?:script|img|svg|iframe|object|embed|body|input|details|video|audio|meta|base|form|link"
    r"|style|math|a)[\s/>]|[\"'\s]on(?!line)[a-z]{4,}\s*=",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\.+(?:xn--[\w-]+|[^\W\d_]{2,})(?![\w-])")


def is_veiled(address: str) -> bool:
    """Whether a program, an app or an ending stands in ``address``, which is as pasted, without its
    scheme, where others are led on from."""
    asked = told.of(re.sub(r"^[^/\\?#]*", "", address))
    return any(
        _is_in_path(one.path) or _MARKUP.search(one.text) or any(map(_is_led_to, one.values))
        for one in asked
    )


def _is_in_path(path: str) -> bool:
    is_program = _PROGRAM_IN_PATH.match(path) is not None
    return is_program or _is_below(path)


def _is_below(path: str) -> bool:
    below = (f"{value}{path[end:]}".lstrip(" +") for value, end in told.below(path))
    return any(_is_other(one, leads_on=True) or _has_scheme(one) for one in below)


def _is_led_to(value: told.Value) -> bool:
    name, text, leads_on = value
    is_sought = parameters.search(name)
    if is_sought and not (leads_on or parameters.came_from(name)):
        return False
    begun = text.lstrip(" +")
    if leads_on and not is_sought and _has_scheme(begun):
        return True
    # Without a name it may be the page that answers.
    return _is_other(begun, leads_on=leads_on or not name) or _is_below(text)


def _has_scheme(value: str) -> bool:
    found = _SCHEME.match(unquote(value))
    if found is None or found[1].lower() in _OF_WIKIS:
        return False
    # A site with its port is looked at as a site, and what a programme signed as what it says.
    return not (has_ending(found[1]) or coded.words(found[1]))


def _is_other(value: str, *, leads_on: bool) -> bool:
    if glued.carries_all(value):
        return True
    found = _OF_APP.match(value) or _KNOWN_APPS.match(value) or _is_ending(value)
    return leads_on and bool(found)


def _is_ending(value: str) -> bool:
    found = _ENDING.match(value)
    return found is not None and has_ending(found[0])
