"""What went wrong with a platform, in the reader's words.

Workers write why a call failed in the English of the platform clients, which know no interface
language, and with the call that failed ("POST mastodon.example/api/v1/statuses: ..."). People read
it on pages, in their own language and without the call. Text that is not listed here, such as a
reason that a person gave, is shown as it is.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from govsocial.web import platform_sentences

_CALL = re.compile(r"^[A-Z]+ \S+: ")

# What may stand in a sentence, and how it is recognised.
_PLACES = {
    "host": r"[\w.:-]+",
    "status": r"\d{3}",
    "number": r"\d+",
    "length": r"\d+",
    "most": r"\d+",
    "unit": r"[a-z]+",
    "platform": r"\w+",
    "missing": r".*",
    "metric": r"\w+",
    **platform_sentences.PLACES,
}

# The sentence of the client, with its places, and ours. Both may use the same places.
_SENTENCES = (
    (
        "Its id on the platform is not known: delete it there by hand.",
        _("The application cannot delete it there: a person deletes it there by hand."),
    ),
    (
        "The official account is not connected.",
        _("The official account is not connected. Connect it, then send again."),
    ),
    (
        "The account is suspended. Nothing was sent.",
        _("The account is suspended. Nothing was sent."),
    ),
    ("the platform answered {status}.", _("The platform had a fault of its own (%(status)s).")),
    ("unexpected answer {status}.", _("The platform gave an unexpected answer (%(status)s).")),
    ("the platform answered with a redirect.", _("The platform pointed to another address.")),
    ("redirects to another host.", _("The platform pointed to another address.")),
    (
        "the platform wants this sent to another address.",
        _("The platform pointed to another address."),
    ),
    ("redirects without end.", _("The platform pointed to another address.")),
    ("the platform did not answer in time.", _("The platform did not answer in time.")),
    (
        "the platform broke off without an answer.",
        _("The connection broke off before the platform answered."),
    ),
    ("too many calls.", _("The platform asks for fewer calls. It goes on later by itself.")),
    ("no secure connection could be made.", _("No secure connection could be made.")),
    ("{host} does not take a connection.", _("%(host)s does not take a connection.")),
    ("The name {host} has no address.", _("The name %(host)s has no address.")),
    (
        "{host} leads to an address that is not on the public Internet.",
        _("%(host)s leads to an address that is not on the public Internet."),
    ),
    (
        "the answer is larger than this server reads.",
        _("The platform gave an answer that could not be read."),
    ),
    ("the answer is not a list.", _("The platform gave an answer that could not be read.")),
    (
        "the answer is not what the platform's API promises{missing}.",
        _("The platform gave an answer that could not be read."),
    ),
    (
        "The platform gave an impossible number of {metric}.",
        _("The platform gave figures that cannot be right."),
    ),
    (
        "the request cannot be built from these values.",
        _("This content cannot be sent to the platform."),
    ),
    ("The key of the post is not a record key of {platform}.", _("The post has no valid key.")),
    ("This is not an identifier of this platform.", _("This is not an id of this platform.")),
    ("the server no longer takes the token.", _("The platform no longer takes the token.")),
    ("the token may not do this.", _("The token does not give enough rights.")),
    ("the account may not do this.", _("The platform does not let the account do this.")),
    ("the server refuses this call ({status}).", _("The platform refused this (%(status)s).")),
    ("Bluesky refuses this call ({status}).", _("The platform refused this (%(status)s).")),
    ("not on this server.", _("It is not on the platform.")),
    ("not on Bluesky.", _("It is not on the platform.")),
    ("No access token is stored for this account.", _("No token is stored for this account.")),
    (
        "Bluesky no longer takes the session, and no app password is stored.",
        _("The platform ended the session. Connect the account again."),
    ),
    (
        "Bluesky refuses a session just renewed.",
        _("The platform ended the session. Connect the account again."),
    ),
    (
        "Bluesky does not see a session.",
        _("The platform ended the session. Connect the account again."),
    ),
    (
        "Bluesky asks for a code: enter an app password, not the account's own password.",
        _("Enter an app password, not the password of the account."),
    ),
    ("Bluesky does not take this app password.", _("The platform does not take the app password.")),
    (
        "Bluesky has blocked or deactivated the account.",
        _("The platform has blocked or deactivated the account."),
    ),
    (
        "the session belongs to another account.",
        _("The connection belongs to another account."),
    ),
    (
        "Too many statuses since the attempt to know whether it is out.",
        _("Too much was posted since to know whether it is out."),
    ),
    (
        "The server is still working on an image.",
        _("The platform is still working on a picture."),
    ),
    (
        "The post has neither text nor an image.",
        _("The post has neither text nor a picture."),
    ),
    (
        "The text has {length} {unit}; {platform} takes {most} at most.",
        _("The text is %(length)s long; %(platform)s takes %(most)s at most."),
    ),
    (
        "The post has {number} images; {platform} takes {most} at most.",
        _("The post has %(number)s pictures; %(platform)s takes %(most)s at most."),
    ),
    (
        "Image {number} is of a kind that {platform} does not take.",
        _("Picture %(number)s is of a kind that %(platform)s does not take."),
    ),
    (
        "Image {number} has {length} bytes; {platform} takes {most} at most.",
        _("Picture %(number)s is too large for %(platform)s."),
    ),
    (
        "The description of image {number} has {length} characters; {platform} takes {most} "
        "at most.",
        _("The alternative text of picture %(number)s is too long for %(platform)s."),
    ),
)

# What our own workers write: ids of messages, with gettext_noop, never their translation.
_OWN = frozenset(
    {
        "A picture is not the picture that was approved.",
        "A picture or film of it may not be shown any more: its rights or a consent are missing or "
        "have ended. Look at its page in the media library.",
        "An earlier refresh was cut off before its answer was stored, and the platform no longer "
        "takes the token from before. Connect the account again.",
        "The account was changed after the approval. Approve the post anew.",
        "A person posted what it answers, so a person posts this too.",
        "It is not on the platform, and its approval no longer counts.",
        "Money was spent on this post, and a text of it lacks the label that readers must see. "
        "Submit a version with the label, or reverse the spending if it was wrong.",
        "Its post was withdrawn.",
        "Nothing more of this post goes out: it was corrected, withdrawn or archived.",
        "Replaced by a newer version.",
        "Replaced by its correction.",
        "Somebody took it to post it by hand and never said what became of it. Look on the "
        "platform.",
        "The approval has expired or no longer counts.",
        "The platform did not answer; the post may be out.",
        "The stored connection cannot be opened. Connect again.",
        "The text is not the text that was approved.",
        "The time until which the post holds has passed.",
        "The validity of the emergency notice has ended.",
        "The video is not the video that was approved.",
        "What the platform shows is the post of another publication; this one may be out as well.",
        "The platform tells of the post what cannot be kept, such as no id or a far too long one. "
        "It may be out; look for it on the platform.",
    }
)


def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", sentence)
    for index, part in enumerate(parts):
        parts[index] = f"(?P<{part}>{_PLACES[part]})" if index % 2 else re.escape(part)
    return re.compile("".join(parts))


_WORDS = tuple(
    (_pattern(sentence), words)
    for sentence, words in (*_SENTENCES, *platform_sentences.sentences())
)


def is_own(text: str) -> bool:
    """Whether the application said it, and no person and no platform."""
    return text in _OWN


def in_words(problem: str) -> str:
    """A stored problem as its reader should see it, in the language that is active."""
    bare = _CALL.sub("", problem)
    for pattern, words in _WORDS:
        match = pattern.fullmatch(bare)
        if match:
            return str(words) % match.groupdict()
    return gettext(problem) if problem in _OWN else problem
