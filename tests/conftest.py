"""What every test has: the named cast, a signed-in client, and no network but loopback."""

from __future__ import annotations

import gc
import getpass
import ipaddress
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import _pytest.runner
import psycopg2
import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.template import Context, Template
from django.test import Client, TransactionTestCase
from django.utils import timezone, translation
from hypothesis import settings as hypothesis_settings
from psycopg2 import sql
from pytest_django.plugin import blocking_manager_key

from accounts.models import User
from govsocial.platforms import refusals
from govsocial.web.collector import loading, settle
from govsocial.web.room import with_room
from tests import compiling, scheduling, template_database
from tests.cast import Cast, commit, the_cast
from tests.restoring import restore

# The same examples in every run of the same code: what nobody has changed does not begin to fail.
# `ARGS=--hypothesis-profile=default` looks at others, and `long` at many
# (docs/howto/try-the-gate-in-any-order.md).
hypothesis_settings.register_profile("suite", derandomize=True)
hypothesis_settings.register_profile("long", max_examples=300, print_blob=True)
hypothesis_settings.load_profile("suite")

pytest_xdist_make_scheduler = scheduling.make_scheduler
pytest_xdist_auto_num_workers = scheduling.auto_num_workers


# A look at everything that lives takes half a second once thousands of tests have run.
FULL_COLLECTION_AFTER = 2000


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Thousands of collected tests live to the end: no garbage is to be looked for among them."""
    with loading():
        compiling.import_share(session.config)
        result = yield
    settle()
    young, middle, _old = gc.get_threshold()
    gc.set_threshold(young, middle, FULL_COLLECTION_AFTER)
    return result


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    request: pytest.FixtureRequest,
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: Any,
) -> None:
    """Of several workers one migrates; the others copy what it made."""
    worker = getattr(request.config, "workerinput", None)
    if worker is not None:
        with django_db_blocker.unblock():
            made = template_database.migrated(worker["testrunuid"])
        connection.settings_dict["TEST"]["TEMPLATE"] = made


# pytest and Django each call through dozens of frames before a line of a test runs.
_pytest.runner.runtestprotocol = with_room(_pytest.runner.runtestprotocol)


def pytest_configure(config: pytest.Config) -> None:
    """Workers are told the name of their run; whoever starts them has to know it too."""
    # Without xdist nobody knows of runs.
    if config.getoption("testrunuid", "") is None:
        config.option.testrunuid = secrets.token_hex(8)


_early = pytest.StashKey[threading.Thread]()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Migrate while the workers still look for their tests: else all of them wait for it."""
    config = session.config
    if _starts_workers(config):
        unblocked = config.stash[blocking_manager_key].unblock
        run = config.getvalue("testrunuid")
        config.stash[_early] = threading.Thread(
            target=template_database.make_early, args=(run, unblocked)
        )
        config.stash[_early].start()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """What the workers copied is of no use after the last one."""
    # pytest looks for garbage that warns five times over; one look finds what there is.
    settle()
    config = session.config
    if _starts_workers(config):
        config.stash[_early].join()
        template_database.forget(config.getvalue("testrunuid"))


def _starts_workers(config: pytest.Config) -> bool:
    return not hasattr(config, "workerinput") and bool(config.getoption("numprocesses", 0))


@pytest.fixture(scope="session", autouse=True)
def only_pages_are_told(django_test_environment: None) -> Iterator[None]:
    """Django's client is told of every template with a copy of what it was given, also of each that
    a page includes: a tenth of the time of a page, for nobody."""
    told: Callable[[Template, Context], str] = Template._render  # type: ignore[attr-defined]  # private

    def render(self: Template, context: Context) -> str:
        is_page = context.template is self
        return told(self, context) if is_page else self.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Template, "_render", render)
        yield


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """What is said outside a request is said in English here; pages follow their reader."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def nothing_refused_before() -> None:
    """What a platform or a page refused in one test is no news of the next one's."""
    refusals.forget()
    cache.clear()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The cast is there before the first test, and again after each that committed something."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patched:
        commit()
        patched.setattr(TransactionTestCase, "_fixture_teardown", restore)
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    return the_cast()


@pytest.fixture
def client_as(cast: Cast) -> Callable[[User | str | None], Client]:
    """Return a client signed in as a person of the cast, by object or by name.

    ``None`` and "anonymous" are nobody. Somebody inactive gets a session and no entry, as after a
    deactivation in another window. They have signed in before the test: a third of all tests begin
    with it, and the trail says nothing of it here.
    """

    def sign_in(person: User | str | None) -> Client:
        client = Client()
        if person is None or person == "anonymous":
            return client
        user = getattr(cast, person) if isinstance(person, str) else person
        key = secrets.token_hex(16)
        says = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        Session.objects.create(
            session_key=key,
            session_data=SessionStore().encode(says),
            expire_date=timezone.now() + timedelta(hours=1),
        )
        client.cookies[settings.SESSION_COOKIE_NAME] = key
        return client

    return sign_in


@pytest.fixture(scope="session", autouse=True)
def only_loopback() -> Iterator[None]:
    """Fail a test that reaches for the network: the suite must tell the same story anywhere."""
    itself = socket.gethostname()
    connect, connect_ex, getaddrinfo = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def check(family: int, host: object) -> None:
        if family == socket.AF_UNIX or host in {"localhost", "", None}:
            return
        text = host.decode() if isinstance(host, bytes) else str(host)
        try:
            address = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            raise RuntimeError(
                f"A test looked up {text!r}; tests may not use the network."
            ) from None
        if not address.is_loopback and not address.is_unspecified:
            raise RuntimeError(f"A test reached for {text}; tests may not use the network.")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        check(self.family, address if isinstance(address, str) else address[0])
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        check(self.family, address if isinstance(address, str) else address[0])
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        # Literal addresses pass: looking them up asks nobody.
        if host not in {"localhost", b"localhost", "", None, itself}:
            text = host.decode() if isinstance(host, bytes) else str(host)
            try:
                ipaddress.ip_address(text.partition("%")[0])
            except ValueError:
                raise RuntimeError(
                    f"A test looked up {text!r}; tests may not use the network."
                ) from None
        return getaddrinfo(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket.socket, "connect", guarded_connect)
        patched.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patched.setattr(socket, "getaddrinfo", guarded_getaddrinfo)
        yield


@pytest.fixture(scope="session")
def app_role(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A role of the server that owns nothing; the tests' own role may usually make none."""
    with django_db_blocker.unblock():
        values = connection.get_connection_params()
        me = str(values.get("user") or getpass.getuser())
    wanted = {key: values[key] for key in ("host", "port", "dbname", "password") if key in values}
    name = f"measuring_app_{os.getpid()}"
    for user in (me, "postgres"):
        try:
            server = psycopg2.connect(**wanted, user=user)
        except psycopg2.OperationalError:
            continue
        server.autocommit = True
        with closing(server), server.cursor() as cursor:
            role, owner = sql.Identifier(name), sql.Identifier(me)
            try:
                cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(role))
            except psycopg2.ProgrammingError:
                continue
            cursor.execute(sql.SQL("GRANT {} TO {}").format(role, owner))
            yield name
            cursor.execute(sql.SQL("DROP ROLE {}").format(role))
            return
    pytest.skip("Nobody reachable here may create a role.")
