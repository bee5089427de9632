"""What the judge said minute by minute: a decision record keeps only what it said at last."""

import json
import math
from collections.abc import Mapping
from typing import Any

from rehearsal import record as records
from rehearsal import replay
from rehearsal.report.model import Look


def looks(record: Mapping[str, Any] | None) -> tuple[Look, ...]:
    """Judge a record's minutes again, each with those before it; nothing where it has none.

    The share of the traffic, which stops nothing, is not judged again.

    Raises:
        RecordError, ReplayError: the record is not as the gate writes one.
    """
    if not record or not record.get("canary") or not record["canary"]["minutes"]:
        return ()
    found = records.read(json.dumps(record))
    turns = replay.verdicts(
        found.counts, dispersion=found.dispersion or None, objective=found.objective
    )
    return tuple(
        Look(
            minute=turn["minute"],
            verdict=turn["verdict"],
            log10_evidence=_log10(turn["evidence"]),
            reason=turn["reason"],
        )
        for turn in turns
    )


def _log10(evidence: float | None) -> float | None:
    known = evidence is not None and math.isfinite(evidence) and evidence > 0
    # Rounded, so that the last digits of an engine do not change the report.
    return round(math.log10(evidence), 6) if known and evidence is not None else None
