"""The supervisor with small stand-ins for the application: ``fake_demo.py FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

from govsocial.local.children import Child
from govsocial.local.paths import LocalError
from govsocial.local.supervisor import Supervisor, demo

SLEEPER = "import time; time.sleep(600)"
SERVER = """
import http.server, json, os, sys
class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/crash":
            os._exit(7)
        body = json.dumps({"status": "ok", "redis": os.environ["REDIS_URL"]}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


class FakeSupervisor(Supervisor):
    def __init__(self, home: Path, port: int) -> None:
        super().__init__(home, port)
        self.manage = [sys.executable, "-c", "print('Ask for', __import__('sys').argv[1])"]
        self.web.command = [sys.executable, "-c", SERVER, str(port)]
        self.beat.command = [sys.executable, "-c", SLEEPER]
        self.workers = [Child("worker", [sys.executable, "-c", SLEEPER], home)]

    def training_command(self, port: int) -> list[str]:
        return [sys.executable, "-c", SERVER, str(port)]


if __name__ == "__main__":
    try:
        sys.exit(demo(Path(sys.argv[1]), FakeSupervisor))
    except LocalError as exc:
        sys.exit(str(exc))
