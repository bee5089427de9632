"""`python -m operations freeze`, `thaw` and `frozen`."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from delivery import Delivery
from operations import aws, names
from operations.command import DEFAULT_FILE, DeliveryFile, Profile, console, read, told
from operations.freeze import held, parameter
from operations.freeze.notice import Notice, reason_given
from operations.wrong import OperationError, known


@told
def freeze(
    *,
    reason: Annotated[str, typer.Option(help="Why; people whose releases wait will read it.")] = "",
    environments: Annotated[
        str, typer.Option(help="Which, parted by spaces or commas; all production if left out.")
    ] = "",
    again: Annotated[bool, typer.Option("--again", help="Freeze anew what is frozen.")] = False,
    delivery: DeliveryFile = DEFAULT_FILE,
    profile: Profile = None,
) -> None:
    """Hold releases before their environments. What is under way there goes on.

    Needs ssm:GetParameter and ssm:PutParameter.
    """
    what, why = read(delivery), reason_given(reason)
    wanted = _environments(what, environments)
    access, out = aws.toolchain(what, profile), console()
    ssm, name = access.client("ssm"), names.freeze_parameter(what)
    before = parameter.read(ssm, name)
    out.print(f"{name} before: {escape(parameter.said(before))}")
    if before is not None and before.frozen and not again:
        raise OperationError(
            f"{what.name} is frozen already\n  to do: give --again (AGAIN=yes) to put another "
            "notice in its place, or make thaw"
        )
    parameter.write(
        ssm,
        name,
        Notice(frozen=True, reason=why, by=access.caller, since=_now(), environments=wanted),
    )
    out.print(f"{name} now: {escape(parameter.said(parameter.read(ssm, name)))}")


@told
def thaw(
    *,
    retry: Annotated[
        bool, typer.Option("--retry", help="Let the releases that waited go on.")
    ] = False,
    delivery: DeliveryFile = DEFAULT_FILE,
    profile: Profile = None,
) -> None:
    """Hold releases no longer, and say which ones waited.

    Needs ssm:GetParameter and ssm:PutParameter, codepipeline:GetPipeline and
    codepipeline:GetPipelineState, and codepipeline:RetryStageExecution to let them go on.
    """
    what = read(delivery)
    access, out = aws.toolchain(what, profile), console()
    ssm, name = access.client("ssm"), names.freeze_parameter(what)
    before = parameter.read(ssm, name)
    out.print(f"{name} before: {escape(parameter.said(before))}")
    if before is None or before.frozen:
        parameter.write(ssm, name, Notice(frozen=False, by=access.caller, since=_now()))
        out.print(f"{name} now: {escape(parameter.said(parameter.read(ssm, name)))}")
    _let_go_on(access, what, out, retry=retry)


@told
def frozen(*, delivery: DeliveryFile = DEFAULT_FILE, profile: Profile = None) -> None:
    """Show whether releases are held, and which ones wait.

    Needs ssm:GetParameter, codepipeline:GetPipeline and codepipeline:GetPipelineState.
    """
    what = read(delivery)
    access, out = aws.toolchain(what, profile), console()
    notice = parameter.read(access.client("ssm"), names.freeze_parameter(what))
    out.print(f"{names.freeze_parameter(what)}: {escape(parameter.said(notice))}")
    for each in _held(access, what):
        out.print(f"waits: {each.execution} of {each.pipeline}, in {each.stage}")


def _let_go_on(access: aws.Access, delivery: Delivery, out: Console, *, retry: bool) -> None:
    waiting = _held(access, delivery)
    if not waiting:
        out.print("No release waits for it.")
        return
    if not retry:
        out.print("These wait. make thaw RETRY=yes lets them go on, or one by one:")
    for each in waiting:
        if retry:
            access.client("codepipeline").retry_stage_execution(**each.request)
            out.print(f"goes on: {each.execution} of {each.pipeline}, in {each.stage}")
        else:
            out.print(f"  {escape(each.command)}")


def _held(access: aws.Access, delivery: Delivery) -> list[held.Held]:
    pipelines = [names.pipeline(delivery, service) for service in delivery.services]
    return held.find(access.client("codepipeline"), pipelines, names.freeze(delivery))


def _environments(delivery: Delivery, given: str) -> tuple[str, ...]:
    there = [environment.name for environment in delivery.environments]
    wanted = dict.fromkeys(given.replace(",", " ").split())
    return tuple(
        known(name, there, setting="ENVIRONMENTS", what="environment of this delivery")
        for name in wanted
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
