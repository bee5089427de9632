"""A connection to where the source is hosted, and what a role may do with it.

AWS CodeConnections was called AWS CodeStar Connections. Actions, condition keys and ARNs have
either prefix, and the services still ask for either, so each statement here has both.
"""

from aws_cdk import aws_codeconnections as codeconnections
from constructs import Construct

from lockgate.permissions import Permission

PREFIXES = ("codeconnections", "codestar-connections")
USE = tuple(f"{prefix}:UseConnection" for prefix in PREFIXES)
PASS = tuple(f"{prefix}:PassConnection" for prefix in PREFIXES)
# A token has no condition keys: it reaches whatever the connection does.
TAKE_TOKEN = tuple(
    f"{prefix}:{action}"
    for prefix in PREFIXES
    for action in ("GetConnection", "GetConnectionToken")
)
# ProviderType of CreateConnection, by the delivery's word for it.
PROVIDERS = {
    "github": "GitHub",
    "gitlab": "GitLab",
    "bitbucket": "Bitbucket",
    "github-enterprise": "GitHubEnterpriseServer",
    "gitlab-self-managed": "GitLabSelfManaged",
}
HOSTED_BY_OTHERS = frozenset({"github", "gitlab", "bitbucket"})


class SourceConnection(Construct):
    """A connection to one provider, for all pipelines of a delivery whose source is there.

    CloudFormation makes it *pending*: somebody who may install the provider's app has to confirm
    it once in the console (Developer Tools, Settings, Connections), for the delivery's
    repositories alone. Until then every release fails at Source. A server of one's own needs a
    host too, which is made and set up in the console before. Costs nothing.
    """

    def __init__(
        self, scope: Construct, id_: str, *, name: str, provider: str, host: str | None = None
    ) -> None:
        """Make the connection.

        Args:
            scope: the parent.
            id_: the construct's id.
            name: 1 to 32 characters.
            provider: one of `PROVIDERS`.
            host: the ARN of the host, for a server of one's own.

        Raises:
            ValueError: a host where there is none, or none where there must be one.
        """
        super().__init__(scope, id_)
        if (host is None) != (provider in HOSTED_BY_OTHERS):
            raise ValueError(f"{provider} {'needs a' if host is None else 'has no'} host")
        self.arn = codeconnections.CfnConnection(
            self,
            "Connection",
            connection_name=name,
            host_arn=host,
            # A host says which provider it is of.
            provider_type=None if host else PROVIDERS[provider],
        ).attr_connection_arn


def use_connection(connection: str, *, repository: str, branch: str | None = None) -> Permission:
    """Read one repository, or one branch of it, through a connection, and nothing else there.

    Only requests for a repository carry these keys (Service Authorization Reference). CodePipeline
    asks for the connection itself as well, without them, so a strict condition fails every
    release; whatever names a repository is held to this one.

    Args:
        connection: the connection's ARN.
        repository: as owner/name.
        branch: the branch; any where there is none, as for what becomes a pull request.
    """
    held = {"FullRepositoryId": repository, "ProviderPermissionsRequired": "read_only"}
    if branch:
        held["BranchName"] = branch
    return Permission(
        actions=USE,
        resources=[connection],
        conditions={
            "StringEqualsIfExists": {
                f"{prefix}:{key}": value for prefix in PREFIXES for key, value in held.items()
            }
        },
    )


def pass_connection(connection: str) -> list[Permission]:
    """Name the connection in a pipeline that is made or changed."""
    return [
        Permission(
            actions=[action],
            resources=[connection],
            conditions={
                "StringEquals": {f"{prefix}:PassedToService": "codepipeline.amazonaws.com"}
            },
        )
        for prefix, action in zip(PREFIXES, PASS, strict=True)
    ]
