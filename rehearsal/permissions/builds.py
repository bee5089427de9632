"""Builds that put out what is prepared, in place of what they do: each takes a second.

Integration tests stay as they are: they take no longer, and call what was deployed.
"""

import json
import shlex
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from rehearsal.set_up import SetUp

PIPELINE = "AWS::CodePipeline::Pipeline"
STAGE = "Build"
# What stays of the source: the integration tests are in it.
LEFT = (".git", "services")
PASSED = """\
version: 0.2
phases:
  build:
    commands:
      - "true"
"""
# What the source says to a build: which variant it is to put out, and when that was asked for.
WANTED, MOMENT = "release", "moment"
# In the templates it stands for the moment, so that each release changes the pipeline's own stack.
MARK = "@@MOMENT@@"
# As a pattern that does not mean itself: the command stands in a template, too.
MARKED = "@@[M]OMENT@@"


def ask_for(made: SetUp, variant: str) -> None:
    """Commit what asks the builds for a variant."""
    (made.source.folder / WANTED).write_text(f"{variant}\n", encoding="utf-8")
    moment = f"{made.world.clock.now():%Y-%m-%d %H:%M:%S}\n"
    (made.source.folder / MOMENT).write_text(moment, encoding="utf-8")
    made.source.commit(f"Release {variant}")


def let_copy(template: Path, folder: Path) -> None:
    """Let the builds of a template copy what is prepared, in place of what they do."""
    content = json.loads(template.read_text(encoding="utf-8"))
    for own in _builds(content):
        own["Description"] = f"{own['Description']} ({MARK})"
        own["Source"]["BuildSpec"] = _buildspec(own["Source"]["BuildSpec"], folder)
    template.write_text(json.dumps(content), encoding="utf-8")


def _buildspec(real: str, folder: Path) -> str:
    told = yaml.safe_load(real)
    commands = [
        f'cp -r {shlex.quote(str(folder))}/"$(cat {WANTED})"/. .',
        f'sed -i "s/{MARKED}/$(cat {MOMENT})/" cdk.out/*.template.json',
    ]
    short = {"version": 0.2, "env": {"shell": "bash"}, "phases": {"build": {"commands": commands}}}
    if "artifacts" in told:
        short["artifacts"] = told["artifacts"]
    return yaml.safe_dump(short)


def begin(made: SetUp, template: Path) -> None:
    """Let the projects as they are copy from now on, and the source hold what is asked for only.

    What validates pull requests passes each.
    """
    client = made.world.client("codebuild")
    for own in _builds(json.loads(template.read_text(encoding="utf-8"))):
        source = {"type": "CODEPIPELINE", "buildspec": own["Source"]["BuildSpec"]}
        client.update_project(name=own["Name"], source=source)
    names = client.list_projects()["projects"]
    for project in client.batch_get_projects(names=names)["projects"]:
        if project["source"]["type"] != "CODEPIPELINE":
            source = {**project["source"], "buildspec": PASSED}
            client.update_project(name=project["name"], source=source)
    _empty(each for each in made.source.folder.iterdir() if each.name not in LEFT)


def _builds(content: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The properties of the projects that a template's pipeline builds with."""
    resources = content["Resources"]
    for pipeline in resources.values():
        if pipeline["Type"] == PIPELINE:
            stages = {each["Name"]: each for each in pipeline["Properties"]["Stages"]}
            for action in stages[STAGE]["Actions"]:
                yield resources[action["Configuration"]["ProjectName"]["Ref"]]["Properties"]


def _empty(paths: Iterable[Path]) -> None:
    for path in paths:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
