"""How words that people type become a question to PostgreSQL's full text search, and what they find
becomes an excerpt.

Words are brought to their stem as Indonesian has them; a phrase stands in quotation marks, “-”
leaves a word out and “or” or “atau” lets either do. The last word is perhaps not yet typed to its
end, so its beginning finds as well. Accents do not count.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchQueryCombinable
from django.db.models import Func, TextField, Value
from django.db.models.functions import Left, Right
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from content.models.lexemes import CONFIG
from govsocial.web.finding import LONGEST, words_of

# For what marks a word in an excerpt: signs that no text has a meaning for.
BEGIN, END = "\ue000", "\ue001"
_SHAPE: dict[str, Any] = {
    "start_sel": BEGIN,
    "stop_sel": END,
    "max_words": 28,
    "min_words": 14,
    "short_word": 0,
    "max_fragments": 0,
}
_LAST = re.compile(r"(?:^|(?<=\s))\w+$")
# So many signs tell whether an excerpt begins or ends where the text does.
_EDGE = 40
# A phrase stays as it is; outside of one, PostgreSQL knows the English word alone.
_PHRASE_OR_ATAU = re.compile(r'"[^"]*"?|(?<!\S)atau(?!\S)', re.IGNORECASE)


def folded(typed: str) -> str:
    """As ``content_folded`` of the database has it: without accents and styled alphabets."""
    apart = unicodedata.normalize("NFKD", typed.replace("\0", " "))
    return re.sub("[\u0300-\u036f]", "", apart)


def question(typed: str) -> SearchQueryCombinable | None:
    """What ``typed`` asks for; None where there is no word in it, which finds nothing."""
    if not words_of(typed):
        return None
    asked = _with_or(folded(typed[:LONGEST]))
    whole = SearchQuery(asked, config=CONFIG, search_type="websearch")
    last = _LAST.search(asked.strip())
    if last is None:
        return whole
    before = asked.strip()[: last.start()].strip()
    if before.count('"') % 2 or before.casefold().endswith(" or"):
        return whole
    begun = SearchQuery(f"'{last[0]}':*", config="simple", search_type="raw")
    either = SearchQuery(last[0], config=CONFIG, search_type="websearch") | begun
    if not before:
        return either
    return SearchQuery(before, config=CONFIG, search_type="websearch") & either


def _with_or(asked: str) -> str:
    return _PHRASE_OR_ATAU.sub(lambda found: found[0] if found[0][0] == '"' else "or", asked)


def excerpts(text: Any, asked: SearchQueryCombinable) -> dict[str, Func]:
    """Annotations ``by_stem`` and ``as_typed`` of a row: the part of ``text`` that was found. A
    word of which only the beginning was typed stands in the second alone. ``said_first`` and
    ``said_last`` are how the text begins and ends."""
    folded_text = Func(text, function="content_folded", output_field=TextField())
    # The marks are ours alone, whatever signs a text has.
    said = Func(
        folded_text, Value(BEGIN + END), Value(""), function="translate", output_field=TextField()
    )
    return {
        "said_first": Left(said, _EDGE),
        "said_last": Right(said, _EDGE),
        "by_stem": SearchHeadline(said, asked, config=CONFIG, **_SHAPE),
        "as_typed": SearchHeadline(said, asked, config="simple", **_SHAPE),
    }


def excerpt_of(row: Any) -> SafeString:
    """The excerpt of a row that has these annotations, with ``<mark>`` around what was found.

    Whatever else is in the text is shown as text; “…” stands where more of it comes before or
    after.
    """
    text = row.by_stem if BEGIN in row.by_stem else row.as_typed
    shown = " ".join(text.split())
    bare = shown.replace(BEGIN, "").replace(END, "")
    first, last = (" ".join(one.split()) for one in (row.said_first, row.said_last))
    before = "" if bare.startswith(first) or first.startswith(bare) else "… "
    after = "" if bare.endswith(last) or last.endswith(bare) else " …"
    escaped = escape(f"{before}{shown}{after}")
    return mark_safe(escaped.replace(BEGIN, "<mark>").replace(END, "</mark>"))  # noqa: S308  # is escaped
