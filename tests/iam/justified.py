"""What looks like too much and is right, by the job that needs it.

Keyed by what a role's description says it is for, which stays when a construct moves. An entry
that speaks of nothing any more fails the suite. Why a service may assume a role with no condition
on its source is said in `lockgate.trust`.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase

STACK = "Deploy the stack * (CloudFormation)"
OWN = "Deploy the stack *-pipeline (CloudFormation)"
ADMINISTRATOR, EMERGENCY = "Cloud administrator: *", "Break glass: *"
EVERYWHERE = "people look after the delivery as a whole, not after a service"
REPORTS = "a gate answers for the action that asked it; who reports must know the job's random id"


@dataclass(frozen=True, kw_only=True)
class Justified:
    """Something found, an attack or a path, that a job needs.

    Attributes:
        job: a pattern for what the role is for.
        what: the name of what is found, one or several.
        because: what holds it all the same.
    """

    job: str
    what: tuple[str, ...]
    because: str

    def covers(self, job: str, what: str) -> bool:
        """Whether it speaks of that role and that finding."""
        return what in self.what and fnmatchcase(job, self.job)


# Attacks that are somebody's job.
BY_RIGHT = (
    Justified(
        job="Security analyst: *",
        what=("approve a release", "approve a pull request"),
        because="the second person: can neither push nor start a release",
    ),
    Justified(
        job=ADMINISTRATOR,
        what=("stop another service's deployment", "freeze or thaw releases"),
        because=f"{EVERYWHERE}; both only hold a release back",
    ),
    Justified(
        job=EMERGENCY,
        what=("stop another service's deployment", "freeze or thaw releases"),
        because=f"{EVERYWHERE}; an hour with a fresh MFA code, and an alarm",
    ),
    Justified(
        job=EMERGENCY,
        what=("move another service's alias", "override a gate"),
        because="what it is for: an hour with a fresh MFA code, and an alarm; it can neither "
        "push, approve nor start a release",
    ),
    Justified(
        job="Hold releases back while they are frozen",
        what=("let a pipeline's job pass",),
        because=REPORTS,
    ),
    Justified(
        job="Say what a release would change",
        what=("let a pipeline's job pass",),
        because=REPORTS,
    ),
    Justified(
        job="Have the code of a release signed",
        what=("let a pipeline's job pass",),
        because=REPORTS,
    ),
    Justified(
        job="Hold a release until customers have used it",
        what=("let a pipeline's job pass",),
        because=REPORTS,
    ),
    Justified(
        job="Say how a release was built, and sign it",
        what=("let a pipeline's job pass",),
        because=REPORTS,
    ),
    Justified(
        job="Check a release's provenance before it is deployed",
        what=("let a pipeline's job pass",),
        because=REPORTS,
    ),
    Justified(
        job="Post the verdicts on pull requests of *",
        what=("approve a pull request",),
        because="the verdict of a build: a rule counts it for what it is, and asks for people too",
    ),
    Justified(
        job=STACK,
        what=("delete an alarm",),
        because="an alarm of its own stack, when a change set that went through the gates does",
    ),
    Justified(
        job=OWN,
        what=("change the build", "change the pipeline"),
        because="its own stack, when a change set that went through the gates does",
    ),
)

ONE_PROJECT = "one project; the boundary denies another buildspec, image, role or certificate"
BUILDS = ("Run the * build", "Run the integration tests of *", "Start the validation of *")
# Ways to more privileges that a role's actions would open, were they not held as it says.
ESCALATIONS = (
    Justified(
        job=STACK,
        what=(
            "write a new version of a policy",
            "attach a policy to a role",
            "let oneself into a role",
            "widen a role's boundary",
            "make a role with a policy",
        ),
        because="roles and policies under its own stack's path alone, never a policy of AWS; each "
        "role within a boundary, which denies administering and which it cannot change",
    ),
    Justified(
        job=STACK,
        what=(
            "make a function with a role",
            "make a function with a role, and wait",
            "make a function with a role that others invoke",
            "open a function to oneself",
            "replace a function's code",
            "change what a function loads",
            "make a state machine with a role",
            "change what a state machine calls",
            "let a rule start something with a role",
            "open a secret to oneself",
        ),
        because="what its own stack holds, with that stack's roles, which are bounded; the "
        "template is what went through the gates",
    ),
    Justified(
        job=OWN,
        what=(
            "make a build with a role that another starts",
            "change what a build runs",
            "make a pipeline with a role",
            "change what a pipeline does",
        ),
        because="the builds and the pipeline of its own stack, with that stack's roles, which are "
        "bounded; the template is what went through the gates",
    ),
    Justified(
        job="Create the change set of *",
        what=(
            "make a change set with a role that another executes",
            "make a change set with the stack's role that another executes",
        ),
        because="the change set `release` of one stack, with that stack's own role; another role "
        "executes it, after the gates",
    ),
    Justified(
        job="Say what a release would change*",
        what=("make a change set with the stack's role that another executes",),
        because="the change set `review`, which no role may execute",
    ),
    Justified(
        job="Execute the change set of *",
        what=("execute a change set that another made",),
        because="the change set `release` of one stack, and it can make none",
    ),
    *(
        Justified(job=job, what=("start a build with other commands",), because=ONE_PROJECT)
        for job in BUILDS
    ),
    Justified(
        job="Run the pipeline *",
        what=("assume another role",),
        because="the roles of its own actions, which trust it alone",
    ),
    *(
        Justified(
            job=job,
            what=("assume another role",),
            because="the role for reviews of each environment in another account, which trusts "
            "this one alone, and can execute nothing",
        )
        for job in (
            "Say what a release would change",
            "Hold a release until customers have used it",
        )
    ),
)
