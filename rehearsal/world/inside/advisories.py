"""A stand-in for the advisory service that builds ask: plain HTTP on loopback.

It answers OSV's query for one version of one package (https://google.github.io/osv.dev/post-v1-query)
from advisories.json, where each advisory stands with the versions that it is about.
"""

import json
import threading
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("advisories.json")
# What the audit build looks for, and where it has no one else to ask.
VARIABLE = "LOCKGATE_ADVISORIES"
QUERY = "/v1/query"


def open_service(file: Path = FILE) -> str:
    """Answer on a free port of loopback; the address of the query."""
    known = json.loads(file.read_text(encoding="utf-8"))

    class Handler(_Handler):
        advisories = known

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="advisories", daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}{QUERY}"


def about(advisories: Iterable[Mapping[str, Any]], name: str, version: str) -> list[dict[str, Any]]:
    """Those that are about a version of a package, as OSV tells them."""
    return [
        {
            "id": each["id"],
            "summary": each["summary"],
            "published": "2026-01-01T00:00:00Z",
            "modified": "2026-01-01T00:00:00Z",
            "affected": [
                {
                    "package": {"name": name, "ecosystem": "PyPI"},
                    "versions": list(each["versions"]),
                    "ranges": [
                        {
                            "type": "ECOSYSTEM",
                            "events": [{"introduced": "0"}, {"fixed": each["fixed"]}],
                        }
                    ],
                }
            ],
        }
        for each in advisories
        if each["package"] == name and version in each["versions"]
    ]


class _Handler(BaseHTTPRequestHandler):
    advisories: list[dict[str, Any]]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        """Answer one query."""
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length", "0"))))
        found = about(self.advisories, str(asked["package"]["name"]), str(asked["version"]))
        body = json.dumps({"vulns": found} if found else {}).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing."""
