"""The pipeline's actions, each run by a role of its own."""

import json
from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_codepipeline_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3

from lockgate.action_roles import ActionRoles
from lockgate.permissions import Permission
from lockgate.pipeline_permissions import RELEASE, RUN_BUILD


def run_build(
    roles: ActionRoles,
    name: str,
    *,
    project: codebuild.IProject,
    source: codepipeline.Artifact,
    outputs: Sequence[codepipeline.Artifact] = (),
) -> codepipeline.IAction:
    """Run one build on the source, by a role made for it."""
    role = roles.make(
        f"pipeline-{name.lower()}",
        f"Run the {name.lower()} build",
        [Permission(actions=RUN_BUILD, resources=[project.project_arn])],
    )
    return start_build(name, project=project, source=source, role=role, outputs=outputs)


def start_build(
    name: str,
    *,
    project: codebuild.IProject,
    source: codepipeline.Artifact,
    role: iam.IRole,
    outputs: Sequence[codepipeline.Artifact] = (),
    run_order: int = 1,
) -> codepipeline.IAction:
    """Run one build on the source."""
    return actions.CodeBuildAction(
        action_name=name,
        project=project,
        input=source,
        outputs=list(outputs) or None,
        role=role,
        run_order=run_order,
    )


def publish_assets(
    name: str,
    *,
    assets: codepipeline.Artifact,
    bucket: s3.IBucket,
    role: iam.IRole,
    run_order: int = 1,
) -> codepipeline.IAction:
    """Copy the release's assets, as they were built, to where CloudFormation deploys from.

    No command runs here: CodePipeline copies the files, and their names are their digests.
    """
    return actions.S3DeployAction(
        action_name=name, input=assets, bucket=bucket, extract=True, role=role, run_order=run_order
    )


def invoke(
    name: str,
    *,
    function: lambda_.IFunction,
    parameters: Mapping[str, object],
    role: iam.IRole,
    inputs: Sequence[codepipeline.Artifact] = (),
    outputs: Sequence[codepipeline.Artifact] = (),
    variables: str | None = None,
    run_order: int = 1,
) -> codepipeline.IAction:
    """Hand a job to a function, which reports on it."""
    return actions.LambdaInvokeAction(
        action_name=name,
        lambda_=function,
        # Read by people in the console, too.
        user_parameters_string=json.dumps(parameters),
        inputs=list(inputs),
        outputs=list(outputs),
        variables_namespace=variables,
        run_order=run_order,
        role=role,
    )


def change_set(
    names: tuple[str, str],
    *,
    stack_name: str,
    assembly: codepipeline.Artifact,
    deployer: iam.IRole,
    roles: tuple[iam.IRole, iam.IRole],
    region: str | None = None,
    named_roles: bool = False,
    run_order: int = 1,
) -> list[codepipeline.IAction]:
    """Create a change set of the assembly's template, then execute it; two roles.

    Args:
        names: of the two actions.
        stack_name: the stack, and its template in the assembly.
        assembly: the artifact with the template.
        deployer: CloudFormation's role.
        roles: of the two actions.
        region: the stack's Region, where it is not the pipeline's.
        named_roles: whether the template gives roles a name.
        run_order: of the first action.
    """
    capability = cdk.CfnCapabilities.NAMED_IAM if named_roles else cdk.CfnCapabilities.ANONYMOUS_IAM
    return [
        actions.CloudFormationCreateReplaceChangeSetAction(
            action_name=names[0],
            stack_name=stack_name,
            change_set_name=RELEASE,
            template_path=assembly.at_path(f"{stack_name}.template.json"),
            cfn_capabilities=[capability],
            admin_permissions=False,
            deployment_role=deployer,
            role=roles[0],
            region=region,
            run_order=run_order,
        ),
        actions.CloudFormationExecuteChangeSetAction(
            action_name=names[1],
            stack_name=stack_name,
            change_set_name=RELEASE,
            role=roles[1],
            region=region,
            run_order=run_order + 1,
        ),
    ]
