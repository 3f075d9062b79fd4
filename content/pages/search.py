"""What the search over everything finds, one group for each kind of thing."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.postgres.search import SearchQueryCombinable, SearchRank
from django.core.paginator import Page
from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.finding import account_has
from accounts.models import OfficialAccount, User
from accounts.selectors import official_accounts_visible_to
from content.models import BankText, Campaign, Comment, Decision, Post, PostSearch
from content.models.lexemes import (
    BANK_WORDS,
    CAMPAIGN_WORDS,
    COMMENT_WORDS,
    DECISION_WORDS,
    IDEA_WORDS,
    lexemes,
)
from content.searching import excerpt_of, excerpts, question
from content.selectors.bank import bank_texts_visible_to
from content.selectors.lists import listed_posts, posts_of_page, remarks_visible_to
from content.selectors.media import library_of
from content.selectors.plan import campaigns_visible_to, ideas_visible_to
from content.selectors.talk import comments_visible_to
from govsocial.web.counting import MOST_COUNTED, count_all
from govsocial.web.finding import words_of
from govsocial.web.lists import page_of, page_of_keys

# Of each kind on the page of all of them.
FIRST = 5
# More than so many are not put into the order of how well they fit, but of when they changed.
MOST_RANKED = 1_000
_RECORD_WORDS = lexemes(
    "record__title", "record__description", "record__alt", "record__source", "record__owner"
)
_SAID = Func(F("current_version__document"), function="content_said", output_field=TextField())


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    title: str
    url: str
    note: Sequence[object] = ()
    excerpt: SafeString | str = ""
    status: str = ""


class Kind(ABC):
    """One kind of thing: which rows of it are found, and how one is shown."""

    key = ""
    label: str | Promise = ""
    icon = ""

    def __init__(self, user: User, typed: str, asked: SearchQueryCombinable) -> None:
        self.user, self.typed, self.asked = user, typed, asked

    @cached_property
    def rows(self) -> QuerySet[Any]:
        return self.find().order_by("-pk")

    @abstractmethod
    def find(self) -> QuerySet[Any]:
        """The rows that are found, of those that this person may see."""

    @abstractmethod
    def hit(self, row: Any) -> Hit:
        """How a row is shown."""

    def first(self, total: int) -> list[Hit]:
        return [self.hit(row) for row in self.rows[:FIRST]] if total else []

    def page(self, request: HttpRequest, total: int) -> Page[Any]:
        return page_of(self.rows, request)


class Posts(Kind):
    key, label, icon = "posts", pgettext_lazy("search", "Posts"), "document-text"

    def find(self) -> QuerySet[PostSearch]:
        return listed_posts(self.user).filter(words=self.asked)

    def first(self, total: int) -> list[Hit]:
        if not total:
            return []
        keys = list(self._sorted(total).values_list("pk", flat=True)[:FIRST])
        by_key = {post.pk: post for post in self._posts(keys)}
        return [self.hit(by_key[key]) for key in keys if key in by_key]

    def page(self, request: HttpRequest, total: int) -> Page[Any]:
        return page_of_keys(self._sorted(total), request, self._posts, most=MOST_COUNTED)

    def _sorted(self, total: int) -> QuerySet[PostSearch]:
        newest = (F("updated_at").desc(), "-pk")
        if total > MOST_RANKED:
            return self.find().order_by(*newest)
        return self.find().order_by(SearchRank(F("words"), self.asked).desc(), *newest)

    def _posts(self, keys: Sequence[int]) -> QuerySet[Post]:
        return posts_of_page(self.user, keys).annotate(**excerpts(_SAID, self.asked))

    def hit(self, row: Any) -> Hit:
        return Hit(
            title=row.title,
            url=reverse("content:post_detail", args=[row.pk]),
            note=[row.author, row.unit],
            excerpt=excerpt_of(row),
            status=row.display_status,
        )


class Comments(Kind):
    key, label, icon = "comments", _("Comments"), "chat-bubble-left-right"

    def find(self) -> QuerySet[Comment]:
        visible = comments_visible_to(self.user).alias(found=COMMENT_WORDS).filter(found=self.asked)
        wide = visible.select_related("author", "thread__version").defer(
            "thread__version__canonical", "thread__version__document"
        )
        return wide.annotate(**excerpts(F("text"), self.asked))

    def hit(self, row: Any) -> Hit:
        return Hit(
            title=row.thread.version.title,
            url=reverse("content:thread_detail", args=[row.thread.post_id, row.thread_id]),
            note=[row.author],
            excerpt=excerpt_of(row),
        )


class Remarks(Kind):
    key, label, icon = "remarks", _("Remarks of reviews"), "clipboard-document-check"

    def find(self) -> QuerySet[Decision]:
        visible = remarks_visible_to(self.user).alias(found=DECISION_WORDS)
        found: QuerySet[Decision] = visible.filter(found=self.asked)
        return found.annotate(**excerpts(F("note"), self.asked))

    def hit(self, row: Any) -> Hit:
        return Hit(
            title=row.review.version.title,
            url=reverse("content:post_detail", args=[row.review.post_id]),
            note=[row.decider, row.get_verdict_display()],
            excerpt=excerpt_of(row),
        )


class Media(Kind):
    key, label, icon = "media", _("Media library"), "photo"

    def find(self) -> QuerySet[Any]:
        library = library_of(self.user).filter(record__archived_at=None)
        said = _in_lines("record__description", "record__alt", "record__source", "record__owner")
        found: QuerySet[Any] = library.alias(found=_RECORD_WORDS).filter(found=self.asked)
        shown: QuerySet[Any] = found.annotate(**excerpts(said, self.asked))
        return shown

    def hit(self, row: Any) -> Hit:
        return Hit(
            title=str(row.record),
            url=reverse("content:media_detail", args=[row.pk]),
            note=[row.unit],
            excerpt=excerpt_of(row),
        )


class Accounts(Kind):
    key, label, icon = "accounts", _("Official accounts"), "identification"

    def find(self) -> QuerySet[OfficialAccount]:
        found = official_accounts_visible_to(self.user)
        for word in words_of(self.typed.replace('"', " ")):
            found = found.filter(account_has(word))
        return found

    def hit(self, row: Any) -> Hit:
        return Hit(
            title=str(row),
            url=reverse("accounts:official_account_detail", args=[row.pk]),
            note=[row.unit, row.get_status_display()],
            excerpt=row.purpose,
        )


class Campaigns(Kind):
    key, label, icon = "campaigns", _("Campaigns"), "flag"

    def find(self) -> QuerySet[Campaign]:
        visible = campaigns_visible_to(self.user).alias(found=CAMPAIGN_WORDS)
        said = _in_lines("code", "purpose", "services", "voice", "cut_budget", "conclusion")
        return visible.filter(found=self.asked).annotate(**excerpts(said, self.asked))

    def hit(self, row: Any) -> Hit:
        return Hit(
            title=row.name,
            url=reverse("content:campaign_detail", args=[row.pk]),
            note=[row.unit, row.get_status_display()],
            excerpt=excerpt_of(row),
        )


class Ideas(Kind):
    key, label, icon = "ideas", _("Ideas"), "light-bulb"

    def find(self) -> QuerySet[Any]:
        visible = ideas_visible_to(self.user).alias(found=IDEA_WORDS)
        found: QuerySet[Any] = visible.filter(found=self.asked)
        shown: QuerySet[Any] = found.annotate(**excerpts(F("note"), self.asked))
        return shown

    def hit(self, row: Any) -> Hit:
        return Hit(
            title=row.title,
            url=reverse("content:idea_detail", args=[row.pk]),
            note=[row.author, row.unit, row.get_state_display()],
            excerpt=excerpt_of(row),
        )


class BankTexts(Kind):
    key, label, icon = "bank", _("Message bank"), "book-open"

    def find(self) -> QuerySet[BankText]:
        visible = bank_texts_visible_to(self.user).alias(found=BANK_WORDS)
        said = _in_lines("purpose", "text")
        return visible.filter(found=self.asked).annotate(**excerpts(said, self.asked))

    def hit(self, row: Any) -> Hit:
        return Hit(
            title=row.title,
            url=reverse("content:bank_detail", args=[row.pk]),
            note=[
                row.unit,
                row.get_kind_display(),
                row.state_on(timezone.localdate()).label,
            ],
            excerpt=excerpt_of(row),
        )


def _in_lines(*names: str) -> Concat:
    """Columns one below the other, as the text of an excerpt."""
    apart = [part for name in names for part in (name, Value("\n"))]
    return Concat(*apart[:-1], output_field=TextField())


KINDS: tuple[type[Kind], ...] = (
    Posts, Campaigns, Ideas, BankTexts, Comments, Remarks, Media, Accounts,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    kind: Kind
    total: int
    hits: list[Hit]

    @property
    def has_more(self) -> bool:
        return self.total > len(self.hits)


def results(request: HttpRequest, user: User, typed: str, chosen: str) -> dict[str, Any]:
    """What ``typed`` finds: the first of each kind, or a page of the ``chosen`` one."""
    asked = question(typed)
    if asked is None:
        return {"groups": [], "total": 0, "is_empty": True}
    kinds = [kind(user, typed, asked) for kind in KINDS]
    totals = count_all({kind.key: kind.find() for kind in kinds})
    found = [kind for kind in kinds if totals[kind.key]]
    total = sum(totals.values())
    tabs = [(kind.key, kind.label, totals[kind.key]) for kind in found]
    context: dict[str, Any] = {"tabs": tabs, "total": total, "is_empty": not total}
    one = next((kind for kind in kinds if kind.key == chosen), None)
    if one is None:
        groups = [
            Group(kind=kind, total=totals[kind.key], hits=kind.first(totals[kind.key]))
            for kind in found
        ]
        return context | {"groups": groups}
    page = one.page(request, totals[one.key])
    hits = [one.hit(row) for row in page]
    group = Group(kind=one, total=totals[one.key], hits=hits)
    return context | {"groups": [group] if hits else [], "page": page}
