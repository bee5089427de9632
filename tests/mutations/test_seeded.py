"""Every seeded defect is caught, by a rule at synth or by a promise that the suite tests."""

import pytest

from lockgate.rules.pack import RULES
from tests.assembly import Assembly
from tests.mutations.gates import broken_promises, broken_rules, promises, with_templates
from tests.mutations.mutation import Mutation
from tests.mutations.seeded import SEEDS
from tests.mutations.verdicts import Verdict, verdicts


@pytest.fixture(scope="module")
def judged(sample: Assembly) -> list[Verdict]:
    return list(verdicts(sample))


def test_the_templates_as_they_are_break_no_rule_and_no_promise(sample: Assembly) -> None:
    assert broken_rules(sample.templates) == []
    assert list(broken_promises(sample)) == []


def test_every_defect_is_caught(judged: list[Verdict]) -> None:
    assert [verdict.mutation.name for verdict in judged if not verdict.caught] == []


def test_every_rule_catches_a_defect(judged: list[Verdict]) -> None:
    """What a rule finds in no template of ours, somebody's next change could still be."""
    caught = {rule for verdict in judged for rule in verdict.rules}
    assert {rule.id for rule in RULES} - caught == set()


def test_most_defects_never_get_past_the_synth(judged: list[Verdict]) -> None:
    assert sum(bool(verdict.rules) for verdict in judged) > len(judged) / 2


def test_there_are_many_defects_each_of_its_own(judged: list[Verdict]) -> None:
    assert len({verdict.mutation.name for verdict in judged}) == len(SEEDS) >= 60
    assert len(promises()) >= 60


def test_a_defect_that_cannot_be_made_is_no_silent_success(sample: Assembly) -> None:
    nowhere = Mutation(
        name="none", source="none", resource_type="AWS::EC2::Instance", change=lambda _r, _t: None
    )
    with pytest.raises(LookupError, match="AWS::EC2::Instance"):
        nowhere.of(sample.templates)


def test_a_change_that_is_no_defect_is_not_caught(sample: Assembly) -> None:
    """The gates do not just notice that something is different."""

    def reword(resource: dict[str, object], _template: dict[str, object]) -> None:
        resource["Metadata"] = {"Comment": "reworded"}

    harmless = Mutation(
        name="harmless", source="none", resource_type="AWS::KMS::Key", change=reword
    )
    reworded = with_templates(sample, harmless.of(sample.templates))
    assert broken_rules(reworded.templates) == []
    assert list(broken_promises(reworded)) == []


def test_a_mutation_leaves_the_templates_as_they_were(sample: Assembly) -> None:
    for mutation in SEEDS:
        assert mutation.of(sample.templates) != sample.templates, mutation.name
    assert broken_rules(sample.templates) == []
