"""The database and the broker of this checkout, shared by every process that needs them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from . import external
from .paths import LOCAL, FileLock
from .postgres import Postgres
from .valkey import Valkey


@dataclass(frozen=True, slots=True)
class Addresses:
    database_url: str
    redis_url: str

    def environment(self) -> dict[str, str]:
        """The variables under which settings read them."""
        return {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}


class Services:
    """Embedded servers below ``home``, or those the environment names.

    Every process that uses them holds a shared lock for as long as it lives; whoever finds on
    leaving that nobody else holds it stops them. A killed process therefore leaves nothing that
    the next one would not find and put right.
    """

    def __init__(self, home: Path, *, fast: bool = False, create_databases: bool = False) -> None:
        self.postgres = Postgres(home / "postgres", fast=fast)
        self.valkey = Valkey(home / "valkey")
        self._create_databases = create_databases
        self._changing = FileLock(home / "services.lock")
        self._using = FileLock(home / "users.lock")

    @classmethod
    def named(cls, name: str) -> Services:
        """``demo`` keeps its data carefully; ``test`` trades safety for speed."""
        fast = name == "test"
        return cls(LOCAL / name, fast=fast, create_databases=fast)

    def attach(self) -> Addresses:
        """Use the servers, starting what does not run yet; pair with ``detach``.

        Raises ``LocalError`` with what is wrong where they cannot be used.
        """
        database_url = os.environ.get("DATABASE_URL")
        redis_url = os.environ.get("REDIS_URL")
        if database_url:
            external.check_database(database_url, create_databases=self._create_databases)
        if redis_url:
            external.check_broker(redis_url)
        if database_url and redis_url:
            return Addresses(database_url, redis_url)
        with self._changing:
            alone = self._using.acquire(wait=False)
            self._using.acquire(shared=True)
            try:
                addresses = Addresses(
                    database_url or self.postgres.start(), redis_url or self.valkey.start()
                )
                if alone and not database_url:
                    self.postgres.drop_test_databases()
                return addresses
            except BaseException:
                self._leave()
                raise

    def detach(self) -> None:
        """Stop using the servers; the last to leave stops the embedded ones."""
        with self._changing:
            self._leave()

    def revive(self) -> list[str]:
        """Start again what ended while attached, at its old address; answer what that was."""
        revived = []
        with self._changing:
            if not os.environ.get("DATABASE_URL") and not self.postgres.runs():
                self.postgres.start()
                revived.append("database")
            if not os.environ.get("REDIS_URL") and not self.valkey.runs():
                self.valkey.start()
                revived.append("broker")
        return revived

    def stop_left_overs(self) -> bool:
        """Stop servers that outlived their users; ``False`` where somebody still uses them."""
        with self._changing:
            return self._leave()

    def _leave(self) -> bool:
        last = self._using.acquire(wait=False)
        if last:
            self.valkey.stop()
            self.postgres.stop()
        self._using.release()
        return last

    def __enter__(self) -> Addresses:
        return self.attach()

    def __exit__(self, *_: object) -> None:
        self.detach()
