"""A source outside AWS: one connection, no polling, one release a push, and no foreign changes."""

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
import yaml

from lockgate.connection import HOSTED_BY_OTHERS, PROVIDERS, SourceConnection
from lockgate.connection_pull_requests import BUILDSPEC, PullRequestProject, literal
from lockgate.connection_source import MOST_PATTERNS
from stacks import names
from tests.assembly import Assembly
from tests.connected import GIVEN, HOST, SERVER, SOURCES, described, synthesize
from tests.iam.policies import text

FOUNDATION, PULL_REQUESTS = "acme-foundation", "acme-pull-requests"


def pipeline_of(assembly: Assembly, service: str) -> dict[str, Any]:
    return assembly.only("AWS::CodePipeline::Pipeline", f"acme-{service}-pipeline")


def source_of(assembly: Assembly, service: str) -> dict[str, Any]:
    [action] = pipeline_of(assembly, service)["Stages"][0]["Actions"]
    return dict(action)


def pushes(assembly: Assembly, service: str) -> list[dict[str, Any]]:
    """The push filters of a pipeline's one trigger, which is for its source action."""
    [trigger] = pipeline_of(assembly, service)["Triggers"]
    git = trigger["GitConfiguration"]
    assert trigger["ProviderType"] == "CodeStarSourceConnection"
    assert git["SourceActionName"] == source_of(assembly, service)["Name"]
    assert "PullRequest" not in git
    return list(git["Push"])


def made(assembly: Assembly) -> dict[str, dict[str, Any]]:
    """The connections of the foundation, by the exports that lead to them."""
    template = assembly.templates[FOUNDATION]
    exported = {
        output["Value"]["Fn::GetAtt"][0]: output["Export"]["Name"]
        for output in template["Outputs"].values()
        if output["Value"].get("Fn::GetAtt", ["", ""])[1] == "ConnectionArn"
    }
    return {
        exported[logical_id]: properties
        for _, logical_id, properties in assembly.resources("AWS::CodeConnections::Connection")
    }


def test_the_foundation_makes_one_connection_for_each_provider_and_host_and_exports_it(
    connected: Assembly,
) -> None:
    """None for gitlab.com, to which the delivery has one already."""
    assert made(connected) == {
        "acme-connection-github": {"ConnectionName": "acme-github", "ProviderType": "GitHub"},
        "acme-connection-bitbucket": {
            "ConnectionName": "acme-bitbucket",
            "ProviderType": "Bitbucket",
        },
        "acme-connection-github-0a1b2c3d": {
            "ConnectionName": "acme-github-0a1b2c3d",
            "HostArn": HOST,
        },
        "acme-connection-gitlab-0a1b2c3d": {
            "ConnectionName": "acme-gitlab-0a1b2c3d",
            "HostArn": HOST,
        },
    }
    stacks = {s for s, _, _ in connected.resources("AWS::CodeConnections::Connection")}
    assert stacks == {FOUNDATION}


def test_the_name_of_a_connection_fits_whatever_the_delivery_is_called() -> None:
    hosts = {p: None if p in HOSTED_BY_OTHERS else HOST for p in PROVIDERS}
    longest = max(len(names.connection(provider, host)) for provider, host in hosts.items())
    assert len("d" * 16) + 1 + longest <= 32


@pytest.mark.parametrize(("provider", "host"), [("github", HOST), ("github-enterprise", None)])
def test_a_host_is_for_servers_of_ones_own_and_for_each_of_them(
    provider: str, host: str | None
) -> None:
    with pytest.raises(ValueError, match="host"):
        SourceConnection(cdk.Stack(), "C", name="acme", provider=provider, host=host)


CONNECTIONS = {
    "orders": "<acme-connection-github>",
    "invoices": "<acme-connection-github>",
    "stock": "<acme-connection-github>",
    "prices": GIVEN,
    "returns": "<acme-connection-bitbucket>",
    "parcels": "<acme-connection-github-0a1b2c3d>",
    "labels": "<acme-connection-gitlab-0a1b2c3d>",
}


