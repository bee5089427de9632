"""The courses that the proof can take, and which of them tries a statement."""

from collections.abc import Iterable, Mapping

from rehearsal.permissions.artifacts import BROKEN, GOOD, OTHER, WORSE
from rehearsal.permissions.played import PULL_REQUEST, ROTATION, Course, Played
from rehearsal.permissions.statements import Statement
from rehearsal.traffic import TrafficProfile

_ITEMS = {"items": [{"sku": "WINDLASS", "quantity": 1}]}
# As many as the judge needs: each costs the proof some milliseconds.
CUSTOMERS = TrafficProfile.model_validate(
    {
        "requests_per_second": 1.0,
        "kinds": [{"name": "catalogue", "request": {"path": "/catalogue"}}],
    }
)
# So many failures that the judge is sure in a minute, and so few that no alarm goes red before.
_SHARE = 45.0


def _order(name: str, weight: float, **more: str) -> dict[str, object]:
    request = {"method": "POST", "path": "/orders", "body": {**_ITEMS, **more}}
    return {"name": name, "weight": weight, "expect_status": 201, "request": request}


COURSES = (
    Course(name="a good release", variants=(GOOD, OTHER), traffic=CUSTOMERS),
    Course(name="a release of what cannot start", variants=(BROKEN,)),
    Course(
        name="a release that is worse",
        variants=(WORSE,),
        traffic=TrafficProfile.model_validate(
            {
                "requests_per_second": 4.0,
                "kinds": [
                    _order("order", 100 - _SHARE),
                    _order("discounted order", _SHARE, discount="SPRING25"),
                ],
            }
        ),
    ),
    Course(name="a release that nobody uses", variants=(GOOD, OTHER)),
    Course(name="a pull request", what=PULL_REQUEST),
    Course(name="a rotation of the secrets", what=ROTATION),
)


def trying(
    statement: Statement, courses: Iterable[Course], whole: Mapping[str, Played]
) -> list[Course]:
    """The courses on which something is allowed because of a statement, the quickest first.

    Not all that services ask of each other is on record. Where nothing is, it is tried on the
    first on which something is allowed because of its policy, or else on the very first.

    Args:
        statement: which.
        courses: all of them, the quickest first.
        whole: what became of each with every statement, by its name.
    """
    every = list(courses)
    used = {each.name: whole[each.name].used for each in every}
    found = [each for each in every if statement.origin in used[each.name]]
    acting = [
        each for each in every if statement.policy in {policy for policy, _ in used[each.name]}
    ]
    return found or acting[:1] or every[:1]
