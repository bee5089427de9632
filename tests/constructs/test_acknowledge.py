"""A value is written as cdk-nag writes it, so that an acknowledgement meets its finding."""

import aws_cdk as cdk
import pytest

from lockgate.acknowledge import acknowledge, flatten


@pytest.mark.parametrize(
    ("value", "flat"),
    [
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/*"),
        ({"Ref": "AWS::Region"}, "<AWS::Region>"),
        ({"Fn::GetAtt": ["Role", "Arn"]}, "<Role.Arn>"),
        ({"Fn::ImportValue": "shop-artifacts"}, "shop-artifacts"),
        (
            {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::a/*"]]},
            "arn:<AWS::Partition>:s3:::a/*",
        ),
        ({"Fn::Join": ["/", ["a", {"Fn::Join": ["-", ["b", "c"]]}]]}, "a/b-c"),
        ({"Fn::Join": ["", [{"Fn::ImportValue": "bucket"}, "/*"]]}, "bucket/*"),
        ("arn:${AWS::Partition}:s3:::a", "arn:<AWS::Partition>:s3:::a"),
    ],
)
def test_a_value_is_written_as_cdk_nag_writes_it(value: object, flat: str) -> None:
    assert flatten(value) == flat


def test_tokens_of_the_cdk_are_written_by_logical_id() -> None:
    stack = cdk.Stack(cdk.App(), "stack")
    bucket = cdk.CfnResource(stack, "Bucket", type="AWS::S3::Bucket")
    resource = f"arn:{stack.partition}:s3:::{bucket.ref}/{bucket.get_att('Arn').to_string()}"
    assert flatten(stack.resolve(resource)) == "arn:<AWS::Partition>:s3:::<Bucket>/<Bucket.Arn>"


@pytest.mark.parametrize(
    "value",
    [{"Fn::Select": [0, ["a"]]}, {"Fn::Join": ["", [{"Fn::Split": ["/", "a/b"]}]]}, 3, None, []],
)
def test_what_a_resource_is_never_made_of_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="strings, Ref, GetAtt and Join"):
        flatten(value)


def test_an_acknowledgement_without_its_pack_says_how_it_is_written() -> None:
    stack = cdk.Stack(cdk.App(), "packless")
    with pytest.raises(ValueError, match=r"AwsSolutions-S1: name the rule pack first.*::AwsSolut"):
        acknowledge(stack, "AwsSolutions-S1", "The pack is missing from this id.")
