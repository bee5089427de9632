"""Which gate catches a seeded defect first."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.assembly import Assembly
from tests.mutations.gates import broken_promises, broken_rules, with_templates
from tests.mutations.mutation import Mutation
from tests.mutations.seeded import SEEDS


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A defect, and the rules at synth or the promise of the suite that catch it."""

    mutation: Mutation
    rules: tuple[str, ...]
    promise: str

    @property
    def caught(self) -> bool:
        return bool(self.rules or self.promise)

    @property
    def by(self) -> str:
        """By what, as the table says it."""
        return ", ".join(self.rules) or self.promise or "NOTHING"


def verdicts(assembly: Assembly) -> Iterator[Verdict]:
    """The verdict on each defect; a promise is asked only where no rule answers."""
    for mutation in SEEDS:
        templates = mutation.of(assembly.templates)
        wrong = {k: t for k, t in templates.items() if t is not assembly.templates[k]}
        rules = tuple(broken_rules(wrong))
        mutated = with_templates(assembly, templates)
        promise = "" if rules else next(broken_promises(mutated), "")
        yield Verdict(mutation=mutation, rules=rules, promise=promise)
