"""Many cases of one sentence in one test, where they have nothing to put up and nothing to undo.

Each test of its own costs some ten milliseconds besides what it does: to be collected by every
worker, set up, rolled back and reported.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pytest


def each(names: str | Sequence[str], cases: Iterable[Any]) -> Callable[..., Callable[..., None]]:
    """Like ``pytest.mark.parametrize``, for tests that only read and compare: all of them are
    tried, and each that fails is told with its values."""
    keys = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
    tried = [case if len(keys) > 1 else (case,) for case in cases]
    assert tried
    assert not any(hasattr(case, "marks") for case in tried), "pytest.param is not read here"

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        wants = inspect.signature(test)

        @functools.wraps(test)
        def gathered(**fixtures: Any) -> None:
            failed: list[BaseException] = []
            for values in tried:
                case = dict(zip(keys, values, strict=True))
                try:
                    test(**fixtures, **case)
                except (Exception, pytest.fail.Exception) as exc:  # noqa: BLE001  # told below
                    exc.add_note(f"where {case!r}")
                    failed.append(exc)
                except pytest.skip.Exception as exc:
                    raise AssertionError("One case would skip the others.") from exc
            if failed:
                raise BaseExceptionGroup(f"{len(failed)} of {len(tried)} cases", failed)

        kept = [one for one in wants.parameters.values() if one.name not in keys]
        gathered.__signature__ = wants.replace(parameters=kept)  # type: ignore[attr-defined]  # pytest asks for the rest
        return gathered

    return decorate
