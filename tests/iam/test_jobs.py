"""Each role has one job, and for that job exactly what it needs, on what it needs it for."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pytest

from delivery import Service
from stacks import names
from tests.assembly import Assembly
from tests.iam.policies import Role, Statement, is_person, resource_of, role_at, roles, text

# The property with which a resource names its role.
ROLE_OF = {
    "AWS::CloudTrail::Trail": "CloudWatchLogsRoleArn",
    "AWS::CodeBuild::Project": "ServiceRole",
    "AWS::CodeDeploy::DeploymentGroup": "ServiceRoleArn",
    "AWS::CodePipeline::Pipeline": "RoleArn",
    "AWS::Lambda::Function": "Role",
    "AWS::StepFunctions::StateMachine": "RoleArn",
}
PARTS = {
    "pre_traffic.handle": "pre-traffic hook",
    "watch.handle": "watch",
    "post_traffic.handle": "post-traffic hook",
}
GATES = {f"{gate}.handle": f"{gate} gate" for gate in ("freeze", "review", "soak")} | {
    "attest.handle": "attest function",
    "check_provenance.handle": "check of provenance",
    "sign.handle": "sign function",
}
ROTATION = {"rotate.handle": "rotation"}
# The functions around a repository.
SOURCE_PARTS = {
    "guard.handle": "guard of paths",
    "start.handle": "path filter",
    "template.handle": "approval templates",
    "validate.handle": "start of validations",
    "verdict.handle": "verdict of validations",
}
LOGS = {"logs:CreateLogStream", "logs:PutLogEvents"}
READ = {"s3:GetObject", "s3:GetObjectVersion"}
WRITE = {"s3:PutObject"}
DECRYPT = {"kms:Decrypt"}
SIGNATURES = {"kms:Sign", "kms:Verify"}
KEY = DECRYPT | {"kms:GenerateDataKey"}
SECRETS = {"kms:Decrypt", "secretsmanager:GetSecretValue"}
GATE = KEY | {
    "codedeploy:GetDeployment",
    "codedeploy:GetDeploymentTarget",
    "codedeploy:ListDeploymentTargets",
    "events:PutEvents",
    "s3:GetObject",
    "s3:PutObject",
}
HOOK = GATE | {
    "codedeploy:PutLifecycleEventHookExecutionStatus",
    "lambda:GetAlias",
    "lambda:InvokeFunction",
}
REPORT = {"codepipeline:PutJobFailureResult", "codepipeline:PutJobSuccessResult"}
CHANGE_SET = {"cloudformation:DescribeChangeSet", "cloudformation:DescribeStacks"}
ACTIONS = {
    "trail": LOGS,
    "function": LOGS,
    "pre-traffic hook": LOGS | HOOK | {"states:StartExecution"},
    "watch": LOGS
    | GATE
    | {"cloudwatch:GetMetricData", "cloudwatch:PutMetricData", "codedeploy:StopDeployment"},
    "post-traffic hook": LOGS | HOOK | {"cloudwatch:GetMetricData"},
    "freeze gate": LOGS | REPORT | {"ssm:GetParameter"},
    "review gate": LOGS
    | REPORT
    | CHANGE_SET
    | KEY
    | {
        "cloudformation:CreateChangeSet",
        "cloudformation:DeleteChangeSet",
        "s3:GetObject",
        "s3:PutObject",
    },
    "soak gate": LOGS | REPORT | {"cloudwatch:GetMetricData", "codepipeline:GetPipelineExecution"},
    "attest function": LOGS
    | REPORT
    | {
        "codebuild:BatchGetBuilds",
        "codepipeline:GetPipelineExecution",
        "codepipeline:ListActionExecutions",
        "kms:Sign",
    },
    "sign function": LOGS
    | REPORT
    | READ
    | WRITE
    | KEY
    | {"signer:DescribeSigningJob", "signer:StartSigningJob"},
    "check of provenance": LOGS | REPORT | {"codepipeline:GetPipelineExecution", "kms:Verify"},
    "rotation": LOGS
    | KEY
    | {
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetRandomPassword",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
    },
    "state machine": {"lambda:InvokeFunction"},
    "deployment group": {
        "cloudwatch:DescribeAlarms",
        "lambda:GetAlias",
        "lambda:GetProvisionedConcurrencyConfig",
        "lambda:InvokeFunction",
        "lambda:UpdateAlias",
    },
    "verify build": LOGS | READ | DECRYPT,
    "package build": LOGS | READ | WRITE | KEY,
    "audit build": LOGS | READ | WRITE | KEY,
    "integrate build": LOGS | READ | DECRYPT | {"lambda:InvokeFunction"},
    "pipeline": READ
    | WRITE
    | KEY
    | {"s3:GetBucketLocation", "s3:GetBucketVersioning", "sts:AssumeRole"},
    "pull request build": LOGS | {"codecommit:GitPull"},
    "guard of paths": LOGS
    | {
        "codecommit:CreatePullRequestApprovalRule",
        "codecommit:GetDifferences",
        "codecommit:GetPullRequest",
        "codecommit:UpdatePullRequestApprovalRuleContent",
    },
    "path filter": LOGS
    | {
        "codecommit:GetBranch",
        "codecommit:GetDifferences",
        "codepipeline:StartPipelineExecution",
    },
    "approval templates": LOGS
    | {
        "codecommit:AssociateApprovalRuleTemplateWithRepository",
        "codecommit:CreateApprovalRuleTemplate",
        "codecommit:DeleteApprovalRuleTemplate",
        "codecommit:DisassociateApprovalRuleTemplateFromRepository",
        "codecommit:ListRepositoriesForApprovalRuleTemplate",
        "codecommit:UpdateApprovalRuleTemplateContent",
        "codecommit:UpdateApprovalRuleTemplateDescription",
    },
    "start of validations": LOGS | {"codebuild:StartBuild"},
    "verdict of validations": LOGS
    | {
        "codebuild:BatchGetBuilds",
        "codebuild:BatchGetProjects",
        "codecommit:GetPullRequest",
        "codecommit:PostCommentForPullRequest",
        "codecommit:UpdatePullRequestApprovalState",
    },
    "start rule": {"codepipeline:StartPipelineExecution"},
    "CodeCommit action": WRITE
    | KEY
    | {
        "codecommit:CancelUploadArchive",
        "codecommit:GetBranch",
        "codecommit:GetCommit",
        "codecommit:GetRepository",
        "codecommit:GetUploadArchiveStatus",
        "codecommit:UploadArchive",
    },
    "CodeBuild action": {
        "codebuild:BatchGetBuilds",
        "codebuild:StartBuild",
        "codebuild:StopBuild",
    },
    "Soak action": {"lambda:InvokeFunction"},
    "Review action": READ | DECRYPT | {"lambda:InvokeFunction"},
    "Manual action": KEY | {"sns:Publish"},
    "Freeze action": {"lambda:InvokeFunction"},
    "Sign action": READ | WRITE | KEY | {"lambda:InvokeFunction"},
    "Attest action": READ | WRITE | KEY | {"lambda:InvokeFunction"},
    "CheckProvenance action": READ | DECRYPT | {"lambda:InvokeFunction"},
    "CloudWatchAlarm rule": {"cloudwatch:DescribeAlarms"},
    "S3 action": READ | WRITE | DECRYPT,
    "CHANGE_SET_REPLACE action": READ
    | DECRYPT
    | CHANGE_SET
    | {"cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet", "iam:PassRole"},
    "CHANGE_SET_EXECUTE action": CHANGE_SET
    | {"cloudformation:DescribeStackEvents", "cloudformation:ExecuteChangeSet"},
}
# What is read of the stack and not of its change set.
OF_THE_STACK = {"cloudformation:DescribeStackEvents", "cloudformation:DescribeStacks"}
ACCOUNT = re.compile(r"<AWS::AccountId>|[0-9]{12}")
# What a role of a delivery never does with objects and their keys.
NEVER = ("s3:Delete", "s3:List", "s3:PutObjectAcl", "s3:PutBucket", "kms:CreateGrant")


@dataclass(frozen=True, kw_only=True)
class Job:
    """A role with what uses it: a resource's properties, a target of a rule, or an action."""

    name: str
    role: Role
    user: Mapping[str, Any]


