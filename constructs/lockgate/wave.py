"""The stages of one wave: the environments that a release enters at the same time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_codepipeline_actions as actions
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from constructs import Construct

from lockgate import conditions
from lockgate import site as at
from lockgate.action_roles import ActionRoles
from lockgate.artifact_store import ArtifactStore
from lockgate.destination import Destination
from lockgate.gate_parameters import (
    Elsewhere,
    freeze_parameters,
    review_parameters,
    soak_parameters,
)
from lockgate.health import health_alarm
from lockgate.lambda_target import ALIAS
from lockgate.permissions import USE_KEY, Permission, arn
from lockgate.pipeline_actions import change_set, invoke, publish_assets, start_build
from lockgate.pipeline_permissions import INVOKE, TELL
from lockgate.provenance_actions import ProvenanceActions
from lockgate.shared_functions import SharedFunctions

# A person has a working week; then the release is refused and the next one may be asked for.
APPROVAL_HOURS = 120
# After the check of the provenance, which is the first.
PUBLISH, CHANGE, EXECUTE, INTEGRATE, SOAK = 2, 3, 4, 5, 6
# Less is no time to meet customers in; an action that goes on ends after a day.
LEAST_SOAK_MINUTES, MOST_SOAK_MINUTES = 60, 1380


@dataclass(frozen=True, kw_only=True)
class WaveTopic:
    """The topic that tells of releases which wait for a person, and the key that encrypts it."""

    topic: sns.ITopic
    key_arn: str


@dataclass(frozen=True, kw_only=True)
class Artifacts:
    """What is deployed of a release; the assets signed, where code is."""

    source: codepipeline.Artifact
    assembly: codepipeline.Artifact
    assets: codepipeline.Artifact


@dataclass(frozen=True, kw_only=True)
class StagePlan:
    """A stage, and its conditions as the template has them."""

    name: str
    actions: Sequence[codepipeline.IAction]
    before_entry: Mapping[str, Any] | None = None
    on_success: Mapping[str, Any] | None = None
    on_failure: Mapping[str, Any] | None = None

    def conditions(self) -> dict[str, Mapping[str, Any]]:
        """Those that it has, by the names that the template gives them."""
        every = {
            "BeforeEntry": self.before_entry,
            "OnSuccess": self.on_success,
            "OnFailure": self.on_failure,
        }
        return {name: condition for name, condition in every.items() if condition}


class Wave(Construct):
    """Up to four stages for the environments of a wave, which go side by side.

    1. `…-approval`, where one asks for it: what would change is said, security first, and a
       person says yes. It comes before the window, so that a late yes still waits for the hours.
    2. `…-window`, where one has a window: entered when all of their windows are open.
    3. `…-gate`, where customers use one: entered while no aggregate alarm is red, and passed
       while nobody has frozen it. A stage behind the window's: in one condition CodePipeline
       would look at the alarm while it still waits for the window, and not again.
    4. the wave itself: change set, its execution with the canary in it, integration tests, a
       minimum of requests. It is left when the aggregate alarms have been quiet for the bake.
       Whatever fails takes the stage back to the release before. It asks nobody and nothing on
       entry: a rollback enters it as well, and must not be kept out by the alarm that it answers.

    A stage that publishes or deploys checks the release's provenance first, a rollback's too.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        destinations: Sequence[Destination],
        roles: ActionRoles,
        store: ArtifactStore,
        artifacts: Artifacts,
        functions: SharedFunctions,
        provenance: ProvenanceActions,
        topic: WaveTopic,
        qualifier: str,
    ) -> None:
        super().__init__(scope, id_)
        self.name = "-".join(destination.name for destination in destinations)
        self._destinations = list(destinations)
        self._roles = roles
        self._store = store
        self._artifacts = artifacts
        self._functions = functions
        self._check = provenance.check
        self._topic = topic
        self._qualifier = qualifier

    def stages(self) -> Iterator[StagePlan]:
        """The stages, in order."""
        asking = [each for each in self._destinations if each.care.approval]
        held = [each for each in self._destinations if each.care.production]
        windows = {each.name: each.care.window for each in self._destinations if each.care.window}
        first = self._destinations[0].name
        publish = [self._check(f"{first}-entering"), *self._publish()]
        if asking:
            yield StagePlan(name=f"{self.name}-approval", actions=self._approval(asking))
        if windows:
            rules = [conditions.window_open(name, window) for name, window in windows.items()]
            yield StagePlan(
                name=f"{self.name}-window",
                actions=publish,
                before_entry=conditions.all_of(rules, otherwise=conditions.FAIL),
            )
        if held:
            yield StagePlan(
                name=f"{self.name}-gate",
                actions=[self._freeze(held), *([] if windows else publish)],
                before_entry=self._health(held),
            )
        yield StagePlan(
            name=self.name,
            actions=[
                *([self._check(f"{first}-checking")] if windows or held else publish),
                *self._deploy(),
            ],
            on_success=self._bake(),
            on_failure={"Result": conditions.ROLLBACK},
        )

    def metadata(self) -> Mapping[str, Any]:
        """What the wave's deploying stage is, for rules and readers of the template."""
        return {
            "Environments": [each.name for each in self._destinations],
            "Production": any(each.care.production for each in self._destinations),
            "Window": any(each.care.window for each in self._destinations),
            "BakeMinutes": max(each.care.bake_minutes for each in self._destinations),
        }

    def _approval(self, asking: Sequence[Destination]) -> list[codepipeline.IAction]:
        return [action for each in asking for action in (self._review(each), self._approve(each))]

    def _approve(self, destination: Destination) -> codepipeline.IAction:
        tell = Permission(actions=TELL, resources=[self._topic.topic.topic_arn])
        region = cdk.Stack.of(self).region
        encrypt = Permission(
            actions=USE_KEY,
            resources=[self._topic.key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"sns.{region}.amazonaws.com"}},
        )
        return actions.ManualApprovalAction(
            action_name=destination.action("Approve", self._destinations),
            additional_information=f"#{{{_variables(destination)}.Summary}}",
            external_entity_link=f"#{{{_variables(destination)}.Link}}",
            notification_topic=self._topic.topic,
            timeout=cdk.Duration.hours(APPROVAL_HOURS),
            run_order=2,
            role=self._roles.make(
                f"{destination.name}-approving",
                f"Tell that a release waits to enter {destination.name}",
                [tell, encrypt],
            ),
        )

    def _review(self, destination: Destination) -> codepipeline.IAction:
        site, assembly = destination.site, self._artifacts.assembly
        return self._invoke(
            destination.action("Review", self._destinations),
            self._functions.review,
            review_parameters(site.stack_name, self._place(destination)),
            role=f"{destination.name}-reviewing",
            more=self._store.read(str(assembly.artifact_name)),
            inputs=[assembly],
            variables=_variables(destination),
        )

    def _publish(self) -> list[codepipeline.IAction]:
        return [
            publish_assets(
                each.action("Publish", self._destinations),
                assets=self._artifacts.assets,
                bucket=s3.Bucket.from_bucket_attributes(
                    self,
                    f"Assets-{each.name}",
                    bucket_name=each.site.asset_bucket(self._qualifier),
                    region=each.region,
                ),
                role=each.site.role(self, at.PUBLISH),
                run_order=PUBLISH,
            )
            for each in self._destinations
        ]

    def _deploy(self) -> Iterator[codepipeline.IAction]:
        for each in self._destinations:
            site = each.site
            yield from change_set(
                (
                    each.action("CreateChangeSet", self._destinations),
                    each.action("Execute", self._destinations),
                ),
                stack_name=site.stack_name,
                assembly=self._artifacts.assembly,
                deployer=site.role(self, at.DEPLOY),
                roles=(site.role(self, at.CHANGE), site.role(self, at.EXECUTE)),
                region=each.region,
                run_order=CHANGE,
            )
            if site.integration:
                yield start_build(
                    each.action("Integrate", self._destinations),
                    project=site.project(self),
                    source=self._artifacts.source,
                    role=site.role(self, at.INTEGRATE),
                    run_order=INTEGRATE,
                )
            if each.care.bake_requests:
                yield self._soak(each)

    def _soak(self, destination: Destination) -> codepipeline.IAction:
        care, site = destination.care, destination.site
        return self._invoke(
            destination.action("Soak", self._destinations),
            self._functions.soak,
            soak_parameters(
                site.stack_name,
                ALIAS,
                requests=care.bake_requests,
                minutes=min(max(care.bake_minutes, LEAST_SOAK_MINUTES), MOST_SOAK_MINUTES),
                pipeline=self._store.pipeline_name,
                place=self._place(destination),
            ),
            role=f"{destination.name}-soaking",
            run_order=SOAK,
        )

    def _invoke(
        self,
        name: str,
        function: str,
        parameters: Mapping[str, object],
        *,
        role: str,
        more: Sequence[Permission] = (),
        inputs: Sequence[codepipeline.Artifact] = (),
        variables: str | None = None,
        run_order: int = 1,
    ) -> codepipeline.IAction:
        function_arn = arn(self, "lambda", f"function:{function}")
        return invoke(
            name,
            function=lambda_.Function.from_function_name(self, name, function),
            parameters=parameters,
            inputs=inputs,
            variables=variables,
            run_order=run_order,
            role=self._roles.make(
                role,
                f"Invoke {function} for {self.name}",
                [Permission(actions=INVOKE, resources=[function_arn]), *more],
            ),
        )

    def _place(self, destination: Destination) -> Elsewhere:
        site = destination.site
        role = site.role_arn(self, at.REVIEW) if site.elsewhere else ""
        return Elsewhere(region=site.region, role_arn=role)

    def _freeze(self, held: Sequence[Destination]) -> codepipeline.IAction:
        return self._invoke(
            "Freeze",
            self._functions.freeze,
            freeze_parameters([each.name for each in held]),
            role=f"{held[0].name}-freeze",
        )

    def _health(self, held: Sequence[Destination]) -> Mapping[str, Any]:
        rules = [
            conditions.healthy(
                each.name,
                health_alarm(each.site.stack_name),
                role_arn=each.site.role_arn(self, at.HEALTH),
                region=each.region,
            )
            for each in held
        ]
        return conditions.all_of(rules, otherwise=conditions.FAIL)

    def _bake(self) -> Mapping[str, Any] | None:
        rules = [
            conditions.stays_healthy(
                each.name,
                health_alarm(each.site.stack_name),
                minutes=each.care.bake_minutes,
                role_arn=each.site.role_arn(self, at.HEALTH),
                region=each.region,
            )
            for each in self._destinations
            if each.care.bake_minutes
        ]
        return conditions.all_of(rules, otherwise=conditions.ROLLBACK) if rules else None


def _variables(destination: Destination) -> str:
    """The namespace of what the review of an environment puts out."""
    return f"review-{destination.name}"
