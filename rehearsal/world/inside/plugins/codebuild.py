"""CodeBuild: projects, and builds that really run their buildspec in bash on this machine.

A build's commands see a copy of the source and the declared environment, and act with the keys
of the project's role; so do the build's own reads, writes and logs. Time stands still while they
run, but for what they `sleep`. Of the API there is what `OPERATIONS` names.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

import botocore.session

from rehearsal.world.inside.json_service import JsonService, ServiceError, register
from rehearsal.world.inside.plugins import codebuild_logs
from rehearsal.world.inside.plugins.codebuild_builds import Builds
from rehearsal.world.inside.plugins.codebuild_engine import start
from rehearsal.world.inside.plugins.codebuild_handover import WAITING, taken
from rehearsal.world.inside.plugins.codebuild_stack import resource_type
from rehearsal.world.inside.setting import Setting

STOP_SECONDS = 10
# What StartBuild may set for one build, and where it goes.
OVERRIDES = {
    "buildspecOverride": ("source", "buildspec"),
    "timeoutInMinutesOverride": ("", "timeoutInMinutes"),
    "sourceVersion": ("", "sourceVersion"),
}
KNOWN = {"projectName", "idempotencyToken", "environmentVariablesOverride", *OVERRIDES}


def install(world: Setting) -> None:
    """Let the world have CodeBuild, in place of ministack's own, which runs nothing."""
    builds = Builds(world)
    world.memory.hold("codebuild", builds, "_projects", "_builds")
    world.memory.hold("codebuild handovers", WAITING)
    codebuild_logs.install(world)

    def resource(_operation: str, request: Mapping[str, Any]) -> str:
        # IAM decides on projects, also for what names builds.
        named = [*(request.get("ids") or ()), *(request.get("names") or ())]
        name = request.get("projectName") or request.get("name") or request.get("id")
        name = str(name or (named or [""])[0]).rpartition("/")[2].partition(":")[0]
        return builds.arn("project", name) if name else "*"

    register(
        world,
        JsonService(
            name="codebuild",
            operations={name: partial(doing, builds) for name, doing in OPERATIONS.items()},
            resource=resource,
            tags=lambda: [
                (each["arn"], {tag["key"]: tag["value"] for tag in each.get("tags") or ()})
                for each in builds.all_projects()
            ],
        ),
    )
    model = botocore.session.get_session().get_service_model("codebuild")
    name = world.seams.get("provisioners._physical_name")
    types = world.seams.get("provisioners._RESOURCE_HANDLERS")
    types["AWS::CodeBuild::Project"] = resource_type(builds, model, name)


def _create_project(builds: Builds, request: dict[str, Any]) -> dict[str, Any]:
    if request["name"] in builds.projects():
        raise ServiceError("ResourceAlreadyExistsException", f"{request['name']} already exists")
    return {"project": builds.keep(request)}


def _update_project(builds: Builds, request: dict[str, Any]) -> dict[str, Any]:
    return {"project": builds.keep({**builds.project(request["name"]), **request})}


def _delete_project(builds: Builds, request: dict[str, Any]) -> dict[str, Any]:
    builds.forget(request["name"])
    return {}


def _batch_get_projects(builds: Builds, request: dict[str, Any]) -> dict[str, Any]:
    here = builds.projects()
    asked = {name: here.get(name.rpartition("project/")[2]) for name in request["names"]}
    return _filled(
        projects=[project for project in asked.values() if project is not None],
        projectsNotFound=[name for name, project in asked.items() if project is None],
    )


def _list_projects(builds: Builds, _request: dict[str, Any]) -> dict[str, Any]:
    return _filled(projects=sorted(builds.projects()))


def _start_build(builds: Builds, request: dict[str, Any]) -> dict[str, Any]:
    if unknown := sorted(set(request) - KNOWN):
        raise ServiceError("InvalidInputException", f"the world knows no {', '.join(unknown)}")
    stored = builds.project(request["projectName"])
    handover = taken(request.get("idempotencyToken", ""))
    if (stored["source"]["type"] == "CODEPIPELINE") != (handover is not None):
        raise ServiceError(
            "InvalidInputException",
            "Project with source type CODEPIPELINE is started by CodePipeline, and no other",
        )
    project = {**stored, "source": {**stored["source"]}, "environment": {**stored["environment"]}}
    for name, (inside, what) in OVERRIDES.items():
        if name in request:
            (project[inside] if inside else project)[what] = request[name]
    overridden = {one["name"]: one for one in request.get("environmentVariablesOverride") or ()}
    variables = project["environment"].get("environmentVariables") or ()
    kept = [one for one in variables if one["name"] not in overridden]
    project["environment"]["environmentVariables"] = [*kept, *overridden.values()]
    build = builds.add(project, handover)
    start(builds.world, build)
    return {"build": build.shown()}


def _stop_build(builds: Builds, request: dict[str, Any]) -> dict[str, Any]:
    build = builds.build(request["id"])
    if build is None:
        raise ServiceError("ResourceNotFoundException", f"{request['id']} cannot be found")
    build.stop.set()
    build.ended.wait(STOP_SECONDS)
    return {"build": build.shown()}


def _batch_get_builds(builds: Builds, request: dict[str, Any]) -> dict[str, Any]:
    asked = {id_: builds.build(id_) for id_ in request["ids"]}
    return _filled(
        builds=[build.shown() for build in asked.values() if build is not None],
        buildsNotFound=[id_ for id_, build in asked.items() if build is None],
    )


def _list_builds(builds: Builds, request: dict[str, Any]) -> dict[str, Any]:
    name = request.get("projectName", "")
    if name:
        builds.project(name)
    ids = [build.record["id"] for build in builds.builds(name)]
    return _filled(ids=ids if request.get("sortOrder") == "ASCENDING" else ids[::-1])


def _filled(**lists: list[Any]) -> dict[str, Any]:
    """Those lists that are not empty: by its model AWS answers no others."""
    return {name: each for name, each in lists.items() if each}


OPERATIONS = {
    "BatchGetBuilds": _batch_get_builds,
    "BatchGetProjects": _batch_get_projects,
    "CreateProject": _create_project,
    "DeleteProject": _delete_project,
    "ListBuilds": _list_builds,
    "ListBuildsForProject": _list_builds,
    "ListProjects": _list_projects,
    "StartBuild": _start_build,
    "StopBuild": _stop_build,
    "UpdateProject": _update_project,
}
