"""The build and test action for CodeBuild: one build, which reads and puts out the artifacts."""

from collections.abc import Iterator, Mapping
from typing import Any

from rehearsal.world.inside.plugins.codebuild_files import Place
from rehearsal.world.inside.plugins.codebuild_handover import Handover, hand_over
from rehearsal.world.inside.plugins.codepipeline.action import ActionFailedError, Job, Outcome
from rehearsal.world.inside.plugins.codepipeline.actions.configuration import (
    declared_json,
    only,
    required,
    wrong,
)

KNOWN = {"ProjectName", "PrimarySource", "EnvironmentVariables"}
TYPES = {"PLAINTEXT", "PARAMETER_STORE", "SECRETS_MANAGER"}
# How often CodePipeline asks is not documented; a build that ends is seen at once.
POLL_SECONDS = 10.0


def perform(job: Job) -> Outcome:
    """Run a build of the project and wait until it ends; stop it if the execution is.

    Raises:
        ActionFailedError: the build does not succeed.
    """
    only(job, KNOWN)
    project, client = required(job, "ProjectName"), job.session.client("codebuild")
    handover = _hand_over(job)
    # Without variables CodePipeline overrides none.
    variables = list(_variables(job))
    overrides = {"environmentVariablesOverride": variables} if variables else {}
    build = client.start_build(projectName=project, idempotencyToken=handover.token, **overrides)
    identity = build["build"]["id"]
    job.show(external_id=identity)
    build = _ended(job, client, handover, identity)
    if build["buildStatus"] != "SUCCEEDED":
        raise ActionFailedError("JobFailed", failure(build))
    exported = build.get("exportedEnvironmentVariables") or ()
    return Outcome(
        variables={each["name"]: each["value"] for each in exported}, external_id=identity
    )


def failure(build: Mapping[str, Any]) -> str:
    """Why a build did not succeed, in CodePipeline's words."""
    said = f"Build terminated with state: {build['buildStatus']}"
    for phase in build.get("phases") or ():
        contexts = [each for each in phase.get("contexts") or () if each.get("statusCode")]
        if phase.get("phaseStatus") == "FAILED" and contexts:
            code, message = contexts[0]["statusCode"], contexts[0].get("message", "")
            return f"{said}. Phase: {phase['phaseType']}, Code: {code}, Message: {message}"
    return said


def _hand_over(job: Job) -> Handover:
    primary = job.configuration.get("PrimarySource", "")
    if not job.inputs or (len(job.inputs) > 1 and not primary):
        wrong(f"{job.action} has {len(job.inputs)} input artifacts and no PrimarySource")
    if primary and primary not in job.inputs:
        wrong(f"PrimarySource {primary} is no input artifact of {job.action}")
    return hand_over(
        job.world,
        inputs={name: Place(*job.artifacts.location(name)) for name in job.inputs},
        outputs={name: Place(*job.artifacts.location(name)) for name in job.outputs},
        primary=primary,
        initiator=f"codepipeline/{job.pipeline}",
        version=job.revision,
    )


def _variables(job: Job) -> Iterator[dict[str, str]]:
    text = job.configuration.get("EnvironmentVariables", "")
    declared = declared_json(text, "EnvironmentVariables")
    if declared is not None and not isinstance(declared, list):
        wrong("EnvironmentVariables is not a list")
    for each in declared or ():
        kind = each.get("type", "PLAINTEXT") if isinstance(each, dict) else ""
        if kind not in TYPES or not {"name", "value"} <= set(each) <= {"name", "value", "type"}:
            wrong(f"EnvironmentVariables: a name, a value and perhaps a type, not {each}")
        yield {"name": str(each["name"]), "value": str(each["value"]), "type": kind}


def _ended(job: Job, client: Any, handover: Handover, identity: str) -> dict[str, Any]:
    stopped = False
    while True:
        handover.ended.wait(POLL_SECONDS, job.world.parties.current())
        found: dict[str, Any] = client.batch_get_builds(ids=[identity])["builds"][0]
        if found["buildComplete"]:
            return found
        if job.stop.is_set() and not stopped:
            client.stop_build(id=identity)
            stopped = True
