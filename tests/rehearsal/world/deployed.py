"""The sample delivery's stacks in a world, less what needs a pipeline, deployed as on AWS."""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from rehearsal.world.world import World
from tests.rehearsal.world.lambdas import SOURCE, folder_package, package
from tests.rehearsal.world.roles import ACCOUNT, REGION

Template = dict[str, Any]
PIPELINE, BETA, FOUNDATION = (
    "lockgate-orders-pipeline",
    "lockgate-orders-beta",
    "lockgate-foundation",
)
ASSETS = f"cdk-lockgate-assets-{ACCOUNT}-{REGION}"
DEPLOYER = f"arn:aws:iam::{ACCOUNT}:role/lockgate/orders/pipeline/{BETA}-deploy"
CODE = "def handle(event, context): return 1"


@contextmanager
def bootstrapped(templates: Mapping[str, Template]) -> Iterator[World]:
    """A world with the code of the functions."""
    with World(region=REGION) as world:
        world.client("s3").create_bucket(
            Bucket=ASSETS, CreateBucketConfiguration={"LocationConstraint": REGION}
        )
        for stack, code in ((BETA, package(CODE)), (FOUNDATION, folder_package(SOURCE))):
            for resource in templates[stack]["Resources"].values():
                if resource["Type"] == "AWS::Lambda::Function":
                    key = resource["Properties"]["Code"]["S3Key"]
                    world.client("s3").put_object(Bucket=ASSETS, Key=key, Body=code)
        yield world


@contextmanager
def foundation(templates: Mapping[str, Template]) -> Iterator[World]:
    """A world with the shared stacks, the pipeline's roles and the code of the functions."""
    with bootstrapped(templates) as world:
        status, why = deploy(world, FOUNDATION, templates[FOUNDATION])
        assert status == "CREATE_COMPLETE", why
        status, why = deploy(world, PIPELINE, without_pipeline(templates[PIPELINE]))
        assert status == "CREATE_COMPLETE", why
        yield world


def _resources(template: Template) -> Iterator[Template]:
    yield from template["Resources"].values()


def without_pipeline(template: Template) -> Template:
    """The template without the pipeline and what refers to it: the roles are what matters."""
    left = copy.deepcopy(template)
    left.pop("Outputs", None)
    resources = left["Resources"]
    for name, resource in list(resources.items()):
        if (
            resource["Type"] in ("AWS::CodePipeline::Pipeline", "AWS::Events::Rule")
            or "Starter" in name
        ):
            del resources[name]
    for resource in resources.values():
        if "DependsOn" in resource:
            needs = resource["DependsOn"]
            needs = [needs] if isinstance(needs, str) else needs
            resource["DependsOn"] = [each for each in needs if each in resources]
    return left


def deployable(template: Template) -> Template:
    """The template with the packages of the tests, whose digest is not the one that it names."""
    left = copy.deepcopy(template)
    for resource in left["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Version":
            resource["Properties"].pop("CodeSha256", None)
    return left


def deploy(
    world: World,
    name: str,
    template: Template,
    role: str = "",
    client: Callable[[str], Any] | None = None,
) -> tuple[str, str]:
    """Deploy by a change set; how the stack is then, and what failed first."""
    stacks = (client or world.client)("cloudformation")
    known = name in {
        each["StackName"] for each in world.client("cloudformation").describe_stacks()["Stacks"]
    }
    world.client("s3").put_object(Bucket=ASSETS, Key=f"{name}.json", Body=json.dumps(template))
    stacks.create_change_set(
        StackName=name,
        ChangeSetName="release",
        ChangeSetType="UPDATE" if known else "CREATE",
        TemplateURL=f"{world.endpoint}/{ASSETS}/{name}.json",
        Capabilities=["CAPABILITY_NAMED_IAM"],
        **({"RoleARN": role} if role else {}),
    )
    stacks.execute_change_set(StackName=name, ChangeSetName="release")
    return ended(world, name)


def ended(world: World, name: str) -> tuple[str, str]:
    """How a stack is once it is at rest, and what failed first."""
    stacks = world.client("cloudformation")
    with world.clock.busy():
        for _ in range(1000):
            status = stacks.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
            if not status.endswith("_IN_PROGRESS"):
                break
            world.clock.sleep(1)
    events = stacks.describe_stack_events(StackName=name)["StackEvents"]
    failed = [each for each in events if each["ResourceStatus"].endswith("_FAILED")]
    return status, failed[-1].get("ResourceStatusReason", "") if failed else ""
