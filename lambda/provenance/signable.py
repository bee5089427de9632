"""Which packages of a release functions take only signed: nothing here asks AWS."""

import json
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO, Final

from built import ASSEMBLY
from subjects import INSIDE, UNREADABLE, ArchiveError

CONFIG: Final = "CodeSigningConfigArn"


def packages(assembly: BinaryIO) -> frozenset[str]:
    """The names, in the artifact with the assets, of what is to be signed.

    Args:
        assembly: the artifact with the templates.

    Raises:
        ArchiveError: it cannot be read, no function takes signed code alone, or one that does
            does not say where its code is.
    """
    try:
        found = frozenset(_named(assembly))
    except (*UNREADABLE, ValueError) as error:
        raise ArchiveError(f"the artifact {ASSEMBLY} cannot be read: {error}") from error
    if not found:
        raise ArchiveError("no function of the release takes signed code alone")
    return found


def _named(assembly: BinaryIO) -> Iterator[str]:
    with zipfile.ZipFile(assembly) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(INSIDE[ASSEMBLY]):
                template = json.loads(archive.read(name))
                for logical_id, function in _functions(template):
                    if CONFIG in function:
                        yield _key(function, f"{name}: {logical_id}")


def _functions(template: object) -> Iterator[tuple[str, Mapping[str, Any]]]:
    match template:
        case {"Resources": {**resources}}:
            for logical_id, resource in resources.items():
                match resource:
                    case {"Type": "AWS::Lambda::Function", "Properties": {**properties}}:
                        yield str(logical_id), {str(name): properties[name] for name in properties}


def _key(function: Mapping[str, Any], where: str) -> str:
    match function.get("Code"):
        case {"S3Key": str(key)}:
            return key
    raise ArchiveError(f"{where} does not say which file its code is")
