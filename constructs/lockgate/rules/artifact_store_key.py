"""A pipeline's artifacts are encrypted with a key of the delivery."""

from collections.abc import Iterable

from lockgate.rules.rule import Resource, Rule, Template, properties


def _breaches(resource: Resource, _template: Template) -> Iterable[str]:
    pipeline = properties(resource)
    several = pipeline.get("ArtifactStores", [])
    if not isinstance(several, list):
        yield "ArtifactStores (say them in the template: nobody can judge a condition's outcome)"
        return
    stores = {"ArtifactStore": pipeline.get("ArtifactStore")} | {
        f"ArtifactStores.{index}": entry.get("ArtifactStore") for index, entry in enumerate(several)
    }
    present = {path: store for path, store in stores.items() if store}
    if not present:
        yield "ArtifactStore"
    for path, store in present.items():
        match store:
            case {"EncryptionKey": {"Type": "KMS", "Id": key}} if key:
                continue
        yield f"{path}.EncryptionKey"


RULE = Rule(
    id="LG-ArtifactStoreKey",
    what="The pipeline's artifacts are not encrypted with a key of its own: whoever may read the "
    "bucket may read each release, and AWS's default key cannot be held to roles.",
    fix="Give each artifact store an EncryptionKey of type KMS.",
    source="CodePipeline User Guide, Configure server-side encryption for artifacts stored in "
    "Amazon S3",
    resource_types=("AWS::CodePipeline::Pipeline",),
    breaches=_breaches,
)
