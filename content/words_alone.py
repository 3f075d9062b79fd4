"""Whether two texts say the same in the same words, however they are dressed up."""

from __future__ import annotations

import unicodedata

# What makes an emoji of a digit or a sign; of no script, unlike all other marks.
_OF_EMOJI = frozenset({*map(chr, range(0xFE00, 0xFE10)), "\u20e3"})


def words_alone(text: str) -> str:
    """Its letters and digits in small letters, word by word, without the hashtags at its end; ""
    where there are none. Two numbers stay two: "1.5" is not "15"."""
    words = [_letters(one) for one in _without_closing_hashtags(text)]
    return " ".join(" ".join(words).split())


def _without_closing_hashtags(text: str) -> list[str]:
    words = unicodedata.normalize("NFKC", text).casefold().split()
    while words and (not _letters(words[-1]).strip() or _is_hashtag(words[-1])):
        words.pop()
    return words


def _is_hashtag(word: str) -> bool:
    """Whether the first thing in it that is not mere punctuation is a hashtag."""
    before, hash_sign, _after = word.partition("#")
    return bool(hash_sign) and not _letters(before).strip()


def _letters(word: str) -> str:
    """With a space for every sign; what is not seen is not there at all."""
    return "".join(
        sign if _is_of_words(sign) else " "
        for sign in word
        if unicodedata.category(sign) != "Cf" and sign not in _OF_EMOJI
    )


def _is_of_words(sign: str) -> bool:
    """A letter, a digit, or a mark on one, as scripts with signs for vowels have them."""
    return unicodedata.category(sign)[0] in "LMN"
