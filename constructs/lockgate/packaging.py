"""Pack a Lambda function's code, and what it needs, into one reproducible zip.

No Docker: uv picks wheels for Lambda's platform, so that a laptop of any kind packs the same
bytes. The zip's SHA-256 is the artifact's digest: the Lambda version is published only if Lambda
computes the same (`AWS::Lambda::Version.CodeSha256`).
"""

import base64
import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

PYTHON = "3.13"
PLATFORM = "aarch64-manylinux2014"
# The oldest time that a zip can hold: a file's own time says nothing of its content.
EPOCH = (1980, 1, 1, 0, 0, 0)
BYTECODE = "__pycache__"
# An installed command names the interpreter of the machine that installed it.
COMMANDS = "bin"


class PackagingError(Exception):
    """A package cannot be made; the message says which, why, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Package:
    """A packed artifact.

    Attributes:
        path: its file.
        code_sha256: its SHA-256 in base64, as Lambda's CodeSha256.
        signed_under: the ARN of the code signing configuration under which functions take it,
            once it is signed; they take it as it is where there is none.
    """

    path: Path
    code_sha256: str
    signed_under: str | None = None


class Packer(Protocol):
    """Packs code; `pack` is the one that does, tests have one that packs nothing."""

    def __call__(
        self,
        name: str,
        sources: Iterable[Path],
        *,
        out: Path,
        requirements: Path | None = None,
        extra: Mapping[str, Path] | None = None,
    ) -> Package:
        """As `pack`."""
        ...


def pack(
    name: str,
    sources: Iterable[Path],
    *,
    out: Path,
    requirements: Path | None = None,
    extra: Mapping[str, Path] | None = None,
) -> Package:
    """Pack the folders' files, the locked requirements and extra files into `out`/<name>-….zip.

    The same inputs give the same bytes. A package of unchanged inputs is taken from `out`.

    Args:
        name: leads the file's name.
        sources: folders whose content lands at the root of the package.
        out: where packages are kept between synths.
        requirements: a lock with hashes of what is installed beside the code.
        extra: more files, by their path inside the package.

    Raises:
        PackagingError: a folder or lock is missing, or uv cannot install the lock.
    """
    files = _collect(sources, extra or {})
    if requirements and not requirements.is_file():
        raise PackagingError(
            f"{name}: {requirements} is missing; lock what is packed with the code"
        )
    if not files:
        raise PackagingError(f"{name}: nothing to pack in {', '.join(map(str, sources))}")
    path = out / f"{name}-{_fingerprint(files, requirements)}.zip"
    if not path.exists():
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out) as scratch:
            installed = Path(scratch, "site")
            if requirements and requires_anything(requirements):
                install(name, requirements, installed)
                _forget_the_machine(installed)
                # Code wins over a dependency of the same name, as it would on sys.path.
                files = _collect([installed], {}) | files
            fresh = Path(scratch, path.name)
            _write_zip(fresh, files)
            shutil.move(fresh, path)
    digest = hashlib.sha256(path.read_bytes()).digest()
    return Package(path=path, code_sha256=base64.b64encode(digest).decode())


def require_handler(name: str, source: Path, handler: str) -> None:
    """Make sure that a handler's module lies in the folder that is packed.

    Raises:
        PackagingError: it does not; Lambda would find out at the first request.
    """
    module = handler.rpartition(".")[0].replace(".", "/")
    if not any((source / f"{module}{end}").is_file() for end in (".py", "/__init__.py")):
        raise PackagingError(
            f"{name}: the handler {handler} needs {source / module}.py, which is missing; "
            "add it, or name the function's own module in handler"
        )


def _collect(sources: Iterable[Path], extra: Mapping[str, Path]) -> dict[str, Path]:
    files = {}
    for source in sources:
        if not source.is_dir():
            raise PackagingError(f"{source}: no such folder; it should hold the code to pack")
        for file in source.rglob("*"):
            relative = file.relative_to(source)
            hidden = any(part.startswith(".") or part == BYTECODE for part in relative.parts)
            if file.is_file() and not hidden:
                files[relative.as_posix()] = file
    return files | dict(extra)


def _fingerprint(files: Mapping[str, Path], requirements: Path | None) -> str:
    digest = hashlib.sha256(f"{PYTHON} {PLATFORM}".encode())
    if requirements:
        digest.update(requirements.read_bytes())
    for name in sorted(files):
        content = files[name].read_bytes()
        digest.update(f"\0{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def requires_anything(requirements: Path) -> bool:
    """Whether a lock names any package."""
    lines = requirements.read_text().splitlines()
    return any(line.strip() and not line.lstrip().startswith("#") for line in lines)


def install(name: str, requirements: Path, target: Path) -> None:
    """Install a lock into a folder, as Lambda's platform would have it.

    Raises:
        PackagingError: uv is missing or cannot.
    """
    beside_python = str(Path(sys.executable).parent)
    uv = shutil.which("uv", path=beside_python) or shutil.which("uv")
    if uv is None:
        raise PackagingError(
            f"{name}: uv is neither in {beside_python} nor on PATH; run make setup, then make"
        )
    command = [
        *(uv, "pip", "install", "--quiet", "--require-hashes", "--no-deps"),
        *("--requirements", str(requirements), "--target", str(target)),
        *("--python-version", PYTHON, "--python-platform", PLATFORM),
        *("--only-binary", ":all:", "--link-mode", "copy", "--no-compile-bytecode"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise PackagingError(
            f"{name}: uv could not install {requirements} for Python {PYTHON} on {PLATFORM}:\n"
            f"{done.stderr.strip()}\nLock it again for that platform, with wheels only."
        )


def _forget_the_machine(installed: Path) -> None:
    """Remove the commands, and the records that hold their digests."""
    shutil.rmtree(installed / COMMANDS, ignore_errors=True)
    for record in installed.glob("*.dist-info/RECORD"):
        record.unlink()


def _write_zip(path: Path, files: Mapping[str, Path]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name].read_bytes())
