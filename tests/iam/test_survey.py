"""No role may do more than is justified, and the report says what the templates say."""

from dataclasses import replace

import pytest

from lockgate.trust import TRUSTS
from tests.assembly import Assembly
from tests.iam.__main__ import DOCUMENT
from tests.iam.attacks import ATTACKS
from tests.iam.escalation import PATHS
from tests.iam.justified import BY_RIGHT, ESCALATIONS
from tests.iam.planted import planted
from tests.iam.policies import EVERYTHING, Statement
from tests.iam.report import render
from tests.iam.survey import CLOUDFORMATION, JOBS, PEOPLE, Survey, look, stale, survey, why

# The attacks that the policy of a key or of the store refuses to an administrator as well.
REFUSED_TO_ALL = {
    "decrypt without a service between",
    "delete a canary's record",
    "grant a key to somebody else",
}


def test_no_role_may_do_what_nothing_justifies(assembly: Assembly) -> None:
    """M4, M5, M6: none. M7, M8, M10: those with a reason."""
    found = survey(assembly)

    assert found.problems == []
    assert {each.kind for each in found.roles} == {JOBS, CLOUDFORMATION, PEOPLE}


@pytest.mark.parametrize("delivery", ["three_accounts", "github"])
def test_nor_may_one_in_a_delivery_to_other_accounts_or_from_elsewhere(
    delivery: str, request: pytest.FixtureRequest
) -> None:
    found = survey(request.getfixturevalue(delivery))

    assert found.problems == []


def test_what_is_justified_is_found(
    sample: Assembly, three_accounts: Assembly, signed: Assembly
) -> None:
    assert stale(survey(sample), survey(three_accounts), survey(signed)) == []


def test_a_stale_justification_is_found(sample: Assembly) -> None:
    found = stale(Survey(roles=tuple(survey(sample).of(PEOPLE))))

    assert "Execute the change set of *: execute a change set that another made" in found
    assert not any(each.startswith("Security analyst") for each in found)


def test_the_report_says_what_the_templates_say(sample: Assembly) -> None:
    """Else: make iam-report ARGS=--write."""
    assert DOCUMENT.read_text(encoding="utf-8") == render(survey(sample))


def test_the_report_follows_the_templates(sample: Assembly) -> None:
    found = survey(sample)
    more = look(sample, planted(sample, EVERYTHING, bounded=True))

    changed = render(replace(found, roles=(*found.roles, more)))

    assert changed != render(found)
    assert "Do what nobody asked for" in changed
    assert "**not justified**" in changed


def test_most_of_the_known_attacks_and_paths_are_looked_for() -> None:
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS) >= 17
    assert len({path.name for path in PATHS}) == len(PATHS) >= 25


def test_an_administrator_without_a_boundary_has_every_problem(sample: Assembly) -> None:
    found = look(sample, planted(sample, EVERYTHING))

    problems = list(found.problems())

    kinds = {problem.split(": ", 1)[1].split()[0] for problem in problems}
    assert kinds == {"M4", "M5", "M7", "M8", "M10"}
    assert found.measures.escalations == PATHS


def test_each_attack_succeeds_where_nothing_is_in_its_way(sample: Assembly) -> None:
    """Else it would show nothing that no role of ours gets through with it."""
    found = look(sample, planted(sample, EVERYTHING))

    through = {attempt.attack.name for attempt in found.attempts}

    assert {attack.name for attack in ATTACKS} - through == REFUSED_TO_ALL


def test_a_boundary_stops_most_attacks_of_an_administrator(sample: Assembly) -> None:
    found = look(sample, planted(sample, EVERYTHING, bounded=True))

    through = {attempt.attack.name for attempt in found.attempts}

    assert "stop the trail" not in through
    assert not any(attempt.attack.action.startswith("iam:") for attempt in found.attempts)
    stopped = survey(sample).stopped
    assert len(stopped) == 6
    assert min(stopped.values()) > len(ATTACKS) / 2


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (Statement(where="p", actions=("s3:Get*",), resources=("arn:aws:s3:::a",)), "M4"),
        (Statement(where="p", actions=("sns:Publish",), resources=("*",)), "M5"),
        (
            Statement(where="p", actions=("iam:PassRole",), resources=("arn:aws:iam::1:role/a",)),
            "M6",
        ),
        (
            Statement(where="p", actions=("lambda:UpdateFunctionCode",), resources=("arn:aws:a",)),
            "M8",
        ),
    ],
)
def test_a_planted_fault_is_found(sample: Assembly, statement: Statement, problem: str) -> None:
    found = look(sample, planted(sample, statement))

    assert any(f": {problem} " in each for each in found.problems())


def test_a_role_without_fault_has_no_problem(sample: Assembly) -> None:
    """But the trust that is planted with it."""
    harmless = Statement(where="p", actions=("sns:Publish",), resources=("arn:aws:sns:a:1:own",))

    [problem] = look(sample, planted(sample, harmless)).problems()

    assert problem.endswith("M7 trusts codebuild.amazonaws.com without its source")
    assert TRUSTS["codebuild.amazonaws.com"].sends_source


def test_a_justification_speaks_of_its_own_job_alone() -> None:
    deed = "execute a change set that another made"

    assert why(ESCALATIONS, "Execute the change set of a", deed)
    assert why(ESCALATIONS, "Execute the change set of a", "attach a policy to a role") is None
    assert why(BY_RIGHT, "Security analyst: judge", "approve a release")
    assert why(BY_RIGHT, "DevOps engineer: change code", "approve a release") is None
