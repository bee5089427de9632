"""What crosses accounts and Regions does so by name, and nothing more is trusted."""

from collections.abc import Iterator
from typing import Any

from stacks import names
from tests.assembly import Assembly, as_list, statements
from tests.iam.policies import text

TOOLCHAIN = "111122223333"
ELSEWHERE = {"222233334444", "333344445555"}


def landing_roles(assembly: Assembly) -> Iterator[tuple[str, dict[str, Any]]]:
    """The roles at places other than the toolchain's, with the stack that has them."""
    for stack, _, role in assembly.resources("AWS::IAM::Role"):
        if f"-{names.LANDING}-" in stack:
            yield stack, role


def account_of(stack: str) -> str:
    return stack.split("-")[2]


def test_a_landing_trusts_named_roles_of_the_toolchain_and_services_held_to_it(
    three_accounts: Assembly,
) -> None:
    named = {
        f"arn:aws:iam::{TOOLCHAIN}:role/acme/orders/pipeline/acme-orders-release",
        *(
            f"arn:aws:iam::{TOOLCHAIN}:role/acme/foundation/acme-{function}"
            for function in ("review", "soak")
        ),
    }
    trusted = set()
    for _, role in landing_roles(three_accounts):
        for statement in statements(role["AssumeRolePolicyDocument"]):
            if "Service" in statement["Principal"]:
                continue
            assert text(statement["Principal"]["AWS"]).endswith(f"::{TOOLCHAIN}:root")
            [(operator, condition)] = statement["Condition"].items()
            assert operator == "ArnEquals"
            assert set(condition) == {"aws:PrincipalArn"}
            trusted |= {text(arn) for arn in as_list(condition["aws:PrincipalArn"])}
    assert trusted == named


def test_the_artifact_store_is_read_from_elsewhere_by_exact_roles(
    three_accounts: Assembly,
) -> None:
    readers: dict[str, set[str]] = {}
    for stack in ("acme-foundation", "acme-artifacts-us-east-1"):
        for _, _, policy in three_accounts.resources("AWS::S3::BucketPolicy", stack):
            for statement in statements(policy["PolicyDocument"]):
                who = text(statement["Principal"].get("AWS", ""))
                if any(account in who for account in ELSEWHERE):
                    assert statement["Effect"] == "Allow"
                    assert set(statement["Action"]) == {"s3:GetObject", "s3:GetObjectVersion"}
                    [folder] = [text(arn) for arn in as_list(statement["Resource"])]
                    for arn in as_list(statement["Condition"]["ArnEquals"]["aws:PrincipalArn"]):
                        readers.setdefault(folder.split("/", 1)[1], set()).add(text(arn))
    environments = ("prod", "prodeu", "produs")
    assert {
        folder: {arn.rpartition("-")[2] for arn in arns} for folder, arns in readers.items()
    } == {
        "acme-orders/assembly/*": {"change"},
        "acme-orders/assets/*": {"publish"},
        "acme-orders/source/*": {"tests"},
        **{f"reviews/acme-orders-{environment}/*": {"review"} for environment in environments},
    }
    found = {arn.split("/")[-1].split("-")[2] for arns in readers.values() for arn in arns}
    assert found == set(environments)


def test_the_artifact_keys_are_used_from_elsewhere_by_exact_roles_through_s3(
    three_accounts: Assembly,
) -> None:
    found = 0
    for stack in ("acme-foundation", "acme-artifacts-us-east-1"):
        for _, _, key in three_accounts.resources("AWS::KMS::Key", stack):
            for statement in statements(key["KeyPolicy"]):
                who = text(statement["Principal"].get("AWS", ""))
                if not any(account in who for account in ELSEWHERE):
                    continue
                found += 1
                assert statement["Action"] == "kms:Decrypt"
                assert statement["Condition"]["StringEquals"]["kms:ViaService"].startswith("s3.")
                roles = as_list(statement["Condition"]["ArnEquals"]["aws:PrincipalArn"])
                assert roles
                assert not any("*" in text(role) for role in roles)
    assert found == 3, "one for each account that reads in a Region"


