"""Why a call to a platform failed, in terms that decide what happens next.

No message ever contains a secret or a response body: they are written to attempts and logs. What a
platform says to people about its refusal is kept apart, in ``words``, after ``words.said`` has
taken out whatever could be a secret.
"""

from __future__ import annotations


class PlatformError(Exception):
    """A call that failed, and certainly did nothing on the platform.

    ``permanent`` means that the same call will fail again: stop and tell a person.
    ``retry_after`` is the platform's own word, in seconds, on when to try again. ``words`` is what
    it told people, cleaned and short, or empty.
    """

    permanent = False

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        words: str = "",
    ) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after
        self.words = words


class NotReached(PlatformError):
    """The request never reached the platform: no address, connection refused, TLS failure."""


class Unavailable(PlatformError):
    """The platform answered a read with a server error, or did not answer it in time."""


class RateLimited(PlatformError):
    """Too many calls; ``retry_after`` says when."""


class BudgetSpent(RateLimited):
    """Our own budget of calls or money is used up; nothing was sent. ``retry_after`` says when."""


class TokenExpired(PlatformError):
    """The secret was good once and can be refreshed; clients do so themselves, once."""


class AuthRevoked(PlatformError):
    """The secret is no longer taken: a person must connect the account again."""

    permanent = True


class PermissionMissing(PlatformError):
    """The secret is good but may not do this: a person must connect with more rights."""

    permanent = True


class OperatorNeeded(PlatformError):
    """The platform refuses until somebody does something there: an audit of the application, or
    credit. Connecting again does not help."""

    permanent = True


class AppRefused(OperatorNeeded):
    """The platform does not take the application: its id or secret as entered here is wrong, or as
    it is set up there it may not do this."""


class AccountBlocked(OperatorNeeded):
    """The platform has stopped the account itself, for good or until its owner has signed in there
    and done what it asks: suspended, locked, to be checked. No application mends it."""


class Hidden(OperatorNeeded):
    """The post is on the platform and nobody but the account sees it, until somebody changes
    something there. It is not certain that it stays so: a person has to look."""


class AppMissing(OperatorNeeded):
    """The application is not entered here, and without it no token can be refreshed. What is
    connected stays so, and goes on once it is entered again."""

    permanent = False


class AppUnknown(OperatorNeeded):
    """The platform does not know the application, or no longer: it must be registered anew."""


class NotOffered(PlatformError):
    """The platform gives applications no way to do this."""

    permanent = True


class Refused(PlatformError):
    """The platform will not take this content, whoever asks and whenever."""

    permanent = True


class NotFound(Refused):
    """What was asked for does not exist on the platform."""


class BadAnswer(PlatformError):
    """The answer is not what the platform's API promises."""


class NotFromPlatform(BadAnswer):
    """A refusal that is not worded as the platform's own: of a proxy, a firewall or a challenge
    page. It tells nothing of an account, a secret or a post."""


class HostRefused(PlatformError):
    """The address leads somewhere that the server must not reach (SSRF guard)."""

    permanent = True


class NotOut(PlatformError):
    """Of ``find`` only: the platform knows the request, refused the post for good and says why, so
    that it is certainly not out. ``reason`` is the failure that ``publish`` would have raised."""

    permanent = True

    def __init__(self, reason: PlatformError) -> None:
        super().__init__(str(reason), status=reason.status, words=reason.words)
        self.reason = reason


class UnknownOutcome(PlatformError):
    """The request left and the answer is missing or ambiguous: the post may be out. Look first."""
