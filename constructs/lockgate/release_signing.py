"""The function that has the code of releases signed, before they are attested."""

from aws_cdk import aws_s3 as s3
from constructs import Construct

from lockgate.job_functions import JobFunction, JobHome, job_functions
from lockgate.permissions import (
    READ_OBJECTS,
    USE_KEY,
    WRITE_OBJECTS,
    on_objects,
    use_artifact_key,
)
from lockgate.shared_functions import SIGN
from lockgate.signing_profile import ALL_ACTIONS as SIGN_ACTIONS
from lockgate.signing_profile import SigningProfile
from lockgate.site import SIGNING

ALL_ACTIONS = (*SIGN_ACTIONS, *READ_OBJECTS, *WRITE_OBJECTS, *USE_KEY)
# Lambda gives processor time by memory, and a package is compared as a whole.
MEMORY_MB = 1024
TIMEOUT_SECONDS = 300
# As long as a release may take to be signed, and a few days to look into one that was not.
KEPT_DAYS = 7


class ReleaseSigning(Construct):
    """Has AWS Signer sign the packages of each release, by the one role that may.

    `sign` takes what a build has put out, and puts it out again with each package signed that a
    function takes only so. AWS Signer reads and writes with the function's rights, in a folder of
    the store that is its own. It holds no state. Costs nothing when idle.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        home: JobHome,
        profile: SigningProfile,
        store: s3.IBucket,
    ) -> None:
        """Make the function.

        Args:
            scope: the parent.
            id_: the construct's id.
            home: where they live.
            profile: what it signs with.
            store: the artifact store, with its key.
        """
        super().__init__(scope, id_)
        by_digest = "A package is called by its execution and its digest, a signed one by its job."
        wanted = {
            SIGN: JobFunction(
                job="Have the code of a release signed",
                environment={
                    "PROFILE": profile.name,
                    "SIGNING": f"{store.bucket_name}/{SIGNING}",
                },
                permissions=[
                    *profile.sign(),
                    on_objects(store, SIGNING, (*READ_OBJECTS, *WRITE_OBJECTS), by_digest),
                    use_artifact_key(store, USE_KEY),
                ],
            )
        }
        self.functions = job_functions(
            self,
            wanted,
            home=home,
            memory_mb=MEMORY_MB,
            timeout_seconds=TIMEOUT_SECONDS,
        )