def test_nobody_elsewhere_may_write_to_the_toolchains_store(three_accounts: Assembly) -> None:
    for stack, _, policy in three_accounts.resources("AWS::IAM::ManagedPolicy"):
        if f"-{names.LANDING}-" not in stack or "ManagedPolicyName" in policy:
            continue
        for statement in statements(policy["PolicyDocument"]):
            if "s3:PutObject" in as_list(statement["Action"]):
                assert all("-assets-" in text(arn) for arn in as_list(statement["Resource"]))


def test_an_action_runs_in_the_account_and_the_region_of_its_environment(
    three_accounts: Assembly,
) -> None:
    delivery = three_accounts.delivery
    [service] = delivery.services
    pipeline = three_accounts.only(
        "AWS::CodePipeline::Pipeline", names.pipeline_stack(delivery, service)
    )
    for stage in pipeline["Stages"][4:]:
        for action in stage["Actions"]:
            if action["ActionTypeId"]["Provider"] in {"Lambda", "Manual"}:
                continue
            name = action["Name"].partition("-")[2] or stage["Name"].removesuffix("-window")
            place = delivery.place(delivery.environment(name))
            assert f"iam::{place.account}:" in text(action["RoleArn"])
            assert action.get("Region", delivery.home.region) == place.region


def test_each_region_with_an_action_has_a_store_under_a_name_that_nobody_can_take(
    three_accounts: Assembly,
) -> None:
    delivery = three_accounts.delivery
    [service] = delivery.services
    pipeline = three_accounts.only(
        "AWS::CodePipeline::Pipeline", names.pipeline_stack(delivery, service)
    )
    stores = {each["Region"]: each["ArtifactStore"] for each in pipeline["ArtifactStores"]}
    assert set(stores) == {"eu-central-1", "us-east-1"}
    assert stores["us-east-1"]["Location"] == f"acme-artifacts-{TOOLCHAIN}-us-east-1-an"
    for stack in ("acme-foundation", "acme-artifacts-us-east-1"):
        [bucket] = [
            properties
            for _, _, properties in three_accounts.resources("AWS::S3::Bucket", stack)
            if "BucketNamePrefix" in properties
        ]
        assert bucket["BucketNamespace"] == "account-regional"
        assert bucket["BucketNamePrefix"] == "acme-artifacts"


def test_each_place_has_boundaries_of_its_own_and_its_roles_carry_them(
    three_accounts: Assembly,
) -> None:
    for stack, role in landing_roles(three_accounts):
        region = stack.split("-", 3)[3]
        kind = "deployer" if role["RoleName"].endswith("-deploy") else "toolchain"
        assert text(role["PermissionsBoundary"]).endswith(f"/boundary/acme-{region}-{kind}")
    made = {
        (account_of(stack), policy["ManagedPolicyName"])
        for stack, _, policy in three_accounts.resources("AWS::IAM::ManagedPolicy")
        if "ManagedPolicyName" in policy and "landing" in stack
    }
    assert len(made) == 3 * len(three_accounts.delivery.places_elsewhere)


def test_what_takes_down_an_environment_outlives_its_pipelines_interest_in_it(
    three_accounts: Assembly,
) -> None:
    """An environment that leaves delivery.toml keeps its stack and the role that deletes it."""
    kept = [
        resource
        for template in three_accounts.templates.values()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::IAM::Role"
        and str(resource["Properties"].get("RoleName", "")).endswith("-deploy")
        and "pipeline-deploy" not in resource["Properties"]["RoleName"]
    ]
    assert len(kept) == len(three_accounts.delivery.environments)
    assert {resource["DeletionPolicy"] for resource in kept} == {"RetainExceptOnCreate"}
