"""What readers must be told of a post that was paid for."""

from __future__ import annotations

from content.finding_rules.style import words_among


def is_labelled(label: str, words: str) -> bool:
    """Whether ``label`` stands in ``words`` as words of its own, or as a hashtag of one word."""
    return any(True for _word in words_among([label, label.replace(" ", "")], words))
