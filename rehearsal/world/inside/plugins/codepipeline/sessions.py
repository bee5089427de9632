"""As whom an action acts, and what its failures are called."""

from collections.abc import Callable

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.world.inside.plugins.codepipeline.action import ActionFailedError
from rehearsal.world.inside.plugins.codepipeline.pipeline import Pipeline
from rehearsal.world.inside.plugins.codepipeline.record import Execution
from rehearsal.world.inside.role_session import NotTrustedError, RoleSession, assume

SERVICE = "codepipeline.amazonaws.com"
MOST_LETTERS = 5000
SERVER_ERROR = 500
DENIED_STATUS = 403
RENEWED_SECONDS = 50 * 60.0


def session_for(pipeline: Pipeline, execution: Execution, role: str, name: str) -> RoleSession:
    """A session of the pipeline's own role, or of the one that it assumes for an action.

    Args:
        pipeline: whose action it is.
        execution: whose declaration names the pipeline's role.
        role: the action's role, or nothing.
        name: the session's.

    Raises:
        NotTrustedError: the pipeline's role does not trust CodePipeline.
        ClientError: the pipeline's role may not assume the action's.
    """
    own = assume(
        pipeline.world,
        execution.declared["roleArn"],
        service=SERVICE,
        session_name=name,
        source_arn=pipeline.arn,
    )
    if not role:
        return own
    return _Chained(own, role, name, pipeline.world.clock.now).session


class _Chained:
    """An action's session, begun anew before its hour is over: an action may last for days.

    A role that a role assumes has an hour at most (IAM User Guide, "Role chaining").
    """

    def __init__(self, own: RoleSession, role: str, name: str, now: Callable[[], float]) -> None:
        self._own, self._role, self._name, self._now = own, role, name, now
        self.session = self._begin()

    def _begin(self) -> RoleSession:
        asked = {"RoleArn": self._role, "RoleSessionName": self._name}
        given = self._own.client("sts").assume_role(**asked)["Credentials"]
        self._until = self._now() + RENEWED_SECONDS
        return RoleSession(
            credentials={
                "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
                "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
                "AWS_SESSION_TOKEN": given["SessionToken"],
            },
            region=self._own.region,
            party=self._own.party,
            renewed=self._renewed,
        )

    def _renewed(self, _session: RoleSession) -> RoleSession:
        if self._now() >= self._until:
            self.session = self._begin()
        return self.session


def fault(error: Exception) -> tuple[str, str]:
    """Code and message of an action's failure, by the names that CodePipeline has."""
    if isinstance(error, ActionFailedError):
        code = error.code
    elif isinstance(error, NotTrustedError) or _is_denial(error):
        code = "PermissionError"
    elif isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = "SystemUnavailable" if status >= SERVER_ERROR else "ConfigurationError"
    else:
        # No action of AWS's fails so: something of the world itself is broken.
        code = "SystemUnavailable" if isinstance(error, BotoCoreError) else "InternalError"
    message = repr(error) if code == "InternalError" else str(error)
    return code, (message or code)[:MOST_LETTERS]


def _is_denial(error: Exception) -> bool:
    if not isinstance(error, ClientError):
        return False
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status == DENIED_STATUS or "AccessDenied" in code or code == "AuthorizationError"
