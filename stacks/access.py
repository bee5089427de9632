"""The access stack: the roles of the people who look after the delivery."""

from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from delivery import Delivery
from lockgate.boundary import people_name
from lockgate.people import administrator, analyst, emergency, engineer, sight, sign_in
from lockgate.people.code import Code
from lockgate.people.role import Duties, PersonRole, policy
from lockgate.people.scope import Scope
from lockgate.permissions import Permission
from stacks import names
from stacks.base import DeliveryStack

EMERGENCY_HOURS = 1


class AccessStack(DeliveryStack):
    """Three roles, none of which can release anything alone, and one for emergencies."""

    def __init__(self, scope: Construct, *, delivery: Delivery) -> None:
        super().__init__(
            scope,
            names.shared_stack(delivery, names.ACCESS),
            delivery=delivery,
            place=delivery.toolchain,
            protected=True,
            description="Who may do what by hand: the roles of people",
        )
        self._path = names.role_path(delivery, names.PEOPLE)
        self._people_boundary = self.boundary("Boundary", people_name(delivery.name))
        of_delivery = Scope(construct=self, delivery=delivery.name)
        code = _code(delivery)
        releases = self._sight("Releases", sight.releases(of_delivery))
        runs = self._sight("Runs", sight.runs(of_delivery))
        analysis = analyst.duties(of_delivery, code, self.artifact_store())
        self._everyday("devops_engineer", engineer.duties(of_delivery, code), [releases, runs])
        self._everyday("security_analyst", analysis, [releases])
        self._everyday("cloud_administrator", administrator.duties(of_delivery), [releases, runs])
        # Not through the identity provider: its failure may be the emergency.
        by_hand = sign_in.by_principals(self, delivery.access.principals or (), sign_in.FRESH_MFA)
        self._role(emergency.duties(of_delivery), [releases, runs], by_hand, EMERGENCY_HOURS)

    def _sight(self, id_: str, permissions: Sequence[Permission]) -> iam.IManagedPolicy:
        return policy(self, id_, f"See the delivery's {id_.lower()}", permissions, self._path)

    def _everyday(self, key: str, duties: Duties, sees: Sequence[iam.IManagedPolicy]) -> None:
        self._role(duties, sees, self._trust(key), self._delivery.access.session_hours)

    def _trust(self, key: str) -> iam.IPrincipal:
        access = self._delivery.access
        if access.saml_provider:
            return sign_in.by_saml(access.saml_provider)
        if access.permission_sets:
            return sign_in.by_permission_set(self, getattr(access.permission_sets, key))
        return sign_in.by_principals(self, access.principals or ())

    def _role(
        self,
        duties: Duties,
        sees: Sequence[iam.IManagedPolicy],
        trust: iam.IPrincipal,
        session_hours: int,
    ) -> None:
        PersonRole(
            self,
            "".join(word.capitalize() for word in duties.name.split("-")),
            delivery=self._delivery.name,
            duties=duties,
            sees=sees,
            trust=trust,
            session_hours=session_hours,
            path=self._path,
            boundary=self._people_boundary,
        )


def _code(delivery: Delivery) -> Code:
    """What is in CodeCommit; elsewhere the provider says who may do what with the code."""
    services = [each for each in delivery.services if each.source.provider == "codecommit"]
    repositories = {delivery.repository(service) for service in services}
    branches = {service.source.branch for service in services}
    return Code(repositories=sorted(repositories), release_branches=sorted(branches))
