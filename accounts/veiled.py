"""What stands in an address where others have the page that they lead on to, and is no page: a
program, a link that opens an app, an ending that a server puts behind its own name.

Nobody can say of such an address where it leads, and it is not called official. Pure functions on
text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from accounts import coded, glued, leads, parameters
from accounts.server_names import decoded, has_ending, plain_of

# Some part values at ";" too, and in others it is a sign as any.
_PARTED = (re.compile(r"[?#&]"), re.compile(r"[?#&;]"))
_PAGE = re.compile(r"[^?#&;]*")
_STEPS = re.compile(r"[/\\]")
_PROGRAM_IN_PATH = re.compile(r"[^?#]*[/\\]\s*javascript:", re.IGNORECASE)
# Any scheme but those of the web, with the strokes of an address behind it.
_OF_APP = re.compile(r"(?!https?:)[a-z][a-z\d.-]*:[/\\]{2}", re.IGNORECASE)
# What is an address without them too, and no word before a colon: "Berkas:Logo.png" is a page.
_KNOWN_APPS = re.compile(
    r"(?:tg|whatsapp|tel|sms|smsto|mms|intent|market|fb|instagram|twitter|viber|vbscript|blob"
    r"|view-source):",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\.+(?:xn--[\w-]+|[^\W\d_]{2,})(?![\w-])")


def is_veiled(address: str) -> bool:
    """Whether a program, an app or an ending stands in ``address``, which is as pasted, without its
    scheme, where others are led on from."""
    texts = [plain_of(text) for text in decoded(address)]
    if any(_PROGRAM_IN_PATH.match(text) or _is_in_path(text) for text in texts):
        return True
    leads_all = any(leads.is_called_so(text) for text in texts)
    signs_in = any(parameters.signs_in(text) for text in texts)
    return any(
        _is_other(value.lstrip(" +"), is_led_to=leads_all or _leads(name, signs_in=signs_in))
        for text in texts
        for name, value in (*_values(text), *coded.from_values(text))
        if leads_all or parameters.came_from(name) or not parameters.search(name)
    )


def _leads(name: str, *, signs_in: bool) -> bool:
    """Whether a server leads on to what a parameter of that ``name`` holds; without one it may be
    the page that answers."""
    if not name or (signs_in and parameters.came_from(name)):
        return True
    return parameters.lead_on(name) and not parameters.names_file(name)


def _values(text: str) -> Iterator[tuple[str, str]]:
    """What stands behind the path of ``text``, in clear as well, with the names of parameters."""
    for part in dict.fromkeys(part for parted in _PARTED for part in parted.split(text)[1:]):
        name, _sign, value = part.partition("=")
        if not value.strip("="):
            # The signs at its end fill code up.
            name, value = "", name
        for told in (value, *coded.words(value)):
            yield name, told


def _is_other(value: str, *, is_led_to: bool) -> bool:
    if glued.carries_all(value):
        return True
    found = _OF_APP.match(value) or _KNOWN_APPS.match(value) or _is_ending(value)
    return is_led_to and bool(found)


def _is_in_path(text: str) -> bool:
    """Whether one stands below a page that leads on: /redirect/.example."""
    whole = _PAGE.match(text)
    is_below = False
    for part in _STEPS.split(whole[0] if whole else ""):
        if is_below and any(_is_other(one, is_led_to=True) for one in (part, *coded.words(part))):
            return True
        is_below = is_below or parameters.page_leads_on(part)
    return False


def _is_ending(value: str) -> bool:
    found = _ENDING.match(value)
    return found is not None and has_ending(found[0])
