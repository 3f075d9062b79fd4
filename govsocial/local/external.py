"""Servers that the environment names: looked at before anything is started against them."""

from __future__ import annotations

from contextlib import closing
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import redis

from .paths import LocalError

OLDEST_POSTGRES = 15


def without_password(url: str) -> str:
    """The URL as it may be shown to a person or written to a log."""
    parts = urlsplit(url)
    if parts.password is None:
        return url
    address = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username or ''}:***@{address}"))


def check_database(url: str, *, create_databases: bool) -> None:
    """Raise ``LocalError`` where the server of ``DATABASE_URL`` cannot be used, saying why."""
    shown = without_password(url)
    try:
        connection = psycopg2.connect(url, connect_timeout=5)
    except psycopg2.Error as exc:
        reason = str(exc).strip().replace("\n", " ")
        raise LocalError(
            f"DATABASE_URL is set to {shown}, but the database does not answer: {reason}\n"
            "Start that server, correct DATABASE_URL, or unset it to use the embedded one."
        ) from exc
    with closing(connection), connection.cursor() as cursor:
        version = connection.server_version // 10000
        if version < OLDEST_POSTGRES:
            raise LocalError(
                f"DATABASE_URL is set to {shown}, which is PostgreSQL {version}; "
                f"govsocial needs {OLDEST_POSTGRES} or newer."
            )
        cursor.execute(
            "SELECT rolname, rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
        )
        role, may_create = cursor.fetchone() or ("", False)
        if create_databases and not may_create:
            raise LocalError(
                f'The tests make databases of their own, which the role "{role}" of DATABASE_URL '
                f'may not. As a superuser: ALTER ROLE "{role}" CREATEDB;'
            )


def check_broker(url: str) -> None:
    """Raise ``LocalError`` where the server of ``REDIS_URL`` cannot be used, saying why."""
    shown = without_password(url)
    try:
        client = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
        with client:
            client.ping()
    except (redis.RedisError, ValueError) as exc:
        raise LocalError(
            f"REDIS_URL is set to {shown}, but the server does not answer: {exc}\n"
            "Start that server, correct REDIS_URL, or unset it to use the embedded one."
        ) from exc
