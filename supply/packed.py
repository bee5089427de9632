"""The packages that are packed with a service's code, and what each says of itself."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lockgate.packaging import install, requires_anything

CLASSIFIER = "Classifier"
# What packages said before they could name an expression (PEP 639).
CLASSIFIERS = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: MIT No Attribution License (MIT-0)": "MIT-0",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "License :: OSI Approved :: Python Software Foundation License": "PSF-2.0",
    "License :: OSI Approved :: The Unlicense (Unlicense)": "Unlicense",
}


@dataclass(frozen=True, kw_only=True, order=True)
class Packed:
    """One package.

    Attributes:
        name: its normalized name.
        version: its version.
        licence: the SPDX expression of its licence; empty where it names none.
        needs: the names of the packages that it asks for, extras apart.
    """

    name: str
    version: str
    licence: str
    needs: frozenset[str] = field(default=frozenset(), compare=False)


@contextmanager
def installed(service: str, lock: Path) -> Iterator[Path]:
    """Install a service's lock as its package has it, for as long as it is looked at.

    Raises:
        PackagingError: uv cannot install it.
    """
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder, "site")
        site.mkdir()
        if requires_anything(lock):
            install(service, lock, site)
        yield site


def of(site: Path) -> list[Packed]:
    """The packages in a folder, in order."""
    return sorted(map(_packed, distributions(path=[str(site)])))


def _packed(found: Distribution) -> Packed:
    needs = map(Requirement, found.requires or ())
    return Packed(
        name=canonicalize_name(found.metadata["Name"]),
        version=found.version,
        licence=_licence(found),
        needs=frozenset(
            canonicalize_name(each.name)
            for each in needs
            if each.marker is None or "extra" not in str(each.marker)
        ),
    )


def _licence(found: Distribution) -> str:
    said = found.metadata.json
    if expression := said.get("license_expression"):
        return str(expression)
    known = {CLASSIFIERS.get(each, "") for each in found.metadata.get_all(CLASSIFIER) or ()} - {""}
    # Old packages put the whole text there.
    short = str(said.get("license") or "").strip()
    return " AND ".join(sorted(known)) or (short if "\n" not in short else "")
