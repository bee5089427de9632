"""What the parts of a delivery must agree on.

The checks read plain data, in which None stands for what is wrong by itself, so that a file with
one wrong number still hears of everything else.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from delivery.rules import Conflict
from delivery.wave import names_in

# CodePipeline stores a pipeline's artifacts under this many characters of its name.
ARTIFACT_FOLDER_CHARACTERS = 20
PLACE = ("account", "region")


def conflicts(delivery: Mapping[str, Any]) -> Iterator[Conflict]:
    """Say where the parts of a delivery disagree.

    Args:
        delivery: what a delivery file says, with None in place of what is wrong by itself.
    """
    yield from _home_written_out(delivery)
    yield from _artifact_folders_apart(delivery)
    yield from _promotions_known(delivery)
    yield from _environments_used(delivery)
    yield from _values_delivered(delivery)
    yield from _signed_in_one_region(delivery)


def _home_written_out(delivery: Mapping[str, Any]) -> Iterator[Conflict]:
    home = delivery.get("toolchain", {})
    if home is None:
        return
    environments = (environment for _, environment in _entries(delivery, "environments"))
    elsewhere = next((each for each in environments if _is_elsewhere(each, home)), None)
    if elsewhere is None:
        return
    name = elsewhere.get("name") or "an environment"
    for key in PLACE:
        if key not in home:
            yield Conflict(
                at=("toolchain", key),
                allowed=f"the {key} that holds the pipelines, written out: {name} is elsewhere",
                fix=f"add it, or leave account and region of {name} out: what is delivered to "
                "another place has to know where the pipelines are",
            )


def _is_elsewhere(environment: Mapping[str, Any], home: Mapping[str, Any]) -> bool:
    named = [key for key in PLACE if environment.get(key) is not None]
    return any(home.get(key, "") not in (None, environment[key]) for key in named)


def _artifact_folders_apart(delivery: Mapping[str, Any]) -> Iterator[Conflict]:
    if delivery.get("name") is None:
        return
    owners: dict[str, str] = {}
    for place, service in _entries(delivery, "services"):
        if (name := service.get("name")) is None:
            continue
        folder = f"{delivery['name']}-{name}"[:ARTIFACT_FOLDER_CHARACTERS]
        if (owner := owners.setdefault(folder, name)) != name:
            yield Conflict(
                at=("services", place, "name"),
                allowed=f"a name that tells the pipeline from {owner}'s within "
                f"{ARTIFACT_FOLDER_CHARACTERS} characters",
                fix=f"rename {name} or {owner}, or shorten the delivery's name: CodePipeline "
                f"would store the artifacts of both in the folder {folder}",
            )


def _promotions_known(delivery: Mapping[str, Any]) -> Iterator[Conflict]:
    names = [environment.get("name") for _, environment in _entries(delivery, "environments")]
    if not names or None in names or None in delivery["environments"]:
        return
    for place, service in _entries(delivery, "services"):
        for step, name in names_in(service.get("promotion")):
            if name is not None and name not in names:
                nearest = get_close_matches(name, names, n=1)
                yield Conflict(
                    at=("services", place, "promotion", *step),
                    allowed=" or ".join(f'"{each}"' for each in names),
                    fix=(f'write "{nearest[0]}"' if nearest else "take one of these")
                    + ", or add an environment of that name",
                )


def _environments_used(delivery: Mapping[str, Any]) -> Iterator[Conflict]:
    services = delivery.get("services") or [None]
    if any(service is None or service.get("promotion") is None for service in services):
        return
    used = {name for service in services for _, name in names_in(service["promotion"])}
    for place, environment in _entries(delivery, "environments"):
        name = environment.get("name")
        if name is not None and None not in used and name not in used:
            yield Conflict(
                at=("environments", place, "name"),
                allowed="an environment that a service's promotion names",
                fix="name it in a promotion, or remove it: nothing would be delivered to it",
            )


def _values_delivered(delivery: Mapping[str, Any]) -> Iterator[Conflict]:
    for place, service in _entries(delivery, "services"):
        names = [name for _, name in names_in(service.get("promotion"))]
        if not names or None in names:
            continue
        for position, parameter in _entries(service, "parameters"):
            for environment, value in (parameter.get("values") or {}).items():
                if value is not None and environment not in names:
                    yield Conflict(
                        at=("services", place, "parameters", position, "values", environment),
                        allowed=" or ".join(f'"{name}"' for name in names),
                        fix="take an environment that the service's promotion names, or remove "
                        "it: nothing would ever read it",
                    )


def _signed_in_one_region(delivery: Mapping[str, Any]) -> Iterator[Conflict]:
    """AWS Signer: "Cross-Region signing isn't supported" ("StartSigningJob" in its API)."""
    if not (delivery.get("supply") or {}).get("code_signing"):
        return
    home = (delivery.get("toolchain") or {}).get("region")
    for place, environment in _entries(delivery, "environments"):
        region = environment.get("region")
        if region is not None and home is not None and region != home:
            yield Conflict(
                at=("environments", place, "region"),
                allowed=f"{home}, the toolchain's Region, while supply.code_signing is true",
                fix="move the environment, or take code_signing out: AWS Signer signs for the "
                "Region of its profile and no other",
            )


def _entries(delivery: Mapping[str, Any], key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for place, entry in enumerate(delivery.get(key) or ()):
        if entry is not None:
            yield place, entry
