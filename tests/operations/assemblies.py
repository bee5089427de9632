"""Small cloud assemblies, as a synth writes them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Template = Mapping[str, Any]


def write(folder: Path, stacks: Mapping[str, Template], place: str = "") -> Path:
    """Write an assembly of these templates, all in one place; the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    artifacts = {}
    for name, template in stacks.items():
        file = f"{name}.template.json"
        (folder / file).write_text(json.dumps(template))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://{place or 'unknown-account/unknown-region'}",
            "properties": {"templateFile": file},
        }
    (folder / "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
    (folder / "validation-report.json").write_text("{}")
    return folder


def resource(
    type_: str,
    properties: Mapping[str, Any] | None = None,
    /,
    **more: str,
) -> Template:
    """A resource of a template."""
    return {"Type": type_, "Properties": properties or {}, **more}


def template(**resources: Template) -> Template:
    """A template of these resources."""
    return {"Resources": resources}
