"""A proof that was interrupted goes on, and only with what was tried on the same templates."""

from dataclasses import replace
from pathlib import Path

from rehearsal.permissions.finished import Finished
from rehearsal.permissions.verdict import Fate
from tests.rehearsal.permissions_example import LOG, READ, stack, statement, tried


def test_what_was_tried_before_an_interruption_is_not_tried_again(tmp_path: Path) -> None:
    every = [tried(Fate.QUIET), replace(tried(Fate.NOT_ASKED, LOG), first=None)]
    for each in every:
        Finished([stack()], resume=True, folder=tmp_path).keep(each)

    again = Finished([stack()], resume=True, folder=tmp_path)

    assert [again.find(each.statement) for each in every] == every
    assert again.find(replace(every[0].statement, key="another")) is None


def test_what_was_tried_on_other_templates_is_tried_again(tmp_path: Path) -> None:
    Finished([stack()], resume=True, folder=tmp_path).keep(tried(Fate.QUIET))

    other = Finished([stack("other")], resume=True, folder=tmp_path)

    assert other.find(statement(READ)) is None


def test_a_proof_from_the_start_forgets_what_was_tried(tmp_path: Path) -> None:
    Finished([stack()], resume=True, folder=tmp_path).keep(tried(Fate.QUIET))

    assert Finished([stack()], resume=False, folder=tmp_path).find(statement(READ)) is None
    assert Finished([stack()], resume=True, folder=tmp_path).find(statement(READ)) is None
