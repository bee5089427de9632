"""No build finds what an earlier one left on its host."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, mapping, properties


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    if mapping(properties(resource).get("Cache")).get("Type") == "LOCAL":
        yield "Cache.Type"


RULE = Rule(
    id="LG-BuildNoLocalCache",
    what="The build keeps a cache on its host: what one build leaves there, another one runs, so "
    "the builds are not isolated as SLSA's build track asks.",
    fix="Set Cache.Type to NO_CACHE, or to S3 with a prefix for each branch.",
    source="SLSA v1.2, Build track: isolated; CodeBuild User Guide, Local caching",
    resource_types=("AWS::CodeBuild::Project",),
    breaches=_breaches,
    level="warning",
)
