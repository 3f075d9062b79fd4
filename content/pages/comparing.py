"""The page that shows two versions of a post side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from content.comparing import Baseline, Comparison, baseline_of, compare, followed_words
from content.forms.deciding import CompareForm
from content.models import Post, PostVersion
from content.selectors import posts as selectors

NAMES = frozenset({"before", "after"})


def compare_page(post: Post, data: Mapping[str, str]) -> dict[str, Any]:
    """What the address asks for, or the present version against what it is to be judged by."""
    versions = selectors.versions_of(post)
    chosen = bool(NAMES & data.keys())
    base = None if chosen else baseline_of(post, versions, list(selectors.decisions_of(post)))
    usual = _usual(post, versions, base)
    form = CompareForm(
        usual | {name: data[name] for name in NAMES & data.keys()} if chosen else None,
        initial=usual,
        numbers=[one.number for one in versions],
        follows=_followed(post),
    )
    page = {"post": post, "form": form, "version": post.current_version, "changes": None}
    if chosen and not form.is_valid():
        return page
    wanted = form.cleaned_data if chosen else usual
    return page | {"changes": _compared(post, versions, wanted, base)}


def _usual(post: Post, versions: Sequence[PostVersion], base: Baseline | None) -> dict[str, str]:
    numbers = [one.number for one in versions]
    before = numbers[min(1, len(numbers) - 1)] if numbers else 0
    usual = {"before": str(before), "after": str(numbers[0] if numbers else 0)}
    if base is not None:
        own = base.version.post_id == post.pk
        usual["before"] = str(base.version.number) if own else CompareForm.FIRST
    return usual


def _followed(post: Post) -> str:
    if post.follows is None or post.follows.current_version is None:
        return ""
    return followed_words(post)


def _compared(
    post: Post, versions: Sequence[PostVersion], wanted: Mapping[str, str], base: Baseline | None
) -> Comparison | None:
    by_number = {str(one.number): one for one in versions}
    after = by_number.get(wanted["after"])
    against = base.why % {"number": base.version.number} if base else ""
    before = by_number.get(wanted["before"])
    if wanted["before"] == CompareForm.FIRST and post.follows is not None:
        before, against = post.follows.current_version, _followed(post)
    if before is None or after is None:
        return None
    return compare(before, after, against, post=post)
