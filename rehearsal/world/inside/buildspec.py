"""CodeBuild's buildspec, version 0.2, as far as the world can run it.

CodeBuild User Guide, "Build specification reference for CodeBuild". What the world does not know
is an error that names it, and never something that is passed over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

PHASES = ("install", "pre_build", "build", "post_build")
SHELLS = ("bash", "sh")
_YES = (True, "yes", "true")
_NO = (False, None, "no", "false")


class BuildspecError(ValueError):
    """The buildspec is wrong, or asks for something that the world does not know."""


@dataclass(frozen=True, kw_only=True)
class Phase:
    """What one phase runs.

    Attributes:
        commands: one after the other, until one fails.
        finally_: these afterwards, in any case.
        on_failure: `ABORT`, `CONTINUE`, or nothing for CodeBuild's usual way.
        runtimes: the versions asked for, by language.
    """

    commands: tuple[str, ...] = ()
    finally_: tuple[str, ...] = ()
    on_failure: str = ""
    runtimes: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Artifact:
    """Files that a build puts out, below one folder of its source."""

    files: tuple[str, ...]
    base_directory: str
    discard_paths: bool
    name: str


@dataclass(frozen=True, kw_only=True)
class Buildspec:
    """A buildspec that can be run.

    Attributes:
        shell: what the commands are for.
        variables: plain values, by name.
        parameters: names of Parameter Store's parameters, by variable.
        secrets: references to Secrets Manager's secrets, by variable.
        exported: the variables that the build hands on.
        phases: by name; those that are not there run nothing.
        artifact: the primary artifact, if there is one.
        secondary: the others, by identifier; they take the place of the primary one.
    """

    shell: str
    variables: Mapping[str, str]
    parameters: Mapping[str, str]
    secrets: Mapping[str, str]
    exported: tuple[str, ...]
    phases: Mapping[str, Phase]
    artifact: Artifact | None
    secondary: Mapping[str, Artifact]


def parse(text: str) -> Buildspec:
    """Read a buildspec.

    Raises:
        BuildspecError: it is no YAML, breaks CodeBuild's rules, or goes beyond the world's.
    """
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BuildspecError(f"the buildspec is no YAML: {error}") from error
    spec = _table(content, "the buildspec", {"version", "env", "phases", "artifacts"})
    if str(spec.get("version")) != "0.2":
        raise BuildspecError(f"version: {spec.get('version')!r}; the world runs 0.2")
    names = {"shell", "variables", "parameter-store", "secrets-manager", "exported-variables"}
    env = _table(spec.get("env"), "env", names)
    shell = env.get("shell", "sh")
    if shell not in SHELLS:
        raise BuildspecError(f"env.shell: {shell!r}; the world runs {' and '.join(SHELLS)}")
    phases = _table(spec.get("phases"), "phases", set(PHASES))
    if not phases:
        raise BuildspecError("phases: a buildspec needs at least one")
    artifact, secondary = _artifacts(spec.get("artifacts"))
    return Buildspec(
        shell=shell,
        variables=_values(env.get("variables"), "env.variables"),
        parameters=_values(env.get("parameter-store"), "env.parameter-store"),
        secrets=_values(env.get("secrets-manager"), "env.secrets-manager"),
        exported=_texts(env.get("exported-variables"), "env.exported-variables"),
        phases={name: _phase(name, phase) for name, phase in phases.items()},
        artifact=artifact,
        secondary=secondary,
    )


def _phase(name: str, content: object) -> Phase:
    where = f"phases.{name}"
    known = {"commands", "finally", "on-failure", "runtime-versions"}
    phase = _table(content, where, known if name == "install" else known - {"runtime-versions"})
    on_failure = phase.get("on-failure", "")
    if on_failure not in ("", "ABORT", "CONTINUE"):
        raise BuildspecError(f"{where}.on-failure: {on_failure!r}; ABORT or CONTINUE")
    return Phase(
        commands=_texts(phase.get("commands"), f"{where}.commands"),
        finally_=_texts(phase.get("finally"), f"{where}.finally"),
        on_failure=on_failure,
        runtimes=_values(phase.get("runtime-versions"), f"{where}.runtime-versions"),
    )


def _artifacts(content: object) -> tuple[Artifact | None, Mapping[str, Artifact]]:
    if content is None:
        return None, {}
    own = {"files", "base-directory", "discard-paths", "name"}
    found = _table(content, "artifacts", {*own, "secondary-artifacts"})
    secondary = {
        name: _artifact(_table(one, f"artifacts.{name}", own), f"artifacts.{name}")
        for name, one in _table(
            found.get("secondary-artifacts"), "artifacts.secondary-artifacts", None
        ).items()
    }
    primary = _artifact(found, "artifacts") if "files" in found or not secondary else None
    return primary, secondary


def _artifact(content: Mapping[str, Any], where: str) -> Artifact:
    files = _texts(content.get("files"), f"{where}.files")
    if not files:
        raise BuildspecError(f"{where}.files: an artifact needs files")
    discard = content.get("discard-paths")
    if discard not in (*_YES, *_NO):
        raise BuildspecError(f"{where}.discard-paths: {discard!r}; yes or no")
    return Artifact(
        files=files,
        base_directory=str(content.get("base-directory", ".")),
        discard_paths=discard in _YES,
        name=str(content.get("name", "")),
    )


def _table(content: object, where: str, known: set[str] | None) -> dict[str, Any]:
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise BuildspecError(f"{where}: {content!r}; a table of names and values")
    unknown = sorted(map(str, set(content) - known)) if known is not None else []
    if unknown:
        raise BuildspecError(
            f"{where}: the world does not know {', '.join(unknown)}; "
            f"it knows {', '.join(sorted(known or ()))}"
        )
    return {str(name): value for name, value in content.items()}


def _values(content: object, where: str) -> dict[str, str]:
    values = _table(content, where, None)
    for name, value in values.items():
        if not isinstance(value, str | int | float):
            raise BuildspecError(f"{where}.{name}: {value!r}; one value")
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in values.items()
    }


def _texts(content: object, where: str) -> tuple[str, ...]:
    if content is None:
        return ()
    if isinstance(content, str):
        content = [content]
    if not isinstance(content, list) or not all(isinstance(one, str) for one in content):
        raise BuildspecError(f"{where}: {content!r}; a list of texts")
    return tuple(content)
