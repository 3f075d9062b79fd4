"""What the clients of the platforms say, grouped by what it means to a reader.

Beside each of our sentences stand those of the clients, with places as in ``problems``.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from govsocial.web.platform_refusals import REFUSALS, Group

_GROUPS: tuple[Group, ...] = (
    # Connections
    (
        _("The platform no longer takes the connection. Connect the account again."),
        (
            "the token has expired{code}.",
            "the token is no longer taken{code}.",
            "the connection has run out.",
            "The platform no longer takes the token.",
            "The platform does not take the token that it gave.",
            "{platform} no longer takes the token.",
            "{platform} no longer takes the token of this account.",
            "{platform} no longer takes the token, and none to renew it is stored.",
            "{platform} no longer takes this consent.",
            "{platform} does not take this consent.",
            "the server does not take this consent.",
            "{platform} gives no new token for this account.",
            "{platform} gave no refresh token: ask for consent again.",
            "{platform} gave no refresh token: take the consent back and ask again.",
            "{platform} refuses to give a token ({status}).",
            "No Instagram account is stored with this connection.",
            "No token is stored that could be refreshed: connect again.",
            "The account's owner took the consent back before the post was out.",
        ),
    ),
    (
        _("The connection belongs to another account."),
        ("the token belongs to another account.",),
    ),
    (
        _("The token does not give enough rights."),
        (
            "the token may not do this{code}.",
            "The token lacks the right {right}.",
            "The consent does not include posting on {platform}.",
            "The consent does not include uploading films to {platform}.",
            "The consent does not include commenting on {platform}.",
        ),
    ),
    (
        _("Only the person who consented can take the consent back, at the platform itself."),
        (
            "Only the person who consented can take this consent back.",
            "{platform} lets applications revoke nothing; a person does it there.",
        ),
    ),
    (
        _("The Google account has no YouTube channel."),
        (
            "This Google account has no YouTube channel.",
            "this Google account has no YouTube channel.",
        ),
    ),
    # The agency's application
    (
        _("The agency's application for this platform is not set up. Ask the administrator."),
        (
            "No application is registered for this platform.",
            "The application is not registered on this server.",
            "the server registers no application.",
            "The application's credentials at {platform} are not set.",
            "The application's id and secret at {platform} are not entered.",
            "The application's key and secret at {platform} are not entered.",
            "The token cannot be refreshed: the application's id and secret are not entered.",
            "{platform} no longer takes the token; without the application's credentials it "
            "cannot be renewed.",
            "the application is not set up for this API at {platform}.",
        ),
    ),
    (
        _("The platform does not take the identifier and secret of the agency's application."),
        (
            "the platform does not know the application{code}.",
            "the server does not know the application.",
            "The platform does not take the application's own identifier and secret.",
            "{platform} does not take the application's id and secret.",
            "{platform} does not take the application's key and secret.",
            "{platform} does not take the application's credentials.",
            "the server does not take the application's credentials.",
        ),
    ),
    (
        _("The platform must review the agency's application before it may do this."),
        (
            "the application has not been audited.",
            "the application is not one that may do this.",
            "{platform} keeps the film private: it does so until the application has been audited.",
            "{platform} offers only posts that not everybody sees: the application has not been "
            "audited, or the account is set to private.",
        ),
    ),
    (
        _("The platform does not let the agency's application do this. Ask the administrator."),
        ("{platform} does not let the application do this ({status}).",),
    ),
    (
        _("The address of this installation is not verified at the platform."),
        ("the address of the media is not verified as the agency's.",),
    ),
    (
        _("The platform asks for a check of the account. Sign in there and do what it asks."),
        (
            "the platform asks for a check of the account{code}.",
            # Kept with attempts of earlier releases.
            "{platform} asks for a check of the account or the application ({status}).",
        ),
    ),
    (
        _("The platform has blocked the account. Sign in there and see why."),
        (
            "the account is banned from posting.",
            "the account is suspended or closed at {platform}.",
            "the server has disabled the account or waits for its owner.",
            "{platform} has suspended or locked the account ({status}).",
        ),
    ),
    # Limits of calls and posts
    (
        _("The platform asks for fewer calls. It goes on later by itself."),
        (
            "too many calls or posts{code}.",
            "{platform} gives no token now.",
        ),
    ),
    (
        _("The platform takes no more posts of this account today. It goes on later by itself."),
        (
            "{platform} takes no more posts of this account for today.",
            "{platform} takes {number} posts in 24 hours; all are used.",
            "no more posts today.",
            "the channel may upload no more films today.",
            "the account may upload no more films today.",
        ),
    ),
    (
        _("The agency's application has used up what it may do at the platform for now."),
        (
            "the application's quota of the day is used up.",
            "the plan or the balance of the application is used up at {platform}.",
        ),
    ),
    # Answers
    (_("The platform had a fault of its own%(code)s."), ("the platform failed{code}.",)),
    (_("The platform refused this%(code)s."), ("the platform refuses this call{code}.",)),
    (
        _("The platform refused this (%(status)s)."),
        (
            "{platform} refuses this call ({status}).",
            "the website refuses this call ({status}).",
        ),
    ),
    (
        _("The platform pointed to another address."),
        (
            "redirects to where this server does not go.",
            "The platform named a server for the upload that is not its own.",
        ),
    ),
    (
        _("The platform gave an answer that could not be read."),
        (
            "the answer ({status}) is not what the platform's API promises.",
            "the answer is not JSON.",
            "the answer names no upload.",
            "The platform named no address for the upload.",
            "names a next page that is no address.",
            "the answer lists something else.",
            "the answer tells no part of the film.",
            "no film can be read.",
            "{platform} left out posts without saying why.",
            "This is not a place in a list of {platform}.",
        ),
    ),
    (
        _("A proxy or firewall seems to answer in the platform's place. It is tried again."),
        ("the answer ({status}) is not from the platform, perhaps from a proxy or firewall.",),
    ),
    (
        _("It is not on the platform."),
        (
            "not known there.",
            "the document is of another identity.",
            "This is no identity of the AT Protocol.",
            "not on {platform}.",
            "not on this platform{code}.",
            "{platform} does not show the film{reason}.",
        ),
    ),
    (
        _("This is not an id of this platform."),
        (
            "This is not a post of {platform}.",
            "This is not an account of {platform}.",
            "This is not an identifier of {platform}.",
        ),
    ),
    (_("It is a post of another account."), ("This is not a post of this account.",)),
    # Media on their way
    (
        _("The platform is still working on the media. It goes on later by itself."),
        (
            "the media are not ready{code}.",
            "the server is still working on a file.",
            "The platform is still working on the film.",
            "{platform} could not prepare the media this time.",
            "{platform} is still working on the media.",
            "{platform} is still working on a film.",
            "{platform} has the whole film and has not taken it yet.",
            "all of the film is there, not yet taken.",
        ),
    ),
    (
        _("The platform has the post and does not show it yet. It is looked for again."),
        (
            "An earlier attempt has published this post.",
            "{platform} is still working on the post, or does not list it yet.",
            "{platform} is still working on the post: it cannot be known yet.",
            "{platform} has taken the post and is still working on it.",
            "{platform} has published this post, and does not show it yet.",
            "{platform} shows posts minutes later: it cannot be known yet.",
            "{platform} does not know the container that it made.",
        ),
    ),
    (
        _("The post is not there yet and may still come. It is looked for again."),
        ("The post is not listed, and it is too early to know that it is not out.",),
    ),
    (
        _(
            "A comment with the same words is there, and the platform does not say whose it is. "
            "Look at the platform itself."
        ),
        ("A comment with the same words is there, and the platform does not say whose it is.",),
    ),
    (
        _("The monthly spending cap of the platform is used up. It goes on once it is raised."),
        ("The monthly cap of spending on {platform} does not allow this call.",),
    ),
    (
        _("The calls that the platform allows are used up. It goes on later by itself."),
        ("The budget of calls to {platform} is used up{quota}.",),
    ),
    (
        _("Posts without words cannot be told apart. Look at the platform itself."),
        ("Posts without words are there, and cannot be told apart.",),
    ),
    (
        _("Too much was posted since to know whether it is out."),
        (
            "Too many films since the attempt to know whether it is out.",
            "Too many posts since the attempt to know whether it is out.",
            "A feed does not tell what became of articles that have left it.",
        ),
    ),
    (
        _("Sending the video broke off. It is tried again."),
        (
            "the upload does not get on.",
            "the upload does not go on.",
            "the upload has run out.",
            "The platform asks for a part of the film that is not there.",
            "The film is shorter than it was said to be.",
            "{platform} did not take a part of the film.",
            "{platform} does not say which part of the film it lacks.",
        ),
    ),
    (
        _("The platform could not use the media of this post."),
        (
            "the platform does not take the film.",
            "The platform could not use the film.",
            "{platform} could not use the media.",
            "{platform} cannot use the media of this post ({media}).",
            "{platform} cannot use a picture or film of this post.",
            "{platform} could not fetch or process the media; nothing is out.",
            "{platform} did not take the post{reason}.",
        ),
    ),
    # Websites
    (
        _("A website is only read here. Publish and delete there."),
        (
            "A website is read by its feed; nothing is published to it.",
            "Nothing can be deleted on a website by its feed.",
            "Nothing can be published to a website by its feed.",
        ),
    ),
    (_("The website asks for a password."), ("the website asks for a password.",)),
    (_("The website does not let us read it."), ("the website does not let us read it.",)),
    (
        _("There is no feed at this address. Enter the address of the feed."),
        (
            "there is no feed at this address.",
            "this page names no feed; enter the address of the feed.",
        ),
    ),
)

PLACES = {
    "code": r"(?: \([\d/]+\))?",
    "right": r"[\w.]+",
    "reason": r"(?: \(.+\))?",
    "media": r"\w+",
    "quota": r"(?: \(.+\))?",
    "seconds": r"[\d.]+",
    "range": r"[\d.]+(?: to [\d.]+)?",
    "there": r"\w+",
}


def sentences() -> Iterator[tuple[str, Promise]]:
    """Each sentence of a client, and ours for it."""
    for words, said in (*_GROUPS, *REFUSALS):
        yield from ((one, words) for one in said)
