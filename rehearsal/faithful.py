"""What of a rehearsal is real, and what is stood in for: said at the top of each report."""

from typing import Final

from rehearsal.report.model import Part

CONNECTIONS: Final = Part(
    what="GitHub, GitLab, Bitbucket",
    why="a CodeCommit repository of nearly the same name; a connection is confirmed as soon as it "
    "is made, and pull requests are not built",
)
BEGUN: Final = Part(
    what="The set-up and the first release",
    why="as an earlier run on the same files has left them, and on from its date; --anew does them "
    "again",
)
REAL: Final = (
    Part(what="Templates", why="synthesized and judged here, deployed unchanged by the CDK CLI"),
    Part(what="Builds", why="the buildspecs run in bash, in a copy of the commit that was pushed"),
    Part(what="Code", why="service, hooks, watch and judge run as packaged, in own processes"),
    Part(what="Permissions", why="each call is signed by its own role and decided by its policies"),
    Part(what="Traffic", why="each customer request is an invocation through the alias's weights"),
)
STOOD_IN: Final = (
    Part(what="AWS's APIs", why="the emulator ministack, pinned, as no account can be reached"),
    Part(
        what="CodeCommit, CodeBuild, CodePipeline, CodeDeploy",
        why="engines of ours, which call everything else by API as their service roles",
    ),
    Part(what="The clock", why="virtual, so that an hour takes seconds; computing takes no time"),
    Part(what="Customers", why="drawn from a seed, from the scenario's mix of requests"),
    Part(
        what="The builds' machine",
        why="this one: its Python, its toolchain, and packages fetched before",
    ),
    Part(
        what="The platform's own tests",
        why="of the package build's, some promises of the templates, and secrets are looked for "
        "in the services; make test and make scan do all",
    ),
    Part(
        what="Advisories",
        why="a list of our own in place of the service, asked for the packages of the services; "
        "make audit asks the service, for all",
    ),
    Part(
        what="CloudFormation",
        why="the emulator's; each resource that it makes or changes is decided by its role",
    ),
)
