"""A release is built once and goes through its environments in order, started by an event."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from delivery import Service
from stacks import names
from tests.assembly import Assembly, statements

Stage = dict[str, Any]
Action = dict[str, Any]


def pipelines(assembly: Assembly) -> Iterator[tuple[Service, str, dict[str, Any]]]:
    """Each service with the stack and the properties of its pipeline."""
    found = {p["Name"]: (s, p) for s, _, p in assembly.resources("AWS::CodePipeline::Pipeline")}
    assert len(found) == len(assembly.delivery.services)
    for service in assembly.delivery.services:
        stack, properties = found[names.pipeline(assembly.delivery, service)]
        yield service, stack, properties


def stages(pipeline: dict[str, Any], service: Service) -> list[Stage]:
    """The stages in which the service's environments are deployed to, one a wave."""
    waves = ["-".join(wave) for wave in service.waves]
    return [stage for stage in pipeline["Stages"] if stage["Name"] in waves]


def published(pipeline: dict[str, Any], stage: Stage) -> Stage:
    """The stage in which a wave's assets are published: the first that opens by itself."""
    names = [stage["Name"] for stage in pipeline["Stages"]]
    ways = (f"{stage['Name']}-window", f"{stage['Name']}-gate", stage["Name"])
    return dict(pipeline["Stages"][names.index(next(way for way in ways if way in names))])


def every_action(pipeline: dict[str, Any]) -> Iterator[Action]:
    for stage in pipeline["Stages"]:
        yield from stage["Actions"]


def one_action(stage: Stage, provider: str, mode: str | None = None) -> Action:
    """The one action of a stage that a provider runs, in one mode of change sets."""
    [action] = [
        action
        for action in stage["Actions"]
        if action["ActionTypeId"]["Provider"] == provider
        and action["Configuration"].get("ActionMode") == mode
    ]
    return dict(action)


def artifacts(action: Action, kind: str) -> list[str]:
    return [artifact["Name"] for artifact in action.get(kind, [])]


def test_a_pipeline_queues_its_releases(assembly: Assembly) -> None:
    for _, _, pipeline in pipelines(assembly):
        assert pipeline["PipelineType"] == "V2"
        assert pipeline["ExecutionMode"] == "QUEUED"


def test_the_stages_are_source_build_attest_self_update_and_the_environments_in_promotion_order(
    assembly: Assembly,
) -> None:
    for service, _, pipeline in pipelines(assembly):
        assert [stage["Name"] for stage in pipeline["Stages"]] == [
            "Source",
            "Build",
            *(["Sign"] if assembly.delivery.supply.code_signing else []),
            "Attest",
            "SelfUpdate",
            *(
                stage
                for wave in service.waves
                for stage in stages_of(assembly, "-".join(wave), list(wave))
            ),
        ]


def stages_of(assembly: Assembly, name: str, wave: list[str]) -> Iterator[str]:
    """The names of a wave's stages, by what its environments ask for."""
    environments = [assembly.delivery.environment(each) for each in wave]
    if any(environment.approval for environment in environments):
        yield f"{name}-approval"
    if any(assembly.delivery.window_of(environment) for environment in environments):
        yield f"{name}-window"
    if any(environment.production for environment in environments):
        yield f"{name}-gate"
    yield name


def test_no_source_is_polled(assembly: Assembly) -> None:
    for service, _, pipeline in pipelines(assembly):
        [source] = pipeline["Stages"][0]["Actions"]
        assert source["Configuration"] == {
            "RepositoryName": assembly.delivery.repository(service),
            "BranchName": service.source.branch,
            "PollForSourceChanges": False,
        }


def start_rule(assembly: Assembly, stack: str) -> dict[str, Any]:
    """The one rule of a stack that hears of its branch."""
    [rule] = [
        properties
        for _, _, properties in assembly.resources("AWS::Events::Rule", stack)
        if properties["EventPattern"]["source"] == ["aws.codecommit"]
    ]
    return rule


def test_an_event_on_the_branch_starts_the_pipeline(assembly: Assembly) -> None:
    for service, stack, _ in pipelines(assembly):
        rule = start_rule(assembly, stack)
        assert rule["State"] == "ENABLED"
        pattern = rule["EventPattern"]
        assert pattern["source"] == ["aws.codecommit"]
        assert pattern["detail-type"] == ["CodeCommit Repository State Change"]
        assert pattern["detail"] == {
            "event": ["referenceCreated", "referenceUpdated"],
            "referenceType": ["branch"],
            "referenceName": [service.source.branch],
        }
        [repository] = pattern["resources"]
        assert last_part(repository) == assembly.delivery.repository(service)


def last_part(arn: str | dict[str, Any]) -> str:
    """What stands behind an ARN's last colon, known or resolved at deployment."""
    text = arn if isinstance(arn, str) else arn["Fn::Join"][1][-1]
    return str(text).rpartition(":")[2]


