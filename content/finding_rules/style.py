"""How a text reads: for everybody, and for those who have it read out."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

import regex

from content.finding_rules.hashtag_words import COMMON, SHORTEST_PART, SINGLE
from govsocial.platforms import text as texts

FEWEST_WORDS = 3
LONG_ALT = 120
# Words in a row, and letters in them: names of agencies side by side are shorter.
SHOUTED_WORDS, SHOUTED_LETTERS = 5, 30
# Letters of a whole text in capitals: LIBUR NASIONAL BESOK.
FEWEST_SHOUTED = 15
MOST_EMOJI = 6
MOST_IN_A_ROW = 3
LONGEST_HASHTAG_WORD = 12
LONGEST_DERIVED_WORD = 18

_URL = re.compile(r"https?://\S+", re.I)
_NO_WORDS = re.compile(r"https?://\S+|[#@][\w.]+", re.I)
_SPOKEN = re.compile(r"[^\W_]+")
_WORD = regex.compile(r"[\p{L}\p{M}][\p{L}\p{M}\p{N}'’-]*")
_EMOJI = regex.compile(
    r"\p{Regional_Indicator}{2}|[0-9#*]\uFE0F?\u20E3|"
    r"(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\uFE0F)"
    r"(?:\p{Emoji_Modifier}|\uFE0F|\u200D\p{Extended_Pictographic})*"
)
# One long word of Indonesian grammar: keanekaragaman, pertanggungjawaban, ketenagakerjaan.
_DERIVED = re.compile(r"(?:pe|ke|per|pen|pem|peng)[a-z]+(?:an|annya)")


def is_nearly_wordless(words: str) -> bool:
    return len(_WORD.findall(_NO_WORDS.sub(" ", words))) < FEWEST_WORDS


def is_same_long_text(alt: str, words: str) -> bool:
    return len(alt) >= LONG_ALT and _plain(alt) == _plain(words)


def _plain(words: str) -> str:
    return " ".join(_WORD.findall(_NO_WORDS.sub(" ", words))).casefold()


def shouted(words: str) -> str:
    """The first run of words in capitals, or all of a text that has no others; or nothing."""
    if all_shouted := _all_shouted(words):
        return all_shouted
    for line in _URL.sub("\n", words).splitlines():
        run: list[re.Match[str]] = []
        for word in [*_WORD.finditer(line), None]:
            said = word.group() if word else ""
            if word and said.isupper() and not line[: word.start()].endswith(("#", "@")):
                run.append(word)
                continue
            # A word of one sign, or a number, is neither of the two: KM 5 TOL.
            letters = sum(len(one.group()) for one in run)
            if len(run) >= SHOUTED_WORDS and letters >= SHOUTED_LETTERS:
                return line[run[0].start() : run[-1].end()]
            run = []
    return ""


def _all_shouted(words: str) -> str:
    """The words of a text that is nothing but capitals. Abbreviations alone are shorter."""
    said = _WORD.findall(_NO_WORDS.sub(" ", words))
    letters = sum(len(one) for one in said)
    is_all = len(said) >= FEWEST_WORDS and all(one.isupper() for one in said)
    return " ".join(said) if is_all and letters >= FEWEST_SHOUTED else ""


def too_many_emoji(words: str) -> str:
    """The emoji, when there are more than a reader, or who has it read out, can take."""
    found = _EMOJI.findall(words)
    if len(found) > MOST_EMOJI:
        return "".join(found)
    row = regex.search(rf"(?:(?:{_EMOJI.pattern})\s?){{{MOST_IN_A_ROW + 1},}}", words)
    return row.group().strip() if row else ""


def unreadable_hashtags(words: str) -> Iterator[str]:
    """Those that hold several words, as far as can be told, without a sign where one begins: by
    the words beside it and those that hashtags are made of, else by their length alone."""
    known = COMMON | {one for one in _SPOKEN.findall(words.casefold()) if len(one) >= SHORTEST_PART}
    for span in texts.hashtags(words):
        tag = span.value
        letters = [sign for sign in tag if sign.isalpha()]
        if not (tag.islower() or tag.isupper()) or not tag.isascii() or "_" in tag:
            continue
        derived = _DERIVED.fullmatch(tag.lower()) is not None
        longest = LONGEST_DERIVED_WORD if derived else LONGEST_HASHTAG_WORD
        if len(letters) > longest or _is_of_several(tag.lower(), known):
            yield tag


def _is_of_several(tag: str, known: Collection[str]) -> bool:
    """Whether it is nothing but known words, two or more; numbers may stand at its end."""
    tag = tag.rstrip("0123456789")
    if tag in SINGLE:
        return False
    # Where a word may begin: each place is looked at once, whatever a text is made to hold.
    begins = {0}
    for end in range(SHORTEST_PART, len(tag) + 1):
        parts = (tag[at:end] for at in begins if end - at >= SHORTEST_PART)
        if any(part in known and part != tag for part in parts):
            if end == len(tag):
                return True
            begins.add(end)
    return False


def words_among(wanted: Sequence[str], words: str) -> Iterator[str]:
    """Those of ``wanted`` that stand in ``words`` as words of their own, in any case of letters."""
    spoken = f" {' '.join(_SPOKEN.findall(words))} ".casefold()
    for one in wanted:
        said = " ".join(_SPOKEN.findall(one)).casefold()
        if said and f" {said} " in spoken:
            yield one
