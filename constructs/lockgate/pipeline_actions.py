"""The pipeline's actions, each with a role of its own that the pipeline's role assumes."""

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_codecommit as codecommit
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_codepipeline_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lockgate.deployer import StackDeployer
from lockgate.permissions import (
    DECRYPT,
    USE_KEY,
    WRITE_OBJECTS,
    Permission,
    arn,
    bucket_key,
    pass_roles,
    read_artifacts,
    use_artifact_key,
    write_artifacts,
)
from lockgate.role import JobRole

FETCH_SOURCE = (
    "codecommit:CancelUploadArchive",
    "codecommit:GetBranch",
    "codecommit:GetCommit",
    "codecommit:GetRepository",
    "codecommit:GetUploadArchiveStatus",
    "codecommit:UploadArchive",
)
RUN_BUILD = ("codebuild:BatchGetBuilds", "codebuild:StartBuild", "codebuild:StopBuild")
CREATE_CHANGE_SET = (
    "cloudformation:CreateChangeSet",
    "cloudformation:DeleteChangeSet",
    "cloudformation:DescribeChangeSet",
)
EXECUTE_CHANGE_SET = ("cloudformation:DescribeChangeSet", "cloudformation:ExecuteChangeSet")
READ_STACK = ("cloudformation:DescribeStacks",)
# Which resource failed, and why: CodePipeline asks whether it may or not, and a denied call would
# raise the trail's alarm at each release that fails.
READ_FAILURE = ("cloudformation:DescribeStackEvents",)
LOCATE_BUCKET = ("s3:GetBucketLocation", "s3:GetBucketVersioning")
ASSUME = ("sts:AssumeRole",)
START = ("codepipeline:StartPipelineExecution",)
ALL_ACTIONS = (
    *FETCH_SOURCE,
    *RUN_BUILD,
    *CREATE_CHANGE_SET,
    *EXECUTE_CHANGE_SET,
    *READ_STACK,
    *READ_FAILURE,
    *LOCATE_BUCKET,
    *ASSUME,
    *START,
)
CHANGE_SET = "release"
# CodePipeline stores an artifact below the beginnings of its pipeline's name and of its own.
PIPELINE_CHARACTERS = 20
ARTIFACT_CHARACTERS = 10


@dataclass(frozen=True, kw_only=True)
class ArtifactStore:
    """Where one pipeline keeps its artifacts, and the part of it that is its own.

    "Input and output artifacts" in the CodePipeline User Guide shows how objects are named.
    """

    bucket: s3.IBucket
    pipeline_name: str

    @property
    def key(self) -> kms.IKey:
        """What encrypts the artifacts."""
        return bucket_key(self.bucket)

    def prefix(self, artifact: str) -> str:
        """Where this pipeline's artifacts of that name lie."""
        return f"{self.pipeline_name[:PIPELINE_CHARACTERS]}/{artifact[:ARTIFACT_CHARACTERS]}"

    def read(self, artifact: str) -> list[Permission]:
        """Read one of the pipeline's artifacts."""
        return self.transfer(read=[artifact])

    def write(self, artifact: str) -> list[Permission]:
        """Store one of the pipeline's artifacts."""
        return self.transfer(write=[artifact])

    def transfer(self, *, read: Sequence[str] = (), write: Sequence[str] = ()) -> list[Permission]:
        """Read some artifacts and store others.

        Raises:
            ValueError: the bucket has no key.
        """
        return [
            *(read_artifacts(self.bucket, self.prefix(artifact)) for artifact in read),
            *(write_artifacts(self.bucket, self.prefix(artifact)) for artifact in write),
            use_artifact_key(self.bucket, USE_KEY if write else DECRYPT),
        ]


class ActionRoles(Construct):
    """Makes a role for each action, trusted by the pipeline's role and by nobody else."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        pipeline_role: iam.IRole,
        path: str,
        boundary: iam.IManagedPolicy,
    ) -> None:
        super().__init__(scope, id_)
        self._trust = iam.ArnPrincipal(pipeline_role.role_arn)
        self._path = path
        self._boundary = boundary
        self.arns: list[str] = []

    def make(self, id_: str, job: str, permissions: Sequence[Permission]) -> iam.IRole:
        """The role of one action."""
        role = JobRole(
            self,
            id_,
            job=job,
            trust=self._trust,
            permissions=permissions,
            path=self._path,
            boundary=self._boundary,
        ).role
        self.arns.append(role.role_arn)
        return role


def fetch_source(
    roles: ActionRoles,
    store: ArtifactStore,
    *,
    repository: codecommit.IRepository,
    branch: str,
    output: codepipeline.Artifact,
) -> codepipeline.IAction:
    """Take the branch's commit from CodeCommit; an event starts it, nothing polls."""
    return actions.CodeCommitSourceAction(
        action_name="Source",
        repository=repository,
        branch=branch,
        output=output,
        trigger=actions.CodeCommitTrigger.NONE,
        role=roles.make(
            "Source",
            "Take the source from the repository",
            [
                Permission(actions=FETCH_SOURCE, resources=[repository.repository_arn]),
                *store.write(str(output.artifact_name)),
            ],
        ),
    )


