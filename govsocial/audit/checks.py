from __future__ import annotations

from itertools import product
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.utils import translation

from govsocial.audit.events import Event, Text, declared
from govsocial.audit.sentences import render_template

PLACES = frozenset({"actor", "target", "label"})


def register_checks() -> None:
    register(check_sentences)


def check_sentences(**kwargs: Any) -> list[CheckMessage]:
    """audit.E001: a sentence must be written with what its event has, in every language."""
    problems: list[CheckMessage] = []
    for event in declared().values():
        told = [event.sentence, *event.fuller.values()]
        for language, sentence in product(dict(settings.LANGUAGES), told):
            problem = _problem(event, sentence, language)
            if problem:
                problems.append(
                    Error(
                        f"The sentence of {event.name} ({language}) {problem}.",
                        hint="It may use %(actor)s, %(target)s, %(label)s and the event's keys.",
                        id="audit.E001",
                    )
                )
    return problems


def _problem(event: Event, sentence: Text, language: str) -> str | None:
    values = dict.fromkeys(PLACES | event.keys, "")
    with translation.override(language):
        try:
            render_template(str(sentence), values)
        except KeyError as exc:
            return f"names the unknown placeholder {exc}"
        except (TypeError, ValueError) as exc:
            return f"cannot be written: {exc}"
    return None
