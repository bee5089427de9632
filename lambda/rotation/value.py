"""What a generated value is like."""


def fault(value: str, *, length: int) -> str:
    """Say what a value misses of what was asked for; empty where it misses nothing.

    Args:
        value: the value, which is never told.
        length: how many letters and digits it is to have.
    """
    if len(value) != length:
        return f"it has {len(value)} characters and not {length}"
    if not (value.isascii() and value.isalnum()):
        return "it has other characters than letters and digits"
    return ""