def run_build(
    roles: ActionRoles,
    name: str,
    *,
    project: codebuild.IProject,
    source: codepipeline.Artifact,
    outputs: Sequence[codepipeline.Artifact] = (),
) -> codepipeline.IAction:
    """Run one build on the source."""
    return actions.CodeBuildAction(
        action_name=name,
        project=project,
        input=source,
        outputs=list(outputs) or None,
        role=roles.make(
            name,
            f"Run the {name.lower()} build",
            [Permission(actions=RUN_BUILD, resources=[project.project_arn])],
        ),
    )


def publish_assets(
    roles: ActionRoles,
    store: ArtifactStore,
    *,
    environment: str,
    assets: codepipeline.Artifact,
    bucket_name: str,
    run_order: int,
) -> codepipeline.IAction:
    """Copy the release's assets, as they were built, to where the environment deploys from.

    No command runs here: CodePipeline copies the files, and their names are their digests.
    """
    stack = cdk.Stack.of(roles)
    bucket = s3.Bucket.from_bucket_name(roles, f"Assets-{environment}", bucket_name)
    return actions.S3DeployAction(
        action_name="Publish",
        input=assets,
        bucket=bucket,
        extract=True,
        run_order=run_order,
        role=roles.make(
            f"Publish-{environment}",
            f"Publish a release's assets for {environment}",
            [
                *store.read(str(assets.artifact_name)),
                Permission(
                    actions=WRITE_OBJECTS,
                    resources=[bucket.arn_for_objects("*")],
                    conditions={"StringEquals": {"aws:ResourceAccount": stack.account}},
                    wildcard_reason="An asset's key is its digest, which each release changes.",
                ),
            ],
        ),
    )


def change_set(
    roles: ActionRoles,
    store: ArtifactStore,
    *,
    id_: str,
    stack_name: str,
    assembly: codepipeline.Artifact,
    deployer: StackDeployer,
    named_roles: bool,
    run_order: int,
) -> list[codepipeline.IAction]:
    """Create a change set of the assembly's template, then execute it; two roles."""
    stack_arn = arn(roles, "cloudformation", f"stack/{stack_name}/*")
    unnamed = "CloudFormation ends a stack's ARN with a random id."
    this_change_set = {"StringEquals": {"cloudformation:ChangeSetName": CHANGE_SET}}
    read_stack = Permission(actions=READ_STACK, resources=[stack_arn], wildcard_reason=unnamed)
    # CloudFormation's role is passed only when the change set is created.
    create = roles.make(
        f"CreateChangeSet-{id_}",
        f"Create the change set of {stack_name}",
        [
            Permission(
                actions=CREATE_CHANGE_SET,
                resources=[stack_arn],
                conditions=this_change_set,
                wildcard_reason=unnamed,
            ),
            read_stack,
            pass_roles([deployer.role.role_arn], ["cloudformation.amazonaws.com"]),
            *store.read(str(assembly.artifact_name)),
        ],
    )
    execute = roles.make(
        f"Execute-{id_}",
        f"Execute the change set of {stack_name}",
        [
            Permission(
                actions=EXECUTE_CHANGE_SET,
                resources=[stack_arn],
                conditions=this_change_set,
                wildcard_reason=unnamed,
            ),
            Permission(
                actions=(*READ_STACK, *READ_FAILURE),
                resources=[stack_arn],
                wildcard_reason=unnamed,
            ),
        ],
    )
    capability = cdk.CfnCapabilities.NAMED_IAM if named_roles else cdk.CfnCapabilities.ANONYMOUS_IAM
    return [
        actions.CloudFormationCreateReplaceChangeSetAction(
            action_name="CreateChangeSet",
            stack_name=stack_name,
            change_set_name=CHANGE_SET,
            template_path=assembly.at_path(f"{stack_name}.template.json"),
            cfn_capabilities=[capability],
            admin_permissions=False,
            deployment_role=deployer.role,
            role=create,
            run_order=run_order,
        ),
        actions.CloudFormationExecuteChangeSetAction(
            action_name="Execute",
            stack_name=stack_name,
            change_set_name=CHANGE_SET,
            role=execute,
            run_order=run_order + 1,
        ),
    ]
