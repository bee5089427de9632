"""What a pipeline asks of the gates: the UserParameters of their actions and rules.

The gates refuse a key too many or too few; here is the one place that knows them all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

# Filled in when the action runs ("Variables available for pipeline actions", CodePipeline User
# Guide, "Variables reference").
THIS_EXECUTION = "#{codepipeline.PipelineExecutionId}"


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """The Region of an environment, and the role to be assumed where its account is another."""

    region: str
    role_arn: str = ""

    def parameters(self) -> dict[str, object]:
        """As the gates take it."""
        role: dict[str, object] = {"role": self.role_arn} if self.role_arn else {}
        return {"region": self.region, **role}


def freeze_parameters(environments: Sequence[str]) -> dict[str, object]:
    """Ask whether one of the environments is frozen."""
    return {"environments": list(environments)}


def review_parameters(stack: str, place: Elsewhere) -> dict[str, object]:
    """Ask what a release changes in a stack; the action's one input is the assembly."""
    return {"stack": stack, "template": f"{stack}.template.json", **place.parameters()}


def soak_parameters(
    function: str, alias: str, *, requests: int, minutes: int, pipeline: str, place: Elsewhere
) -> dict[str, object]:
    """Ask for so many requests within so many minutes, 1,380 at most; not of a rollback."""
    return {
        "function": function,
        "alias": alias,
        "requests": requests,
        "minutes": minutes,
        "pipeline": pipeline,
        "execution": THIS_EXECUTION,
        **place.parameters(),
    }


def signing_parameters(pipeline: str) -> dict[str, object]:
    """Ask for the code of a release to be signed."""
    return {"pipeline": pipeline, "execution": THIS_EXECUTION}


def provenance_parameters(
    pipeline: str, projects: Mapping[str, str], signer: str | None = None
) -> dict[str, object]:
    """Ask how a release was built.

    Args:
        pipeline: its pipeline.
        projects: whose builds built it, by the action's name.
        signer: the function that had its code signed, where it is.
    """
    built = {action.lower(): project for action, project in projects.items()}
    signed = {"signer": signer} if signer else {}
    return {"pipeline": pipeline, "execution": THIS_EXECUTION, **built, **signed}
