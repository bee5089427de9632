"""How CodePipeline hands its artifacts to CodeBuild and gets the build's own: inside the world.

On AWS this way is not public either. CodePipeline's engine makes a `Handover`, gives its token to
`StartBuild` (which it calls as its role, so that IAM decides), waits for `ended` and reads what
the build left. Where a place in S3 is given, the build reads and writes there as the project's
role.

>>> handover = hand_over(
...     world, inputs={"Source": Place("store", "a.zip")}, outputs={"Assembly": Place("store", "b")}
... )
>>> codebuild.start_build(projectName="package", idempotencyToken=handover.token)
>>> handover.ended.wait(party=world.parties.current())
>>> handover.status, handover.artifacts["Assembly"], handover.exported
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rehearsal.world.inside.clock import Signal
from rehearsal.world.inside.plugins.codebuild_files import Place
from rehearsal.world.inside.setting import Setting

WAITING: dict[str, "Handover"] = {}


@dataclass(kw_only=True)
class Handover:
    """What a build gets from CodePipeline and gives back.

    Attributes:
        token: for StartBuild's `idempotencyToken`.
        inputs: zips by artifact name.
        primary: the one that is unpacked at the root; the others are CODEBUILD_SRC_DIR_name.
        outputs: the artifacts wanted, and where to put each, if anywhere.
        initiator: who asks, as `codepipeline/name`.
        version: the commit, as CODEBUILD_RESOLVED_SOURCE_VERSION has it.
        ended: given when the build is over; then the rest is filled in.
        build_id: the build's id.
        status: how it ended.
        artifacts: zips by artifact name.
        exported: the exported variables.
    """

    token: str
    inputs: Mapping[str, bytes | Place]
    primary: str
    outputs: Mapping[str, Place | None]
    initiator: str
    version: str
    ended: Signal
    build_id: str = ""
    status: str = ""
    artifacts: dict[str, bytes] = field(default_factory=dict)
    exported: dict[str, str] = field(default_factory=dict)


def hand_over(
    world: Setting,
    *,
    inputs: Mapping[str, bytes | Place],
    outputs: Mapping[str, Place | None] | None = None,
    primary: str = "",
    initiator: str = "codepipeline/pipeline",
    version: str = "",
) -> Handover:
    """Make a handover for the one build that is started with its token."""
    handover = Handover(
        token=f"handover-{len(WAITING) + 1}-{world.chance(str(len(WAITING))).getrandbits(64):x}",
        inputs=inputs,
        primary=primary or next(iter(inputs)),
        outputs=outputs or {},
        initiator=initiator,
        version=version,
        ended=world.clock.signal(),
    )
    WAITING[handover.token] = handover
    return handover


def taken(token: str) -> Handover | None:
    """The handover with that token, if there is one that no build has taken."""
    found = WAITING.get(token)
    return found if found is not None and not found.build_id else None
