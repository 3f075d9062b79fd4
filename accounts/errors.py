from __future__ import annotations


class AccountError(Exception):
    """A refusal that a person can read and act on. ``field`` names the input it is about."""

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field