@pytest.mark.parametrize("service", SOURCES)
def test_a_source_is_fetched_as_a_zip_through_its_connection_and_is_not_polled(
    connected: Assembly, service: str
) -> None:
    action = source_of(connected, service)
    assert action["ActionTypeId"] == {
        "Category": "Source",
        "Owner": "AWS",
        "Provider": "CodeStarSourceConnection",
        "Version": "1",
    }
    configuration = {**action["Configuration"]}
    assert text(configuration.pop("ConnectionArn")) == CONNECTIONS[service]
    # CODE_ZIP is what CodePipeline puts out where no format is named.
    assert configuration == {
        "FullRepositoryId": SOURCES[service]["repository"],
        "BranchName": SOURCES[service].get("branch", "main"),
        "DetectChanges": False,
    }


@pytest.mark.parametrize("service", SOURCES)
def test_nothing_starts_a_pipeline_beside_its_trigger(connected: Assembly, service: str) -> None:
    assert len(pushes(connected, service)) in {1, 2}
    for _, _, rule in connected.resources("AWS::Events::Rule", f"acme-{service}-pipeline"):
        assert rule["EventPattern"]["source"] == ["aws.codepipeline"]
        assert not any("RoleArn" in target for target in rule["Targets"])


def test_a_push_to_the_branch_starts_a_release_but_not_for_other_services_folders(
    connected: Assembly,
) -> None:
    assert pushes(connected, "invoices") == [
        {
            "Branches": {"Includes": ["release-1.x"]},
            "FilePaths": {"Excludes": ["services/orders/**"]},
        }
    ]


def test_a_tag_starts_a_release_by_a_filter_of_its_own(connected: Assembly) -> None:
    """CodePipeline takes tags and branches in one filter for an error."""
    branch, tags = pushes(connected, "orders")
    assert "Tags" not in branch
    assert tags == {"Tags": {"Includes": ["v*"]}}


def test_paths_that_the_delivery_names_are_all_that_start_a_release(connected: Assembly) -> None:
    [push] = pushes(connected, "stock")
    assert push["FilePaths"] == {"Includes": ["services/stock/**", "lib/**"]}


def test_a_repository_of_its_own_releases_every_push(connected: Assembly) -> None:
    assert pushes(connected, "returns") == [{"Branches": {"Includes": ["main"]}}]


@pytest.mark.parametrize("others", [MOST_PATTERNS, MOST_PATTERNS + 1])
def test_more_folders_than_a_filter_takes_start_too_many_releases_and_never_too_few(
    tmp_path: Path, others: int
) -> None:
    shared = {"provider": "github", "repository": "acme/shop", "pull_requests": False}
    data = described({f"s{number}x": shared for number in range(others + 1)})
    [push] = pushes(synthesize(data, tmp_path / "cdk.out"), "s0x")
    excluded = push.get("FilePaths", {}).get("Excludes", [])
    assert len(excluded) == (others if others <= MOST_PATTERNS else 0)


def projects(assembly: Assembly) -> dict[str, dict[str, Any]]:
    """The builds of pull requests, by repository."""
    found = [p for _, _, p in assembly.resources("AWS::CodeBuild::Project", PULL_REQUESTS)]
    return {project["Source"]["Location"]: project for project in found}


def test_pull_requests_are_built_once_for_each_repository_where_that_is_wanted_and_known(
    connected: Assembly,
) -> None:
    """Not for returns, which wants none, nor for labels, whose server has no known address."""
    assert {at: p["Source"]["Type"] for at, p in projects(connected).items()} == {
        "https://github.com/acme/shop.git": "GITHUB",
        "https://github.com/acme/stock.git": "GITHUB",
        "https://gitlab.com/acme/team/prices.git": "GITLAB",
        f"{SERVER}/acme/parcels.git": "GITHUB_ENTERPRISE",
    }


def test_a_pull_request_is_built_when_it_is_opened_changed_or_opened_again_to_a_release_branch(
    connected: Assembly,
) -> None:
    [group] = projects(connected)["https://github.com/acme/shop.git"]["Triggers"]["FilterGroups"]
    assert group == [
        {
            "Type": "EVENT",
            "Pattern": "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED, PULL_REQUEST_REOPENED",
        },
        {"Type": "BASE_REF", "Pattern": r"^refs/heads/main$|^refs/heads/release-1\.x$"},
    ]


def test_no_pattern_of_accounts_lets_anybody_past_the_approval(connected: Assembly) -> None:
    for project in projects(connected).values():
        kinds = {f["Type"] for group in project["Triggers"]["FilterGroups"] for f in group}
        assert kinds == {"EVENT", "BASE_REF"}


