from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psutil
import psycopg2
import pytest
import redis

from govsocial.local import external, instance, keys
from govsocial.local.paths import ROOT, LocalError
from govsocial.local.postgres import SOCKET, SOCKET_LIMIT, socket_folder
from govsocial.local.services import Services
from govsocial.local.valkey import Valkey, free_port, port_is_free


@pytest.fixture(autouse=True)
def no_servers_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def services(shared_home: Path) -> Services:
    """Servers whose data the tests of this module share: making it takes the longest."""
    return Services(shared_home, fast=True)


@pytest.fixture
def fresh(home: Path) -> Services:
    """Servers without any data yet."""
    return Services(home, fast=True)


def ask(url: str, question: str) -> object:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(question)
        (answer,) = cursor.fetchone() or (None,)
        return answer


def test_they_start_below_a_path_with_spaces_and_keep_the_data(services: Services) -> None:
    with services as addresses:
        with closing(psycopg2.connect(addresses.database_url)) as connection:
            connection.autocommit = True
            connection.cursor().execute("CREATE TABLE kept AS SELECT 42 AS answer")
        assert ask(addresses.database_url, "SELECT current_setting('TimeZone')") == "UTC"
        with redis.Redis.from_url(addresses.redis_url) as client:
            assert client.ping()
    assert not services.postgres.runs()
    assert not services.valkey.runs()
    with services as addresses:
        assert ask(addresses.database_url, "SELECT answer FROM kept") == 42


def test_the_applications_role_may_create_databases_and_is_no_superuser(
    services: Services,
) -> None:
    with services as addresses:
        question = "SELECT rolcreatedb AND NOT rolsuper FROM pg_roles WHERE rolname = current_user"
        assert ask(addresses.database_url, question) is True


def test_nobody_else_on_the_machine_reaches_database_or_broker(services: Services) -> None:
    with services as addresses:
        folder = Path(addresses.database_url.partition("?host=")[2])
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        without_password = f"redis://{addresses.redis_url.rpartition('@')[2]}"
        client = redis.Redis.from_url(without_password)
        with client, pytest.raises(redis.AuthenticationError):
            client.ping()


def test_the_first_to_leave_leaves_them_running_for_the_other(
    services: Services, shared_home: Path
) -> None:
    other = Services(shared_home, fast=True)
    first_addresses = services.attach()
    assert other.attach() == first_addresses
    services.detach()
    assert other.postgres.runs()
    assert other.valkey.runs()
    other.detach()
    assert not other.postgres.runs()
    assert not other.valkey.runs()


