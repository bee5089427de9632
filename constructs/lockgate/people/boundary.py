"""The most that people may ever do by hand, whoever writes their policies."""

from constructs import Construct

from lockgate.boundary import Reach, bound, people_name
from lockgate.people import administrator, analyst, emergency, engineer
from lockgate.people.never import NEVER_BY_HAND
from lockgate.permissions import deny

PEOPLE_ACTIONS = sorted(
    {*engineer.ALLOWED, *analyst.ALLOWED, *administrator.ALLOWED, *emergency.ALLOWED}
)


class PeopleBoundary(Construct):
    """The permissions boundary of people's roles: they see, start, stop and decide.

    What is never done by hand is denied here once for all of them. It lies with the other
    boundaries and not with the roles, so that whoever changes the roles cannot lift it. Costs
    nothing.
    """

    def __init__(self, scope: Construct, id_: str, *, delivery: str) -> None:
        super().__init__(scope, id_)
        bound(
            self,
            "People",
            delivery=delivery,
            name=people_name(delivery),
            actions=PEOPLE_ACTIONS,
            reach=Reach(),
            denied=[deny(NEVER_BY_HAND)],
        )
