"""Minutes of a canary, written as rows of plain numbers."""

from collections.abc import Iterable
from types import ModuleType

Row = tuple[int, int, int, int]


def minute(judge: ModuleType, number: int, row: Row, **more: tuple[int, int]) -> object:
    """Make a minute of canary requests and errors, baseline requests and errors.

    More metrics are given as name=(canary, baseline).
    """
    canary = {name: both[0] for name, both in more.items()}
    baseline = {name: both[1] for name, both in more.items()}
    return judge.Minute(
        minute=number,
        canary=judge.Counts(requests=row[0], errors=row[1], **canary),
        baseline=judge.Counts(requests=row[2], errors=row[3], **baseline),
    )


def minutes(judge: ModuleType, rows: Iterable[Row]) -> list[object]:
    """Make minutes 0, 1, 2 … of rows."""
    return [minute(judge, number, row) for number, row in enumerate(rows)]
