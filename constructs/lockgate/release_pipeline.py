"""The pipeline that takes one service's releases through its environments."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_codecommit as codecommit
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_iam as iam
from constructs import Construct

from lockgate import pipeline_actions as actions
from lockgate.deployer import StackDeployer
from lockgate.permissions import Permission
from lockgate.pipeline_actions import ActionRoles, ArtifactStore
from lockgate.role import JobRole
from lockgate.trust import trusted_service

SOURCE, ASSEMBLY, ASSETS = "source", "assembly", "assets"


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One stack that the pipeline deploys.

    Attributes:
        name: the environment's name, or another word for what the stack is.
        stack_name: the stack, and its template in the assembly.
        deployer: CloudFormation's role for it.
    """

    name: str
    stack_name: str
    deployer: StackDeployer


class ReleasePipeline(Construct):
    """Source, build, the pipeline's own update, then one environment after the other.

    Type V2 and QUEUED: each commit is released in turn, none is skipped. The package build makes
    the assembly and the assets once; every environment deploys these same artifacts, each by a
    change set of its own stack, assets first. Nothing polls: events start it. Costs nothing
    when idle.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        store: ArtifactStore,
        repository: codecommit.IRepository,
        branch: str,
        verify: codebuild.IProject,
        package: codebuild.IProject,
        own: Deployment,
        environments: Sequence[Deployment],
        asset_bucket: str,
        role_path: str,
        boundary: iam.IManagedPolicy,
    ) -> None:
        super().__init__(scope, id_)
        name = store.pipeline_name
        role = self._pipeline_role(store, role_path, boundary)
        roles = ActionRoles(self, "Actions", pipeline_role=role, path=role_path, boundary=boundary)
        source, assembly, assets = (
            codepipeline.Artifact(artifact) for artifact in (SOURCE, ASSEMBLY, ASSETS)
        )
        pipeline = codepipeline.Pipeline(
            self,
            "Pipeline",
            pipeline_name=name,
            pipeline_type=codepipeline.PipelineType.V2,
            execution_mode=codepipeline.ExecutionMode.QUEUED,
            artifact_bucket=store.bucket,
            role=role,
            # After its own update the release starts again, through the stages as they are now.
            restart_execution_on_update=True,
            stages=[
                codepipeline.StageProps(
                    stage_name="Source",
                    actions=[
                        actions.fetch_source(
                            roles, store, repository=repository, branch=branch, output=source
                        )
                    ],
                ),
                codepipeline.StageProps(
                    stage_name="Build",
                    actions=[
                        actions.run_build(roles, "Verify", project=verify, source=source),
                        actions.run_build(
                            roles,
                            "Package",
                            project=package,
                            source=source,
                            outputs=[assembly, assets],
                        ),
                    ],
                ),
                codepipeline.StageProps(
                    stage_name="SelfUpdate",
                    actions=self._deploy(roles, store, own, assembly, named_roles=True),
                ),
                *(
                    codepipeline.StageProps(
                        stage_name=environment.name,
                        actions=[
                            actions.publish_assets(
                                roles,
                                store,
                                environment=environment.name,
                                assets=assets,
                                bucket_name=asset_bucket,
                                run_order=1,
                            ),
                            *self._deploy(roles, store, environment, assembly, first=2),
                        ],
                    )
                    for environment in environments
                ),
            ],
        )
        self._let_assume(role, roles, pipeline, role_path)
        self.pipeline = pipeline

    def _pipeline_role(
        self, store: ArtifactStore, path: str, boundary: iam.IManagedPolicy
    ) -> iam.IRole:
        every = (SOURCE, ASSEMBLY, ASSETS)
        return JobRole(
            self,
            "Job",
            job=f"Run the pipeline {store.pipeline_name}",
            trust=trusted_service(self, "codepipeline.amazonaws.com"),
            permissions=[
                Permission(actions=actions.LOCATE_BUCKET, resources=[store.bucket.bucket_arn]),
                *store.transfer(read=every, write=every),
            ],
            path=path,
            boundary=boundary,
        ).role

    def _let_assume(
        self,
        role: iam.IRole,
        roles: ActionRoles,
        pipeline: codepipeline.Pipeline,
        path: str,
    ) -> None:
        # The actions' roles name the pipeline's role as the one that they trust, so the policy
        # that names them in turn is attached after both exist.
        policy = iam.ManagedPolicy(
            self,
            "MayAssume",
            description="Assume the roles of the pipeline's own actions",
            path=path,
            roles=[role],
            statements=[Permission(actions=actions.ASSUME, resources=roles.arns).statement()],
        )
        pipeline.node.add_dependency(policy)

    def _deploy(
        self,
        roles: ActionRoles,
        store: ArtifactStore,
        deployment: Deployment,
        assembly: codepipeline.Artifact,
        *,
        named_roles: bool = False,
        first: int = 1,
    ) -> list[codepipeline.IAction]:
        return actions.change_set(
            roles,
            store,
            id_=deployment.name,
            stack_name=deployment.stack_name,
            assembly=assembly,
            deployer=deployment.deployer,
            named_roles=named_roles,
            run_order=first,
        )
