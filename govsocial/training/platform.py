"""What the server asks of each platform that it speaks."""

from __future__ import annotations

from typing import Protocol

from govsocial.training.agency import TrainingAccount
from govsocial.training.behaviour import Rule
from govsocial.training.http import Request, Response


class TrainingPlatform(Protocol):
    def owns(self, request: Request) -> bool:
        """Whether the call is one for this platform: paths of different platforms are different."""

    def account_of(self, request: Request) -> TrainingAccount | None:
        """Whom a call is about: the token's account, else the one that it names."""

    def handle(self, request: Request) -> Response:
        """The answer as the platform gives it."""

    def misbehave(self, rule: Rule, request: Request) -> Response | None:
        """What ``rule`` makes of a call; None where it is answered as usual after all."""
