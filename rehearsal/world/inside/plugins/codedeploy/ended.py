"""Why a deployment goes no further."""

from botocore.exceptions import ClientError


class EndedError(Exception):
    """The deployment goes no further.

    Attributes:
        status: what it has now.
        code: CodeDeploy's `ErrorCode`.
        trigger: which automatic rollback it is an occasion for.
    """

    def __init__(self, status: str, code: str, message: str, trigger: str) -> None:
        super().__init__(message)
        self.status, self.code, self.trigger = status, code, trigger


def failed(code: str, message: str) -> EndedError:
    """It has failed by itself."""
    return EndedError("Failed", code, message, "DEPLOYMENT_FAILURE")


def failed_call(error: ClientError) -> EndedError:
    """It has failed in a call of Lambda's."""
    denied = "AccessDenied" in error.response["Error"]["Code"]
    return failed("IAM_ROLE_PERMISSIONS" if denied else "INVALID_LAMBDA_FUNCTION", str(error))
