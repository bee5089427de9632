"""The records of what gates decided, in the artifact store."""

from aws_cdk import aws_s3 as s3

from lockgate.permissions import (
    USE_KEY,
    WRITE_OBJECTS,
    Permission,
    on_objects,
    use_artifact_key,
)

# The folder of the artifact store; decision.py of the gate's package writes there.
DECISIONS = "decisions"
# A year, and a month to ask about it.
KEPT_DAYS = 400
READ = ("s3:GetObject",)
NAMED_BY_CODEDEPLOY = "A record is called by its deployment, which CodeDeploy names."


def keep_records(store: s3.IBucket, function_name: str) -> list[Permission]:
    """Read and write the records of one function's deployments; never delete or list them."""
    folder = f"{DECISIONS}/{function_name}"
    return [
        on_objects(store, folder, (*READ, *WRITE_OBJECTS), NAMED_BY_CODEDEPLOY),
        use_artifact_key(store, USE_KEY),
    ]
