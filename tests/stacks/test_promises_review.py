"""A pull request is validated without any power, and merged only when people and build agree."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
import yaml

from delivery import CodeCommitSource, Delivery, load
from lockgate.pull_requests import BUILDSPEC
from stacks import names
from stacks.app import ROOT, context
from stacks.pipeline import PipelineStack
from tests.assembly import DELIVERIES, Assembly, empty_packer
from tests.iam.policies import Role, roles, text


def foundation(assembly: Assembly) -> str:
    return names.shared_stack(assembly.delivery, names.FOUNDATION)


def validations(assembly: Assembly) -> list[dict[str, Any]]:
    """The projects that build pull requests; there is one for each repository."""
    projects = assembly.resources("AWS::CodeBuild::Project", foundation(assembly))
    found = [properties for _, _, properties in projects]
    repositories = {assembly.delivery.repository(s) for s in assembly.delivery.services}
    assert len(found) == len(repositories)
    return found


def role_of(assembly: Assembly, properties: dict[str, Any], name: str) -> Role:
    [found] = [
        role
        for role in roles(assembly)
        if role.stack == foundation(assembly)
        and role.logical_id == properties[name]["Fn::GetAtt"][0]
    ]
    return found


def handlers(assembly: Assembly, entry: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The functions of a foundation that one module of the package handles."""
    for _, logical_id, p in assembly.resources("AWS::Lambda::Function", foundation(assembly)):
        if p["Handler"] == f"{entry}.handle":
            yield logical_id, p


def test_a_pull_request_cannot_reach_secrets(assembly: Assembly) -> None:
    for project in validations(assembly):
        assert "EnvironmentVariables" not in project["Environment"]
        assert "Secrets" not in json.dumps(project)
        actions = role_of(assembly, project, "ServiceRole").actions
        assert not {a for a in actions if a.startswith(("secretsmanager:", "ssm:", "kms:"))}


def test_a_pull_request_cannot_write_artifacts(assembly: Assembly) -> None:
    for project in validations(assembly):
        assert project["Artifacts"] == {"Type": "NO_ARTIFACTS"}
        assert "SecondaryArtifacts" not in project
        assert project["Cache"] == {"Type": "NO_CACHE"}
        actions = role_of(assembly, project, "ServiceRole").actions
        assert not {action for action in actions if action.startswith("s3:")}


def test_a_pull_request_cannot_change_the_commands_that_judge_it(assembly: Assembly) -> None:
    """Inline, so that no file of the source is read for them."""
    for project in validations(assembly):
        assert project["Source"]["Type"] == "CODECOMMIT"
        inline = yaml.safe_load(project["Source"]["BuildSpec"])
        assert inline == yaml.safe_load(BUILDSPEC.read_text())


def test_a_pull_request_can_pull_its_repository_and_write_a_log_and_nothing_else(
    assembly: Assembly,
) -> None:
    for project in validations(assembly):
        role = role_of(assembly, project, "ServiceRole")
        assert role.actions == {
            "codecommit:GitPull",
            "logs:CreateLogStream",
            "logs:PutLogEvents",
        }
        [pull] = [s for s in role.statements if "codecommit:GitPull" in s.actions]
        [repository] = pull.resources
        address = text(project["Source"]["Location"])
        assert address.endswith(f"/{repository.rpartition(':')[2]}")


def test_a_pull_request_is_built_without_privileges_or_a_network_of_ours(
    assembly: Assembly,
) -> None:
    for project in validations(assembly):
        assert project["Environment"]["PrivilegedMode"] is False
        assert "VpcConfig" not in project
        assert project["ConcurrentBuildLimit"] == 5


def test_a_pull_request_approves_nothing_itself(assembly: Assembly) -> None:
    """One role gives approvals beside people's: that of the function that posts the verdict."""
    approve = "codecommit:UpdatePullRequestApprovalState"
    people = f"/{assembly.delivery.name}/people/"
    approving = {
        role.logical_id
        for role in roles(assembly)
        if approve in role.actions and role.properties["Path"] != people
    }
    assert approving == {
        properties["Role"]["Fn::GetAtt"][0] for _, properties in handlers(assembly, "verdict")
    }


def test_only_the_function_that_hears_of_pull_requests_starts_their_builds(
    assembly: Assembly,
) -> None:
    """Whoever may start a build may choose its commands."""
    kind = "AWS::CodeBuild::Project"
    projects = {f"<{i}.Arn>" for _, i, _ in assembly.resources(kind, foundation(assembly))}
    starting = {
        role.logical_id
        for role in roles(assembly)
        for statement in role.statements
        if "codebuild:StartBuild" in statement.actions and projects & set(statement.resources)
    }
    assert starting == {
        properties["Role"]["Fn::GetAtt"][0] for _, properties in handlers(assembly, "validate")
    }


