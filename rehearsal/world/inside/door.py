"""The clock's door: plain HTTP on loopback, for Lambda workers and for the host.

GET  /state                          what time it is, who runs, who waits, what is due
POST /enter?party=NAME               NAME runs from now on
POST /leave?party=NAME               NAME is done
POST /sleep?seconds=N[&party=NAME]   answers when the time has come
POST /remember                       leaves what the world knows in its folder

It has threads of its own, so that it answers while the emulator is at work.
"""

import json
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from rehearsal.world.inside.clock import Party
from rehearsal.world.inside.memory import ForgetfulError
from rehearsal.world.inside.parties import Parties


def open_door(parties: Parties, remember: Callable[[], None]) -> str:
    """Open the door on a free port of loopback and return its address.

    Args:
        parties: who acts in the world.
        remember: writes down what the world knows, or raises ForgetfulError.
    """

    class Handler(_Handler):
        world = parties
        write_down = staticmethod(remember)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="door", daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


class _Handler(BaseHTTPRequestHandler):
    world: Parties
    write_down: Callable[[], None]
    protocol_version = "HTTP/1.1"
    # A body that waits for the acknowledgement of its head costs 40 ms.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Tell the state of the clock."""
        self._answer(HTTPStatus.OK, self.world.clock.state())

    def do_POST(self) -> None:
        """Enter, leave or sleep."""
        url = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        name = asked.get("party", "")
        if url.path == "/enter" and name and name not in self.world.named:
            self.world.named[name] = self.world.clock.enter(f"host {name}")
            self._answer(HTTPStatus.OK, {})
        elif url.path == "/leave" and name in self.world.named:
            self.world.clock.leave(self.world.named.pop(name))
            self._answer(HTTPStatus.OK, {})
        elif url.path == "/sleep" and "seconds" in asked:
            self._sleep(float(asked["seconds"]), self.world.find(name))
        elif url.path == "/remember":
            self._remember()
        else:
            self._answer(HTTPStatus.BAD_REQUEST, {"error": f"the door knows no {self.path}"})

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the library's name
        """Say nothing: the door is asked often."""

    def _sleep(self, seconds: float, party: Party | None) -> None:
        if party is not None:
            if not self.world.clock.sleep(seconds, party):
                self.world.stop(party)
                self.close_connection = True
                return
            self._answer(HTTPStatus.OK, {"now": self.world.clock.now()})
            return
        # One who is no party is one until the answer is on its way: what it saw was true then.
        with self.world.clock.busy("sleeper") as sleeper:
            self.world.clock.sleep(seconds, sleeper)
            self._answer(HTTPStatus.OK, {"now": self.world.clock.now()})

    def _remember(self) -> None:
        try:
            self.write_down()
        except ForgetfulError as error:
            self._answer(HTTPStatus.CONFLICT, {"error": str(error)})
        else:
            self._answer(HTTPStatus.OK, {})

    def _answer(self, status: HTTPStatus, content: object) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
