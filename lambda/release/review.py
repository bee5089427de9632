"""The review: what a release would change in an environment, put before whoever approves it.

A change set of the release's template is made on the stack that is there, and stays for the
approver to open. Making it changes nothing, and no role of the pipeline executes it.
"""

import hashlib
import os
from datetime import datetime, timedelta
from functools import partial
from typing import Final
from urllib.parse import quote

import clients
import clock
import log
import parameters
import reach
import summary
import template
import turn
from deadline import Context, Deadline
from job import Job
from outcome import Done, Later
from proposal import BusyError, Proposal, ProposalError, Proposals
from sensitive import concerns
from turn import RefusedError

# "TemplateBody" in CreateChangeSet, CloudFormation API Reference, in bytes.
INLINE: Final = 51_200
# CodePipeline ends an action that goes on later after a day; another release may take long.
PATIENCE: Final = timedelta(hours=20)
NEEDED: Final = ("stack", "template", "region")
STACK: Final = r"[a-zA-Z][-a-zA-Z0-9]{0,127}"
FILE: Final = r"[\w.-]{1,200}\.template\.json"


def handle(event: object, context: Context) -> dict[str, str]:
    """Say what a release would change."""
    return turn.run(event, context, decide)


def decide(job: Job, deadline: Deadline) -> Done | Later:
    """Make the change set, wait for it, and put out its `Summary` and a `Link` to it.

    Raises:
        RefusedError: the release cannot be reviewed.
        ParametersError: the action does not say what is to be reviewed.
    """
    parameters.names(job.parameters, needed=NEEDED, optional=["role"])
    stack = parameters.text(job.parameters, "stack", STACK)
    region = parameters.text(job.parameters, "region", reach.REGION)
    role = parameters.text(job.parameters, "role", reach.ROLE)
    file = parameters.text(job.parameters, "template", FILE)
    since = _since(job)
    proposals = Proposals(
        client=reach.stacks(region, role, deadline), stack=stack, deadline=deadline
    )
    try:
        made = proposals.look() if "change_set" in job.token else None
        # Another job, or a person, may have put another in its place.
        if made and made.id == job.token["change_set"]:
            if made.problem:
                raise RefusedError(f"The release cannot be reviewed: {made.problem}")
            return _seen(made, region) if made.is_made else _later(since, stack, made.id)
        body = template.inside(_artifact(job, deadline), file)
        if not proposals.status():
            told = summary.of_first_release(stack, template.resources(body))
            return _done(told, _console(region, "stacks"))
        where = _given(body, stack, deadline)
        made_id = proposals.make(where, f"For review, by job {job.id}")
        return _later(since, stack, made_id)
    except BusyError as busy:
        log.step("busy", why=str(busy))
        return _later(since, str(busy))
    except (ProposalError, template.TemplateError) as error:
        raise RefusedError(f"The release cannot be reviewed: {error}") from error


def _since(job: Job) -> datetime:
    try:
        return datetime.fromisoformat(job.token["since"]) if job.token else clock.now()
    except (KeyError, TypeError, ValueError):
        raise RefusedError(f"the continuation token has no meaning: {dict(job.token)}") from None


def _later(since: datetime, what: str, made_id: str = "") -> Later:
    """Wait for the change set, or for the stack to be free; not for ever.

    Raises:
        RefusedError: it has taken too long.
    """
    if clock.now() - since > PATIENCE:
        raise RefusedError(f"No change set to review after {PATIENCE}: waiting for {what}")
    token = {"since": since.isoformat()} | ({"change_set": made_id} if made_id else {})
    return Later(summary=f"Waiting for {what}", token=token)


def _seen(made: Proposal, region: str) -> Done:
    """Put the changes into words, and all of them into the log."""
    for each in made.changes:
        why = [vars(concern) for concern in concerns(each)]
        log.step("change", **each.as_record(), security=why)
    stack_id, change_set = quote(made.stack_id, safe=""), quote(made.id, safe="")
    place = f"stacks/changesets/changes?stackId={stack_id}&changeSetId={change_set}"
    return _done(summary.of_changes(made.changes), _console(region, place))


def _done(told: str, link: str) -> Done:
    log.step("summary", summary=told, link=link)
    return Done(summary=told, variables={"Summary": told, "Link": link})


def _console(region: str, place: str) -> str:
    home = f"https://{region}.console.aws.amazon.com/cloudformation/home"
    return f"{home}?region={region}#/{place}"


def _artifact(job: Job, deadline: Deadline) -> bytes:
    """Read the artifact's zip with what CodePipeline lends for that.

    Raises:
        RefusedError: the job has not one artifact and credentials for it.
    """
    if len(job.artifacts) != 1 or job.credentials is None:
        raise RefusedError("The review needs one input artifact, and credentials to read it")
    [artifact] = job.artifacts
    read = partial(
        reach.artifacts(job.credentials).get_object, Bucket=artifact.bucket, Key=artifact.key
    )
    archive: bytes = reach.ask(read, deadline, "reading the artifact")["Body"].read()
    return archive


def _given(body: bytes, stack: str, deadline: Deadline) -> dict[str, str]:
    """The template as CloudFormation takes it; a large one from the artifact store."""
    if len(body) <= INLINE:
        return {"TemplateBody": body.decode()}
    bucket, _, folder = os.environ["TEMPLATES"].partition("/")
    key = f"{folder}/{stack}/{hashlib.sha256(body).hexdigest()}.template.json"
    put = partial(clients.storage().put_object, Bucket=bucket, Key=key, Body=body)
    reach.ask(put, deadline, "storing the template")
    # As the CDK CLI writes it.
    return {"TemplateURL": f"https://s3.{os.environ['AWS_REGION']}.amazonaws.com/{bucket}/{key}"}
