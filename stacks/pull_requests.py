"""The pull request stack: what builds pull requests to repositories outside AWS."""

from constructs import Construct

from delivery import Delivery
from lockgate.boundary import workload_name
from lockgate.connection_pull_requests import PullRequestProject
from stacks import names, sources
from stacks.base import DeliveryStack


class PullRequestStack(DeliveryStack):
    """A build for each repository behind a connection, once for all services that share it.

    Apart from the foundation, which makes the connections: CodeBuild takes only one that somebody
    has confirmed. And apart from the pipelines, which deploy themselves: what judges a change is
    changed by hand alone.
    """

    def __init__(self, scope: Construct, *, delivery: Delivery, delivery_file: str) -> None:
        super().__init__(
            scope,
            names.shared_stack(delivery, names.PULL_REQUESTS),
            delivery=delivery,
            place=delivery.toolchain,
            description="Builds the pull requests to the delivery's repositories outside AWS",
        )
        log_key = self.shared_key("LogKey", names.LOG_KEY)
        boundary = self.boundary("Boundary", workload_name(delivery.name))
        for found in sources.pull_requests(delivery):
            source = found.source
            PullRequestProject(
                self,
                source.repository.replace("/", "-"),
                name=names.pull_requests(delivery, source.repository),
                connection=source.connection or sources.imported_connection(delivery, source),
                provider=source.provider,
                repository=source.repository,
                branches=found.branches,
                log_key=log_key,
                role_path=names.role_path(delivery, names.PULL_REQUESTS),
                boundary=boundary,
                server=sources.server_of(source),
                environment={"DELIVERY": delivery_file},
            )
