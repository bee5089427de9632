"""A code signing configuration refuses code, and says whose it takes."""

from typing import Any

import pytest

from lockgate.rules.code_signing_enforced import POLICY, PUBLISHERS, RULE
from tests.constructs.rules.judging import MISSING, breaches, changed

RIGHT: dict[str, Any] = {
    "AllowedPublishers": {"SigningProfileVersionArns": [{"Fn::GetAtt": ["P", "VersionArn"]}]},
    "CodeSigningPolicies": {"UntrustedArtifactOnDeployment": "Enforce"},
}


def test_a_configuration_that_enforces_the_signature_of_one_profile_passes() -> None:
    assert breaches(RULE, RIGHT) == []


@pytest.mark.parametrize("value", ["Warn", {"Ref": "Policy"}, MISSING])
def test_one_that_does_not_enforce_is_found(value: object) -> None:
    assert breaches(RULE, changed(RIGHT, POLICY, value)) == [f".{POLICY}"]


@pytest.mark.parametrize("value", [[], ["arn:one", "arn:two"], MISSING])
def test_one_that_does_not_say_whose_code_it_takes_is_found(value: object) -> None:
    assert breaches(RULE, changed(RIGHT, PUBLISHERS, value)) == [f".{PUBLISHERS}"]
