"""The validation of each pull request to a CodeCommit repository."""

from collections.abc import Sequence
from pathlib import Path

from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_codecommit as codecommit
from aws_cdk import aws_events as events
from constructs import Construct

from lockgate.build_project import BuildProject
from lockgate.event_function import EventFunction, SourceFunctions
from lockgate.permissions import Permission

BUILDSPEC = Path(__file__).parent / "buildspecs" / "pull_request.yml"
TIMEOUT_MINUTES = 60
CONCURRENT_BUILDS = 5
PULL = ("codecommit:GitPull",)
START_BUILD = ("codebuild:StartBuild",)
READ_BUILD = ("codebuild:BatchGetBuilds", "codebuild:BatchGetProjects")
POST = (
    "codecommit:GetPullRequest",
    "codecommit:PostCommentForPullRequest",
    "codecommit:UpdatePullRequestApprovalState",
)
ALL_ACTIONS = (*PULL, *START_BUILD, *READ_BUILD, *POST)
# "Build status": how a build that is over may have ended.
ENDED = ("FAILED", "FAULT", "STOPPED", "SUCCEEDED", "TIMED_OUT")


def changed(
    repository: codecommit.IRepository, branches: Sequence[str], happened: Sequence[str]
) -> events.EventPattern:
    """What EventBridge tells of the repository's pull requests to some branches.

    "CodeCommit pull request state change" of the EventBridge event reference.
    """
    return events.EventPattern(
        source=["aws.codecommit"],
        detail_type=["CodeCommit Pull Request State Change"],
        resources=[repository.repository_arn],
        detail={
            "event": list(happened),
            "destinationReference": [f"refs/heads/{branch}" for branch in branches],
        },
    )


class PullRequestValidation(Construct):
    """Builds each revision of a pull request, and posts the verdict.

    The code of a pull request is not reviewed yet. So the commands are the committed buildspec,
    inline; the build has no secrets, no artifacts, no privileges and no cache; its role pulls this
    one repository and writes its own log. The verdict is a comment, and an approval of the built
    revision that a rule can demand: only of a build that ran as its project says. Costs nothing
    when idle but two alarms, 0.20 USD a month.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        repository: codecommit.IRepository,
        branches: Sequence[str],
        shared: SourceFunctions,
    ) -> None:
        """Make the project, what starts it and what posts its verdict.

        Args:
            scope: the parent.
            id_: the construct's id.
            name: the project's name.
            repository: whose pull requests are validated.
            branches: which of them, by the branch that they are to change.
            shared: the package of the functions, and what all of them have.
        """
        super().__init__(scope, id_)
        project = BuildProject(
            self,
            "Build",
            name=name,
            job=f"Validate the pull requests of {repository.repository_name}",
            buildspec=BUILDSPEC,
            timeout_minutes=TIMEOUT_MINUTES,
            concurrent_builds=CONCURRENT_BUILDS,
            permissions=[Permission(actions=PULL, resources=[repository.repository_arn])],
            environment={},
            secrets={},
            source=codebuild.Source.code_commit(repository=repository),
            # Nothing is put out; CodeBuild wants to know a key all the same.
            artifact_key=shared.log_key,
            log_key=shared.log_key,
            role_path=shared.role_path,
            boundary=shared.boundary,
        ).project
        EventFunction(
            self,
            "Validate",
            shared=shared,
            entry="validate",
            job=f"Start the validation of pull requests of {repository.repository_name}",
            event=changed(
                repository, branches, ["pullRequestCreated", "pullRequestSourceBranchUpdated"]
            ),
            environment={"PROJECT": name},
            permissions=[Permission(actions=START_BUILD, resources=[project.project_arn])],
            lost_event_reason="A revision without a validation has no approval of it, and its "
            "next push starts one.",
        )
        self.verdict = EventFunction(
            self,
            "Verdict",
            shared=shared,
            entry="verdict",
            job=f"Post the verdicts on pull requests of {repository.repository_name}",
            event=events.EventPattern(
                source=["aws.codebuild"],
                detail_type=["CodeBuild Build State Change"],
                detail={"project-name": [name], "build-status": list(ENDED)},
            ),
            environment={"PROJECT": name, "REPOSITORY": repository.repository_name},
            permissions=[
                Permission(actions=READ_BUILD, resources=[project.project_arn]),
                Permission(actions=POST, resources=[repository.repository_arn]),
            ],
            lost_event_reason="A revision without a verdict has no approval of it; the build's "
            "log says how it ended.",
        )
