"""Nobody outside reads a build, or stands between it and its source."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, listed, mapping, properties


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    project = properties(resource)
    if project.get("Visibility", "PRIVATE") != "PRIVATE":
        yield "Visibility"
    sources = {"Source": project.get("Source")} | {
        f"SecondarySources.{index}": source
        for index, source in enumerate(listed(project.get("SecondarySources")))
    }
    for where, source in sources.items():
        if mapping(source).get("InsecureSsl", False) is not False:
            yield f"{where}.InsecureSsl"


RULE = Rule(
    id="LG-BuildPrivate",
    what="The build's logs and artifacts are public, or it takes its source from whoever answers: "
    "logs hold what commands print, and a token sent over an unchecked connection is lost.",
    fix="Leave Visibility PRIVATE, and InsecureSsl of each source false.",
    source="CodeBuild User Guide, Public build projects; API Reference, ProjectSource: insecureSsl",
    resource_types=("AWS::CodeBuild::Project",),
    breaches=_breaches,
)
