"""Replay a deployment from its counts: the judge's verdict minute by minute.

    python -m rehearsal judge counts.csv

The counts may also be those of a decision record, as the gate has written it.

The judge is loaded as it lies on AWS, from ``lambda/judge``. ``verdicts`` is the pure core; the
rest reads a file and prints.
"""

import csv
import io
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Final, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from delivery.runtime import load_judge
from rehearsal import record

COUNTS: Final = ("requests", "errors", "slow", "5xx")
REQUIRED: Final = tuple(f"{v}_{c}" for v in ("canary", "baseline") for c in COUNTS[:2])
OPTIONAL: Final = tuple(f"{v}_{c}" for v in ("canary", "baseline") for c in COUNTS[2:])
EXIT_CODES: Final = {"healthy": 0, "degraded": 1, "inconclusive": 3}
STYLES: Final = {"healthy": "green", "degraded": "red", "inconclusive": "yellow"}
BAD_INPUT: Final = 2
OBJECTIVE: Final = 0.01
FIELDS: Final = ("minute", "verdict", "evidence", "relative_risk", "low", "high")


class ReplayError(Exception):
    """A file that cannot be judged: which line, which column, what is there, what is allowed."""


def verdicts(
    text: str,
    *,
    alpha: float = 0.01,
    dispersion: float | Mapping[str, float] | None = None,
    objective: float = OBJECTIVE,
    judge: ModuleType | None = None,
) -> Iterator[dict[str, Any]]:
    """Give the verdict after each minute of a CSV text: a dictionary of FIELDS and the reason.

    Args:
        text: the columns minute, canary_requests, canary_errors, baseline_requests,
            baseline_errors, and optionally canary_slow, baseline_slow, canary_5xx, baseline_5xx.
        alpha: largest chance to stop a release that is no worse.
        dispersion: the index of dispersion of every metric's history, or of each by name; None
            where unknown.
        objective: largest share of failed requests that is acceptable.
        judge: the judge's module, where it is loaded already.

    Raises:
        ReplayError: the first thing wrong with the text or with an option.
    """
    module = judge or load_judge()
    rows = _rows(text)
    lines = {_whole(line, row, "minute"): line for line, row in rows}
    try:
        known = dispersion
        if isinstance(dispersion, int | float):
            known = dict.fromkeys(module.METRICS, dispersion)
        settings = module.Settings(alpha=alpha, dispersion=known, objective=objective)
        turns = module.follow([_as_minute(module, line, row) for line, row in rows], settings)
    except module.JudgeError as error:
        raise ReplayError(_located(error, lines)) from None
    return (_line(turn) for turn in turns)


def _rows(text: str) -> list[tuple[int, dict[str, str]]]:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header)
        found = []
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) != len(header):
                wanted = f"{len(header)} cells, as the header has"
                raise ReplayError(
                    _message(reader.line_num, "the row", f"{len(cells)} cells", wanted)
                )
            found.append((reader.line_num, dict(zip(header, cells, strict=True))))
    except csv.Error as error:
        raise ReplayError(f"line {reader.line_num} is no CSV: {error}") from None
    if not found:
        raise ReplayError(_message(2, "the table", "empty", "a line for each settled minute"))
    return found


def _check_header(header: Sequence[str]) -> None:
    allowed = ("minute", *REQUIRED, *OPTIONAL)
    for name in header:
        if name not in allowed:
            raise ReplayError(_message(1, "the header", repr(name), ", ".join(allowed)))
        if header.count(name) > 1:
            raise ReplayError(_message(1, "the header", f"{name!r} twice", "each column once"))
    for name in ("minute", *REQUIRED):
        if name not in header:
            raise ReplayError(
                _message(1, "the header", f"without {name!r}", "a column of that name")
            )
    for name in set(header) & set(OPTIONAL):
        version, count = name.split("_")
        twin = f"{'baseline' if version == 'canary' else 'canary'}_{count}"
        if twin not in header:
            raise ReplayError(_message(1, "the header", f"{name!r} alone", f"also {twin!r}"))


