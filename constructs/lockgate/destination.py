"""One environment, as a pipeline sees it."""

from dataclasses import dataclass

from lockgate.care import Care
from lockgate.site import Site


@dataclass(frozen=True, kw_only=True)
class Destination:
    """An environment that a pipeline takes releases to.

    Attributes:
        name: the environment's name.
        site: where it is, and what acts there.
        care: how carefully it is entered and left.
    """

    name: str
    site: Site
    care: Care

    @property
    def region(self) -> str | None:
        """Its Region, where it is not the pipeline's."""
        return self.site.region if self.site.elsewhere else None

    def action(self, name: str, wave: "list[Destination]") -> str:
        """What an action on it is called: by its environment too, in a wave of several."""
        return name if len(wave) == 1 else f"{name}-{self.name}"
