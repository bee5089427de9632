"""The freeze parameter, read and written."""

from typing import Any

from botocore.exceptions import ClientError

from operations.aws import is_error
from operations.freeze.notice import Notice


def read(ssm: Any, name: str) -> Notice | None:  # noqa: ANN401 - boto3 has no types
    """What the parameter says; None where it is missing or the gate would not understand it.

    Raises:
        ClientError: it may not be read.
    """
    try:
        found = ssm.get_parameter(Name=name)
    except ClientError as error:
        if is_error(error, "ParameterNotFound"):
            return None
        raise
    return Notice.parsed(found["Parameter"]["Value"])


def said(notice: Notice | None) -> str:
    """What a person is told of it."""
    if notice is None:
        return "missing or unreadable, which holds all production"
    return str(notice)


def write(ssm: Any, name: str, notice: Notice) -> None:  # noqa: ANN401 - boto3 has no types
    """Make the parameter say this.

    Raises:
        ClientError: it may not be written.
    """
    ssm.put_parameter(Name=name, Value=notice.text(), Type="String", Overwrite=True)
