"""The actions of a pipeline that attest a release, and check that before each deployment."""

from collections.abc import Mapping

from aws_cdk import aws_codepipeline as codepipeline
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from lockgate.action_roles import ActionRoles
from lockgate.artifact_store import ArtifactStore
from lockgate.gate_parameters import provenance_parameters
from lockgate.permissions import Permission
from lockgate.pipeline_actions import invoke
from lockgate.pipeline_permissions import INVOKE
from lockgate.site import ASSEMBLY, ASSETS, EVIDENCE, PROVENANCE, SIGNED

ATTEST, CHECK = "Attest", "CheckProvenance"
# Before anything else in a stage that publishes or deploys.
FIRST = 1
TAKEN = (ASSEMBLY, ASSETS, EVIDENCE)
CHECKED = (ASSEMBLY, ASSETS, PROVENANCE)


class ProvenanceActions(Construct):
    """Makes the one action that attests, and one that checks for each stage that deploys.

    Each has a role of its own. Cost nothing.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        roles: ActionRoles,
        store: ArtifactStore,
        artifacts: Mapping[str, codepipeline.Artifact],
        functions: tuple[str, str],
        projects: Mapping[str, str],
        signer: str | None = None,
    ) -> None:
        """Prepare to make actions.

        Args:
            scope: the parent.
            id_: the construct's id.
            roles: makes their roles.
            store: where the artifacts are.
            artifacts: by name.
            functions: the names of those that attest and check.
            projects: the project of each build that puts out artifacts, by the action's name.
            signer: the name of the function that had code signed, where it is.
        """
        super().__init__(scope, id_)
        self._roles, self._store, self._artifacts = roles, store, artifacts
        self._parameters = provenance_parameters(store.pipeline_name, projects, signer)
        self._taken = (*TAKEN, SIGNED) if signer else TAKEN
        self._checked = (ASSEMBLY, SIGNED, PROVENANCE) if signer else CHECKED
        self._attest, self._check = (
            lambda_.Function.from_function_name(self, name, name) for name in functions
        )

    def attest(self) -> codepipeline.IAction:
        """Say how the release was built, and sign it."""
        return invoke(
            ATTEST,
            function=self._attest,
            parameters=self._parameters,
            role=self._roles.make(
                "pipeline-attest",
                "Attest a release",
                [
                    self._may_invoke(self._attest),
                    *self._store.transfer(read=self._taken, write=[PROVENANCE]),
                ],
            ),
            inputs=[self._artifacts[name] for name in self._taken],
            outputs=[self._artifacts[PROVENANCE]],
        )

    def check(self, role: str) -> codepipeline.IAction:
        """Go on only with a release whose provenance holds; first in its stage.

        Args:
            role: what its role is called, behind the pipeline's name.
        """
        return invoke(
            CHECK,
            function=self._check,
            parameters=self._parameters,
            role=self._roles.make(
                role,
                "Check the provenance of a release before it is deployed",
                [self._may_invoke(self._check), *self._store.transfer(read=self._checked)],
            ),
            inputs=[self._artifacts[name] for name in self._checked],
            run_order=FIRST,
        )

    def _may_invoke(self, function: lambda_.IFunction) -> Permission:
        return Permission(actions=INVOKE, resources=[function.function_arn])