def test_a_killed_user_does_not_keep_them_running(services: Services, shared_home: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; "
        "from govsocial.local.services import Services; "
        "Services(Path(sys.argv[1]), fast=True).attach(); print('up', flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(shared_home)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as user:
        assert user.stdout is not None
        assert user.stdout.readline() == "up\n"
        user.kill()
    assert services.postgres.runs()
    with services:
        pass
    assert not services.postgres.runs()
    assert not services.valkey.runs()


def test_a_killed_server_whose_process_id_is_now_a_strangers_starts_again(
    services: Services,
) -> None:
    with services:
        pid_file = services.postgres.data / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        server = psutil.Process(int(lines[0]))
        server.send_signal(signal.SIGKILL)
        server.wait()
        # As after a reboot: the number in the file belongs to some other program.
        pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
        assert not services.postgres.runs()
        assert services.revive() == ["database"]
        assert services.postgres.runs()


def test_a_half_made_data_folder_is_made_anew(fresh: Services) -> None:
    (fresh.postgres.home / "data.new").mkdir(parents=True)
    (fresh.postgres.home / "data.new" / "PG_VERSION").write_text("18\n")
    with fresh as addresses:
        assert ask(addresses.database_url, "SELECT 1") == 1


def test_data_of_another_version_is_refused_with_the_way_out(fresh: Services) -> None:
    fresh.postgres.data.mkdir(parents=True)
    (fresh.postgres.data / "PG_VERSION").write_text("14\n")
    with pytest.raises(LocalError, match=r"made by PostgreSQL 14.*make reset"):
        fresh.attach()
    assert (fresh.postgres.data / "PG_VERSION").exists()


def test_a_socket_gets_a_short_path_however_long_the_folders_is() -> None:
    long = Path("/" + "a-long-folder-name/" * 20)
    folder = socket_folder(long)
    assert len(os.fsencode(folder / SOCKET)) <= SOCKET_LIMIT
    assert folder != socket_folder(long / "other")


def test_the_broker_takes_another_port_when_its_old_one_is_taken(
    home: Path, stranger_port: int
) -> None:
    valkey = Valkey(home / "valkey")
    valkey.home.mkdir()
    valkey.state.write_text(json.dumps({"port": stranger_port, "password": "known"}))
    try:
        assert f":{stranger_port}/" not in valkey.start()
        assert valkey.runs()
    finally:
        valkey.stop()


def test_a_port_counts_as_free_only_when_nobody_listens(stranger_port: int) -> None:
    assert not port_is_free(stranger_port)
    assert port_is_free(free_port())


def test_a_database_that_does_not_answer_is_named_without_its_password(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"postgresql://humas:a-secret@127.0.0.1:{free_port()}/govsocial"
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(LocalError, match="DATABASE_URL is set to") as refusal:
        services.attach()
    assert "Start that server, correct DATABASE_URL, or unset it" in str(refusal.value)
    assert "a-secret" not in str(refusal.value)


def test_a_broker_that_does_not_answer_is_named_without_its_password(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", f"redis://:a-secret@127.0.0.1:{free_port()}/0")
    with pytest.raises(LocalError, match="REDIS_URL is set to") as refusal:
        services.attach()
    assert "a-secret" not in str(refusal.value)


def test_a_database_from_the_environment_is_used_and_not_stopped(
    services: Services, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with services as addresses:
        monkeypatch.setenv("DATABASE_URL", addresses.database_url)
        elsewhere = Services(home.parent / "elsewhere", create_databases=True)
        with elsewhere as used:
            assert used.database_url == addresses.database_url
            assert used.redis_url != addresses.redis_url
            assert not elsewhere.postgres.runs()
        assert services.postgres.runs()


def test_an_old_server_and_a_role_without_rights_are_refused(
    fresh: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    with fresh as addresses:
        external.check_database(addresses.database_url, create_databases=True)
        as_superuser = addresses.database_url.replace("govsocial@/govsocial", "postgres@/postgres")
        with closing(psycopg2.connect(as_superuser)) as connection:
            connection.autocommit = True
            connection.cursor().execute("ALTER ROLE govsocial NOCREATEDB")
        external.check_database(addresses.database_url, create_databases=False)
        with pytest.raises(LocalError, match='ALTER ROLE "govsocial" CREATEDB'):
            external.check_database(addresses.database_url, create_databases=True)
        monkeypatch.setattr(external, "OLDEST_POSTGRES", 99)
        with pytest.raises(LocalError, match="PostgreSQL 18; govsocial needs 99 or newer"):
            external.check_database(addresses.database_url, create_databases=False)


def test_databases_of_killed_test_runs_are_dropped_and_no_others(services: Services) -> None:
    with services as addresses, closing(psycopg2.connect(addresses.database_url)) as connection:
        connection.autocommit = True
        connection.cursor().execute("CREATE DATABASE test_govsocial_1_gw0")
    question = "SELECT array_agg(datname ORDER BY datname) FROM pg_database WHERE NOT datistemplate"
    with services as addresses:
        assert ask(addresses.database_url, question) == ["govsocial", "postgres"]


def test_secrets_are_made_once_and_are_their_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    first = keys.load(path)
    assert keys.load(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(set(first.values())) == len(first)

    path.write_text(f"SECRET_KEY={first['SECRET_KEY']}\n")
    second = keys.load(path)
    assert second["SECRET_KEY"] == first["SECRET_KEY"]
    assert second["CREDENTIAL_KEYS"] != first["CREDENTIAL_KEYS"]


def test_the_training_platforms_keep_their_port_until_they_move(tmp_path: Path) -> None:
    port = instance.training_port(tmp_path)
    assert instance.training_port(tmp_path) == port
    moved = instance.move_training(tmp_path)
    assert instance.training_port(tmp_path) == moved
