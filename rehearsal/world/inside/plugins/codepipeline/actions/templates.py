"""How CloudFormation gets a template that is too big for anybody else's request.

Inline it takes 51,200 bytes, and CodePipeline deploys bigger ones. How it hands them on AWS does
not say, and it asks for no permission to store them. Here they are inline all the same: only the
limit is another one for a text that CodePipeline hands in, and IAM decides as on any request.
"""

import hashlib
from collections.abc import Callable

from rehearsal.world.inside.plugins.codepipeline.actions.configuration import wrong
from rehearsal.world.inside.plugins.codepipeline.actions.per_world import one_per_world
from rehearsal.world.inside.setting import Setting

INLINE_BYTES = 51_200
# CloudFormation's own limit for what it does not get inline.
MOST_BYTES = 1_000_000
Problem = Callable[[str], str | None]


class Templates:
    """The big templates that CodePipeline has handed to CloudFormation in one world."""

    def __init__(self) -> None:
        self.known: set[str] = set()
        self.installed = False

    def accepted(self, stock: Problem) -> Problem:
        """What finds fault with a template's size, but not with that of such a one."""

        def problem(body: str) -> str | None:
            return None if body and _digest(body) in self.known else stock(body)

        return problem


templates_of = one_per_world(lambda _clock: Templates())


def handed(world: Setting, template: bytes) -> str:
    """The text for a request's TemplateBody, which may then be as big as it is.

    Raises:
        ActionFailedError: it has more than a million bytes.
    """
    body = template.decode()
    if len(template) > MOST_BYTES:
        wrong(f"Template may not exceed {MOST_BYTES} bytes in size.")
    if len(template) > INLINE_BYTES:
        templates = templates_of(world)
        if not templates.installed:
            world.seams.wrap("helpers._template_body_problem", templates.accepted)
            templates.installed = True
        templates.known.add(_digest(body))
    return body


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
