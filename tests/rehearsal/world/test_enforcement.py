"""IAM is enforced, and a signature must be right."""

import boto3
import pytest
from botocore.exceptions import ClientError

from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client
from tests.rehearsal.world.lambdas import call, function

ASKS = """
import boto3

def handle(event, context):
    try:
        boto3.client("s3").list_objects_v2(Bucket=event["bucket"])
    except Exception as error:
        return {"code": error.response["Error"]["Code"]}
    return {"code": ""}
"""


def test_a_function_may_do_what_its_role_may_and_nothing_else(world: World, aws: Client) -> None:
    for bucket in ("mine", "theirs"):
        where = {"LocationConstraint": world.region}
        aws("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    mine = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::mine"}
    function(aws, "asks", ASKS, mine)
    assert call(aws, "asks", {"bucket": "mine"})["code"] == ""
    assert call(aws, "asks", {"bucket": "theirs"})["code"] == "AccessDenied"


def test_a_wrong_key_is_refused(world: World, aws: Client) -> None:
    aws("iam").create_user(UserName="someone")
    key = aws("iam").create_access_key(UserName="someone")["AccessKey"]
    forger = boto3.Session(
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key="guessed",
        region_name=world.region,
    )
    with pytest.raises(ClientError) as refused:
        world.client("sts", forger).get_caller_identity()
    assert refused.value.response["Error"]["Code"] == "SignatureDoesNotMatch"


def test_nothing_of_the_user_s_reaches_a_function(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("USERS_TOKEN", "secret")
    with World() as world:
        source = "import os\ndef handle(event, context): return dict(os.environ)"
        function(world.client, "env", source)
        seen = call(world.client, "env")
        assert seen["HOME"].startswith(str(world.folder))
    assert not {"HTTPS_PROXY", "AWS_PROFILE", "USERS_TOKEN"} & set(seen)
    assert list(home.iterdir()) == []
