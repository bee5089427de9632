"""Where the services' code comes from: from the delivery to what the stacks need of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_codecommit as codecommit

from delivery import Delivery, Service
from delivery.connection import ConnectedSource, SelfManagedSource
from lockgate import codecommit_source, connection, path_filter, pipeline_events
from lockgate.codecommit_source import CodeCommitBranch
from lockgate.connection_source import ConnectedBranch
from lockgate.source import PipelineSource
from stacks import names


@dataclass(frozen=True, kw_only=True)
class PullRequests:
    """The pull requests to one repository that are built.

    Attributes:
        source: one of those that name the repository.
        branches: that they are to change.
    """

    source: ConnectedSource
    branches: Sequence[str]


def pipeline_source(stack: cdk.Stack, delivery: Delivery, service: Service) -> PipelineSource:
    """What a service's pipeline releases from."""
    source = service.source
    if isinstance(source, ConnectedSource):
        return ConnectedBranch(
            connection=source.connection or imported_connection(delivery, source),
            repository=source.repository,
            branch=source.branch,
            tags=source.tags,
            paths=source.paths,
            # Its own paths say it all.
            foreign_paths=() if source.paths else delivery.foreign_paths(service),
        )
    return CodeCommitBranch(
        repository=codecommit.Repository.from_repository_name(
            stack, "Repository", delivery.repository(service)
        ),
        branch=source.branch,
    )


def imported_connection(delivery: Delivery, source: ConnectedSource) -> str:
    """The ARN of the connection that the foundation makes for a source."""
    what = names.connection_export(connection_name(source))
    return cdk.Fn.import_value(names.export(delivery, what))


def connection_name(source: ConnectedSource) -> str:
    """The connection that the foundation makes for a source, behind the delivery's name."""
    return names.connection(source.provider, host_of(source))


def host_of(source: ConnectedSource) -> str | None:
    """The host of a server of one's own."""
    return source.host if isinstance(source, SelfManagedSource) else None


def server_of(source: ConnectedSource) -> str | None:
    """The address of a server of one's own, where the delivery says it."""
    return source.server if isinstance(source, SelfManagedSource) else None


def repositories(delivery: Delivery) -> list[str]:
    """The CodeCommit repositories, each once."""
    return list(
        dict.fromkeys(
            delivery.repository(service)
            for service in delivery.services
            if not isinstance(service.source, ConnectedSource)
        )
    )


def connections(delivery: Delivery) -> dict[str, ConnectedSource]:
    """A source for each connection that the foundation makes, by the connection's name."""
    return {
        connection_name(source): source
        for source in _connected(delivery)
        if source.connection is None
    }


def connection_prefixes(delivery: Delivery) -> list[str]:
    """Which prefixes the ARNs of the delivery's connections have; a new one has the first."""
    made, _ = connection.PREFIXES
    used = {
        source.connection.split(":")[2] if source.connection else made
        for source in _connected(delivery)
    }
    return [prefix for prefix in connection.PREFIXES if prefix in used]


def pull_requests(delivery: Delivery) -> list[PullRequests]:
    """The repositories behind connections whose pull requests are built, each once.

    Once for all services that share one: a pull request gets one verdict, on all that it changes.
    """
    found: dict[tuple[str, str], PullRequests] = {}
    for source in _connected(delivery):
        unknown = isinstance(source, SelfManagedSource) and source.server is None
        if source.pull_requests and not unknown:
            at = (source.connection or connection_name(source), source.repository)
            branches = found[at].branches if at in found else ()
            found[at] = PullRequests(
                source=source, branches=tuple(dict.fromkeys((*branches, source.branch)))
            )
    return list(found.values())


def pipeline_actions(delivery: Delivery) -> list[str]:
    """What the pipelines' roles do with their sources."""
    actions: set[str] = set()
    if repositories(delivery):
        actions |= {*codecommit_source.FETCH, *path_filter.COMPARE, *pipeline_events.START}
    if any(_connected(delivery)):
        actions |= set(connection.USE)
    return sorted(actions)


def declared_actions(delivery: Delivery) -> list[str]:
    """What CloudFormation's roles do with the sources that a pipeline names."""
    return list(connection.PASS) if any(_connected(delivery)) else []


def pull_request_actions(delivery: Delivery) -> list[str]:
    """What the builds of pull requests do with the connections."""
    return [*connection.USE, *connection.TAKE_TOKEN] if pull_requests(delivery) else []


def _connected(delivery: Delivery) -> Iterator[ConnectedSource]:
    for service in delivery.services:
        if isinstance(service.source, ConnectedSource):
            yield service.source
