"""Synthetic requests: the contract again and again, to the new and the current version in turn.

They come before any customer: a version that fails now and then is found without harm, and where
customers are few they are what certifies the objective. They go to the versions themselves, past
the alias, so that no count of the customers' requests ever holds one.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle, islice
from typing import Any, Final

import asking
import checks
import clients
import contract
import log
from contract import Case
from counts import Counts, Minute
from deadline import Deadline
from decision import Decision
from deployment import Deployment
from judge import Judgement, Settings, Verdict, judge
from plan import Plan

# As many environments of the target version are warm when the customers come. More would take
# from a pool that a new account has only ten of.
WORKERS: Final = 4


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the versions made of one request: nothing where it was as expected.

    The current version's is None where it was not asked.
    """

    case: str
    target: Sequence[str]
    current: Sequence[str] | None


def no_worse_than_current(decision: Decision, deadline: Deadline) -> list[str]:
    """Warm the target version up, and judge it against the current one on synthetic requests.

    Raises:
        OSError, ContractError: there is no contract, or not a usable one.
        OutOfTimeError: no request could be sent any more.
    """
    plan = Plan.of_environment()
    planned = plan.synthetic_requests
    cases = contract.parse(checks.CONTRACT.read_text(encoding="utf-8"))
    asker = _Asker(decision.deployment, deadline)
    try:
        with ThreadPoolExecutor(max_workers=WORKERS) as pool:
            list(pool.map(asker.warm, islice(cycle(cases), WORKERS)))
            answers = _put(planned, cases, asker, pool)
    except asking.NotAskedError as error:
        return [f"synthetic requests: a version {error}"]
    judgement = _judged(answers, plan.objective)
    decision.sections["synthetic"] = _as_record(answers, judgement, planned)
    log.step("synthetic", asked=len(answers), planned=planned, verdict=judgement.verdict)
    if len(answers) < planned:
        missing = planned - len(answers)
        return [f"out of time: {missing} of {planned} synthetic requests were not sent"]
    if judgement.verdict is Verdict.DEGRADED:
        return [f"synthetic requests: {judgement.reason} {_example(answers)}"]
    return []


def is_certified(section: object) -> bool:
    """Say whether the synthetic requests of a record certify the objective."""
    return isinstance(section, dict) and section.get("certifies") is True


class _Asker:
    def __init__(self, deployment: Deployment, deadline: Deadline) -> None:
        self._deployment = deployment
        self._deadline = deadline
        self._compares = True

    def warm(self, case: Case) -> None:
        """Have an environment started; the contract's own check has judged the answer."""
        self._ask(case, self._deployment.target_version, "warm")

    def compare_on(self, cases: Sequence[Case]) -> Sequence[Case]:
        """Give the cases that the current version keeps: a new promise is no news of a fault."""
        kept = [case for case in cases if self._ask_current(case, "kept") == []]
        self._compares = self._compares and bool(kept)
        return kept or cases

    def ask_both(self, numbered: tuple[int, Case]) -> Answers | None:
        """Ask both versions, each first as often as the other; None where there is no time."""
        number, case = numbered
        if not self._deadline.covers(2 * clients.ANSWER_SECONDS):
            return None
        early = None if number % 2 else self._ask_current(case, str(number))
        target = self._ask(case, self._deployment.target_version, str(number))
        late = self._ask_current(case, str(number)) if number % 2 else early
        return Answers(case=case.name, target=target, current=late)

    def _ask_current(self, case: Case, which: str) -> list[str] | None:
        """Ask the current version, until it has once not answered: that would cost all the time.

        It may be what the release is to repair.
        """
        if not self._compares:
            return None
        found = self._ask(case, self._deployment.current_version, which)
        if any(problem.startswith(asking.NO_ANSWER) for problem in found):
            self._compares = False
        return found

    def _ask(self, case: Case, version: str, which: str) -> list[str]:
        self._deadline.require(clients.ANSWER_SECONDS, "asking a version")
        request_id = f"{self._deployment.deployment_id}/{case.name}/{which}"
        return asking.problems(
            case, self._deployment, version, self._deadline, request_id=request_id
        )


def _put(
    planned: int, cases: Sequence[Case], asker: _Asker, pool: ThreadPoolExecutor
) -> list[Answers]:
    if planned == 0:
        return []
    numbered = enumerate(islice(cycle(asker.compare_on(cases)), planned), 1)
    return [each for each in pool.map(asker.ask_both, numbered) if each is not None]


def _judged(answers: Sequence[Answers], objective: float) -> Judgement:
    target = Counts(requests=len(answers), errors=sum(bool(each.target) for each in answers))
    compared = [each.current for each in answers if each.current is not None]
    current = Counts(requests=len(compared), errors=sum(bool(each) for each in compared))
    minutes = [Minute(minute=0, canary=target, baseline=current)] if answers else []
    return judge(minutes, Settings(objective=objective))


def _as_record(answers: Sequence[Answers], judgement: Judgement, planned: int) -> dict[str, Any]:
    return {
        "planned": planned,
        "asked": len(answers),
        "certifies": judgement.certified >= judgement.certified_threshold,
        "judgement": judgement.as_record(),
    }


def _example(answers: Sequence[Answers]) -> str:
    failed = next(each for each in answers if each.target)
    return f"For instance {failed.case}: {failed.target[0]}"