@lru_cache(maxsize=4)
def jobs(assembly: Assembly) -> tuple[Job, ...]:
    """Every use of a role, CloudFormation's apart; `test_deployers` has those."""
    return tuple(
        Job(name=name, role=role_at(assembly, stack, arn), user=user)
        for stack, name, arn, user in _uses(assembly)
    )


def _uses(assembly: Assembly) -> Iterator[tuple[str, str, object, Mapping[str, Any]]]:
    for kind, attribute in ROLE_OF.items():
        for stack, _, properties in assembly.resources(kind):
            yield stack, _job(kind, properties), properties[attribute], properties
    for stack, _, rule in assembly.resources("AWS::Events::Rule"):
        for target in rule["Targets"]:
            if "RoleArn" in target:
                yield stack, "start rule", target["RoleArn"], rule
    for stack, _, pipeline in assembly.resources("AWS::CodePipeline::Pipeline"):
        yield from ((stack, *use) for use in _uses_of(pipeline))


def _uses_of(pipeline: Mapping[str, Any]) -> Iterator[tuple[str, object, Mapping[str, Any]]]:
    for action in actions(pipeline):
        yield _action(action), action["RoleArn"], action
    for rule in rules(pipeline):
        if "RoleArn" in rule:
            yield f"{rule['RuleTypeId']['Provider']} rule", rule["RoleArn"], rule


