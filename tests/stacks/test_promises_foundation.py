"""What the pipelines share is encrypted, private, recorded and kept."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from delivery import Delivery
from stacks import names
from stacks.app import context
from stacks.foundation import FoundationStack
from tests.assembly import Assembly, as_list, empty_packer, statements

LONGEST_WAIT_DAYS = 30


def foundation(assembly: Assembly) -> str:
    return names.shared_stack(assembly.delivery, names.FOUNDATION)


def of_type(assembly: Assembly, stack: str, resource_type: str) -> dict[str, dict[str, Any]]:
    """The resources of a type in a stack, whole, by logical id."""
    resources = assembly.templates[stack]["Resources"]
    found = {i: r for i, r in resources.items() if r["Type"] == resource_type}
    assert found, f"{stack} has no {resource_type}"
    return found


def artifact_store(assembly: Assembly) -> tuple[str, dict[str, Any]]:
    """The bucket that the foundation exports to the pipelines, and that they use."""
    export = names.export(assembly.delivery, names.ARTIFACTS)
    for _, _, pipeline in assembly.resources("AWS::CodePipeline::Pipeline"):
        assert pipeline["ArtifactStore"]["Location"] == {"Fn::ImportValue": export}
    template = assembly.templates[foundation(assembly)]
    [bucket] = [
        output["Value"]["Ref"]
        for output in template["Outputs"].values()
        if output["Export"]["Name"] == export
    ]
    return bucket, template["Resources"][bucket]


def test_the_artifact_store_is_encrypted_with_a_key_of_its_own(assembly: Assembly) -> None:
    store_id, store = artifact_store(assembly)
    [rule] = store["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    default = rule["ServerSideEncryptionByDefault"]
    assert default["SSEAlgorithm"] == "aws:kms"
    key = default["KMSMasterKeyID"]["Fn::GetAtt"][0]
    resources = assembly.templates[foundation(assembly)]["Resources"]
    assert resources[key]["Type"] == "AWS::KMS::Key"
    users = [i for i, r in resources.items() if i != key and f'"{key}"' in json.dumps(r)]
    encrypting = [i for i in users if resources[i]["Type"] != "AWS::IAM::ManagedPolicy"]
    assert encrypting == [store_id]


def test_the_pipelines_encrypt_with_that_key(assembly: Assembly) -> None:
    _, store = artifact_store(assembly)
    [rule] = store["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    export = names.export(assembly.delivery, names.ARTIFACT_KEY)
    [exported] = [
        output["Value"]
        for output in assembly.templates[foundation(assembly)]["Outputs"].values()
        if output["Export"]["Name"] == export
    ]
    assert exported == rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    for _, _, pipeline in assembly.resources("AWS::CodePipeline::Pipeline"):
        assert pipeline["ArtifactStore"]["EncryptionKey"] == {
            "Id": {"Fn::ImportValue": export},
            "Type": "KMS",
        }


def test_the_artifact_store_is_versioned(assembly: Assembly) -> None:
    _, store = artifact_store(assembly)
    assert store["Properties"]["VersioningConfiguration"] == {"Status": "Enabled"}


def test_the_artifact_store_is_private(assembly: Assembly) -> None:
    _, store = artifact_store(assembly)
    assert all(store["Properties"]["PublicAccessBlockConfiguration"].values())
    assert store["Properties"]["OwnershipControls"]["Rules"] == [
        {"ObjectOwnership": "BucketOwnerEnforced"}
    ]


def test_access_to_the_artifact_store_is_logged_to_another_bucket(assembly: Assembly) -> None:
    store_id, store = artifact_store(assembly)
    logs = store["Properties"]["LoggingConfiguration"]["DestinationBucketName"]["Ref"]
    assert logs != store_id
    assert logs in of_type(assembly, foundation(assembly), "AWS::S3::Bucket")


def rules(store: dict[str, Any]) -> dict[str, int | None]:
    """After how many days an object of each folder expires; all folders are one without a name."""
    found = store["Properties"]["LifecycleConfiguration"]["Rules"]
    assert all(rule["Status"] == "Enabled" for rule in found)
    return {rule.get("Prefix", ""): rule.get("ExpirationInDays") for rule in found}


def test_decisions_and_what_an_approver_saw_are_kept_for_more_than_a_year_and_not_for_ever(
    assembly: Assembly,
) -> None:
    _, store = artifact_store(assembly)
    signing = {"signing/": 7} if assembly.delivery.supply.code_signing else {}
    assert rules(store) == {"": None, "decisions/": 400, "reviews/": 400} | signing


def undeletable(assembly: Assembly, stack: str, bucket: str) -> Iterator[str]:
    """The folders from which a bucket's policy lets nobody delete, whatever else is allowed."""
    arn = {"Fn::GetAtt": [bucket, "Arn"]}
    for _, _, properties in assembly.resources("AWS::S3::BucketPolicy", stack):
        for statement in statements(properties["PolicyDocument"]):
            if (
                properties["Bucket"] == {"Ref": bucket}
                and statement["Effect"] == "Deny"
                and statement["Principal"] == {"AWS": "*"}
                and {"s3:DeleteObject", "s3:DeleteObjectVersion"} <= set(statement["Action"])
                and "Condition" not in statement
            ):
                for resource in as_list(statement["Resource"]):
                    joined = resource["Fn::Join"][1]
                    assert joined[0] == arn
                    yield joined[1]


