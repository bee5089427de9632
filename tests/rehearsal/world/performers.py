"""A world whose performers of actions and rules can be called one by one."""

import functools
import io
import itertools
import json
import ssl
import threading
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rehearsal.world import server
from rehearsal.world.world import World

_NUMBER = itertools.count(1)
PATIENCE_SECONDS = 20


@contextmanager
def performing_world(folder: Path) -> Iterator[World]:
    """A world with the door of `performing`."""
    python = folder / "python"
    python.write_text(
        f'#!/bin/sh\nexec {server.PYTHON} -s -m tests.rehearsal.world.performing "$4"\n'
    )
    python.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "start", functools.partial(server.start, python=python))
        with World() as world:
            yield world


@dataclass
class Performers:
    """Calls of performers in that world."""

    world: World
    shown: dict[str, Any] = field(default_factory=dict)

    def ask(self, door: str, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
        """What is answered at a door; an error's code and message as well."""
        request = urllib.request.Request(  # noqa: S310 - the world's own address
            f"{self.world.endpoint}/{door}",
            data=json.dumps(asked).encode(),
            headers={"x-region": self.world.region},
        )
        context = ssl.create_default_context(cafile=str(self.world.ca_bundle))
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )
        try:
            with opener.open(request, timeout=60) as answer:
                content: dict[str, Any] = json.loads(answer.read())
        except urllib.error.HTTPError as error:
            content = json.loads(error.read())
        return content

    def perform(
        self,
        key: str | Sequence[str],
        role: str,
        configuration: Mapping[str, str],
        *,
        kind: str = "",
        inputs: Mapping[str, Sequence[str]] | None = None,
        outputs: Mapping[str, Sequence[str]] | None = None,
        **more: object,
    ) -> dict[str, Any]:
        """Run one action, or the rule of that provider, to its end."""
        return self.ask(
            "perform",
            kind=kind or ("entry" if isinstance(key, str) else "action"),
            key=key,
            role=role,
            configuration=configuration,
            inputs=inputs or {},
            outputs=outputs or {},
            **{"id": f"a{next(_NUMBER)}", "revision": "", **more},
        )

    @contextmanager
    def meanwhile(self, run: Callable[[], dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
        """Run while time stands still inside; the answer is there after the block."""
        answers: list[dict[str, Any]] = []
        thread = threading.Thread(target=lambda: answers.append(run()), daemon=True)
        with self.world.clock.busy():
            thread.start()
            yield answers
        thread.join(PATIENCE_SECONDS)
        assert answers


def soon(look: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is looked for
    """What is found when it is there."""
    until = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return found


def archive(**files: str) -> bytes:
    """A zip of text files; `__` in a name is a slash, `_DOT_` a dot."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for name, text in files.items():
            made.writestr(name.replace("__", "/").replace("_DOT_", "."), text)
    return content.getvalue()


def allow(actions: str | list[str], resource: str) -> dict[str, Any]:
    """A statement."""
    return {"Effect": "Allow", "Action": actions, "Resource": resource}
