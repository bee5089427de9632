"""Draw a synthesized pipeline: its stages from left to right, its actions in run order."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import groupby
from typing import Any

WIDTH, GAP, ROW, PAD, HEAD = 190, 26, 38, 12, 44
INK, LINE, STAGE, ACTION, PAPER = "#1b2a38", "#8aa0b3", "#eef3f7", "#ffffff", "#fbfcfd"


def draw(pipeline: Mapping[str, Any]) -> str:
    """The picture of a pipeline's properties, as SVG."""
    stages = pipeline["Stages"]
    rows = max(len(stage["Actions"]) for stage in stages)
    height = HEAD + rows * ROW + 2 * PAD + 30
    width = len(stages) * (WIDTH + GAP) - GAP + 2 * PAD
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" font-family="system-ui, sans-serif" '
            f'font-size="13" fill="{INK}">'
        ),
        (
            f"<title>The pipeline {escape(pipeline['Name'])}: "
            f"{escape(', '.join(stage['Name'] for stage in stages))}</title>"
        ),
        (
            '<defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
            f'markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="{LINE}"/></marker>'
            "</defs>"
        ),
        f'<rect width="{width}" height="{height}" rx="10" fill="{PAPER}"/>',
    ]
    for index, stage in enumerate(stages):
        x = PAD + index * (WIDTH + GAP)
        parts += _stage(stage, x, height - 2 * PAD - 18)
        if index:
            y = PAD + 22
            parts.append(
                f'<path d="M{x - GAP + 4} {y}H{x - 4}" stroke="{LINE}" stroke-width="2" '
                'marker-end="url(#to)"/>'
            )
    note = f"{pipeline['PipelineType']}, {pipeline['ExecutionMode']}; side by side: in parallel"
    parts.append(f'<text x="{PAD}" y="{height - 10}" font-size="11">{escape(note)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _stage(stage: Mapping[str, Any], x: int, height: int) -> list[str]:
    parts = [
        f'<rect x="{x}" y="{PAD}" width="{WIDTH}" height="{height}" rx="8" fill="{STAGE}"/>',
        (
            f'<text x="{x + WIDTH / 2:g}" y="{PAD + 26}" text-anchor="middle" font-weight="600">'
            f"{escape(stage['Name'])}</text>"
        ),
    ]
    ordered = sorted(stage["Actions"], key=_run_order)
    for row, (_, together) in enumerate(groupby(ordered, key=_run_order)):
        parts += _row(list(together), x, PAD + HEAD + row * ROW)
    return parts


def _row(actions: Sequence[Mapping[str, Any]], x: int, y: int) -> list[str]:
    room = WIDTH - 2 * PAD
    width = (room - 6 * (len(actions) - 1)) / len(actions)
    parts = []
    for place, action in enumerate(actions):
        left = x + PAD + place * (width + 6)
        provider = action["ActionTypeId"]["Provider"]
        parts.append(
            f'<g><title>{escape(provider)}</title><rect x="{left:g}" y="{y}" width="{width:g}" '
            f'height="28" rx="5" fill="{ACTION}" stroke="{LINE}"/><text '
            f'x="{left + width / 2:g}" y="{y + 18}" text-anchor="middle" font-size="11">'
            f"{escape(action['Name'])}</text></g>"
        )
    return parts


def _run_order(action: Mapping[str, Any]) -> int:
    return int(action.get("RunOrder", 1))