def test_a_strangers_pull_request_waits_for_a_maintainers_comment(connected: Assembly) -> None:
    approvers = {
        at: project["Triggers"]["PullRequestBuildPolicy"]
        for at, project in projects(connected).items()
    }
    github = {
        "RequiresCommentApproval": "ALL_PULL_REQUESTS",
        "ApproverRoles": ["GITHUB_MAINTAIN", "GITHUB_ADMIN"],
    }
    gitlab = {**github, "ApproverRoles": ["GITLAB_MAINTAINER", "GITLAB_OWNER"]}
    assert approvers == {
        "https://github.com/acme/shop.git": github,
        "https://github.com/acme/stock.git": github,
        "https://gitlab.com/acme/team/prices.git": gitlab,
        f"{SERVER}/acme/parcels.git": github,
    }


def test_the_build_of_a_pull_request_has_nothing_to_take_and_nothing_to_put_out(
    connected: Assembly,
) -> None:
    for project in projects(connected).values():
        [variable] = project["Environment"]["EnvironmentVariables"]
        assert (variable["Name"], variable["Type"]) == ("DELIVERY", "PLAINTEXT")
        assert project["Environment"]["PrivilegedMode"] is False
        assert project["Artifacts"] == {"Type": "NO_ARTIFACTS"}
        assert project["Cache"] == {"Type": "NO_CACHE"}
        assert project["Visibility"] == "PRIVATE"
        assert project["Source"]["InsecureSsl"] is False


def test_its_commands_are_the_committed_buildspec_and_none_of_the_pull_request(
    connected: Assembly,
) -> None:
    for project in projects(connected).values():
        committed = yaml.safe_load(BUILDSPEC.read_text())
        assert yaml.safe_load(project["Source"]["BuildSpec"]) == committed
        assert "artifacts" not in committed


def test_the_verdict_stands_beside_the_commit_under_the_projects_name(
    connected: Assembly,
) -> None:
    for project in projects(connected).values():
        assert project["Source"]["ReportBuildStatus"] is True
        assert project["Source"]["BuildStatusConfig"] == {"Context": project["Name"]}


def test_it_clones_with_the_connection_of_its_repository(connected: Assembly) -> None:
    used = {
        at: (p["Source"]["Auth"]["Type"], text(p["Source"]["Auth"]["Resource"]))
        for at, p in projects(connected).items()
    }
    assert used == {
        "https://github.com/acme/shop.git": ("CODECONNECTIONS", CONNECTIONS["orders"]),
        "https://github.com/acme/stock.git": ("CODECONNECTIONS", CONNECTIONS["stock"]),
        "https://gitlab.com/acme/team/prices.git": ("CODECONNECTIONS", CONNECTIONS["prices"]),
        f"{SERVER}/acme/parcels.git": ("CODECONNECTIONS", CONNECTIONS["parcels"]),
    }


def test_bitbucket_tells_of_no_reopening(tmp_path: Path) -> None:
    source = {"provider": "bitbucket", "repository": "acme/returns"}
    assembly = synthesize(described({"returns": source}), tmp_path / "cdk.out")
    [project] = projects(assembly).values()
    [[event, _]] = project["Triggers"]["FilterGroups"]
    assert event["Pattern"] == "PULL_REQUEST_CREATED, PULL_REQUEST_UPDATED"
    assert project["Triggers"]["PullRequestBuildPolicy"]["ApproverRoles"] == ["BITBUCKET_ADMIN"]


def test_a_delivery_without_pull_requests_to_build_has_no_stack_for_them(tmp_path: Path) -> None:
    source = {"provider": "github", "repository": "acme/shop", "pull_requests": False}
    assembly = synthesize(described({"orders": source}), tmp_path / "cdk.out")
    assert set(assembly.templates) == {FOUNDATION, "acme-orders-pipeline"}


@pytest.mark.parametrize(
    ("provider", "server"), [("github", SERVER), ("gitlab-self-managed", None)]
)
def test_an_address_is_for_servers_of_ones_own_and_for_each_of_them(
    provider: str, server: str | None
) -> None:
    with pytest.raises(ValueError, match="server"):
        PullRequestProject(
            cdk.Stack(),
            "P",
            name="a",
            connection=GIVEN,
            provider=provider,
            repository="a/b",
            branches=["main"],
            log_key=None,  # type: ignore[arg-type]
            role_path="/",
            boundary=None,  # type: ignore[arg-type]
            server=server,
        )


def test_a_branch_is_taken_literally() -> None:
    assert literal("release-1.x/(a)+") == r"release-1\.x/\(a\)\+"
