"""A package is made of its inputs alone, and says what to do where it cannot be made."""

import base64
import csv
import hashlib
import os
import shutil
import sys
import venv
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from lockgate.packaging import Package, PackagingError, pack, require_handler
from stacks.app import ROOT

ORDERS = ROOT / "services" / "orders"
LARGEST = 6_000_000
# A lock with one entry; its hash is that of no file.
WRONG_LOCK = f"aws-lambda-powertools==3.37.0 --hash=sha256:{'0' * 64}\n"


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write(tmp_path / "src", {"app/__init__.py": "", "app/handler.py": "A = 1\n"})


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "packages"


def content(package: Package) -> dict[str, bytes]:
    with zipfile.ZipFile(package.path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def zips(out: Path) -> list[str]:
    """All that is left of a pack: scratch folders count."""
    return sorted(path.name for path in out.glob("*")) if out.exists() else []


def test_the_digest_is_the_zips_sha256_in_base64(source: Path, out: Path) -> None:
    package = pack("app", [source], out=out)
    digest = hashlib.sha256(package.path.read_bytes()).digest()
    assert base64.b64decode(package.code_sha256) == digest


def test_the_same_input_gives_the_same_bytes_from_another_folder(
    source: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "elsewhere" / "deep" / "copy"
    shutil.copytree(source, copy)
    for age, file in enumerate(sorted(copy.rglob("*.py"))):
        os.utime(file, (10**9 + age, 10**9 + age))
        file.chmod(0o755)
    first = pack("app", [source], out=tmp_path / "one")
    second = pack("app", [copy], out=tmp_path / "two")
    assert first.path.name == second.path.name
    assert first.path.read_bytes() == second.path.read_bytes()
    assert first.code_sha256 == second.code_sha256


def test_a_package_of_unchanged_inputs_is_not_made_again(source: Path, out: Path) -> None:
    first = pack("app", [source], out=out)
    os.utime(first.path, (10**9, 10**9))
    second = pack("app", [source], out=out)
    assert second == first
    assert second.path.stat().st_mtime == 10**9


@pytest.mark.parametrize(
    "change",
    [
        {"app/handler.py": "A = 2\n"},
        {"app/more.py": ""},
        {"app/data.json": "{}"},
    ],
    ids=["content", "another module", "another file"],
)
def test_a_changed_file_gives_another_digest(
    source: Path, out: Path, change: dict[str, str]
) -> None:
    before = pack("app", [source], out=out)
    write(source, change)
    after = pack("app", [source], out=out)
    assert after.path != before.path
    assert after.code_sha256 != before.code_sha256


def test_a_file_that_spells_out_another_gives_another_digest(tmp_path: Path, out: Path) -> None:
    one = write(tmp_path / "one", {"a": "x\0b\0y"})
    two = write(tmp_path / "two", {"a": "x", "b": "y"})
    assert pack("app", [one], out=out).code_sha256 != pack("app", [two], out=out).code_sha256


def test_a_renamed_file_gives_another_digest(source: Path, out: Path) -> None:
    before = pack("app", [source], out=out)
    (source / "app" / "handler.py").rename(source / "app" / "handle.py")
    assert pack("app", [source], out=out).code_sha256 != before.code_sha256


def test_bytecode_and_hidden_files_are_left_out(source: Path, out: Path) -> None:
    clean = pack("app", [source], out=out)
    write(
        source,
        {
            "app/__pycache__/handler.cpython-313.pyc": "bytecode",
            ".env": "SECRET=1",
            ".cache/file": "x",
            "app/.hidden.py": "x",
        },
    )
    package = pack("app", [source], out=out)
    assert set(content(package)) == {"app/__init__.py", "app/handler.py"}
    assert package == clean


def test_extra_files_land_where_they_are_named(source: Path, tmp_path: Path) -> None:
    write(tmp_path, {"contract.json": "{}"})
    package = pack(
        "app", [source], out=tmp_path / "out", extra={"in/it.json": tmp_path / "contract.json"}
    )
    assert content(package)["in/it.json"] == b"{}"


def test_every_file_can_be_read_and_none_is_newer_than_another(source: Path, out: Path) -> None:
    with zipfile.ZipFile(pack("app", [source], out=out).path) as archive:
        for entry in archive.infolist():
            assert entry.external_attr >> 16 == 0o644
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)


def test_a_missing_folder_is_named_and_leaves_nothing(tmp_path: Path, out: Path) -> None:
    missing = tmp_path / "no" / "src"
    with pytest.raises(PackagingError, match=f"{missing}.*it should hold the code to pack"):
        pack("app", [missing], out=out)
    assert zips(out) == []


def test_an_empty_folder_is_named_and_leaves_nothing(tmp_path: Path, out: Path) -> None:
    empty = write(tmp_path / "empty", {".gitkeep": ""})
    with pytest.raises(PackagingError, match=f"app: nothing to pack in {empty}"):
        pack("app", [empty], out=out)
    assert zips(out) == []


def test_a_lock_that_cannot_be_installed_says_what_to_do_and_leaves_nothing(
    source: Path, tmp_path: Path, out: Path
) -> None:
    """A requirement without a hash: uv refuses it before it asks any index."""
    lock = write(tmp_path, {"requirements.txt": "aws-lambda-powertools==3.37.0\n"})
    lock /= "requirements.txt"
    with pytest.raises(PackagingError) as error:
        pack("app", [source], out=out, requirements=lock)
    message = str(error.value)
    assert str(lock) in message
    assert "hash" in message, "uv's own words are missing"
    assert "Lock it again for that platform, with wheels only." in message
    assert zips(out) == []


def test_a_missing_lock_is_named_and_leaves_nothing(
    source: Path, tmp_path: Path, out: Path
) -> None:
    missing = tmp_path / "requirements.txt"
    with pytest.raises(PackagingError, match=str(missing)):
        pack("app", [source], out=out, requirements=missing)
    assert zips(out) == []


def test_without_uv_a_lock_says_what_to_do_and_leaves_nothing(
    source: Path, tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    lock = write(tmp_path, {"requirements.txt": WRONG_LOCK}) / "requirements.txt"
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(PackagingError, match=r"uv is neither in .*; run make setup"):
        pack("app", [source], out=out, requirements=lock)
    assert zips(out) == []


@pytest.mark.parametrize("lock_content", ["", "\n", "# nothing is needed\n  # nor here\n"])
def test_a_lock_without_entries_needs_no_uv(
    source: Path, tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch, lock_content: str
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    lock = write(tmp_path, {"requirements.txt": lock_content}) / "requirements.txt"
    package = pack("app", [source], out=out, requirements=lock)
    assert set(content(package)) == {"app/__init__.py", "app/handler.py"}


def pack_orders(out: Path) -> Package:
    """The sample service with its lock; its own `jmespath` would shadow the dependency's."""
    own = write(out.with_name(f"{out.name}-own"), {"jmespath/__init__.py": "OWN = True\n"})
    return pack("orders", [ORDERS / "src", own], out=out, requirements=ORDERS / "requirements.txt")


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Package:
    return pack_orders(tmp_path_factory.mktemp("packages"))


def test_the_sample_service_is_packed_with_what_it_needs_and_no_commands(orders: Package) -> None:
    files = set(content(orders))
    assert {"orders/handler.py", "aws_lambda_powertools/__init__.py"} <= files
    assert not {name for name in files if name.startswith("bin/")}
    assert not {name for name in files if name.endswith(".pyc")}


def test_the_sample_service_fits(orders: Package) -> None:
    assert 100_000 < orders.path.stat().st_size < LARGEST


def test_the_code_wins_over_a_dependency_of_the_same_name(orders: Package) -> None:
    files = content(orders)
    assert files["jmespath/__init__.py"] == b"OWN = True\n"
    assert "jmespath/parser.py" in files, "the dependency is installed: there is something to win"


def test_the_sample_service_has_the_same_bytes_beside_another_interpreter(
    orders: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each checkout and each build has its own: the digest would change without any change."""
    venv.create(tmp_path / "other", with_pip=False)
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "other"))
    again = pack_orders(tmp_path / "packages")
    first, second = content(orders), content(again)
    assert [name for name in first | second if first.get(name) != second.get(name)] == []
    assert again.code_sha256 == orders.code_sha256


def unpacked(files: Mapping[str, bytes]) -> Iterator[str]:
    """Files that the record of an installed dependency names and the package does not hold."""
    for name, record in files.items():
        if name.endswith(".dist-info/RECORD"):
            for row in csv.reader(record.decode().splitlines()):
                if row and row[0] not in files:
                    yield row[0]


def test_no_record_names_a_file_that_is_not_packed(orders: Package) -> None:
    """Such a row holds the digest of something that only the packing machine has."""
    assert list(unpacked(content(orders))) == []


def test_a_record_of_a_file_that_is_not_packed_is_found() -> None:
    files = {"a-1.dist-info/RECORD": b"a.py,sha256=x,1\nbin/a,sha256=y,2\n", "a.py": b""}
    assert list(unpacked(files)) == ["bin/a"]


def naming(files: Mapping[str, bytes], folders: Iterable[Path]) -> list[str]:
    """The files in which the path of one of these folders stands."""
    paths = [str(folder).encode() for folder in folders]
    return [name for name, data in files.items() if any(path in data for path in paths)]


def test_no_path_of_this_machine_is_in_the_package(orders: Package) -> None:
    here = [ROOT, Path(sys.prefix), Path(sys.base_prefix) / "bin", orders.path.parent]
    assert naming(content(orders), here) == []


def test_a_path_of_this_machine_is_found() -> None:
    script = f"#!{ROOT}/.venv/bin/python\n".encode()
    assert naming({"bin/command": script, "a.py": b"A = 1"}, [ROOT]) == ["bin/command"]


def test_nothing_but_the_package_is_left(orders: Package) -> None:
    assert zips(orders.path.parent) == [orders.path.name]


@pytest.mark.parametrize("handler", ["app.handler.handle", "app.handle"])
def test_a_handler_in_the_folder_is_right(source: Path, handler: str) -> None:
    require_handler("app", source, handler)


@pytest.mark.parametrize(
    ("handler", "module"),
    [("app.missing.handle", "app/missing.py"), ("handler.handle", "handler.py")],
)
def test_a_handler_that_is_missing_says_which_file_it_needs(
    source: Path, handler: str, module: str
) -> None:
    with pytest.raises(PackagingError) as error:
        require_handler("shop", source, handler)
    assert f"shop: the handler {handler} needs {source / module}" in str(error.value)
    assert "name the function's own module in handler" in str(error.value)