def _action(action: Mapping[str, Any]) -> str:
    kind = action["ActionTypeId"]["Provider"]
    if kind == "Lambda":
        return f"{action['Name'].partition('-')[0]} action"
    return f"{action['Configuration'].get('ActionMode', kind)} action"


def _job(kind: str, properties: Mapping[str, Any]) -> str:
    match kind.rpartition("::")[2]:
        case "Function":
            return (PARTS | GATES | SOURCE_PARTS | ROTATION).get(properties["Handler"], "function")
        case "Project" if properties["Name"].endswith("-pull-requests"):
            return "pull request build"
        case "Project":
            return f"{properties['Name'].rpartition('-')[2]} build"
        case "DeploymentGroup":
            return "deployment group"
        case "StateMachine":
            return "state machine"
        case other:
            return other.lower()


def actions(pipeline: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for stage in pipeline["Stages"]:
        yield from stage["Actions"]


def rules(pipeline: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The rules of every condition of a pipeline."""
    for stage in pipeline["Stages"]:
        for when in ("BeforeEntry", "OnSuccess"):
            for condition in stage.get(when, {}).get("Conditions", []):
                yield from condition["Rules"]


def of(assembly: Assembly, *wanted: str) -> list[Job]:
    """The jobs of these names; there are some."""
    found = [job for job in jobs(assembly) if job.name in wanted]
    assert found, wanted
    return found


def service_of(assembly: Assembly, stack: str) -> Service | None:
    """The service that a stack belongs to, None for what is shared."""
    for service in assembly.delivery.services:
        for place in ("pipeline", *service.environments):
            if stack == names.service_stack(assembly.delivery, service, place):
                return service
    return None


def on(role: Role, *wanted: str) -> set[str]:
    """The resources on which a role may take any of these actions."""
    return {
        resource
        for statement in role.statements
        if statement.allows and set(wanted) & set(statement.actions)
        for resource in statement.resources
    }


def test_every_role_has_one_job(assembly: Assembly) -> None:
    # An environment's alarm is read before a release and after it, by the one role.
    uses = Counter(where for where, _ in {(job.role.where, job.name) for job in jobs(assembly)})
    for stack, _, pipeline in assembly.resources("AWS::CodePipeline::Pipeline"):
        for action in actions(pipeline):
            if passed := action["Configuration"].get("RoleArn"):
                uses[role_at(assembly, stack, passed).where] += 1
    assert uses == {role.where: 1 for role in roles(assembly) if not is_person(role)}


def test_every_role_may_do_what_its_job_needs_and_no_more(assembly: Assembly) -> None:
    for job in jobs(assembly):
        service = service_of(assembly, job.role.stack)
        uses = {secret.used_by for secret in service.secrets} if service else set()
        reads_secrets = (job.name == "function" and "function" in uses) or (
            job.name in {"verify build", "package build"} and "build" in uses
        )
        expected = ACTIONS[job.name] | (SECRETS if reads_secrets else set())
        if job.name == "function" and service and service.parameters:
            expected = expected | {"ssm:GetParameter"}
        assert job.role.actions == expected, (job.name, job.role.where)


def test_every_job_of_the_table_is_done(assembly: Assembly) -> None:
    asked = any(environment.approval for environment in assembly.delivery.environments)
    filtered = any(service.source.paths for service in assembly.delivery.services)
    rest = set() if asked else {"Manual action", "Review action"}
    rest |= set() if filtered else {"path filter"}
    rest |= set() if assembly.delivery.supply.code_signing else {"sign function", "Sign action"}
    assert {job.name for job in jobs(assembly)} == set(ACTIONS) - rest


def test_logs_are_written_to_the_group_of_the_same_job(assembly: Assembly) -> None:
    known = {*PARTS.values(), *GATES.values(), *SOURCE_PARTS.values(), "function", "rotation"}
    for job in (job for job in jobs(assembly) if job.name in known):
        group = job.user["LoggingConfig"]["LogGroup"]["Ref"]
        assert on(job.role, *LOGS) == {f"<{group}.Arn>"}
    builds = (
        "verify build",
        "package build",
        "audit build",
        "integrate build",
        "pull request build",
    )
    for job in of(assembly, *builds):
        group = job.user["LogsConfig"]["CloudWatchLogs"]["GroupName"]["Ref"]
        assert on(job.role, *LOGS) == {f"<{group}.Arn>"}
    for job in of(assembly, "trail"):
        assert on(job.role, *LOGS) == {text(job.user["CloudWatchLogsLogGroupArn"])}


def artifacts(action: Mapping[str, Any], kind: str) -> set[str]:
    return {artifact["Name"] for artifact in action.get(kind, [])}


def in_store(resources: Iterable[str], folder: str) -> set[str]:
    """The artifacts of a pipeline that the resources name; others stay as they are."""
    return {
        resource.partition(f"-artifacts>/{folder}/")[2].removesuffix("/*") or resource
        for resource in resources
    }


def test_an_action_reaches_the_artifacts_that_it_takes_and_puts_out_and_no_other(
    assembly: Assembly,
) -> None:
    """The builds' own roles too; only the pipeline's reaches all of them."""
    kinds = ("verify build", "package build", "audit build", "integrate build")
    builds = {job.user["Name"]: job for job in of(assembly, *kinds)}
    for job in jobs(assembly):
        if not job.name.endswith(" action"):
            continue
        role, (_, _, pipeline) = job.role, one_pipeline(assembly, job.role.stack)
        bucket = text(job.user["Configuration"].get("BucketName", "none"))
        if "ProjectName" in job.user["Configuration"]:
            assert not on(role, *READ, *WRITE)
            role = builds[project_of(assembly, job)].role
        folder = pipeline["Name"][:20]
        written = {r for r in on(role, *WRITE) if f":::{bucket}/" not in r}
        if job.name != "CHANGE_SET_EXECUTE action":
            assert in_store(on(role, *READ), folder) == artifacts(job.user, "InputArtifacts")
        assert in_store(written, folder) == artifacts(job.user, "OutputArtifacts")


def project_of(assembly: Assembly, job: Job) -> str:
    """The name of the project that an action runs."""
    project = job.user["Configuration"]["ProjectName"]
    if isinstance(project, str):
        return project
    resources = assembly.templates[job.role.stack]["Resources"]
    return str(resources[project["Ref"]]["Properties"]["Name"])


def one_pipeline(assembly: Assembly, stack: str) -> tuple[str, str, dict[str, Any]]:
    [found] = assembly.resources("AWS::CodePipeline::Pipeline", stack)
    return found


def test_the_pipeline_reaches_its_own_artifacts(assembly: Assembly) -> None:
    for job in of(assembly, "pipeline"):
        folder = job.user["Name"][:20]
        found = in_store(on(job.role, *READ, *WRITE), folder)
        signed = {"signed"} if assembly.delivery.supply.code_signing else set()
        assert found == {"source", "assembly", "assets", "evidence", "provenance"} | signed


def test_the_pipeline_assumes_the_roles_of_its_own_actions_and_no_other(
    assembly: Assembly,
) -> None:
    for job in of(assembly, "pipeline"):
        users = [*actions(job.user), *(rule for rule in rules(job.user) if "RoleArn" in rule)]
        own = {role_at(assembly, job.role.stack, user["RoleArn"]).where for user in users}
        assumed = on(job.role, "sts:AssumeRole")
        assert {role_at(assembly, job.role.stack, arn).where for arn in assumed} == own
        assert len(own) >= len(list(actions(job.user)))


def test_an_action_trusts_the_role_of_its_pipeline_and_nobody_else(assembly: Assembly) -> None:
    pipelines = {job.role.stack: job.role.where for job in of(assembly, "pipeline")}
    found = [job for job in jobs(assembly) if job.name.endswith(" action")]
    assert found
    for job in found:
        [trust] = job.role.trust
        assert trust.allows
        [(kind, who)] = trust.principals
        assert kind == "AWS"
        assert role_at(assembly, job.role.stack, who).where == pipelines[job.role.stack]


def test_a_build_action_runs_its_own_project(assembly: Assembly) -> None:
    for job in of(assembly, "CodeBuild action"):
        name = project_of(assembly, job)
        assert name.endswith(f"-{job.user['Name'].partition('-')[0].lower()}")
        [project] = [
            logical_id
            for _, logical_id, properties in assembly.resources("AWS::CodeBuild::Project")
            if properties["Name"] == name
        ]
        assert on(job.role, *ACTIONS["CodeBuild action"]) == {f"<{project}.Arn>"}


def test_integration_tests_may_call_the_service_and_nothing_else(assembly: Assembly) -> None:
    for job in of(assembly, "integrate build"):
        variables = {v["Name"]: v["Value"] for v in job.user["Environment"]["EnvironmentVariables"]}
        assert on(job.role, "lambda:InvokeFunction") == {text(variables["FUNCTION"])}
        stack = job.user["Name"].removesuffix("-integrate")
        assert text(variables["FUNCTION"]).endswith(f":function:{stack}:live")


def test_a_gate_reads_the_one_alarm_and_asks_the_one_function_that_it_names(
    assembly: Assembly,
) -> None:
    for job in of(assembly, "CloudWatchAlarm rule"):
        [alarm] = on(job.role, "cloudwatch:DescribeAlarms")
        assert alarm.endswith(f":alarm:{job.user['Configuration']['AlarmName']}")
    for job in of(
        assembly, "Freeze action", "Soak action", "Attest action", "CheckProvenance action"
    ):
        [function] = on(job.role, "lambda:InvokeFunction")
        assert function.endswith(f":function:{text(job.user['Configuration']['FunctionName'])}")


def test_a_change_set_action_acts_on_the_one_change_set_of_its_stack(assembly: Assembly) -> None:
    for job in of(assembly, "CHANGE_SET_REPLACE action", "CHANGE_SET_EXECUTE action"):
        settings = job.user["Configuration"]
        for statement in job.role.statements:
            if any(action.startswith("cloudformation:") for action in statement.actions):
                [resource] = statement.resources
                assert resource.endswith(f":stack/{settings['StackName']}/*")
                if not set(statement.actions) <= OF_THE_STACK:
                    assert statement.condition("StringEquals", "cloudformation:ChangeSetName") == (
                        settings["ChangeSetName"],
                    )


def test_a_change_set_is_created_for_the_role_of_its_own_stack(assembly: Assembly) -> None:
    for job in of(assembly, "CHANGE_SET_REPLACE action"):
        passed = job.user["Configuration"]["RoleArn"]
        [allowed] = on(job.role, "iam:PassRole")
        assert role_at(assembly, job.role.stack, allowed) == role_at(
            assembly, job.role.stack, passed
        )


def test_a_release_makes_no_role_whose_name_it_could_choose(assembly: Assembly) -> None:
    """Only the pipeline's own stack holds named roles."""
    for job in of(assembly, "CHANGE_SET_REPLACE action"):
        named = {role.stack for role in roles(assembly) if role.name and not is_person(role)}
        settings = job.user["Configuration"]
        own = settings["StackName"] in named
        assert settings["Capabilities"] == f"CAPABILITY_{'NAMED_' if own else ''}IAM"
        assert own == (settings["StackName"] == job.role.stack)


def test_assets_are_published_where_the_templates_look_for_them(assembly: Assembly) -> None:
    for job in of(assembly, "S3 action"):
        bucket = text(job.user["Configuration"]["BucketName"])
        partition = "aws" if assembly.delivery.toolchain.region else "<AWS::Partition>"
        assert on(job.role, *WRITE) == {f"arn:{partition}:s3:::{bucket}/*"}
        service = service_of(assembly, job.role.stack)
        assert service
        for place in service.environments:
            stack = names.service_stack(assembly.delivery, service, place)
            found = [p for _, _, p in assembly.resources("AWS::Lambda::Function", stack)]
            assert {text(function["Code"]["S3Bucket"]) for function in found} == {bucket}


def test_the_source_is_fetched_from_the_repository_of_the_action_alone(
    assembly: Assembly,
) -> None:
    codecommit = {a for a in ACTIONS["CodeCommit action"] if a.startswith("codecommit:")}
    for job in of(assembly, "CodeCommit action"):
        [repository] = on(job.role, *codecommit)
        assert repository.rpartition(":")[2] == job.user["Configuration"]["RepositoryName"]


def test_a_hook_tests_versions_of_its_own_function_and_reports_to_its_own_group(
    assembly: Assembly,
) -> None:
    groups = {job.role.stack: job.user for job in of(assembly, "deployment group")}
    for job in of(assembly, "pre-traffic hook", "post-traffic hook"):
        function = job.user["Environment"]["Variables"]["FUNCTION_NAME"]
        [invoked] = on(job.role, "lambda:InvokeFunction")
        assert invoked.endswith(f":function:{function}:*")
        [group] = on(job.role, *(a for a in HOOK if a.startswith("codedeploy:")))
        name = groups[job.role.stack]["DeploymentGroupName"]
        assert group.endswith(f":deploymentgroup:{function}/{name}")
        alias = job.user["Environment"]["Variables"]["ALIAS"]
        read = {arn.partition(":function:")[2] for arn in on(job.role, "lambda:GetAlias")}
        assert read == {function, f"{function}:{alias}"}


def test_a_watch_stops_deployments_of_its_own_group_and_nothing_else_can(
    assembly: Assembly,
) -> None:
    groups = {job.role.stack: job.user for job in of(assembly, "deployment group")}
    for job in of(assembly, "watch"):
        function = job.user["Environment"]["Variables"]["FUNCTION_NAME"]
        name = groups[job.role.stack]["DeploymentGroupName"]
        [group] = on(job.role, *(a for a in job.role.actions if a.startswith("codedeploy:")))
        assert group.endswith(f":deploymentgroup:{function}/{name}")
    stop = "codedeploy:StopDeployment"
    assert {job.name for job in jobs(assembly) if stop in job.role.actions} == {"watch"}


def test_a_watch_is_started_by_the_hook_of_its_own_stack_and_looks_by_its_own_function(
    assembly: Assembly,
) -> None:
    machines = {job.role.stack: job.user for job in of(assembly, "state machine")}
    for job in of(assembly, "pre-traffic hook"):
        name = machines[job.role.stack]["StateMachineName"]
        [started] = on(job.role, "states:StartExecution")
        assert started == text(job.user["Environment"]["Variables"]["WATCH"])
        assert resource_of(started) == f"stateMachine:{name}"
    looking = {
        stack: f"<{logical_id}.Arn>"
        for stack, logical_id, p in assembly.resources("AWS::Lambda::Function")
        if p["Handler"] == "watch.handle"
    }
    for job in of(assembly, "state machine"):
        assert on(job.role, "lambda:InvokeFunction") == {looking[job.role.stack]}


def test_the_records_of_a_function_are_kept_by_its_own_gate_alone(assembly: Assembly) -> None:
    """In their folder of the artifact store; no other role reaches that folder."""
    store = names.export(assembly.delivery, names.ARTIFACTS)
    for job in jobs(assembly):
        folders = {arn.partition(f":s3:::<{store}>/")[2] for arn in on(job.role, *READ, *WRITE)}
        records = {folder for folder in folders if f"{folder}/".startswith("decisions/")}
        if job.name in PARTS.values():
            function = job.user["Environment"]["Variables"]["FUNCTION_NAME"]
            assert records == folders == {f"decisions/{function}/*"}
            assert text(job.user["Environment"]["Variables"]["RECORDS"]) == f"<{store}>"
        else:
            assert not records, job.role.where


def test_the_freeze_gate_reads_its_own_parameter(assembly: Assembly) -> None:
    for job in of(assembly, "freeze gate"):
        named = job.user["Environment"]["Variables"]["FREEZE_PARAMETER"]
        [read] = on(job.role, "ssm:GetParameter")
        assert resource_of(read) == f"parameter{resource_of(text(named))}"


def test_the_review_gate_makes_the_change_set_review_of_the_deliverys_own_stacks(
    assembly: Assembly,
) -> None:
    """And no action of a pipeline executes that one."""
    for job in of(assembly, "review gate"):
        made = [s for s in job.role.statements if "cloudformation:CreateChangeSet" in s.actions]
        assert [s.condition("StringEquals", "cloudformation:ChangeSetName") for s in made] == [
            ("review",)
        ]
        stacks = on(job.role, "cloudformation:CreateChangeSet", "cloudformation:DescribeStacks")
        assert {resource_of(arn) for arn in stacks} == {f"stack/{assembly.delivery.name}-*/*"}
    for job in of(assembly, "CHANGE_SET_EXECUTE action"):
        assert job.user["Configuration"]["ChangeSetName"] != "review"


def test_the_review_gate_keeps_templates_in_its_own_folder(assembly: Assembly) -> None:
    for job in jobs(assembly):
        reached = {arn.rpartition(">/")[2] for arn in on(job.role, *READ, *WRITE)}
        mine = {folder for folder in reached if folder.startswith("reviews/")}
        assert mine == ({"reviews/*"} if job.name == "review gate" else set()), job.role.where
    for job in of(assembly, "review gate"):
        assert text(job.user["Environment"]["Variables"]["TEMPLATES"]).endswith(">/reviews")


def test_the_soak_gate_asks_for_executions_of_the_deliverys_own_pipelines(
    assembly: Assembly,
) -> None:
    for job in of(assembly, "soak gate"):
        asked = on(job.role, "codepipeline:GetPipelineExecution")
        assert {resource_of(arn) for arn in asked} == {f"{assembly.delivery.name}-*"}


def test_a_gate_sends_verdicts_and_no_other_event(assembly: Assembly) -> None:
    for job in of(assembly, *PARTS.values()):
        [told] = [s for s in job.role.statements if "events:PutEvents" in s.actions]
        assert told.actions == ("events:PutEvents",)
        assert [resource_of(arn) for arn in told.resources] == ["event-bus/default"]
        assert told.conditions == {
            "StringEquals": {
                "events:source": ("lockgate",),
                "events:detail-type": ("Canary Verdict",),
            }
        }


def test_metrics_are_put_into_the_gates_namespace_alone(assembly: Assembly) -> None:
    for role in roles(assembly):
        for statement in role.statements:
            if "cloudwatch:PutMetricData" in statement.actions:
                assert statement.actions == ("cloudwatch:PutMetricData",)
                namespaces = statement.condition("StringEquals", "cloudwatch:namespace")
                assert namespaces == ("Lockgate",)


def test_traffic_is_shifted_on_one_alias_by_its_own_hooks_and_alarms(assembly: Assembly) -> None:
    for job in of(assembly, "deployment group"):
        stack = job.role.stack
        alias = assembly.only("AWS::Lambda::Alias", stack)
        moved = {arn.rpartition(":function:")[2] for arn in on(job.role, "lambda:UpdateAlias")}
        assert moved == {stack, f"{stack}:{alias['Name']}"}
        alarms = {f"<{a['Name']['Ref']}.Arn>" for a in job.user["AlarmConfiguration"]["Alarms"]}
        assert on(job.role, "cloudwatch:DescribeAlarms") == alarms
        hooks = {
            f"<{logical_id}.Arn>"
            for _, logical_id, p in assembly.resources("AWS::Lambda::Function", stack)
            if p["Handler"] in {"pre_traffic.handle", "post_traffic.handle"}
        }
        assert on(job.role, "lambda:InvokeFunction") == hooks


def test_secrets_are_read_by_those_that_hear_of_them_and_all_of_them(assembly: Assembly) -> None:
    for job in of(assembly, "function", "verify build", "package build"):
        environment = job.user.get("Environment", {})
        variables = environment.get("Variables", {})
        named = [arn for name, arn in variables.items() if name.startswith("SECRET_")] or [
            variable["Value"]
            for variable in environment.get("EnvironmentVariables", [])
            if variable["Type"] == "SECRETS_MANAGER"
        ]
        assert on(job.role, "secretsmanager:GetSecretValue") == {text(secret) for secret in named}
        resources = assembly.templates[job.role.stack]["Resources"]
        keys = {text(resources[secret["Ref"]]["Properties"]["KmsKeyId"]) for secret in named}
        assert keys <= on(job.role, "kms:Decrypt")


def sources(job: Job) -> set[str]:
    """The part of an ARN by which a service names the resource that uses the role."""
    match job.name:
        case build if build.endswith(" build"):
            return {f"project/{job.user['Name']}"}
        case "deployment group":
            return {f"deploymentgroup:{job.role.stack}/{job.user['DeploymentGroupName']}"}
        case "start rule":
            return {f"rule/{job.user['Name']}"}
        case "state machine":
            return {f"stateMachine:{job.user['StateMachineName']}"}
    return set()


def test_a_service_assumes_a_role_for_the_resource_that_has_it_alone(assembly: Assembly) -> None:
    held = 0
    for job in jobs(assembly):
        [trust] = job.role.trust
        assert trust.allows
        found = {resource_of(arn) for arn in trust.condition("ArnLike", "aws:SourceArn")}
        assert found == sources(job), job.role.where
        held += bool(found)
    assert held


def loose_key_use(found: Iterable[Statement]) -> Iterator[str]:
    """Statements that let a key be used otherwise than through one service."""
    for statement in found:
        # With a key that signs nothing is encrypted; one role has it, and no service.
        uses = any(action.startswith("kms:") for action in {*statement.actions} - SIGNATURES)
        via = statement.condition("StringEquals", "kms:ViaService")
        if statement.allows and uses:
            service = via[0].partition(".")[0] if len(via) == 1 else ""
            context = statement.condition("ArnLike", "kms:EncryptionContext:aws:s3:arn")
            if service not in {"s3", "secretsmanager", "sns"} or (service == "s3" and not context):
                yield statement.where


def foreign_objects(found: Iterable[Statement]) -> Iterator[str]:
    """Statements that reach objects in buckets of other accounts."""
    for statement in found:
        objects = {*READ, *WRITE} & set(statement.actions)
        accounts = statement.condition("StringEquals", "aws:ResourceAccount")
        one = len(accounts) == 1 and ACCOUNT.fullmatch(accounts[0])
        if statement.allows and objects and not one:
            yield statement.where


def test_a_key_is_used_through_one_service_alone(assembly: Assembly) -> None:
    for job in jobs(assembly):
        assert list(loose_key_use(job.role.statements)) == []


def test_objects_of_other_accounts_are_out_of_reach(assembly: Assembly) -> None:
    for role in roles(assembly):
        assert list(foreign_objects(role.statements)) == []


def test_no_role_deletes_lists_or_opens_objects(assembly: Assembly) -> None:
    """People may list what gates decided, and no more; test_people has them."""
    for role in roles(assembly):
        listed = {"s3:ListBucket"} if is_person(role) else set()
        assert not [a for a in role.actions - listed if a.startswith(NEVER)], role.where


@pytest.mark.parametrize(
    ("conditions", "loose"),
    [
        ({}, True),
        ({"StringEquals": {"kms:ViaService": ("ec2.eu-west-1.amazonaws.com",)}}, True),
        ({"StringEquals": {"kms:ViaService": ("s3.eu-west-1.amazonaws.com",)}}, True),
        ({"StringLike": {"kms:ViaService": ("secretsmanager.eu-west-1.amazonaws.com",)}}, True),
        ({"StringEquals": {"kms:ViaService": ("secretsmanager.eu-west-1.amazonaws.com",)}}, False),
        (
            {
                "StringEquals": {"kms:ViaService": ("s3.eu-west-1.amazonaws.com",)},
                "ArnLike": {"kms:EncryptionContext:aws:s3:arn": ("arn:aws:s3:::a",)},
            },
            False,
        ),
    ],
)
def test_a_loose_use_of_a_key_is_found(
    conditions: dict[str, dict[str, tuple[str, ...]]], *, loose: bool
) -> None:
    found = [Statement(where="here", actions=("kms:Decrypt",), conditions=conditions)]
    assert list(loose_key_use(found)) == ["here"] * loose


def test_an_object_of_another_account_is_found() -> None:
    account = {"StringEquals": {"aws:ResourceAccount": ("111122223333",)}}
    found = [
        Statement(where="open", actions=("s3:PutObject",)),
        Statement(where="held", actions=("s3:PutObject",), conditions=account),
        Statement(where="no object", actions=("s3:GetBucketLocation",)),
    ]
    assert list(foreign_objects(found)) == ["open"]