def rules(assembly: Assembly, entry: str) -> list[dict[str, Any]]:
    """The rules whose one target is a function of that module."""
    functions = {logical_id for logical_id, _ in handlers(assembly, entry)}
    found = [
        rule
        for _, _, rule in assembly.resources("AWS::Events::Rule", foundation(assembly))
        if rule["Targets"][0]["Arn"]["Fn::GetAtt"][0] in functions
    ]
    assert len(found) == len(functions) > 0
    return found


@pytest.mark.parametrize(
    ("entry", "happened"),
    [
        ("validate", {"pullRequestCreated", "pullRequestSourceBranchUpdated"}),
        (
            "guard",
            {
                "pullRequestApprovalRuleDeleted",
                "pullRequestApprovalRuleUpdated",
                "pullRequestCreated",
                "pullRequestSourceBranchUpdated",
            },
        ),
    ],
)
def test_functions_hear_of_the_pull_requests_to_the_branches_that_are_released(
    assembly: Assembly, entry: str, happened: set[str]
) -> None:
    branches = {
        assembly.delivery.repository(service): f"refs/heads/{service.source.branch}"
        for service in assembly.delivery.services
    }
    for rule in rules(assembly, entry):
        pattern = rule["EventPattern"]
        assert pattern["source"] == ["aws.codecommit"]
        assert pattern["detail-type"] == ["CodeCommit Pull Request State Change"]
        assert set(pattern["detail"]["event"]) == happened
        [repository] = pattern["resources"]
        name = text(repository).rpartition(":")[2]
        assert pattern["detail"]["destinationReference"] == [branches[name]]


def test_a_verdict_is_posted_however_a_validation_ends(assembly: Assembly) -> None:
    for rule in rules(assembly, "verdict"):
        detail = rule["EventPattern"]["detail"]
        assert set(detail["build-status"]) == {
            "FAILED",
            "FAULT",
            "STOPPED",
            "SUCCEEDED",
            "TIMED_OUT",
        }
        assert detail["project-name"][0] in {p["Name"] for p in validations(assembly)}


def demands(assembly: Assembly) -> dict[str, dict[str, Any]]:
    """The approval rule templates, by name."""
    kind = "AWS::CloudFormation::CustomResource"
    return {p["Name"]: p for _, _, p in assembly.resources(kind, foundation(assembly))}


def test_two_people_approve_every_change_of_what_is_released(assembly: Assembly) -> None:
    found = [d for name, d in demands(assembly).items() if name.endswith("-two-people")]
    repositories = {assembly.delivery.repository(s) for s in assembly.delivery.services}
    assert {d["Repositories"][0] for d in found} == repositories
    for demand in found:
        assert demand["Approvals"] == 2
        people = {text(arn).partition(":assumed-role/")[2] for arn in demand["Approvers"]}
        delivery = assembly.delivery.name
        assert people == {
            f"{delivery}-cloud-administrator/*",
            f"{delivery}-devops-engineer/*",
            f"{delivery}-security-analyst/*",
        }


def test_a_functions_approval_never_counts_as_a_persons(assembly: Assembly) -> None:
    """Nor a person's as the validation's: each names roles, and they are others."""
    for name, demand in demands(assembly).items():
        assert demand["Approvers"], "an empty pool lets anybody's approval count"
        for approver in map(text, demand["Approvers"]):
            assert ("<" in approver.partition("assumed-role/")[2]) == name.endswith("-validation")


def test_the_validation_that_is_demanded_is_the_verdict_functions(assembly: Assembly) -> None:
    verdicts = {p["Role"]["Fn::GetAtt"][0] for _, p in handlers(assembly, "verdict")}
    demanded = {
        text(demand["Approvers"][0]).partition("assumed-role/")[2]
        for name, demand in demands(assembly).items()
        if name.endswith("-validation")
    }
    assert demanded == {f"<{role}>/*" for role in verdicts}


def test_what_guards_the_delivery_is_changed_with_a_security_analyst(assembly: Assembly) -> None:
    for _, function in handlers(assembly, "guard"):
        variables = function["Environment"]["Variables"]
        guarded = json.loads(variables["GUARDED"])
        assert {"Makefile", "constructs/**", "lambda/**", "stacks/**", "supply/**"} <= set(guarded)
        assert variables["RULE"] == "security-analyst"
        analysts = f":assumed-role/{assembly.delivery.name}-security-analyst/*"
        assert analysts in text(variables["APPROVERS"])