def test_nobody_deletes_the_record_of_a_decision_or_what_an_approver_saw(
    assembly: Assembly,
) -> None:
    """Who would must change the policy of the bucket first, of which an alarm tells."""
    store_id, _ = artifact_store(assembly)
    found = list(undeletable(assembly, foundation(assembly), store_id))
    signing = ["/signing/*"] if assembly.delivery.supply.code_signing else []
    assert found == ["/decisions/*", "/reviews/*", *signing]


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("Effect", "Allow"),
        ("Principal", {"AWS": "arn:aws:iam::111122223333:root"}),
        ("Action", ["s3:DeleteObject"]),
        ("Condition", {"Bool": {"aws:MultiFactorAuthPresent": "false"}}),
    ],
)
def test_a_record_that_somebody_could_delete_is_found(
    sample: Assembly, change: str, value: object
) -> None:
    store_id, _ = artifact_store(sample)
    stack = foundation(sample)
    template = json.loads(json.dumps(sample.templates[stack]))
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::S3::BucketPolicy":
            for statement in statements(resource["Properties"]["PolicyDocument"]):
                if statement.get("Sid") == "RecordsAreNotDeleted":
                    statement[change] = value
    planted = Assembly(sample.delivery, sample.out)
    planted.__dict__["templates"] = {**sample.templates, stack: template}
    assert list(undeletable(planted, stack, store_id)) == []


def test_the_artifact_store_is_kept(assembly: Assembly) -> None:
    _, store = artifact_store(assembly)
    assert (store["DeletionPolicy"], store["UpdateReplacePolicy"]) == ("Retain", "Retain")


def denied_without_tls(assembly: Assembly) -> Iterator[tuple[str, str, str]]:
    """Each bucket whose policy denies everything without TLS, and how it asks for it."""
    for stack, _, properties in assembly.resources("AWS::S3::BucketPolicy"):
        bucket = properties["Bucket"]["Ref"]
        arn = {"Fn::GetAtt": [bucket, "Arn"]}
        whole = [arn, {"Fn::Join": ["", [arn, "/*"]]}]
        for statement in statements(properties["PolicyDocument"]):
            if (
                statement["Effect"] == "Deny"
                and statement["Principal"] == {"AWS": "*"}
                and statement["Action"] == "s3:*"
                and statement["Resource"] == whole
            ):
                yield stack, bucket, json.dumps(statement["Condition"], sort_keys=True)


@pytest.mark.parametrize(
    "condition",
    [{"Bool": {"aws:SecureTransport": "false"}}, {"NumericLessThan": {"s3:TlsVersion": 1.2}}],
    ids=["TLS", "TLS 1.2"],
)
def test_every_bucket_is_reached_over_tls_only(
    assembly: Assembly, condition: dict[str, Any]
) -> None:
    buckets = {(stack, i) for stack, i, _ in assembly.resources("AWS::S3::Bucket")}
    wanted = json.dumps(condition, sort_keys=True)
    assert len(buckets) == 3
    assert {(s, b) for s, b, asked in denied_without_tls(assembly) if asked == wanted} == buckets


