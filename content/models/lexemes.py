from __future__ import annotations

from django.contrib.postgres.search import SearchVectorField
from django.db.models import F, Func

CONFIG = "indonesian"
"""The configuration of PostgreSQL that brings words to their stem. Each word is kept as it is
written as well (``simple``), so that its beginning finds it."""


def lexemes(*names: str) -> Func:
    """The words of some columns, as an index keeps them and the search looks for them: without
    accents, and whatever alphabet of capitals they are written in. A function of the database."""
    columns = [F(name) for name in names]
    return Func(*columns, function="content_lexemes", output_field=SearchVectorField())


COMMENT_WORDS = lexemes("text")
DECISION_WORDS = lexemes("note")
RECORD_WORDS = lexemes("title", "description", "alt", "source", "owner")
CAMPAIGN_WORDS = lexemes("name", "code", "purpose", "services", "voice", "cut_budget", "conclusion")
IDEA_WORDS = lexemes("title", "note")
BANK_WORDS = lexemes("title", "purpose", "text")
