"""Many cases of one sentence in one test, where what they need can be had afresh for each.

Each test of its own costs some ten milliseconds besides what it does: to be collected by every
worker, set up, rolled back and reported.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

LONGEST_NOTE = 1000
Cases = Iterable[Any] | Callable[..., Iterable[Any]]


def each(names: str | Sequence[str], cases: Cases) -> Callable[..., Callable[..., None]]:
    """Like ``pytest.mark.parametrize``, within one test: all cases are tried, and each that fails
    is told with its values.

    ``cases`` may be a mapping, whose keys are told in place of the values, or a function of
    fixtures. Every case finds an empty log, nothing patched through ``monkeypatch`` by another one,
    and those fixtures that can ``forget()`` without a memory. Other fixtures are shared.
    """
    keys = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    asks = list(inspect.signature(cases).parameters) if callable(cases) else []
    listed = [] if callable(cases) else _listed(keys, cases)

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        wants = inspect.signature(test)
        kept = [one for one in wants.parameters.values() if one.name not in keys]
        passed = {one.name for one in kept}
        asked = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in asks]

        @functools.wraps(test)
        def gathered(**fixtures: Any) -> None:
            tried = listed
            if callable(cases):
                tried = _listed(keys, cases(**{name: fixtures[name] for name in asks}))
            failed: list[BaseException] = []
            for told, values in tried:
                case = dict(zip(keys, values, strict=True))
                try:
                    with _afresh({name: fixtures[name] for name in passed}) as fresh:
                        test(**fresh, **case)
                except (Exception, pytest.fail.Exception) as exc:  # noqa: BLE001  # told below
                    exc.add_note(f"where {case if told is None else told!r}"[:LONGEST_NOTE])
                    failed.append(exc)
                except pytest.skip.Exception as exc:
                    raise AssertionError("One case would skip the others.") from exc
            if failed:
                raise BaseExceptionGroup(f"{len(failed)} of {len(tried)} cases", failed)

        rest = [*kept, *(one for one in asked if one.name not in passed)]
        gathered.__signature__ = wants.replace(parameters=rest)  # type: ignore[attr-defined]  # pytest asks for the rest
        return gathered

    return decorate


def _listed(keys: list[str], cases: Iterable[Any]) -> list[tuple[Any, Any]]:
    """What each case is told as, None for its values, and the values."""
    named = cases.items() if isinstance(cases, Mapping) else ((None, case) for case in cases)
    listed = [(told, case if len(keys) > 1 else (case,)) for told, case in named]
    assert listed
    assert not any(hasattr(case, "marks") for _, case in listed), "pytest.param is not read here"
    return listed


@contextmanager
def _afresh(fixtures: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """``fixtures`` as if no other case had used them."""
    with pytest.MonkeyPatch.context() as patched:
        fresh = dict(fixtures)
        for name, fixture in fixtures.items():
            if isinstance(fixture, pytest.LogCaptureFixture):
                fixture.clear()
            elif isinstance(fixture, pytest.MonkeyPatch):
                fresh[name] = patched
            elif hasattr(fixture, "forget"):
                fixture.forget()
        yield fresh
