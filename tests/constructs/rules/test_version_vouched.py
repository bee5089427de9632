"""A version is published of the bytes that were built, or of code that was signed."""

import pytest

from lockgate.rules.version_vouched import RULE
from tests.constructs.rules.judging import breaches

VERSION = {"FunctionName": {"Ref": "App"}}


def app(**properties: object) -> dict[str, dict[str, object]]:
    return {"App": {"Type": "AWS::Lambda::Function", "Properties": properties}}


def test_a_version_of_the_digest_that_was_built_passes() -> None:
    assert breaches(RULE, {**VERSION, "CodeSha256": "digest"}, beside=app()) == []


def test_a_version_of_a_function_that_takes_signed_code_alone_passes() -> None:
    assert breaches(RULE, VERSION, beside=app(CodeSigningConfigArn="arn")) == []


@pytest.mark.parametrize("version", [VERSION, {"FunctionName": "app"}, {}])
def test_a_version_that_nothing_vouches_for_is_found(version: dict[str, object]) -> None:
    assert breaches(RULE, version, beside=app()) == [".CodeSha256"]
