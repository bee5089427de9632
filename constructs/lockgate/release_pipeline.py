"""The pipeline that takes one service's releases through its environments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lockgate import pipeline_actions as actions
from lockgate import pipeline_permissions as may
from lockgate.action_roles import ActionRoles
from lockgate.artifact_store import ArtifactStore
from lockgate.deployer import StackDeployer
from lockgate.destination import Destination
from lockgate.permissions import Permission, arn
from lockgate.provenance_actions import FIRST, ProvenanceActions
from lockgate.role import JobRole
from lockgate.shared_functions import SharedFunctions
from lockgate.signing_action import SIGN, sign
from lockgate.site import ASSEMBLY, ASSETS, EVERY_ARTIFACT, EVIDENCE, SIGNED, SOURCE
from lockgate.source import PipelineSource
from lockgate.trust import trusted_service
from lockgate.wave import Artifacts, StagePlan, Wave, WaveTopic

# Roles in one statement: with the longest names, more have no room in a policy (6,144 characters).
MOST_ROLES = 35


@dataclass(frozen=True, kw_only=True)
class OwnStack:
    """The pipeline's own stack, which it updates before it goes on.

    Attributes:
        name: the stack, and its template in the assembly.
        deployer: CloudFormation's role for it.
    """

    name: str
    deployer: StackDeployer


@dataclass(frozen=True, kw_only=True)
class ReplicatedStore:
    """A pipeline's artifacts in a Region that is not its own.

    Attributes:
        store: the store there, as its permissions name it.
        bucket: the same, with the key by an alias, as CodePipeline takes it.
    """

    store: ArtifactStore
    bucket: s3.IBucket


class ReleasePipeline(Construct):
    """Source, build, attest, its own update, then one wave of environments after the other.

    Type V2 and QUEUED: each commit is released in turn, none is skipped. The package build makes
    the assembly and the assets once; every environment deploys these same artifacts, each by a
    change set of its own stack, assets first. Where code is signed, a stage before the attestation
    puts the assets out again with it signed. Every stage that deploys begins with the check that
    they are what was attested. Nothing polls: an event or a trigger starts it. Costs nothing when
    idle.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        role_name: str,
        store: ArtifactStore,
        replicas: Mapping[str, ReplicatedStore],
        source: PipelineSource,
        verify: codebuild.IProject,
        package: codebuild.IProject,
        audit: codebuild.IProject,
        projects: Mapping[str, str],
        own: OwnStack,
        waves: Sequence[Sequence[Destination]],
        functions: SharedFunctions,
        topic: WaveTopic,
        qualifier: str,
        role_path: str,
        boundary: iam.IManagedPolicy,
    ) -> None:
        """Make the pipeline.

        Args:
            scope: the parent.
            id_: the construct's id.
            role_name: of the pipeline's role, which roles in other accounts trust.
            store: where the artifacts are.
            replicas: the same in other Regions, by Region.
            source: what is released.
            verify: the build that tests.
            package: the build that makes the assembly and the assets.
            audit: the build that makes the evidence.
            projects: the names of the projects that make artifacts, by the action's name.
            own: the stack that holds the pipeline.
            waves: the environments, in order.
            functions: what all pipelines share.
            topic: told of releases that wait for a person.
            qualifier: with which the accounts were bootstrapped.
            role_path: where the roles live.
            boundary: bounds them.
        """
        super().__init__(scope, id_)
        role_arn = arn(self, "iam", f"role{role_path}{role_name}", region=False)
        roles = ActionRoles(
            self,
            "Actions",
            trust=iam.ArnPrincipal(role_arn),
            prefix=store.pipeline_name,
            path=role_path,
            boundary=boundary,
        )
        every = (*EVERY_ARTIFACT, SIGNED) if functions.sign else EVERY_ARTIFACT
        artifacts = {name: codepipeline.Artifact(name) for name in every}
        code, assembly, assets = (artifacts[name] for name in (SOURCE, ASSEMBLY, ASSETS))
        published = artifacts[SIGNED] if functions.sign else assets
        provenance = ProvenanceActions(
            self,
            "Provenance",
            roles=roles,
            store=store,
            artifacts=artifacts,
            functions=(functions.attest, functions.check_provenance),
            projects=projects,
            signer=functions.sign,
        )
        fetch = source.fetch(roles, store, code)
        made = [
            Wave(
                self,
                f"Wave{number}",
                destinations=destinations,
                roles=roles,
                store=store,
                artifacts=Artifacts(source=code, assembly=assembly, assets=published),
                functions=functions,
                provenance=provenance,
                topic=topic,
                qualifier=qualifier,
            )
            for number, destinations in enumerate(waves, start=1)
        ]
        plans = [
            StagePlan(name="Source", actions=[fetch]),
            StagePlan(
                name="Build",
                actions=[
                    actions.run_build(roles, "Verify", project=verify, source=code),
                    actions.run_build(
                        roles,
                        "Package",
                        project=package,
                        source=code,
                        outputs=[assembly, assets],
                    ),
                    actions.run_build(
                        roles,
                        "Audit",
                        project=audit,
                        source=code,
                        outputs=[artifacts[EVIDENCE]],
                    ),
                ],
            ),
            *self._sign(functions.sign, roles, store, artifacts),
            StagePlan(name="Attest", actions=[provenance.attest()]),
            StagePlan(
                name="SelfUpdate",
                actions=[
                    provenance.check("pipeline-checking"),
                    # Also where its own stack has no code yet: a release that brings the first is
                    # taken in by the stages as they were before it.
                    self._publish_own(roles, store, published, f"cdk-{qualifier}-assets"),
                    *_update_itself(roles, store, own, assembly, first=FIRST + 2),
                ],
            ),
            *(plan for wave in made for plan in wave.stages()),
        ]
        self.stages = {wave.name: wave.metadata() for wave in made}
        acting = [each.site.acting(self) for destinations in waves for each in destinations]
        everywhere = [store, *(replica.store for replica in replicas.values())]
        self.job = JobRole(
            self,
            "Job",
            job=f"Run the pipeline {store.pipeline_name}",
            trust=trusted_service(self, "codepipeline.amazonaws.com"),
            permissions=[
                *(permission for each in everywhere for permission in _move(each, every)),
                *(
                    Permission(actions=may.ASSUME, resources=some)
                    for some in (*_some(roles.arns), *acting)
                ),
            ],
            path=role_path,
            boundary=boundary,
            name=role_name,
        )
        # IAM refuses to trust a role that is not there.
        roles.node.add_dependency(self.job)
        self.pipeline = codepipeline.Pipeline(
            self,
            "Pipeline",
            pipeline_name=store.pipeline_name,
            pipeline_type=codepipeline.PipelineType.V2,
            execution_mode=codepipeline.ExecutionMode.QUEUED,
            artifact_bucket=None if replicas else store.bucket,
            cross_region_replication_buckets=(
                {store.bucket.env.region: store.bucket}
                | {region: replica.bucket for region, replica in replicas.items()}
                if replicas
                else None
            ),
            role=self.job.role,
            # After its own update the release starts again, through the stages as they are now.
            restart_execution_on_update=True,
            triggers=list(source.triggers(fetch)) or None,
            stages=[
                codepipeline.StageProps(stage_name=plan.name, actions=list(plan.actions))
                for plan in plans
            ],
        )
        self.pipeline.node.add_dependency(roles)
        _set_conditions(self.pipeline, plans)

    def _sign(
        self,
        function: str | None,
        roles: ActionRoles,
        store: ArtifactStore,
        artifacts: Mapping[str, codepipeline.Artifact],
    ) -> list[StagePlan]:
        if function is None:
            return []
        action = sign(self, roles=roles, store=store, artifacts=artifacts, function=function)
        return [StagePlan(name=SIGN, actions=[action])]

    def _publish_own(
        self,
        roles: ActionRoles,
        store: ArtifactStore,
        assets: codepipeline.Artifact,
        prefix: str,
    ) -> codepipeline.IAction:
        stack = cdk.Stack.of(self)
        bucket = s3.Bucket.from_bucket_name(
            self, "OwnAssets", f"{prefix}-{stack.account}-{stack.region}"
        )
        role = roles.make(
            "pipeline-publish",
            "Publish a release's assets for the pipeline's own stack",
            [*store.read(str(assets.artifact_name)), may.may_publish(bucket, stack.account)],
        )
        return actions.publish_assets(
            "Publish", assets=assets, bucket=bucket, role=role, run_order=FIRST + 1
        )


