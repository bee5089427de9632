"""Which names promise a secret."""

import re

SECRET_LIKE = re.compile(
    r"SECRET|TOKEN|PASSW|PWD|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|(^|_)(KEY|PAT|AUTH)($|_)",
    re.IGNORECASE,
)


def promises_secret(name: object) -> bool:
    """Whether a variable of this name would hold a secret."""
    return bool(SECRET_LIKE.search(str(name)))
