"""What findings need to know besides the document: contacts, election windows, looked-at links,
freezes and posts that say the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts.links import SHARED
from accounts.models import OfficialAccount, Unit
from content import findings
from content.documents import Document
from content.finding_rules import bank, political
from content.finding_rules.around import (
    Narrative,
    Rival,
    Silence,
    Surroundings,
    Twin,
    Window,
    Withdrawn,
)
from content.finding_rules.personal import national
from content.models import Freeze, Post, Relation
from content.pieces import public_of
from content.selectors.posts import paid_labels_of

# Kept by hand, and named by an address in which a number or the agency's own domain stands.
_WITH_ADDRESSES = ("feed", "whatsapp", "telegram")


# How far apart the same text may go out again: what is said every week is no slip.
NEAR = timedelta(days=7)

# All of it in one question: every page of a post asks it. What a post has no use for is not read.
_AROUND = r"""
    WITH RECURSIVE above(id) AS (
        SELECT %(unit)s::bigint
        UNION SELECT u.parent_id FROM above JOIN accounts_unit u ON u.id = above.id
            WHERE u.parent_id IS NOT NULL
    ), meant(account, unit_id) AS (
        SELECT a.id, a.unit_id FROM accounts_officialaccount a
            WHERE a.id = ANY (%(accounts)s::bigint[])
        -- A draft without accounts stands for its unit.
        UNION ALL SELECT NULL, %(unit)s::bigint WHERE cardinality(%(accounts)s::bigint[]) = 0
        UNION SELECT meant.account, u.parent_id FROM meant
            JOIN accounts_unit u ON u.id = meant.unit_id WHERE u.parent_id IS NOT NULL
    ), said(account, text) AS (
        SELECT account, btrim(regexp_replace(lower(words), '\s+', ' ', 'g'))
        FROM unnest(%(accounts)s::bigint[], %(texts)s::text[]) AS each(account, words)
        WHERE btrim(words) <> ''
    )
    SELECT 'known', 0, jsonb_build_array(c.kind, c.value) FROM content_knowncontact c
        WHERE %(contacts)s AND c.removed_at IS NULL AND c.unit_id IN (SELECT id FROM above)
    UNION ALL
    SELECT 'account', 0, jsonb_build_array(a.platform, a.handle, a.url)
        FROM accounts_officialaccount a
        WHERE %(contacts)s AND a.status = 'active' AND a.platform = ANY (%(platforms)s)
    UNION ALL
    SELECT 'window', row_number() OVER (ORDER BY w.starts_on, w.id),
        jsonb_build_array(w.name, w.starts_on, w.ends_on, w.citation, to_jsonb(w.words))
        FROM content_electionwindow w
        WHERE w.withdrawn_at IS NULL AND w.unit_id IN (SELECT id FROM above)
    -- Only where there is a window: its words and those of the document, as the search has them.
    UNION ALL
    SELECT 'stem', 0, jsonb_build_array(word, (ts_lexize('indonesian_stem', word))[1]) FROM (
        SELECT unnest(%(spoken)s::text[] || regexp_split_to_array(
            lower(array_to_string(w.words, ' ')), '[^[:alnum:]]+')) AS word
            FROM content_electionwindow w
            WHERE w.withdrawn_at IS NULL AND w.unit_id IN (SELECT id FROM above)
        ) said WHERE word <> '' GROUP BY word
    UNION ALL
    SELECT 'narrative', row_number() OVER (ORDER BY b.valid_from, b.id),
        jsonb_build_array(b.title, b.valid_from, b.valid_until, b.text,
            b.withdrawn_at IS NOT NULL OR EXISTS (
                SELECT FROM content_banktext later WHERE later.replaces_id = b.id))
        FROM content_banktext b
        WHERE b.kind = 'narrative' AND b.unit_id IN (SELECT id FROM above)
        AND strpos(%(plain)s, b.mark) > 0
    UNION ALL
    SELECT 'link', 0, jsonb_build_array(l.address, l.state) FROM content_linkcheck l
        WHERE l.digest = ANY (%(links)s) AND l.state IN ('dead', 'slow')
    UNION ALL
    SELECT 'freeze', f.id, jsonb_build_array(f.reason, f.begun_at, f.expected_until,
            jsonb_agg(DISTINCT meant.account) FILTER (WHERE meant.account IS NOT NULL))
        FROM content_freeze f JOIN meant ON CASE WHEN f.official_account_id IS NULL
            THEN f.unit_id = meant.unit_id ELSE f.official_account_id = meant.account END
        WHERE f.lifted_at IS NULL AND NOT (f.spares_emergencies AND %(emergency)s)
        GROUP BY f.id
    UNION ALL
    SELECT 'named', a.id, jsonb_build_array(a.id, a.platform, a.handle)
        FROM accounts_officialaccount a
        WHERE %(emergency)s AND a.id = ANY (%(accounts)s::bigint[])
    UNION ALL
    SELECT 'uncorrected', a.id, jsonb_build_array(a.id, a.platform, a.handle)
        FROM content_publication p JOIN accounts_officialaccount a ON a.id = p.official_account_id
        WHERE p.post_id = %(corrects)s AND p.part = 0
        AND p.status IN ('published', 'unconfirmed', 'sending')
        AND NOT EXISTS (SELECT FROM content_publication c JOIN content_post q ON q.id = c.post_id
            WHERE q.follows_id = p.post_id AND q.relation = 'correction' AND c.part = 0
            AND c.official_account_id = p.official_account_id AND c.status = 'published')
    UNION ALL
    SELECT 'never_out', a.id, jsonb_build_array(a.id, a.platform, a.handle)
        FROM accounts_officialaccount a
        WHERE %(follows)s > 0 AND %(is_correction)s AND a.id = ANY (%(accounts)s::bigint[])
        AND NOT EXISTS (SELECT FROM content_publication p WHERE p.post_id = %(follows)s
            AND p.part = 0 AND p.official_account_id = a.id AND p.status <> 'cancelled')
    UNION ALL
    SELECT 'rival', q.id, jsonb_build_array(q.id, s.title, known.at, q.status = 'submitted')
        FROM content_post q JOIN content_postsearch s ON s.post_id = q.id
        LEFT JOIN LATERAL (
            SELECT min(p.published_at) AS at, count(*) AS number FROM content_publication p
            WHERE p.post_id = q.id AND p.part = 0
            AND p.official_account_id = ANY (%(accounts)s::bigint[])
            AND p.status NOT IN ('cancelled', 'withdrawn')
        ) known ON TRUE
        WHERE %(is_correction)s AND q.follows_id = %(follows)s AND q.relation = 'correction'
        AND NOT q.id = ANY (%(itself)s) AND q.status IN
            ('submitted', 'approved', 'scheduled', 'live', 'corrected')
        AND (known.number > 0
            OR (q.status = 'submitted' AND s.accounts && %(accounts)s::bigint[]))
    -- What a person took back, of the post itself and of what it took its words from.
    UNION ALL
    SELECT 'withdrawn', max(w.id), jsonb_build_array(max(w.id), u.full_name, max(w.requested_at),
            w.reason, v.canonical,
            jsonb_agg(DISTINCT jsonb_build_array(a.id, a.platform, a.handle, a.display_name)))
        FROM content_publication p
        JOIN content_post o ON o.id = p.post_id AND o.unit_id = %(unit)s
        JOIN content_withdrawal w ON w.publication_id = p.id
        JOIN content_postversion v ON v.id = p.version_id
        JOIN accounts_user u ON u.id = w.requested_by_id
        JOIN accounts_officialaccount a ON a.id = p.official_account_id
        WHERE p.post_id IN (SELECT unnest(%(took_from)s::bigint[]) UNION
            SELECT post_id FROM content_postversion WHERE id = %(copied_from)s)
        AND p.status IN ('withdrawn', 'cancelled') AND p.version_id <> %(under_way)s
        GROUP BY v.id, u.id, w.reason
    UNION ALL
    SELECT 'twin', s.post_id, jsonb_build_array(s.post_id,
            CASE WHEN s.unit_id = %(unit)s THEN s.title ELSE '' END, s.time_at,
            COALESCE(bool_or(known.is_out), FALSE), s.status = 'submitted',
            jsonb_agg(jsonb_build_array(a.platform, a.handle) ORDER BY a.id))
        FROM (
            SELECT post_id, unit_id, title, time_at, status, accounts FROM content_postsearch
                WHERE time_at > %(after)s AND time_at < %(before)s
            -- As soon as it is approved.
            UNION ALL SELECT post_id, unit_id, title, time_at, status, accounts
                FROM content_postsearch WHERE time_at IS NULL
                AND updated_at > %(after)s AND updated_at < %(before)s
        ) s
        JOIN content_post other ON other.id = s.post_id
        JOIN content_postversion v ON v.id = other.current_version_id
        JOIN said ON said.account = ANY (s.accounts)
            AND btrim(regexp_replace(lower(
                v.document #>> ARRAY['variants', said.account::text, 'text']), '\s+', ' ', 'g'))
                = said.text
        JOIN accounts_officialaccount a ON a.id = said.account
        LEFT JOIN LATERAL (
            SELECT bool_or(p.status IN ('sending', 'published', 'unconfirmed')) AS is_out
            FROM content_publication p WHERE p.post_id = s.post_id AND p.part = 0
            AND p.official_account_id = said.account
            AND p.status IN ('scheduled', 'frozen', 'sending', 'published', 'unconfirmed')
        ) known ON TRUE
        WHERE s.accounts && %(accounts)s::bigint[] AND NOT s.post_id = ANY (%(itself)s)
        AND s.status IN ('submitted', 'approved', 'scheduled', 'live', 'corrected')
        AND (s.status = 'submitted' OR known.is_out IS NOT NULL)
        GROUP BY s.post_id, s.unit_id, s.title, s.time_at, s.status
    ORDER BY 1, 2
"""


def findings_of(
    document: Document, unit: Unit | None, post: Post | None = None
) -> list[findings.Finding]:
    """Everything that is found in a document of a unit, and of a post, as things are now."""
    return findings.find(document, surroundings_of(document, unit, post))


def surroundings_of(
    document: Document, unit: Unit | None, post: Post | None = None
) -> Surroundings:
    """What is around a document of a unit now. One query; one more for a post whose
    ``paid_labels`` were not read with it."""
    zone = unit.zone if unit else timezone.get_current_timezone()
    told: dict[str, list[Any]] = {kind: [] for kind in _KINDS}
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, _asked(document, unit, post))
        for kind, _place, said in cursor.fetchall():
            told[kind].append(json.loads(said))
    known = {f"{kind}:{value}" for kind, value in told["known"]}
    for one in told["account"]:
        known.update(_of_account(*one))
    return Surroundings(
        at=(document.planned_at or timezone.now()).astimezone(zone),
        known=frozenset(known),
        windows=[_window(*one) for one in told["window"]],
        narratives=[_narrative(*one) for one in told["narrative"]],
        silences=[_silence(*one) for one in told["freeze"]],
        links=dict(told["link"]),
        labels=_labels(post),
        stems={word: stem for word, stem in told["stem"] if stem},
        uncorrected={pk: _account_in_words(*one) for pk, *one in told["uncorrected"]},
        accounts={pk: _account_in_words(*one) for pk, *one in told["named"]},
        twins=[_twin(*one) for one in told["twin"]],
        never_out={pk: _account_in_words(*one) for pk, *one in told["never_out"]},
        rivals=[_rival(*one) for one in told["rival"]],
        withdrawn=[_withdrawn(*one) for one in told["withdrawn"]],
    )


def _labels(post: Post | None) -> Sequence[str]:
    """As ``with_paid_labels`` read them with the post; else they are asked for."""
    if post is None:
        return ()
    known: Sequence[str] | None = getattr(post, "paid_labels", None)
    return list(paid_labels_of(post)) if known is None else known


_KINDS = (
    "known", "account", "window", "narrative", "link", "freeze", "stem", "uncorrected", "named",
    "twin", "never_out", "rival", "withdrawn",
)  # fmt: skip


def _asked(document: Document, unit: Unit | None, post: Post | None) -> dict[str, Any]:
    at = document.planned_at or timezone.now()
    corrects = post.follows_id or 0 if post and post.relation == Relation.CORRECTION else 0
    return {
        "unit": unit.pk if unit else 0,
        "accounts": list(document.texts.keys()),
        "texts": list(document.texts.values()),
        "after": at - NEAR,
        "before": at + NEAR,
        # A correction may say again what it corrects.
        "itself": [post.pk, corrects] if post else [0],
        "contacts": findings.names_contacts(document),
        "platforms": list(_WITH_ADDRESSES),
        "links": [digest_of_link(one) for one in findings.links_of(document)],
        "emergency": document.is_emergency,
        "spoken": sorted(
            {word for piece in public_of(document) for word in political.spoken(piece.words)}
        ),
        "corrects": corrects,
        **_before_it_is_out(post),
        "plain": bank.plain_of("\n".join([document.text, *document.texts.values()])),
    }


def _before_it_is_out(post: Post | None) -> dict[str, Any]:
    """What is asked of a post that can still be changed; of every other one nothing."""
    is_open = post is not None and post.is_editable
    known = post if post is not None and is_open else Post()
    # What is withdrawn of a version that is under way is no text that is to go out again.
    is_draft = known.status in {Post.Status.DRAFT, Post.Status.SUBMITTED}
    return {
        "follows": known.follows_id or 0,
        "is_correction": known.relation == Relation.CORRECTION,
        "took_from": [one for one in (known.pk, known.follows_id) if one],
        "copied_from": known.copied_from_id or 0,
        "under_way": 0 if is_draft else known.current_version_id or 0,
    }


def _window(name: str, starts_on: str, ends_on: str, citation: str, words: list[str]) -> Window:
    first, last = date.fromisoformat(starts_on), date.fromisoformat(ends_on)
    return Window(name=name, starts_on=first, ends_on=last, citation=citation, words=words)


def _narrative(
    title: str, valid_from: str, valid_until: str | None, text: str, is_over: bool
) -> Narrative:
    return Narrative(
        title=title,
        valid_from=date.fromisoformat(valid_from),
        valid_until=date.fromisoformat(valid_until) if valid_until else None,
        is_over=is_over,
        text=text,
    )


def _twin(
    post_id: int,
    title: str,
    at: str | None,
    is_out: bool,
    is_in_review: bool,
    accounts: list[list[str]],
) -> Twin:
    return Twin(
        post_id=post_id,
        title=title,
        at=datetime.fromisoformat(at) if at else None,
        accounts=[f"@{handle} ({_platform(platform)})" for platform, handle in accounts],
        is_out=is_out,
        is_in_review=is_in_review,
    )


def _rival(post_id: int, title: str, at: str | None, is_in_review: bool) -> Rival:
    out_at = datetime.fromisoformat(at) if at else None
    return Rival(post_id=post_id, title=title, at=out_at, is_in_review=is_in_review)


def _withdrawn(
    key: int, who: str, at: str, reason: str, canonical: str, accounts: list[list[Any]]
) -> Withdrawn:
    names = {
        pk: OfficialAccount(platform=platform, handle=handle, display_name=name).in_words
        for pk, platform, handle, name in accounts
    }
    return Withdrawn(
        key=key,
        who=who,
        at=datetime.fromisoformat(at),
        reason=reason,
        accounts=names,
        document=Document.parse(canonical),
    )


def _account_in_words(platform: str, handle: str) -> str:
    return f"{_platform(platform)} @{handle}"


def _platform(key: str) -> str:
    return str(OfficialAccount.Platform(key).label)


def _silence(reason: str, since: str, until: str | None, accounts: list[int] | None) -> Silence:
    return Silence(
        reason=reason,
        since=datetime.fromisoformat(since),
        until=datetime.fromisoformat(until) if until else None,
        accounts=accounts,
    )


def planned_during(freeze: Freeze) -> QuerySet[Post]:
    """Posts that are still to go out, on an account that a freeze covers, while it is expected to
    last; the next ones first."""
    accounts = OfficialAccount.objects.filter(unit__in=freeze.unit.descendants(include_self=True))
    if freeze.official_account_id:
        accounts = OfficialAccount.objects.filter(pk=freeze.official_account_id)
    names = [str(pk) for pk in accounts.values_list("pk", flat=True)]
    posts = Post.objects.filter(
        status__in=Post.EDITABLE,
        planned_at__gte=freeze.begun_at,
        current_version__document__variants__has_any_keys=names,
    )
    if freeze.expected_until:
        posts = posts.filter(planned_at__lt=freeze.expected_until)
    return posts.select_related("unit", "current_version").order_by("planned_at", "pk")


def _of_account(platform: str, handle: str, url: str) -> Iterator[str]:
    """The number of a channel, and the domain of the agency's own website."""
    if platform in {"whatsapp", "telegram"}:
        digits = national(f"{handle} {url}")
        if 9 <= len(digits) <= 15:
            yield f"phone:{digits}"
        return
    if platform != "feed":
        return
    for address in (handle, url):
        host = urlsplit(address if "//" in address else f"//{address}").hostname or ""
        domain = host.removeprefix("www.")
        # Where anybody may have a site, an address of that domain is anybody's.
        if "." in domain and domain not in SHARED:
            yield f"domain:{domain}"


def digest_of_link(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()