def test_the_role_of_that_rule_may_only_start_this_pipeline(assembly: Assembly) -> None:
    for service, stack, _ in pipelines(assembly):
        if service.source.paths:
            continue
        resources = assembly.templates[stack]["Resources"]
        [(_, pipeline_id, _)] = assembly.resources("AWS::CodePipeline::Pipeline", stack)
        [target] = start_rule(assembly, stack)["Targets"]
        assert target["Arn"]["Fn::Join"][1][-1] == {"Ref": pipeline_id}
        role = resources[target["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
        assert "Policies" not in role
        [policy] = role["ManagedPolicyArns"]
        [statement] = statements(resources[policy["Ref"]]["Properties"]["PolicyDocument"])
        assert statement == {
            "Action": "codepipeline:StartPipelineExecution",
            "Effect": "Allow",
            "Resource": target["Arn"],
        }


@pytest.mark.parametrize("kind", ["AWS::IAM::Policy", "AWS::IAM::RolePolicy"])
def test_no_role_gets_more_from_a_policy_beside_it(assembly: Assembly, kind: str) -> None:
    assert list(assembly.resources(kind)) == []


def test_no_managed_policy_attaches_itself_to_a_role(assembly: Assembly) -> None:
    for _, stack, _ in pipelines(assembly):
        for _, _, policy in assembly.resources("AWS::IAM::ManagedPolicy", stack):
            assert "Roles" not in policy


def stage_of(pipeline: dict[str, Any], name: str) -> Stage:
    [found] = [stage for stage in pipeline["Stages"] if stage["Name"] == name]
    return dict(found)


def test_verify_package_and_audit_run_side_by_side_on_the_same_source(
    assembly: Assembly,
) -> None:
    for _, _, pipeline in pipelines(assembly):
        builds = stage_of(pipeline, "Build")["Actions"]
        assert [build["Name"] for build in builds] == ["Verify", "Package", "Audit"]
        assert len({build["RunOrder"] for build in builds}) == 1
        assert [artifacts(build, "InputArtifacts") for build in builds] == [["source"]] * 3
        assert len({str(build["Configuration"]) for build in builds}) == 3


def test_the_pipeline_updates_its_own_stack_and_starts_the_release_again(
    assembly: Assembly,
) -> None:
    for _, stack, pipeline in pipelines(assembly):
        self_update = stage_of(pipeline, "SelfUpdate")
        create = one_action(self_update, "CloudFormation", "CHANGE_SET_REPLACE")
        execute = one_action(self_update, "CloudFormation", "CHANGE_SET_EXECUTE")
        assert create["RunOrder"] < execute["RunOrder"]
        assert create["Configuration"]["StackName"] == stack
        assert execute["Configuration"]["StackName"] == stack
        assert create["Configuration"]["TemplatePath"] == f"assembly::{stack}.template.json"
        assert pipeline["RestartExecutionOnUpdate"] is True


def test_the_pipeline_publishes_code_before_its_own_stack_needs_it_the_first_time(
    assembly: Assembly,
) -> None:
    """A release that gives the stack its first function meets the stages as they were before."""
    for _, _, pipeline in pipelines(assembly):
        stage = stage_of(pipeline, "SelfUpdate")
        order = {action["Name"]: action["RunOrder"] for action in stage["Actions"]}
        assert order["CheckProvenance"] < order["Publish"] < order["CreateChangeSet"]


def test_each_environment_publishes_then_creates_its_change_set_then_executes_it(
    assembly: Assembly,
) -> None:
    for service, _, pipeline in pipelines(assembly):
        for stage in stages(pipeline, service):
            publish = one_action(published(pipeline, stage), "S3")
            create = one_action(stage, "CloudFormation", "CHANGE_SET_REPLACE")
            execute = one_action(stage, "CloudFormation", "CHANGE_SET_EXECUTE")
            assert publish["RunOrder"] < create["RunOrder"] < execute["RunOrder"]
            last = [a for a in stage["Actions"] if a["RunOrder"] > execute["RunOrder"]]
            assert {a["ActionTypeId"]["Provider"] for a in last} <= {"CodeBuild", "Lambda"}
            same = ("StackName", "ChangeSetName")
            assert [create["Configuration"][key] for key in same] == [
                execute["Configuration"][key] for key in same
            ]


def test_each_environment_deploys_its_own_stack_of_the_assembly(assembly: Assembly) -> None:
    for service, _, pipeline in pipelines(assembly):
        for stage in stages(pipeline, service):
            create = one_action(stage, "CloudFormation", "CHANGE_SET_REPLACE")["Configuration"]
            stack = names.service_stack(assembly.delivery, service, stage["Name"])
            assert create["StackName"] == stack
            assert create["TemplatePath"] == f"assembly::{stack}.template.json"
            assert stack in assembly.templates


def published_as(assembly: Assembly) -> str:
    """The artifact whose files are published."""
    return "signed" if assembly.delivery.supply.code_signing else "assets"


def test_every_environment_uses_the_same_artifacts(assembly: Assembly) -> None:
    for service, _, pipeline in pipelines(assembly):
        used = [
            {
                name
                for each in (published(pipeline, stage), stage)
                for action in each["Actions"]
                for name in artifacts(action, "InputArtifacts")
            }
            for stage in stages(pipeline, service)
        ]
        built = {"assembly", published_as(assembly), "provenance", "source"}
        assert used == [built] * len(service.waves)


def test_one_action_produces_each_artifact_and_no_other_produces_it(
    assembly: Assembly,
) -> None:
    for _, _, pipeline in pipelines(assembly):
        produced = Counter(
            (name, action["Name"])
            for action in every_action(pipeline)
            for name in artifacts(action, "OutputArtifacts")
        )
        assert produced == {
            ("source", "Source"): 1,
            ("assembly", "Package"): 1,
            ("assets", "Package"): 1,
            ("evidence", "Audit"): 1,
            ("provenance", "Attest"): 1,
        } | ({("signed", "Sign"): 1} if assembly.delivery.supply.code_signing else {})


def test_no_template_parameter_is_set_on_the_way(assembly: Assembly) -> None:
    """What differs between environments stands in the templates that were built and judged."""
    for _, _, pipeline in pipelines(assembly):
        for action in every_action(pipeline):
            assert "ParameterOverrides" not in action["Configuration"]
            assert "TemplateConfiguration" not in action["Configuration"]


def test_people_hear_of_a_failed_release(assembly: Assembly) -> None:
    for _, stack, _ in pipelines(assembly):
        [(_, pipeline_id, _)] = assembly.resources("AWS::CodePipeline::Pipeline", stack)
        [failed] = [
            rule
            for _, _, rule in assembly.resources("AWS::Events::Rule", stack)
            if rule["EventPattern"]["source"] == ["aws.codepipeline"]
        ]
        assert failed["State"] == "ENABLED"
        assert failed["EventPattern"]["detail-type"] == [
            "CodePipeline Pipeline Execution State Change"
        ]
        assert failed["EventPattern"]["detail"] == {"state": ["FAILED"]}
        [pipeline_arn] = failed["EventPattern"]["resources"]
        assert pipeline_arn["Fn::Join"][1][-1] == {"Ref": pipeline_id}
        [target] = failed["Targets"]
        assert last_part(target["Arn"]) == names.topic(assembly.delivery)


# Category, owner, provider and version of the actions that AWS runs itself.
KINDS = {
    "CodeCommit": ("Source", "AWS", "1"),
    "CodeBuild": ("Build", "AWS", "1"),
    "CloudFormation": ("Deploy", "AWS", "1"),
    "S3": ("Deploy", "AWS", "1"),
    "Lambda": ("Invoke", "AWS", "1"),
    "Manual": ("Approval", "AWS", "1"),
}


def test_every_action_is_one_that_aws_runs(assembly: Assembly) -> None:
    """No third party and no custom action handles a release."""
    for _, _, pipeline in pipelines(assembly):
        for action in every_action(pipeline):
            kind = action["ActionTypeId"]
            assert (kind["Category"], kind["Owner"], kind["Version"]) == KINDS[kind["Provider"]]


def test_each_build_runs_the_project_of_its_name(assembly: Assembly) -> None:
    for _, stack, pipeline in pipelines(assembly):
        resources = assembly.templates[stack]["Resources"]
        ran = {
            action["Name"]: resources[action["Configuration"]["ProjectName"]["Ref"]]["Properties"]
            for action in stage_of(pipeline, "Build")["Actions"]
        }
        assert {name: project["Name"] for name, project in ran.items()} == {
            "Verify": f"{stack}-verify",
            "Package": f"{stack}-package",
            "Audit": f"{stack}-audit",
        }
        for project in ran.values():
            assert project["Source"]["Type"] == project["Artifacts"]["Type"] == "CODEPIPELINE"


def test_assets_are_published_one_by_one_under_their_own_names(assembly: Assembly) -> None:
    """The templates name each by its digest; the artifact as one zip would be found nowhere."""
    for service, _, pipeline in pipelines(assembly):
        for stage in stages(pipeline, service):
            publish = one_action(published(pipeline, stage), "S3")
            assert publish["Configuration"]["Extract"] == "true"
            assert "ObjectKey" not in publish["Configuration"]
            assert artifacts(publish, "InputArtifacts") == [published_as(assembly)]


def test_the_pipelines_role_is_there_before_roles_trust_it_and_these_before_the_pipeline(
    assembly: Assembly,
) -> None:
    """IAM refuses a trust in a role that is not there; a pipeline could start without its own."""
    for _, stack, pipeline in pipelines(assembly):
        resources = assembly.templates[stack]["Resources"]
        [made] = [r for r in resources.values() if r["Type"] == "AWS::CodePipeline::Pipeline"]
        role = pipeline["RoleArn"]["Fn::GetAtt"][0]
        trusting = {
            name: resource
            for name, resource in resources.items()
            if resource["Type"] == "AWS::IAM::Role"
            and "AWS"
            in resource["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]
        }
        assert trusting
        assert all(role in resource["DependsOn"] for resource in trusting.values())
        assert set(trusting) <= set(made["DependsOn"])
