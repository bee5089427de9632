"""Pull requests to one repository, each until it has a verdict."""

import itertools

from rehearsal.permissions.played import Course, Outcome
from rehearsal.source import BRANCH
from rehearsal.world.world import World

# Whoever changes it needs an analyst's approval, and it changes nothing that is released.
GUARDED = "Makefile"
# The build takes no time: it has its verdict by then.
JUDGED_SECONDS = 120.0


class PullRequests:
    """Pull requests to the branch that is released."""

    def __init__(self, world: World, repository: str) -> None:
        """Open them in this repository."""
        self._world, self._client = world, world.client("codecommit")
        self._repository, self._numbers = repository, itertools.count(1)

    def run(self, _course: Course) -> Outcome:
        """Open one that touches what is guarded, and close it when it has its verdict.

        The outcome is what it still waits for then.
        """
        here, branch = {"repositoryName": self._repository}, f"proof-{next(self._numbers)}"
        tip = self._client.get_branch(**here, branchName=BRANCH)["branch"]["commitId"]
        self._client.create_branch(**here, branchName=branch, commitId=tip)
        put = [{"filePath": GUARDED, "fileContent": branch.encode()}]
        self._client.create_commit(**here, branchName=branch, parentCommitId=tip, putFiles=put)
        target = {**here, "sourceReference": branch, "destinationReference": BRANCH}
        opened = self._client.create_pull_request(title=branch, targets=[target])["pullRequest"]
        number, revision = opened["pullRequestId"], opened["revisionId"]
        self._world.clock.sleep(JUDGED_SECONDS)
        rules = self._client.evaluate_pull_request_approval_rules(
            pullRequestId=number, revisionId=revision
        )["evaluation"]["approvalRulesNotSatisfied"]
        self._client.update_pull_request_status(pullRequestId=number, pullRequestStatus="CLOSED")
        return Outcome(status=f"waits for {', '.join(sorted(rules)) or 'nothing'}")
