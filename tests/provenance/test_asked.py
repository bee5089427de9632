"""What the pipelines ask is what the functions take."""

import json

import pytest

from lockgate import provenance_actions, signing_action, site
from lockgate.gate_parameters import provenance_parameters, signing_parameters
from tests.provenance.fake_aws import ATTEST, AUDIT, PACKAGE, PIPELINE, Released, asked
from tests.provenance.fake_signer import Signing, turn
from tests.release.fake_aws import EXECUTION
from tests.release.loaded import Gates


def test_the_functions_take_what_they_are_asked(functions: Gates) -> None:
    given = provenance_parameters(PIPELINE, {"Package": PACKAGE, "Audit": AUDIT})
    text = json.dumps(given).replace("#{codepipeline.PipelineExecutionId}", EXECUTION)
    event = asked(*ATTEST)
    configuration = event["CodePipeline.job"]["data"]["actionConfiguration"]["configuration"]
    configuration["UserParameters"] = text
    world = Released()

    functions.invoke("attest", world, event)

    assert world.report[0] == "done"


def test_the_function_that_has_code_signed_takes_what_it_is_asked(functions: Gates) -> None:
    text = json.dumps(signing_parameters(PIPELINE))
    given = json.loads(text.replace("#{codepipeline.PipelineExecutionId}", EXECUTION))
    world = Signing()

    functions.invoke("sign", world, turn(**given))

    assert world.report[0] == "done"


def test_artifacts_have_the_same_names_on_both_sides(functions: Gates) -> None:
    assert set(functions["attest"].TAKES) == set(provenance_actions.TAKEN)
    deployed = functions["built"].PUTS["Package"]
    assert {*deployed, functions["attest"].ARTIFACT} == set(provenance_actions.CHECKED)
    assert {functions["sign"].ASSEMBLY, functions["sign"].ASSETS} == set(signing_action.TAKEN)
    assert functions["sign"].SIGNED == functions["built"].SIGNED == site.SIGNED
    assert functions["built"].SIGN == signing_action.SIGN
    assert functions["attest"].ARTIFACT == site.PROVENANCE


@pytest.mark.parametrize("artifact", ["assembly", "assets", "evidence"])
def test_every_artifact_that_is_attested_is_put_out_by_one_action(
    functions: Gates, artifact: str
) -> None:
    puts = functions["built"].PUTS.values()
    assert [artifact in names for names in puts].count(True) == 1
