"""``python -m govsocial.local demo|reset|run|test|check|lint|types|lock``."""

from __future__ import annotations

import argparse
import shutil
import signal
import subprocess
import sys
from types import FrameType

from . import checks, lock
from .children import stop_left_behind
from .instance import demo_environment, test_environment
from .paths import LOCAL, ROOT, FileLock, LocalError
from .services import Services


def run(command: list[str], name: str = "demo") -> int:
    """Run a command with the servers up and the environment set; answer its exit code."""
    with Services.named(name) as addresses:
        make = demo_environment if name == "demo" else test_environment
        process = subprocess.Popen(command, cwd=ROOT, env=make(addresses))  # noqa: S603  # the caller's own command

        def pass_on(number: int, _frame: FrameType | None) -> None:
            process.send_signal(number)

        # Ctrl-C reaches the command by itself: only wait for how it ends.
        signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, pass_on)
        code = process.wait()
        # As a shell would say it, for a command that a signal ended.
        return code if code >= 0 else 128 - code


def test(arguments: list[str]) -> int:
    """Run pytest, on every processor unless the arguments name files or say how."""
    names_files = any((ROOT / word.partition("::")[0]).exists() for word in arguments)
    if not names_files and not any(word.startswith(("-n", "--co")) for word in arguments):
        # Divided by tests/scheduling.py, in the order in which they are collected.
        arguments = ["-n", "auto", "--dist", "loadscope", "--no-loadscope-reorder", *arguments]
    return run([sys.executable, "-m", "pytest", *arguments], "test")


def reset() -> int:
    """Forget the demo's data and the test cluster; refuses while something uses them."""
    for name in ("demo", "test"):
        home = LOCAL / name
        if not home.exists():
            continue
        running = FileLock(home / "supervisor.lock")
        free = running.acquire(wait=False)
        if free:
            stop_left_behind(home)
        if not free or not Services(home).stop_left_overs():
            raise LocalError(
                f"Something still uses .local/{name}. Stop it (Ctrl-C), then `make reset` again."
            )
        shutil.rmtree(home)
        running.release()
    sys.stdout.write("The demo's data is gone; `make demo` begins anew.\n")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m govsocial.local")
    parser.add_argument(
        "action", choices=["demo", "reset", "run", "test", "check", "lint", "types", "lock"]
    )
    parser.add_argument("--upgrade", action="store_true", help="lock: take newer versions")
    # What follows "--" belongs to the command that is run.
    split = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    options, rest = parser.parse_args(sys.argv[1:split]), sys.argv[split + 1 :]
    match options.action:
        case "demo":
            from .supervisor import demo

            return demo()
        case "reset":
            return reset()
        case "run":
            return run(rest)
        case "test":
            return test(rest)
        case "lock":
            lock.compile_all(options.upgrade)
            return 0
        case action:
            return 0 if getattr(checks, action)() else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except LocalError as exc:
        sys.exit(f"\n{exc}")
    except KeyboardInterrupt:
        sys.exit(130)