def _as_minute(module: ModuleType, line: int, row: Mapping[str, str]) -> Any:  # noqa: ANN401
    versions = {
        version: module.Counts(
            requests=_whole(line, row, f"{version}_requests"),
            errors=_whole(line, row, f"{version}_errors"),
            slow=_optional(line, row, f"{version}_slow"),
            http_5xx=_optional(line, row, f"{version}_5xx"),
        )
        for version in ("canary", "baseline")
    }
    return module.Minute(minute=_whole(line, row, "minute"), **versions)


def _optional(line: int, row: Mapping[str, str], name: str) -> int | None:
    return _whole(line, row, name) if row.get(name, "").strip() else None


def _whole(line: int, row: Mapping[str, str], name: str) -> int:
    cell = row[name].strip()
    if not (cell.isascii() and cell.isdecimal() and len(cell) <= len(str(10**12))):
        raise ReplayError(_message(line, name, repr(row[name]), "a whole number, 0 to 10^12"))
    return int(cell)


def _message(line: int, what: str, found: str, allowed: str) -> str:
    return f"line {line}: {what} is {found}; allowed: {allowed}"


def _located(error: Any, lines: Mapping[int, int]) -> str:  # noqa: ANN401
    column = error.name.replace("http_5xx", "5xx")
    allowed = error.allowed.replace("http_5xx", "5xx")
    minute = error.value if error.name == "minute" else error.minute
    if minute is None:
        return f"option {column} is {error.value!r}; allowed: {allowed}"
    value = "empty" if error.value is None else repr(error.value)
    return _message(lines[minute], column, value, allowed)


def _line(turn: Any) -> dict[str, Any]:  # noqa: ANN401
    # The relative risk and its interval are those of the errors, which every file has.
    merged = turn.as_record()["metrics"][0] | turn.as_record()
    return {name: merged[name] for name in (*FIELDS, "reason")}


def judge(
    counts: Annotated[
        Path, typer.Argument(help="CSV file, a line for each settled minute; or a decision record.")
    ],
    *,
    alpha: Annotated[float, typer.Option(help="Chance to stop a release that is no worse.")] = 0.01,
    dispersion: Annotated[
        float | None, typer.Option(help="How bursty errors are: variance to mean, 1 or more.")
    ] = None,
    objective: Annotated[
        float | None,
        typer.Option(help="Largest share of failed requests; the record's own, else 0.01."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Replay a canary from its counts; exit 0 healthy, 1 degraded, 3 inconclusive, 2 bad input."""
    try:
        text = counts.read_bytes().decode()
        table, settings = _table(text, objective, dispersion)
        turns = list(verdicts(table, alpha=alpha, **settings))
    except OSError as error:
        _refuse(f"{counts} cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        _refuse(f"{counts} is not UTF-8 text: byte {error.start}")
    except record.RecordError as error:
        _refuse(f"{counts} {error}")
    except ReplayError as error:
        _refuse(f"{counts}: {error}")
    if as_json:
        for turn in turns:
            typer.echo(json.dumps({name: turn[name] for name in FIELDS}))
    else:
        _print_table(turns)
    raise typer.Exit(EXIT_CODES[turns[-1]["verdict"]])


def _table(
    text: str, objective: float | None, dispersion: float | None
) -> tuple[str, dict[str, Any]]:
    """Give the counts as CSV, and what they are judged by: options go before the record's own."""
    known: Mapping[str, float] | None = None
    own = OBJECTIVE
    if record.is_record(text):
        found = record.read(text)
        text, own, known = found.counts, found.objective, found.dispersion
    return text, {
        "objective": own if objective is None else objective,
        "dispersion": known if dispersion is None else dispersion,
    }


def _refuse(message: str) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(BAD_INPUT)


def _print_table(turns: Sequence[Mapping[str, Any]]) -> None:
    if not sys.stdout.isatty():
        typer.echo("\t".join(FIELDS))
        for turn in turns:
            typer.echo("\t".join(_shown(turn[name]) for name in FIELDS))
    else:
        table = Table(title="The judge, minute by minute")
        for name in FIELDS:
            table.add_column(name.replace("_", " "), justify="right")
        for turn in turns:
            table.add_row(*(_shown(turn[name]) for name in FIELDS), style=STYLES[turn["verdict"]])
        Console().print(table)
    typer.echo(turns[-1]["reason"])


def _shown(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:.3g}" if isinstance(value, float) else str(value)