def test_cloudformation_never_waits_an_hour_for_a_template(assembly: Assembly) -> None:
    for demand in demands(assembly).values():
        assert int(demand["ServiceTimeout"]) == 600


def test_people_hear_of_a_function_that_fails(assembly: Assembly) -> None:
    alarms = [p for _, _, p in assembly.resources("AWS::CloudWatch::Alarm", foundation(assembly))]
    watched = {dimension["Value"]["Ref"] for alarm in alarms for dimension in alarm["Dimensions"]}
    heard = {
        logical_id
        for entry in ("guard", "validate", "verdict")
        for logical_id, _ in handlers(assembly, entry)
    }
    assert heard <= watched
    for alarm in alarms:
        assert (alarm["MetricName"], alarm["Threshold"]) == ("Errors", 0)
        assert len(alarm["AlarmActions"]) == 1


def test_a_service_that_names_paths_is_started_by_a_filter_on_them(full: Assembly) -> None:
    for service in full.delivery.services:
        stack = names.pipeline_stack(full.delivery, service)
        functions = [
            p
            for _, _, p in full.resources("AWS::Lambda::Function", stack)
            if p["Handler"] == "start.handle"
        ]
        assert len(functions) == bool(service.source.paths)
        for function in functions:
            variables = function["Environment"]["Variables"]
            assert json.loads(variables["INCLUDES"]) == list(service.source.paths)
            assert json.loads(variables["EXCLUDES"]) == []
            assert variables["BRANCH"] == service.source.branch
            assert variables["REPOSITORY"] == full.delivery.repository(service)


def test_nothing_starts_a_filtered_pipeline_past_its_filter(full: Assembly) -> None:
    [service] = [service for service in full.delivery.services if service.source.paths]
    stack = names.pipeline_stack(full.delivery, service)
    starting = [r for r in roles(full) if r.stack == stack and "start" in str(r.actions).lower()]
    by_role = {
        role.logical_id
        for role in starting
        if "codepipeline:StartPipelineExecution" in role.actions
        and not role.name.endswith("-deploy")
    }
    [(_, _, function)] = full.resources("AWS::Lambda::Function", stack)
    assert by_role == {function["Role"]["Fn::GetAtt"][0]}


def in_codecommit(delivery: Delivery) -> Delivery:
    """The same services with the same paths, in a repository of CodeCommit."""
    services = tuple(
        service.model_copy(update={"source": CodeCommitSource(paths=service.source.paths)})
        for service in delivery.services
    )
    return delivery.model_copy(update={"services": services})


def filters(delivery: Delivery, out: Path) -> dict[str, dict[str, Any]]:
    """The variables of each pipeline's filter, by the service's name."""
    package = empty_packer(out)("source", [], out=out)
    found = {}
    for service in delivery.services:
        app = cdk.App(context=context(), outdir=str(out / service.name), analytics_reporting=False)
        stack = PipelineStack(
            app,
            delivery=delivery,
            service=service,
            root=ROOT,
            delivery_file="delivery.toml",
            source_package=package,
            rotation_package=package,
        )
        functions = cdk.assertions.Template.from_stack(stack).find_resources(
            "AWS::Lambda::Function", {"Properties": {"Handler": "start.handle"}}
        )
        for function in functions.values():
            found[service.name] = function["Properties"]["Environment"]["Variables"]
    return found


def test_services_of_one_repository_are_not_started_by_the_folders_of_the_others(
    tmp_path: Path,
) -> None:
    """But by what is nobody's own: the stacks, the constructs, the locks."""
    delivery = in_codecommit(load(DELIVERIES / "monorepo.toml", ROOT))
    found = filters(delivery, tmp_path / "cdk.out")
    shared = {
        service.name: [f"{path}/**" for path in delivery.foreign_paths(service)]
        for service in delivery.services
        if delivery.foreign_paths(service) and not service.source.paths
    }
    assert shared
    for name, folders in shared.items():
        assert json.loads(found[name]["EXCLUDES"]) == folders
        assert json.loads(found[name]["INCLUDES"]) == []


def test_a_service_that_has_its_repository_alone_needs_no_filter(sample: Assembly) -> None:
    [service] = sample.delivery.services
    stack = names.pipeline_stack(sample.delivery, service)
    assert list(sample.resources("AWS::Lambda::Function", stack)) == []
