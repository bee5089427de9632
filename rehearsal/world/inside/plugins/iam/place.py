"""ARNs of the account and region in which a call is made."""

from collections.abc import Callable
from dataclasses import dataclass

from rehearsal.world.inside.setting import Setting


@dataclass(frozen=True)
class Place:
    """Where a call is made."""

    region: str
    account: str

    def arn(self, service: str, resource: str) -> str:
        """The ARN of a regional resource; what is one already stays."""
        if resource.startswith("arn:"):
            return resource
        return f"arn:aws:{service}:{self.region}:{self.account}:{resource}"

    def function(self, name: str, qualifier: str = "") -> str:
        """The ARN of a function, its version or alias, by any of the forms of its name."""
        parts = name.split(":")
        if name.startswith("arn:"):
            base, own = ":".join(parts[:7]), parts[7:]
        elif "function" in parts:
            at = parts.index("function")
            base, own = self.arn("lambda", f"function:{parts[at + 1]}"), parts[at + 2 :]
        else:
            base, own = self.arn("lambda", f"function:{parts[0]}"), parts[1:]
        qualified = qualifier or (own[0] if own else "")
        return f"{base}:{qualified}" if qualified else base


def place(world: Setting) -> Callable[[], Place]:
    """Where the call of the moment is made."""
    get = world.seams.get
    region, account = get("responses.get_region"), get("responses.get_account_id")
    return lambda: Place(region(), account())
