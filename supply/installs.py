"""Whether what a build installs comes from one index, with known bytes: nothing here runs it.

A second index answers for names that the first one lacks, and whoever registers such a name there
is installed (OWASP CICD-SEC-3).
"""

import re
from collections.abc import Iterator

# A command goes on behind a backslash, and ends at the line's end, a semicolon or an ampersand.
CONTINUED, PARTED = re.compile(r"\\\s*\n"), re.compile(r"\n|;|&&|\|\|")
INSTALLS = re.compile(
    r"\bpip\b.*?\b(?:install|sync|download)\b|\bnpm\b.*?\b(?P<npm>install|i|ci)\b"
)
ANOTHER_INDEX = re.compile(
    r"--extra-index-url|--index-url|--find-links|--trusted-host|--index\b|(?<!\S)-[if]\b"
    r"|(?:PIP|UV)_(?:EXTRA_INDEX_URL|INDEX_URL|INDEX|DEFAULT_INDEX|FIND_LINKS)\b"
)
# What is installed is the checkout itself, with nothing beside it.
OWN = ("--no-deps", "--no-build-isolation", "--editable .")


def problems(text: str, where: str) -> list[str]:
    """What is wrong with the commands of a buildspec, a Makefile or a script that installs."""
    return [
        f"{where}: {problem}: {' '.join(command.split())[:100]}"
        for command in _commands(text)
        for problem in _wrong(command)
    ]


def _commands(text: str) -> Iterator[str]:
    for command in PARTED.split(CONTINUED.sub(" ", text)):
        said = command.strip()
        if said and not said.startswith("#"):
            yield said


def _wrong(command: str) -> Iterator[str]:
    found = INSTALLS.search(command)
    if ANOTHER_INDEX.search(command) and (found or "INDEX" in command or "FIND_LINKS" in command):
        yield "it names another index"
    if found is None:
        return
    if found["npm"]:
        if found["npm"] != "ci" and "--package-lock-only" not in command:
            yield "npm ci installs what is locked, and nothing else does"
    elif "--require-hashes" not in command and not all(each in command for each in OWN):
        yield "it installs without --require-hashes"
