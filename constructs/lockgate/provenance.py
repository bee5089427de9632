"""The functions that say how a release was built, and see that what is deployed is that."""

from collections.abc import Sequence

from constructs import Construct

from lockgate.job_functions import JobFunction, JobHome, job_functions
from lockgate.permissions import Permission, arn
from lockgate.release_gates import ASK_EXECUTION
from lockgate.shared_functions import ATTEST, CHECK_PROVENANCE, function_name
from lockgate.signing_key import SIGN, VERIFY, SigningKey

ASK_ACTIONS = ("codepipeline:ListActionExecutions",)
ASK_BUILDS = ("codebuild:BatchGetBuilds",)
# What both may do, logs and reports apart.
ALL_ACTIONS = (*ASK_EXECUTION, *ASK_ACTIONS, *ASK_BUILDS, *SIGN, *VERIFY)
# Lambda gives processor time by memory, and the artifacts are read and measured as a whole.
MEMORY_MB = 1024
TIMEOUT_SECONDS = 300
SHARED = "One function serves each pipeline of the delivery."


class ReleaseProvenance(Construct):
    """Attests each release of a delivery, and checks that before anything of it is deployed.

    `attest` asks CodePipeline and CodeBuild how a release was built, measures its artifacts and
    signs what it found with a key that no other role can sign with. `check-provenance` verifies
    the signature and that what is about to be deployed is what was attested. Both read and write
    artifacts only with what CodePipeline lends for a job. They hold no state. The key costs 1 USD
    a month, the rest nothing when idle.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        home: JobHome,
    ) -> None:
        """Make the functions and the key.

        Args:
            scope: the parent.
            id_: the construct's id.
            home: where they live.
        """
        super().__init__(scope, id_)
        attest = function_name(home.delivery, ATTEST)
        signing = SigningKey(
            self,
            "SigningKey",
            purpose=f"The provenance of the releases of {home.delivery}",
            signer_arn=arn(self, "iam", f"role{home.role_path}{attest}", region=False),
        )
        self.key = signing.key
        builds = arn(self, "codebuild", f"project/{home.delivery}-*")
        pipelines = arn(self, "codepipeline", f"{home.delivery}-*")
        execution = _shared(ASK_EXECUTION, pipelines)
        environment = {
            "BUILDER": arn(self, "lambda", f"function:{attest}"),
            "KEY": signing.key.key_arn,
            "PROJECTS": arn(self, "codebuild", "build/"),
        }
        wanted = {
            ATTEST: JobFunction(
                job="Say how a release was built, and sign it",
                environment=environment,
                permissions=[
                    execution,
                    _shared(ASK_ACTIONS, pipelines),
                    _shared(ASK_BUILDS, builds),
                    signing.sign(),
                ],
            ),
            CHECK_PROVENANCE: JobFunction(
                job="Check a release's provenance before it is deployed",
                environment=environment,
                permissions=[execution, signing.verify()],
            ),
        }
        self.functions = job_functions(
            self,
            wanted,
            home=home,
            memory_mb=MEMORY_MB,
            timeout_seconds=TIMEOUT_SECONDS,
        )


def _shared(actions: Sequence[str], resource: str) -> Permission:
    return Permission(actions=actions, resources=[resource], wildcard_reason=SHARED)
