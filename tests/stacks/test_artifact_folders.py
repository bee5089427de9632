"""Two pipelines never share a folder of the artifact store."""

from delivery.agreement import ARTIFACT_FOLDER_CHARACTERS
from lockgate.artifact_store import PIPELINE_CHARACTERS
from tests.assembly import Assembly


def test_names_are_told_apart_where_folders_are_cut() -> None:
    assert ARTIFACT_FOLDER_CHARACTERS == PIPELINE_CHARACTERS


def test_each_pipeline_has_a_folder_of_its_own(full: Assembly) -> None:
    names = [p["Name"] for _, _, p in full.resources("AWS::CodePipeline::Pipeline")]
    folders = [name[:PIPELINE_CHARACTERS] for name in names]
    assert len(names) == 2
    assert len(set(folders)) == len(names)
