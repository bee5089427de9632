"""Who performs what: the world's own performers, or a test's."""

from collections.abc import Mapping
from dataclasses import dataclass

from rehearsal.world.inside.plugins.codepipeline.action import Perform
from rehearsal.world.inside.plugins.codepipeline.actions import ACTIONS
from rehearsal.world.inside.plugins.codepipeline.rules import RULES, RULES_AFTER


@dataclass(frozen=True, kw_only=True)
class Performers:
    """The performers of a world.

    Attributes:
        actions: by category, owner and provider.
        rules: of conditions for entry, by provider.
        rules_after: of conditions on a stage's success or failure, by provider.
    """

    actions: Mapping[tuple[str, str, str], Perform]
    rules: Mapping[str, Perform]
    rules_after: Mapping[str, Perform]

    def rules_for(self, when: str) -> Mapping[str, Perform]:
        """The rules of `beforeEntry`, `onSuccess` or `onFailure`."""
        return self.rules if when == "beforeEntry" else self.rules_after


STOCK = Performers(actions=ACTIONS, rules=RULES, rules_after=RULES_AFTER)
