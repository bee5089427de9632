"""The template of a release, in the zip of an artifact: nothing here asks AWS."""

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Final

from changes import Change

# CloudFormation takes no larger one ("CloudFormation quotas", CloudFormation User Guide).
LARGEST: Final = 1_000_000


class TemplateError(ValueError):
    """The artifact holds no template that can be reviewed."""


def inside(archive: bytes, name: str) -> bytes:
    """A file of a zip.

    Raises:
        TemplateError: it is no zip, has no such file, or the file is larger than a template.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            size = opened.getinfo(name).file_size
            if size > LARGEST:
                raise TemplateError(f"{name} has {size} bytes; CloudFormation takes {LARGEST}")
            return opened.read(name)
    except KeyError:
        raise TemplateError(f"the artifact has no file {name}") from None
    except zipfile.BadZipFile:
        raise TemplateError("the artifact is no zip") from None


def resources(template: bytes) -> Iterator[Change]:
    """What a template holds, each as if it was added.

    Raises:
        TemplateError: it is no template in JSON.
    """
    try:
        found = json.loads(template)["Resources"]
        yield from (Change.new(name, resource) for name, resource in found.items())
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise TemplateError(f"it is no template in JSON: {error!r}") from None