def test_every_key_that_encrypts_rotates_and_each_waits_thirty_days_and_is_kept(
    assembly: Assembly,
) -> None:
    stacks = {stack for stack, _, _ in assembly.resources("AWS::KMS::Key")}
    assert foundation(assembly) in stacks
    for stack in stacks:
        for key in of_type(assembly, stack, "AWS::KMS::Key").values():
            # KMS rotates no key of two halves.
            signs = key["Properties"].get("KeyUsage") == "SIGN_VERIFY"
            assert signs or key["Properties"]["EnableKeyRotation"] is True
            assert key["Properties"]["PendingWindowInDays"] == LONGEST_WAIT_DAYS
            assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_no_key_is_used_by_the_whole_account_without_a_service_between(
    assembly: Assembly,
) -> None:
    for stack, logical_id, key in assembly.resources("AWS::KMS::Key"):
        for statement in statements(key["KeyPolicy"]):
            if "kms:Decrypt" in as_list(statement["Action"]) and ":root" in json.dumps(
                statement["Principal"]
            ):
                assert "kms:ViaService" in json.dumps(statement["Condition"]), (stack, logical_id)
            assert "kms:*" not in as_list(statement["Action"])


def test_the_topic_is_encrypted_with_a_key_of_the_foundation(assembly: Assembly) -> None:
    topic = assembly.only("AWS::SNS::Topic", foundation(assembly))
    assert topic["TopicName"] == names.topic(assembly.delivery)
    key = topic["KmsMasterKeyId"]["Fn::GetAtt"][0]
    assert key in of_type(assembly, foundation(assembly), "AWS::KMS::Key")


def test_the_topics_key_lets_those_encrypt_who_may_publish(assembly: Assembly) -> None:
    stack = foundation(assembly)
    topic = assembly.only("AWS::SNS::Topic", stack)
    keys = of_type(assembly, stack, "AWS::KMS::Key")
    key = keys[topic["KmsMasterKeyId"]["Fn::GetAtt"][0]]["Properties"]
    publishers = {
        statement["Principal"]["Service"]
        for statement in statements(assembly.only("AWS::SNS::TopicPolicy", stack)["PolicyDocument"])
        if statement["Effect"] == "Allow"
    }
    users = {
        service
        for statement in statements(key["KeyPolicy"])
        if {"kms:Decrypt", "kms:GenerateDataKey"} <= set(as_list(statement["Action"]))
        for service in as_list(statement["Principal"].get("Service", []))
        if isinstance(service, str)
    }
    assert publishers == {"cloudwatch.amazonaws.com", "events.amazonaws.com"}
    assert publishers <= users


def test_those_to_notify_are_subscribed_and_nobody_else(assembly: Assembly) -> None:
    found = [p["Endpoint"] for _, _, p in assembly.resources("AWS::SNS::Subscription")]
    assert found == list(assembly.delivery.toolchain.notify)


