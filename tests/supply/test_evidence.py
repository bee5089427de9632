"""What a package holds is written down, and only if its licence is allowed may it be released."""

import json
from pathlib import Path

import pytest

from supply import bill, licences, packed
from supply.locks import Locked
from supply.packed import Packed

ALLOWED = frozenset({"MIT", "Apache-2.0", "BSD-3-Clause"})
PACKAGES = [
    Packed(name="one", version="1.0", licence="MIT", needs=frozenset({"two", "absent"})),
    Packed(name="two", version="2.0", licence="Apache-2.0 OR MIT"),
]
LOCKED = [Locked(name="one", version="1.0", digests=("a" * 64, "b" * 64))]


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("MIT OR GPL-3.0-only", True),
        ("MIT AND Apache-2.0", True),
        ("GPL-3.0-only OR MIT AND Apache-2.0", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only", False),
        ("", False),
        ("UNKNOWN", False),
        ("MIT License", False),
        ("(MIT)", False),
        ("Apache-2.0 WITH LLVM-exception", False),
        ("mit", False),
    ],
)
def test_a_licence_is_allowed_if_what_is_allowed_can_be_chosen(
    expression: str, *, allowed: bool
) -> None:
    assert licences.is_allowed(expression, ALLOWED) == allowed


def test_a_package_without_a_licence_that_is_known_is_found() -> None:
    unknown = Packed(name="three", version="3.0", licence="")
    [found] = licences.problems([*PACKAGES, unknown], ALLOWED)
    assert found.startswith("three 3.0 has no licence that it names; allowed: Apache-2.0, ")


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        ("License-Expression: MIT\nLicense: other", "MIT"),
        ("Classifier: License :: OSI Approved :: MIT License\nLicense: other", "MIT"),
        ("License: BSD-3-Clause", "BSD-3-Clause"),
        ("License: Copyright\n        all of the text", ""),
        ("Classifier: License :: OSI Approved :: Unheard of", ""),
        ("", ""),
    ],
)
def test_a_package_says_its_licence_in_one_of_three_ways(
    tmp_path: Path, metadata: str, licence: str
) -> None:
    folder = tmp_path / "one-1.0.dist-info"
    folder.mkdir()
    head = "Metadata-Version: 2.4\nName: One\nVersion: 1.0\n"
    more = "Requires-Dist: Two>1\nRequires-Dist: three; extra == 'x'\n"
    (folder / "METADATA").write_text(f"{head}{more}{metadata}\n")

    assert packed.of(tmp_path) == [Packed(name="one", version="1.0", licence=licence)]
    assert packed.of(tmp_path)[0].needs == {"two"}


def test_the_bill_names_each_package_with_its_digests_and_what_it_needs() -> None:
    found = json.loads(bill.of("orders", PACKAGES, LOCKED))

    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.6")
    assert found["metadata"]["component"]["name"] == "orders"
    one, two = found["components"]
    assert (one["purl"], two["purl"]) == ("pkg:pypi/one@1.0", "pkg:pypi/two@2.0")
    [distribution] = one["externalReferences"]
    assert {each["content"] for each in distribution["hashes"]} == {"a" * 64, "b" * 64}
    assert two["licenses"] == [{"expression": "Apache-2.0 OR MIT"}]
    needs = {each["ref"]: each.get("dependsOn", []) for each in found["dependencies"]}
    assert needs["orders"] == ["pkg:pypi/one@1.0", "pkg:pypi/two@2.0"]
    assert needs["pkg:pypi/one@1.0"] == ["pkg:pypi/two@2.0"]


def test_the_same_packages_give_the_same_bill() -> None:
    assert bill.of("orders", PACKAGES, LOCKED) == bill.of("orders", PACKAGES[::-1], LOCKED)


def test_the_bill_has_neither_a_time_nor_a_number_of_its_own() -> None:
    found = json.loads(bill.of("orders", PACKAGES, LOCKED))
    assert "serialNumber" not in found
    assert "timestamp" not in found["metadata"]


def test_a_package_with_no_dependencies_has_a_bill() -> None:
    assert json.loads(bill.of("orders", [], []))["metadata"]["component"]["name"] == "orders"
