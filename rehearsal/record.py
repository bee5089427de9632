"""A deployment's decision record, as its replay needs it: counts, and what judges them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

# The record's names of the counts, and the replay's.
COUNTS: Final = {"requests": "requests", "errors": "errors", "slow": "slow", "http_5xx": "5xx"}


class RecordError(Exception):
    """The text is no record of a canary; the message says what it lacks."""


@dataclass(frozen=True, kw_only=True)
class Record:
    """The part of a record that a replay needs.

    Attributes:
        counts: the minutes as CSV.
        objective: the largest share of failed requests that was acceptable, 0 to 1.
        dispersion: each metric's index, where its history told one.
    """

    counts: str
    objective: float
    dispersion: Mapping[str, float]


def is_record(text: str) -> bool:
    """Say whether a text is meant as a record: it is JSON, which no table of counts is."""
    return text.lstrip("\ufeff \t\r\n").startswith("{")


def read(text: str) -> Record:
    """Read a record.

    Raises:
        RecordError: it is no JSON, or was written before any minute of its canary was judged.
    """
    try:
        record = json.loads(text.removeprefix("\ufeff"))
        canary = record["canary"]
        known = {name: index for name, index in canary["dispersion"].items() if index is not None}
        return Record(
            counts="\n".join(_lines(canary["minutes"])),
            objective=record["plan"]["errors_percent"] / 100,
            dispersion=known,
        )
    except ValueError as error:
        raise RecordError(f"is no JSON: {error}") from None
    except KeyError as error:
        raise RecordError(
            f"has no {error}; allowed: a decision record with the minutes of its canary, which "
            "the watch or the post-traffic hook writes"
        ) from None
    except (TypeError, AttributeError):
        raise RecordError("is no decision record; allowed: one as the gate writes it") from None


def _lines(minutes: list[Mapping[str, Any]]) -> Iterator[str]:
    given = [name for name in COUNTS if minutes and minutes[0]["canary"].get(name) is not None]
    columns = [(version, name) for version in ("canary", "baseline") for name in given]
    yield ",".join(["minute", *(f"{version}_{COUNTS[name]}" for version, name in columns)])
    for minute in minutes:
        cells = (minute["minute"], *(minute[version][name] for version, name in columns))
        yield ",".join(str(cell) for cell in cells)
