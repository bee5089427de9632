"""The rehearsal in the terminal, as it goes: stages, traffic split, evidence."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from rehearsal.snapshot import Audience, Snapshot, TrafficView

BAR = 24
MARKS = {
    "Succeeded": ("✓", "green"),
    "InProgress": ("●", "cyan"),
    "Failed": ("✗", "red"),
    "Abandoned": ("✗", "yellow"),
    "": ("·", "dim"),
}
VERDICTS = {"healthy": "green", "degraded": "bold red", "inconclusive": "yellow"}
REFRESH_PER_SECOND = 8
SCREEN_SECONDS, LINES_SECONDS = 0.7, 5.0


@contextmanager
def told(console: Console) -> Iterator[Audience]:
    """Tell in a terminal that moves, or line by line where there is none."""
    began = time.monotonic()
    if not console.is_terminal:
        yield _Lines(console, began).audience()
        return
    screen = _Screen(console, began)
    with Live(console=console, get_renderable=screen.render, refresh_per_second=REFRESH_PER_SECOND):
        yield screen.audience()
        screen.end()


class _Screen:
    """What stands below what has scrolled by."""

    def __init__(self, console: Console, began: float) -> None:
        self._console, self._began = console, began
        self._step: Spinner | None = None
        self._snapshot: Snapshot | None = None

    def audience(self) -> Audience:
        return Audience(step=self._start, look=self._look, note=self._note, every=SCREEN_SECONDS)

    def render(self) -> RenderableType:
        parts: list[RenderableType] = []
        if self._snapshot is not None:
            parts.append(_release(self._snapshot))
        if self._step is not None:
            parts.append(self._step)
        return Group(*parts)

    def end(self) -> None:
        self._step = None

    def _start(self, text: str) -> None:
        self._step = Spinner("dots", Text(text, "cyan"))

    def _look(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def _note(self, text: str) -> None:
        self._snapshot = None
        self._console.print(f"[dim]{_since(self._began)}[/dim] {escape(text)}")


class _Lines:
    """For a log: each thing once, when it changes."""

    def __init__(self, console: Console, began: float) -> None:
        self._console, self._began = console, began
        self._last: tuple[object, ...] = ()

    def audience(self) -> Audience:
        return Audience(step=self._say, look=self._look, note=self._say, every=LINES_SECONDS)

    def _say(self, text: str) -> None:
        self._console.print(f"{_since(self._began)} {text}", markup=False)

    def _look(self, snapshot: Snapshot) -> None:
        running = [
            f"{stage}/{action}"
            for stage, actions in snapshot.stages.items()
            for action, status in actions.items()
            if status == "InProgress"
        ]
        shifting = [f"{view.environment}: {view.event}" for view in snapshot.traffic if view.event]
        state = (snapshot.title, *running, *shifting)
        if state != self._last and (running or shifting):
            self._last = state
            self._say(f"  {snapshot.now:%H:%M} {', '.join([*running, *shifting])}")


def _release(snapshot: Snapshot) -> RenderableType:
    head = Text.assemble(
        (snapshot.title, "bold"), ("   in the world it is ", "dim"), f"{snapshot.now:%a %H:%M}"
    )
    table = Table.grid(padding=(0, 2))
    for stage, actions in snapshot.stages.items():
        line = Text()
        for action, status in actions.items():
            mark, style = MARKS.get(status, ("?", ""))
            line.append(f"{mark} {action}  ", style)
        table.add_row(Text(stage), line)
    traffic = Table.grid(padding=(0, 2))
    for view in snapshot.traffic:
        traffic.add_row(*_traffic(view))
    return Group(head, table, traffic)


def _traffic(view: TrafficView) -> Iterator[RenderableType]:
    yield Text(view.environment)
    bar = Text()
    for version, share in sorted(view.weights.items(), key=lambda item: int(item[0])):
        style = "on blue" if version == min(view.weights, key=int) else "on magenta"
        bar.append(" " * round(BAR * share), style)
    yield bar
    versions = Text()
    for version, share in sorted(view.weights.items(), key=lambda item: int(item[0])):
        served = view.served.get(version)
        count = f", {served.failed} of {served.requests} failed" if served else ""
        versions.append(
            f"v{version} {share:.0%}{count}  ", "red" if served and served.failed else ""
        )
    yield versions
    yield Text(view.event, "cyan")
    yield _evidence(view)


def _evidence(view: TrafficView) -> Text:
    if view.verdict or view.evidence is None:
        return Text(view.verdict, VERDICTS.get(view.verdict, ""))
    said = view.evidence
    return Text(
        f"evidence {said.value:.3g} of {said.threshold:.0f}: {said.verdict}",
        VERDICTS.get(said.verdict, ""),
    )


def _since(began: float) -> str:
    return f"{time.monotonic() - began:5.1f} s"