def _some(arns: Sequence[str]) -> list[Sequence[str]]:
    return [arns[at : at + MOST_ROLES] for at in range(0, len(arns), MOST_ROLES)]


def _move(store: ArtifactStore, every: Sequence[str]) -> list[Permission]:
    """Find a store, and move all artifacts of the pipeline in and out of it."""
    return [
        Permission(actions=may.LOCATE_BUCKET, resources=[store.bucket.bucket_arn]),
        *store.transfer(read=every, write=every),
    ]


def _update_itself(
    roles: ActionRoles,
    store: ArtifactStore,
    own: OwnStack,
    assembly: codepipeline.Artifact,
    *,
    first: int,
) -> list[codepipeline.IAction]:
    stack_arn = arn(roles, "cloudformation", f"stack/{own.name}/*")
    deployer = own.deployer.role
    create = roles.make(
        "pipeline-change",
        f"Create the change set of {own.name}",
        [*may.may_create(stack_arn, deployer), *store.read(ASSEMBLY)],
    )
    execute = roles.make(
        "pipeline-execute", f"Execute the change set of {own.name}", may.may_execute(stack_arn)
    )
    return actions.change_set(
        ("CreateChangeSet", "Execute"),
        stack_name=own.name,
        assembly=assembly,
        deployer=deployer,
        roles=(create, execute),
        named_roles=True,
        run_order=first,
    )


def _set_conditions(pipeline: codepipeline.Pipeline, plans: Sequence[StagePlan]) -> None:
    """Write the stages' conditions: the CDK's own rules take no role that is closed."""
    resource = pipeline.node.default_child
    if not isinstance(resource, codepipeline.CfnPipeline):
        raise TypeError(f"{pipeline.node.path} is no pipeline of this stack")
    for place, plan in enumerate(plans):
        for name, condition in plan.conditions().items():
            resource.add_property_override(f"Stages.{place}.{name}", condition)
