"""A world for the tests of one file, and clients that hold our plug-ins to botocore's models."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.model import OperationModel
from botocore.validate import ParamValidator

from rehearsal.world.world import World

# The services that plug-ins answer for; ministack's own answers are its own affair.
OURS = {"cloudwatch", "codebuild", "codecommit", "codedeploy"}

Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with World() as world:
        yield world


@pytest.fixture(scope="module")
def aws(world: World) -> Client:
    """Clients that fail where AWS's own model of an answer does not allow what came."""
    session = world.session()
    session.events.register("after-call", _as_modelled)
    clients: dict[str, Any] = {}
    return lambda name: clients.setdefault(name, world.client(name, session))


def _as_modelled(
    parsed: dict[str, Any], model: OperationModel, http_response: AWSResponse, **_more: object
) -> None:
    ours = model.service_model.service_name in OURS or model.name == "Invoke"
    if not ours or model.output_shape is None or http_response.status_code >= 300:
        return
    answer = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
    problems = ParamValidator().validate(answer, model.output_shape)
    assert not problems.has_errors(), f"{model.name}: {problems.generate_report()}"
