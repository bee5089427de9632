"""CodePipeline's operations on pipelines themselves."""

import copy
from typing import Any

from rehearsal.world.inside.json_service import ServiceError
from rehearsal.world.inside.plugins.codepipeline.declaration import check
from rehearsal.world.inside.plugins.codepipeline.record import Pipeline
from rehearsal.world.inside.setting import Setting

Request = dict[str, Any]
Record = dict[str, Any]
Place = tuple[str, str, str]


class Pipelines:
    """All pipelines of a world."""

    def __init__(self, world: Setting) -> None:
        """None yet."""
        self.world = world
        self._all: dict[Place, Pipeline] = {}
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

    def create(self, request: Request) -> Record:
        """A new one."""
        declared = _completed(request["pipeline"])
        check(declared)
        account, region = self._here()
        place, now = (account, region, declared["name"]), self.world.clock.now()
        if place in self._all:
            raise ServiceError("PipelineNameInUseException", f"{declared['name']} is taken")
        declared["version"] = 1
        self._all[place] = Pipeline(
            arn=self.arn(declared["name"]),
            account=account,
            region=region,
            declared=declared,
            created=now,
            updated=now,
        )
        self.tags[self.arn(declared["name"])] = {
            tag["key"]: tag["value"] for tag in request.get("tags", [])
        }
        return {"pipeline": declared}

    def update(self, request: Request) -> Record:
        """Changed for the executions to come."""
        declared = _completed(request["pipeline"])
        pipeline = self.find(declared["name"])
        check(declared)
        with pipeline.lock:
            declared["version"] = int(pipeline.declared["version"]) + 1
            pipeline.declared, pipeline.updated = declared, self.world.clock.now()
        return {"pipeline": declared}

    def get(self, request: Request) -> Record:
        """As it is declared."""
        pipeline = self.find(request["name"])
        return {
            "pipeline": pipeline.declared,
            "metadata": {
                "pipelineArn": pipeline.arn,
                "created": pipeline.created,
                "updated": pipeline.updated,
            },
        }

    def delete(self, request: Request) -> None:
        """Gone, with all that is known of its executions."""
        self._all.pop((*self._here(), request["name"]), None)
        self.tags.pop(self.arn(request["name"]), None)

    def list_all(self, _request: Request) -> Record:
        """Those of the current account and Region."""
        here = self._here()
        return {
            "pipelines": [
                {
                    "name": name,
                    "version": pipeline.declared["version"],
                    "pipelineType": pipeline.declared["pipelineType"],
                    "executionMode": pipeline.mode,
                    "created": pipeline.created,
                    "updated": pipeline.updated,
                }
                for (account, region, name), pipeline in sorted(self._all.items())
                if (account, region) == here
            ]
        }

    def list_tags(self, request: Request) -> Record:
        """The tags of a pipeline."""
        found = self.tags.get(request["resourceArn"])
        if found is None:
            raise ServiceError("ResourceNotFoundException", f"nothing is {request['resourceArn']}")
        return {"tags": [{"key": key, "value": value} for key, value in found.items()]}

    def _here(self) -> tuple[str, str]:
        get = self.world.seams.get
        return get("responses.get_account_id")(), get("responses.get_region")()


def _completed(declared: Record) -> Record:
    completed = copy.deepcopy(declared)
    completed.setdefault("pipelineType", "V1")
    completed.setdefault("executionMode", "SUPERSEDED")
    for stage in completed["stages"]:
        for action in stage["actions"]:
            action.setdefault("runOrder", 1)
            action.setdefault("configuration", {})
            action.setdefault("inputArtifacts", [])
            action.setdefault("outputArtifacts", [])
    return completed
