"""The foundation stack: what the pipelines of a delivery share."""

from dataclasses import replace

import aws_cdk as cdk
from aws_cdk import aws_codecommit as codecommit
from aws_cdk import aws_kms as kms
from constructs import Construct

from delivery import Delivery
from lockgate.artifact_store import share
from lockgate.boundary import Reach, gate_boundary_name, review_name
from lockgate.connection import SourceConnection
from lockgate.event_function import SourceFunctions
from lockgate.freeze import ReleaseFreeze
from lockgate.job_functions import JobHome
from lockgate.packaging import Package
from lockgate.people.boundary import PeopleBoundary
from lockgate.provenance import ReleaseProvenance
from lockgate.records import DECISIONS, KEPT_DAYS
from lockgate.release_gates import ReleaseGates
from lockgate.release_signing import KEPT_DAYS as SIGNING_KEPT_DAYS
from lockgate.release_signing import ReleaseSigning
from lockgate.signing_profile import SigningProfile
from lockgate.site import REVIEW, REVIEWS, SIGNING
from stacks import destinations, names, sources
from stacks.ground import GroundStack
from stacks.review import Review


class FoundationStack(GroundStack):
    """The toolchain's ground, the gates that all pipelines share, and the sources.

    In CodeCommit it makes the repositories and what reviews changes to them, elsewhere the
    connections to them.
    Where it is delivered to other accounts or Regions, the artifact store has a name that they
    know, and their roles may read from it.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        delivery: Delivery,
        release_package: Package,
        provenance_package: Package,
        source_package: Package,
    ) -> None:
        elsewhere = delivery.places_elsewhere
        accounts = sorted({str(p.account) for p in elsewhere} - {str(delivery.toolchain.account)})
        own = str(delivery.toolchain.account)
        signing = {SIGNING: SIGNING_KEPT_DAYS} if delivery.supply.code_signing else {}
        super().__init__(
            scope,
            names.shared_stack(delivery, names.FOUNDATION),
            delivery=delivery,
            place=delivery.home,
            description="What the pipelines share: artifact store, topic, boundaries, gates",
            reach=Reach(
                roles=[f"arn:aws:iam::{account}:role/{delivery.name}/*" for account in accounts],
                keys=[f"arn:aws:kms:{region}:{own}:key/*" for region in delivery.regions_elsewhere],
                sources=sources.pipeline_actions(delivery),
                declares=sources.declared_actions(delivery),
                pull_requests=sources.pull_request_actions(delivery),
            ),
            records={DECISIONS: KEPT_DAYS, REVIEWS: KEPT_DAYS} | signing,
            gates=True,
            store_name=names.artifact_store(delivery) if elsewhere else None,
        )
        PeopleBoundary(self, "Boundary", delivery=delivery.name)
        sites = destinations.elsewhere(self, delivery)
        readers = destinations.readers(self, delivery, delivery.home.region)
        reviewers = [site.reviewer(self) for site in sites]
        share(self.artifacts, self.artifact_key.key, [*readers, *reviewers])
        jobs = JobHome(
            delivery=delivery.name,
            package=release_package,
            log_key=self.operations_key.key,
            role_path=names.role_path(delivery, names.FOUNDATION),
            boundary=self.boundary("GateBoundary", gate_boundary_name(delivery.name)),
        )
        proving = replace(jobs, package=provenance_package)
        ReleaseGates(
            self,
            "Gates",
            home=jobs,
            freeze=ReleaseFreeze(self, "Freeze", delivery=delivery.name),
            store=self.artifacts,
            roles_elsewhere=[site.role_arn(self, REVIEW) for site in sites],
        ).node.add_dependency(self.boundaries)
        provenance = ReleaseProvenance(self, "Provenance", home=proving)
        provenance.node.add_dependency(self.boundaries)
        # For whoever verifies a release by hand.
        self.export_value(provenance.key.key_arn, name=names.export(delivery, names.PROVENANCE_KEY))
        if delivery.supply.code_signing:
            self._sign(proving)
        shared = SourceFunctions(
            package=source_package,
            topic=self.topic,
            log_key=kms.Key.from_key_arn(self, "LogKey", self.operations_key.key.key_arn),
            role_path=names.role_path(delivery, names.REVIEW),
            boundary=self.boundary("ReviewBoundary", review_name(delivery.name)),
        )
        for name in sources.repositories(delivery):
            repository = codecommit.Repository(
                self,
                f"Repository-{name}",
                repository_name=name,
                description=f"Source of the delivery {delivery.name}",
            )
            repository.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
            Review(
                self, f"Review-{name}", delivery=delivery, name=name, shared=shared
            ).node.add_dependency(self.boundaries, repository)
        for name, source in sources.connections(delivery).items():
            made = SourceConnection(
                self,
                f"Connection-{name}",
                name=f"{delivery.name}-{name}",
                provider=source.provider,
                host=sources.host_of(source),
            )
            what = names.connection_export(name)
            self.export_value(made.arn, name=names.export(delivery, what))

    def _sign(self, home: JobHome) -> None:
        """Make what signs the code of releases, and what lets functions trust just that."""
        profile = SigningProfile(self, "SigningProfile")
        ReleaseSigning(
            self, "Signing", home=home, profile=profile, store=self.artifacts
        ).node.add_dependency(self.boundaries)
        self.take_signed_code_only(profile.version_arn)
        # For the landings: another account knows it only once it is told.
        self.export_value(
            profile.version_arn, name=names.export(self._delivery, names.SIGNING_PROFILE)
        )
