"""The bill of materials of a package, in CycloneDX 1.6.

The same packages give the same bytes: it has neither a serial number nor a time.
https://cyclonedx.org/docs/1.6/json/
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    XsUri,
)
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from supply.locks import Locked
from supply.packed import Packed

INDENT = 2
# A serial number would be drawn anew each time, and the time is the build's to tell.
RANDOM = ("serialNumber",)


def of(service: str, packages: Sequence[Packed], locked: Iterable[Locked]) -> str:
    """The bill of what is packed with a service's code, in JSON.

    Args:
        service: the service's name.
        packages: what is packed with it.
        locked: the lock, for the digests of what they are installed from.
    """
    digests = {(each.name, each.version): each.digests for each in locked}
    bom = Bom()
    bom.metadata.component = root = Component(
        name=service, type=ComponentType.APPLICATION, bom_ref=service
    )
    made = {each.name: _component(each, digests) for each in packages}
    for component in made.values():
        bom.components.add(component)
    bom.register_dependency(root, made.values())
    for each in packages:
        bom.register_dependency(
            made[each.name], [made[name] for name in sorted(each.needs) if name in made]
        )
    return _reproducible(JsonV1Dot6(bom).output_as_string())


def _component(package: Packed, digests: Mapping[tuple[str, str], tuple[str, ...]]) -> Component:
    url = PackageURL("pypi", name=package.name, version=package.version)
    hashes = [
        HashType(alg=HashAlgorithm.SHA_256, content=each)
        for each in digests.get((package.name, package.version), ())
    ]
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.LIBRARY,
        purl=url,
        bom_ref=url.to_string(),
        licenses=[LicenseFactory().make_from_string(package.licence)] if package.licence else (),
        external_references=[
            ExternalReference(
                type=ExternalReferenceType.DISTRIBUTION,
                url=XsUri(url.to_string()),
                hashes=hashes,
            )
        ],
    )


def _reproducible(text: str) -> str:
    found = json.loads(text)
    for name in RANDOM:
        found.pop(name, None)
    found.get("metadata", {}).pop("timestamp", None)
    return json.dumps(found, indent=INDENT, sort_keys=True) + "\n"
