"""Start the validation build of a pull request's new revision."""

import os

import aws
import log
from delivered import token_of
from revision import Revision


def handle(event: object, _context: object) -> dict[str, str]:
    """Build the source commit; the build hears what it validates by plain variables.

    Returns:
        The build.

    Raises:
        UnreadableRevisionError: the event does not say what to validate.
        BotoCoreError, ClientError: CodeBuild did not start. Lambda tries again.
    """
    revision = Revision.of_event(event)
    answer = aws.client("codebuild").start_build(
        projectName=os.environ["PROJECT"],
        sourceVersion=revision.source_commit,
        environmentVariablesOverride=[
            {"name": name, "value": value, "type": "PLAINTEXT"}
            for name, value in revision.variables.items()
        ],
        idempotencyToken=token_of(event),
    )
    build = str(answer["build"]["id"])
    log.step("started", build=build, pull_request=revision.pull_request)
    return {"build": build}
