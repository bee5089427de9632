"""Variables in an action's configuration: `#{variables.NAME}`, `#{NAMESPACE.NAME}`.

CodePipeline User Guide, "Variables reference": what is not known when the action begins fails it.
"""

import re
from collections.abc import Iterator, Mapping

from rehearsal.world.inside.plugins.codepipeline.action import ActionFailedError

REFERENCE = re.compile(r"#\{([\w@-]+)\.([\w@-]+)\}")
# Namespaces that no action has.
OWN = frozenset({"variables", "codepipeline"})


def referred(configuration: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The namespace and name of each variable that a configuration refers to."""
    for text in configuration.values():
        for reference in REFERENCE.finditer(text):
            yield reference[1], reference[2]


def resolved(
    configuration: Mapping[str, str], known: Mapping[str, Mapping[str, str]]
) -> dict[str, str]:
    """The configuration with each variable's value in its place.

    Args:
        configuration: as declared.
        known: each namespace's variables.

    Raises:
        ActionFailedError: a variable is not known.
    """

    def value(reference: re.Match[str]) -> str:
        namespace, name = reference.groups()
        try:
            return known[namespace][name]
        except KeyError:
            raise ActionFailedError(
                "ConfigurationError", f"the variable {reference[0]} is not known"
            ) from None

    return {name: REFERENCE.sub(value, text) for name, text in configuration.items()}
