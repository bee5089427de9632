"""The courses that a release of the proof can take, and which of them tries a statement."""

from collections.abc import Iterable, Mapping

from rehearsal.permissions.artifacts import BROKEN, GOOD, OTHER, WORSE
from rehearsal.permissions.played import Course, Played
from rehearsal.permissions.statements import Statement
from rehearsal.traffic import TrafficProfile

_ITEMS = {"items": [{"sku": "WINDLASS", "quantity": 1}]}
# So many failures that the judge is sure in a minute, and so few that no alarm goes red before.
_SHARE = 45.0


def _order(name: str, weight: float, **more: str) -> dict[str, object]:
    request = {"method": "POST", "path": "/orders", "body": {**_ITEMS, **more}}
    return {"name": name, "weight": weight, "expect_status": 201, "request": request}


COURSES = (
    Course(name="a good release", variants=(GOOD, OTHER)),
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
)


def trying(
    statement: Statement, courses: Iterable[Course], whole: Mapping[str, Played]
) -> list[Course]:
    """The courses on which something is allowed because of a statement, the quickest first.

    Where there is none, it is tried on the first: not all that services ask of each other is on
    record.

    Args:
        statement: which.
        courses: all of them, the quickest first.
        whole: what became of each with every statement, by its name.
    """
    every = list(courses)
    return [each for each in every if statement.origin in whole[each.name].used] or every[:1]
