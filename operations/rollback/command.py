"""`python -m operations rollback`."""

from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from delivery import Delivery, Service
from operations import aws, names
from operations.command import DEFAULT_FILE, DeliveryFile, Profile, console, read, told
from operations.rollback import entrance, history
from operations.rollback.choice import choose
from operations.rollback.follow import follow
from operations.rollback.run import Run
from operations.wrong import known

NOT_DONE = 1
SUCCEEDED = "Succeeded"


@told
def rollback(
    service: Annotated[str, typer.Option(help="Whose release to take back.")],
    environment: Annotated[str, typer.Option(help="Where.")],
    *,
    to: Annotated[str, typer.Option(help="The pipeline execution to bring back.")] = "",
    run: Annotated[bool, typer.Option("--run", help="Do it, and follow it.")] = False,
    delivery: DeliveryFile = DEFAULT_FILE,
    profile: Profile = None,
) -> None:
    """Show which release would come back in an environment; with --run, bring it back.

    Needs codepipeline:GetPipelineState, codepipeline:GetPipelineExecution and
    codepipeline:ListPipelineExecutions; to run it codepipeline:RollbackStage,
    codepipeline:ListActionExecutions and codepipeline:OverrideStageCondition. Exits with 1 when
    the rollback does not succeed.
    """
    what = read(delivery)
    found = _service(what, service)
    known(environment, found.environments, setting="ENVIRONMENT", what=f"environment of {service}")
    stage, pipeline = names.stage(found, environment), names.pipeline(what, found)
    client, out = aws.toolchain(what, profile).client("codepipeline"), console()
    past = history.ask(client, pipeline, stage)
    target = choose(past, history.Structure(client, pipeline).same, to or None)
    _show(out, pipeline, stage, past.serving, target)
    if not run:
        out.print("Nothing has been done. RUN=yes does it.")
        return
    answer = client.rollback_stage(
        pipelineName=pipeline, stageName=stage, targetPipelineExecutionId=target.id
    )
    status = _follow(client, pipeline, stage, answer["pipelineExecutionId"], out)
    out.print(f"The rollback has ended: {status}")
    if status != SUCCEEDED:
        raise typer.Exit(NOT_DONE)


def _follow(client: Any, pipeline: str, stage: str, execution: str, out: Console) -> str:  # noqa: ANN401 - boto3 has no types
    """Follow the rollback, past the entry condition if that keeps it out; how it ends."""

    def tell(line: str) -> None:
        out.print(escape(line))

    out.print(f"Execution {execution}. It goes on by itself if you stop looking (Ctrl-C).")
    status = follow(client, pipeline, execution, tell)
    if status != SUCCEEDED and entrance.keeps_out(client, pipeline, stage, execution):
        out.print("The entry condition keeps releases out of there, and must not keep this one.")
        entrance.let_in(client, pipeline, stage, execution)
        status = follow(client, pipeline, execution, tell)
    return status


def _service(delivery: Delivery, name: str) -> Service:
    services = {service.name: service for service in delivery.services}
    return services[known(name, services, setting="SERVICE", what="service of this delivery")]


def _show(out: Console, pipeline: str, stage: str, serving: Run | None, target: Run) -> None:
    out.print(f"[bold]{pipeline}, stage {stage}[/bold]")
    out.print(f"  serves now:       {_release(serving) if serving else 'nobody knows what'}")
    out.print(f"  would come back:  {_release(target)}")
    out.print(
        "  how: a new execution runs this stage alone with the artifacts of that release. It is a "
        "deployment like any other: hooks, canary and judge watch it, and it takes as long."
    )


def _release(run: Run) -> str:
    revision = run.revision[:12] or "an unknown revision"
    message = f" “{escape(run.message)}”" if run.message else ""
    return f"{revision}{message}, released {run.started:%Y-%m-%d %H:%M %Z}, execution {run.id}"
