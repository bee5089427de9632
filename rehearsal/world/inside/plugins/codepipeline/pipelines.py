"""CodePipeline's operations on pipelines themselves."""

from collections import Counter
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codepipeline.checked import check
from rehearsal.world.inside.plugins.codepipeline.declaration import completed
from rehearsal.world.inside.plugins.codepipeline.engine import Engine
from rehearsal.world.inside.plugins.codepipeline.pages import page
from rehearsal.world.inside.plugins.codepipeline.performers import Performers
from rehearsal.world.inside.plugins.codepipeline.pipeline import Pipeline
from rehearsal.world.inside.plugins.codepipeline.record import RUNNING
from rehearsal.world.inside.setting import Setting

Request = dict[str, Any]
Record = dict[str, Any]
Place = tuple[str, str, str]


class Pipelines:
    """All pipelines of a world."""

    def __init__(self, world: Setting, performers: Performers) -> None:
        """None yet; their actions and rules are done by these performers."""
        self.world, self._performers = world, performers
        self._all: dict[Place, Pipeline] = {}
        self._ever: Counter[str] = Counter()
        self.tags: dict[str, dict[str, str]] = {}
        # The rule behind each start that came from one, by the start's token.
        self.by_rule: dict[str, str] = {}

    def arn(self, name: str) -> str:
        """The ARN of a pipeline of the current account and Region."""
        account, region = self._here()
        return f"arn:aws:codepipeline:{region}:{account}:{name}"

    def find(self, name: str) -> Pipeline:
        """The pipeline of that name.

        Raises:
            ServiceError: there is none.
        """
        found = self._all.get((*self._here(), name))
        if found is None:
            raise ServiceError("PipelineNotFoundException", f"there is no pipeline {name}")
        return found

    def everywhere(self) -> list[Pipeline]:
        """Those of all accounts and Regions."""
        return list(self._all.values())

    def create(self, request: Request) -> Record:
        """A new one."""
        declared = completed(request["pipeline"])
        check(declared, self._performers)
        account, region = self._here()
        name, arn = declared["name"], self.arn(declared["name"])
        if (account, region, name) in self._all:
            raise ServiceError("PipelineNameInUseException", f"{name} is taken")
        now = self.world.clock.now()
        pipeline = Pipeline(
            world=self.world,
            performers=self._performers,
            arn=arn,
            account=account,
            region=region,
            nth=self._ever[arn],
            declared=declared,
            created=now,
            updated=now,
        )
        pipeline.declare(declared)
        self._ever[arn] += 1
        self._all[(account, region, name)] = pipeline
        self.tags[arn] = {tag["key"]: tag["value"] for tag in request.get("tags", [])}
        return {"pipeline": declared}

    def update(self, request: Request) -> Record:
        """Changed for the executions to come; those on their way are cancelled, as on AWS."""
        declared = completed(request["pipeline"])
        try:
            pipeline = self.find(declared["name"])
        except ServiceError as error:
            # The model has no other name for it.
            raise ServiceError("InvalidStructureException", str(error)) from error
        check(declared, self._performers)
        with pipeline.lock:
            running = [each for each in pipeline.executions if each.status in RUNNING]
            pipeline.declare(declared)
            for each in running:
                Engine(pipeline).cancel(each)
        return {"pipeline": declared}

    def get(self, request: Request) -> Record:
        """As it is declared, or was in an earlier version."""
        pipeline = self.find(request["name"])
        declared = pipeline.versions.get(request.get("version", pipeline.version))
        if declared is None:
            raise ServiceError(
                "PipelineVersionNotFoundException",
                f"{pipeline.name} has no version {request['version']}",
            )
        return {
            "pipeline": declared,
            "metadata": {
                "pipelineArn": pipeline.arn,
                "created": pipeline.created,
                "updated": pipeline.updated,
            },
        }

    def delete(self, request: Request) -> None:
        """Gone, with all that is known of its executions; nobody waits for those that run."""
        pipeline = self._all.pop((*self._here(), request["name"]), None)
        self.tags.pop(self.arn(request["name"]), None)
        for execution in pipeline.executions if pipeline else ():
            if pipeline and execution.status in RUNNING:
                Engine(pipeline).stop(execution, abandon=True, reason="the pipeline is deleted")

    def list_all(self, request: Request) -> Record:
        """Those of the current account and Region."""
        here = self._here()
        found = [
            {
                "name": name,
                "version": pipeline.version,
                "pipelineType": pipeline.declared["pipelineType"],
                "executionMode": pipeline.mode,
                "created": pipeline.created,
                "updated": pipeline.updated,
            }
            for (account, region, name), pipeline in sorted(
                self._all.items(), key=lambda each: each[0]
            )
            if (account, region) == here
        ]
        return page("pipelines", found, request, most=1000)

    def list_tags(self, request: Request) -> Record:
        """The tags of a pipeline."""
        found = self.tags.get(request["resourceArn"])
        if found is None:
            raise ServiceError("ResourceNotFoundException", f"nothing is {request['resourceArn']}")
        tags = [{"key": key, "value": value} for key, value in found.items()]
        return page("tags", tags, request)

    def _here(self) -> tuple[str, str]:
        get = self.world.seams.get
        return get("responses.get_account_id")(), get("responses.get_region")()
