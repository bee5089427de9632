"""Answers that it runs."""

from typing import Any


def handle(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer any request."""
    return {"statusCode": 200, "body": '{"status": "ok"}'}
