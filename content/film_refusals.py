"""Why a film is not taken, in words that say what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from govsocial.web.films import LONGEST_SECONDS, LONGEST_SIDE, SHORTEST_SIDE

# What most platforms take at most (govsocial/platforms/limits.py).
LARGEST_FILM = 300_000_000


def too_large() -> str:
    return _("The film is larger than %(most)s MB. Export it smaller or shorter.") % {
        "most": LARGEST_FILM // 1_000_000
    }


def sentence_of(code: str) -> str:
    """The words for a code of ``govsocial.web.film_worker``; of an unknown one those for damage."""
    damaged = _("This film cannot be read: it is damaged, or no MP4 or MOV. Export it anew.")
    sentences = {
        "several_pictures": _("This film has several picture tracks. Export it with one."),
        "no_pictures": _("There are no moving pictures in this file: sound alone is not taken."),
        "video_codec": _("The pictures of this film are not H.264 or H.265. Export it as H.264."),
        "audio_codec": _("The sound of this film is not AAC or MP3. Export it with AAC."),
        "sides": _("A film is between %(least)s and %(most)s pixels wide and high."),
        "too_long": _("The film is longer than %(hours)s hours."),
        "rotation": _("This film is turned by an odd angle. Export it upright."),
        "too_slow": _("Reading this film took too long. Export it smaller or shorter."),
    }
    return sentences.get(code, damaged) % {
        "least": SHORTEST_SIDE,
        "most": LONGEST_SIDE,
        "hours": LONGEST_SECONDS // 3600,
    }