def repositories(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The repositories of a template, whole, by name."""
    return {
        resource["Properties"]["RepositoryName"]: resource
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::CodeCommit::Repository"
    }


def test_each_repository_begins_empty_and_is_kept(assembly: Assembly) -> None:
    found = repositories(assembly.templates[foundation(assembly)])
    assert set(found) == {assembly.delivery.repository(s) for s in assembly.delivery.services}
    for repository in found.values():
        assert "Code" not in repository["Properties"]
        assert repository["DeletionPolicy"] == "Retain"
        assert repository["UpdateReplacePolicy"] == "Retain"


def test_only_the_foundation_makes_repositories(assembly: Assembly) -> None:
    made = {stack for stack, _, _ in assembly.resources("AWS::CodeCommit::Repository")}
    assert made == {foundation(assembly)}


SHARED = {"provider": "codecommit", "repository": "monorepo", "branch": "main"}
APART = ["first", "second"]


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        ([SHARED, SHARED], ["monorepo"]),
        ([SHARED, {**SHARED, "branch": "release"}], ["monorepo"]),
        ([{**SHARED, "repository": name} for name in APART], APART),
        ([{}, {}], ["acme"]),
    ],
    ids=["shared", "two branches", "one each", "unnamed"],
)
def test_a_repository_is_made_once_for_the_services_that_share_it(
    full: Assembly, tmp_path: Path, sources: list[dict[str, str]], expected: list[str]
) -> None:
    data = full.delivery.model_dump(exclude_none=True)
    for service, source in zip(data["services"], sources, strict=True):
        service["source"] = source
    app = cdk.App(context=context(), outdir=str(tmp_path), analytics_reporting=False)
    package = empty_packer(tmp_path)("package", [], out=tmp_path)
    delivery = Delivery.model_validate(data)
    stack = FoundationStack(
        app,
        delivery=delivery,
        release_package=package,
        provenance_package=package,
        source_package=package,
    )
    template = cdk.assertions.Template.from_stack(stack).to_json()
    made = [
        resource["Properties"]["RepositoryName"]
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::CodeCommit::Repository"
    ]
    assert sorted(made) == sorted(expected)


def test_the_freeze_begins_thawed(assembly: Assembly) -> None:
    parameter = assembly.only("AWS::SSM::Parameter", foundation(assembly))
    assert (parameter["Name"], parameter["Type"]) == (
        f"/{assembly.delivery.name}/freeze",
        "String",
    )
    assert json.loads(parameter["Value"]) == {
        "frozen": False,
        "reason": "",
        "by": "",
        "since": "",
        "environments": [],
    }


def test_the_gates_are_called_by_the_delivery_and_what_they_do(assembly: Assembly) -> None:
    """Pipelines name them, and import nothing."""
    found = {
        function["FunctionName"]: function["Handler"]
        for _, _, function in assembly.resources("AWS::Lambda::Function", foundation(assembly))
        if function["Handler"].partition(".")[0] in ("freeze", "review", "soak")
    }
    assert found == {
        f"{assembly.delivery.name}-{gate}": f"{gate}.handle"
        for gate in ("freeze", "review", "soak")
    }


def loose_buckets(assembly: Assembly) -> Iterator[str]:
    """Buckets with access lists, without versions, without a log of access, or that only grow."""
    for stack, logical_id, bucket in assembly.resources("AWS::S3::Bucket"):
        logs_others = any(
            "logging.s3.amazonaws.com" in json.dumps(policy)
            for _, _, policy in assembly.resources("AWS::S3::BucketPolicy", stack)
            if policy["Bucket"] == {"Ref": logical_id}
        )
        [encryption] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        # S3 delivers its logs only where it encrypts with a key of its own.
        algorithm = "AES256" if logs_others else "aws:kms"
        rules = bucket["LifecycleConfiguration"]["Rules"]
        sound = (
            bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
            and bucket["VersioningConfiguration"] == {"Status": "Enabled"}
            and encryption["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == algorithm
            and logs_others != bool(bucket.get("LoggingConfiguration"))
            and logs_others != bool(encryption.get("BucketKeyEnabled"))
            and all(rule["Status"] == "Enabled" for rule in rules)
            and any("NoncurrentVersionExpiration" in rule for rule in rules)
            and any("AbortIncompleteMultipartUpload" in rule for rule in rules)
        )
        if not sound:
            yield f"{stack}/{logical_id}"


def test_every_bucket_is_encrypted_versioned_logged_and_cleaned_up(assembly: Assembly) -> None:
    assert list(loose_buckets(assembly)) == []


def test_all_access_is_logged_to_the_one_bucket_for_it_under_a_prefix_of_its_own(
    assembly: Assembly,
) -> None:
    logged = [
        p["LoggingConfiguration"]
        for _, _, p in assembly.resources("AWS::S3::Bucket")
        if "LoggingConfiguration" in p
    ]
    prefixes = [logging["LogFilePrefix"] for logging in logged]
    assert len(set(prefixes)) == len(logged) == 2
    outputs = assembly.templates[foundation(assembly)]["Outputs"].values()
    by_export = {output["Export"]["Name"]: output["Value"] for output in outputs}
    targets = {
        json.dumps(by_export[target["Fn::ImportValue"]] if "Fn::ImportValue" in target else target)
        for target in (logging["DestinationBucketName"] for logging in logged)
    }
    assert len(targets) == 1


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("OwnershipControls", {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}),
        ("VersioningConfiguration", {"Status": "Suspended"}),
        ("LoggingConfiguration", None),
        ("LifecycleConfiguration", {"Rules": [{"Status": "Enabled"}]}),
    ],
)
def test_a_loose_bucket_is_found(sample: Assembly, change: str, value: object) -> None:
    store_id, _ = artifact_store(sample)
    stack = foundation(sample)
    template = json.loads(json.dumps(sample.templates[stack]))
    template["Resources"][store_id]["Properties"][change] = value
    planted = Assembly(sample.delivery, sample.out)
    planted.__dict__["templates"] = {**sample.templates, stack: template}
    assert list(loose_buckets(planted)) == [f"{stack}/{store_id}"]
