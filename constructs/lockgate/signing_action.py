"""The action of a pipeline that has the code of a release signed."""

from collections.abc import Mapping

from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from lockgate.action_roles import ActionRoles
from lockgate.artifact_store import ArtifactStore
from lockgate.gate_parameters import signing_parameters
from lockgate.permissions import Permission
from lockgate.pipeline_actions import invoke
from lockgate.pipeline_permissions import INVOKE
from lockgate.site import ASSEMBLY, ASSETS, SIGNED

# The stage, and the one action in it.
SIGN = "Sign"
TAKEN = (ASSEMBLY, ASSETS)


def sign(
    scope: Construct,
    *,
    roles: ActionRoles,
    store: ArtifactStore,
    artifacts: Mapping[str, codepipeline.Artifact],
    function: str,
) -> codepipeline.IAction:
    """Put the assets out again, with the code signed that functions take only so.

    Args:
        scope: the parent.
        roles: makes its role.
        store: where the artifacts are.
        artifacts: by name.
        function: the name of the one that has code signed.
    """
    signer = lambda_.Function.from_function_name(scope, function, function)
    return invoke(
        SIGN,
        function=signer,
        parameters=signing_parameters(store.pipeline_name),
        role=roles.make(
            "pipeline-sign",
            "Have the code of a release signed",
            [
                Permission(actions=INVOKE, resources=[signer.function_arn]),
                *store.transfer(read=TAKEN, write=[SIGNED]),
            ],
        ),
        inputs=[artifacts[name] for name in TAKEN],
        outputs=[artifacts[SIGNED]],
    )
