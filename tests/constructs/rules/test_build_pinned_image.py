"""A build runs in an image that never changes under its name."""

import pytest

from lockgate.rules.build_pinned_image import RULE
from tests.constructs.rules.judging import breaches

REGISTRY = {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.eu-west-1.amazonaws.com/build@sha256:" + 64 * "a"}


@pytest.mark.parametrize(
    "image",
    [
        "aws/codebuild/amazonlinux-aarch64-standard:3.0-25.03.03",
        "python@sha256:" + 64 * "0",
        REGISTRY,
    ],
)
def test_a_dated_image_or_a_digest_passes(image: object) -> None:
    assert breaches(RULE, {"Environment": {"Image": image}}) == []


@pytest.mark.parametrize(
    "image",
    [
        "aws/codebuild/amazonlinux-aarch64-standard:3.0",
        "aws/codebuild/standard:latest",
        "python:3.13",
        "111122223333.dkr.ecr.eu-west-1.amazonaws.com/build:latest",
        {"Ref": "Image"},
        "",
    ],
)
def test_an_image_that_can_change_is_found(image: object) -> None:
    assert breaches(RULE, {"Environment": {"Image": image}}) == ["Environment.Image"]


def test_a_build_without_an_image_is_found() -> None:
    assert breaches(RULE, {}) == ["Environment.Image"]
