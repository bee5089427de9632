from pathlib import Path

import pytest

from delivery import DeliveryError, Problem, load
from tests.delivery.conftest import Load


def the_problem(path: Path, root: Path) -> Problem:
    with pytest.raises(DeliveryError) as caught:
        load(path, root)
    (problem,) = caught.value.problems
    return problem


def test_a_relative_path_starts_at_the_root(root: Path, sound: str) -> None:
    (root / "other.toml").write_text(sound)

    assert load(Path("other.toml"), root).name == "shop"


def test_a_byte_order_mark_does_no_harm(load_text: Load, sound: str) -> None:
    assert load_text("\ufeff" + sound).name == "shop"


def test_a_missing_file_is_said(root: Path) -> None:
    problem = the_problem(Path("nowhere.toml"), root)

    assert (problem.file, problem.key, problem.value) == ("nowhere.toml", "the file", "(missing)")


def test_a_file_below_a_file_is_said(root: Path) -> None:
    assert the_problem(Path("services/orders/contract.json/x"), root).value == "(missing)"


def test_a_directory_is_said(root: Path) -> None:
    assert the_problem(Path("services"), root).value == "(not a file)"


def test_a_file_outside_the_checkout_is_said(root: Path, tmp_path: Path, sound: str) -> None:
    (tmp_path / "delivery.toml").write_text(sound)

    assert the_problem(tmp_path / "delivery.toml", root).value == "(outside)"


def test_a_link_that_leads_out_of_the_checkout_is_said(tmp_path: Path, sound: str) -> None:
    (tmp_path / "delivery.toml").write_text(sound)
    inside = tmp_path / "checkout"
    inside.mkdir()
    (inside / "delivery.toml").symlink_to(tmp_path / "delivery.toml")

    assert the_problem(Path("delivery.toml"), inside).value == "(outside)"


def test_a_link_to_itself_is_said(tmp_path: Path) -> None:
    (tmp_path / "delivery.toml").symlink_to("delivery.toml")

    assert the_problem(Path("delivery.toml"), tmp_path).fix


def test_bytes_that_are_no_utf_8_are_said_with_their_place(tmp_path: Path) -> None:
    (tmp_path / "delivery.toml").write_bytes(b'name = "\xff"')

    assert the_problem(Path("delivery.toml"), tmp_path).value == "(not UTF-8 at byte 8)"


def test_a_file_that_may_not_be_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "delivery.toml").touch()
    monkeypatch.setattr(Path, "read_bytes", refuse)

    assert the_problem(Path("delivery.toml"), tmp_path).value == "(unreadable: Permission denied)"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('name = "shop"\nname = "shop"', "line 2, column 14"),
        ("\n\nname", "line 3, column 5"),
        ("name = " + "[" * 5000, "the file"),
        ("number = " + "1" * 5000, "the file"),
    ],
    ids=["key twice", "no value", "nested without end", "number without end"],
)
def test_what_is_no_toml_is_said_with_its_place(load_text: Load, text: str, where: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        load_text(text)

    assert [(each.key, each.value) for each in caught.value.problems] == [(where, "(not TOML)")]


@pytest.mark.parametrize(
    "secret",
    [
        '[[services.secrets]]\nname = "key"\ndescription = "For."\nvalue = "hunter2"',
        '[[services.secrets]]\nname = "key"\ndescription = "For."\npassword = ["hunter2"]',
        '[[services.secrets]]\nname = "key"\ndescription = "hunter2\\n"',
        '[[services.secrets]]\nname = "hunter2="\ndescription = "For."',
        '[[services.secrets]]\nname = "key"\ndescription = "For."\nused_by = "hunter2"',
        'secrets = ["hunter2"]',
        'secrets = "hunter2"',
        'secrets = { key = "hunter2" }',
        'password = "hunter2"',
    ],
)
def test_what_may_be_a_secret_is_never_repeated(load_text: Load, sound: str, secret: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        load_text(f"{sound}{secret}\n")

    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(caught.value)


def test_a_value_in_a_secret_is_answered_by_where_values_stand(load_text: Load, sound: str) -> None:
    with pytest.raises(DeliveryError, match="Values never stand in this file: AWS Secrets Manager"):
        load_text(f'{sound}secrets = [{{ name = "a-key", description = "For.", value = "x" }}]\n')


def test_a_number_too_large_to_write_is_named_by_its_size(load_text: Load, sound: str) -> None:
    with pytest.raises(DeliveryError, match="more than 18 digits"):
        load_text(f"{sound}memory_mb = 0x1{'0' * 5000}\n")


def test_a_long_value_is_cut(load_text: Load, sound: str) -> None:
    with pytest.raises(DeliveryError) as caught:
        load_text(sound.replace('"shop"', f'"{"shop" * 1000}"'))

    assert len(caught.value.problems[0].value) < 70
