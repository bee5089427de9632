"""The replay of a deployment from its counts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from delivery.runtime import load_judge
from rehearsal import replay

HEADER = "minute,canary_requests,canary_errors,baseline_requests,baseline_errors"
ALLOWED = (
    "minute, canary_requests, canary_errors, baseline_requests, baseline_errors, "
    "canary_slow, canary_5xx, baseline_slow, baseline_5xx"
)
CLEAN, BROKEN = "60,0,540,3", "60,60,540,3"
ROOT = Path(__file__).parents[2]

app = typer.Typer()
app.command()(replay.judge)


def _file(tmp_path: Path, *rows: str, header: str = HEADER) -> Path:
    path = tmp_path / "counts.csv"
    path.write_text("\n".join((header, *rows)) + "\n")
    return path


def _run(path: Path, *options: str) -> tuple[int, list[str], str]:
    result = CliRunner().invoke(app, [str(path), *options], catch_exceptions=False)
    return result.exit_code, result.stdout.splitlines(), result.stderr


@pytest.mark.parametrize(
    ("row", "turns", "code", "verdict"),
    [(CLEAN, 6, 0, "healthy"), (BROKEN, 1, 1, "degraded"), (CLEAN, 2, 3, "inconclusive")],
)
def test_each_verdict_has_its_exit_code(
    tmp_path: Path, row: str, turns: int, code: int, verdict: str
) -> None:
    found, lines, complaint = _run(_file(tmp_path, *(f"{n},{row}" for n in range(turns))), "--json")
    objects = [json.loads(line) for line in lines]
    assert (found, complaint) == (code, "")
    assert [each["minute"] for each in objects] == list(range(turns))
    assert objects[-1]["verdict"] == verdict
    for each in objects:
        assert list(each) == ["minute", "verdict", "evidence", "relative_risk", "low", "high"]


def test_what_is_infinite_is_null_in_json(tmp_path: Path) -> None:
    _, lines, _ = _run(_file(tmp_path, "0,60,0,540,0"), "--json")
    assert json.loads(lines[0]) == pytest.approx(
        {
            "minute": 0,
            "verdict": "inconclusive",
            "evidence": 1.0,
            "relative_risk": None,
            "low": 0.0,
            "high": None,
        }
    )


def test_in_a_pipe_the_table_is_plain(tmp_path: Path) -> None:
    code, lines, _ = _run(_file(tmp_path, f"0,{CLEAN}", f"1,{BROKEN}"))
    assert code == 1
    assert lines[0].split("\t") == list(replay.FIELDS)
    assert [line.split("\t")[:2] for line in lines[1:3]] == [
        ["0", "inconclusive"],
        ["1", "degraded"],
    ]
    assert lines[3].startswith("errors: 60 of 120 canary requests")


def test_options_reach_the_judge(tmp_path: Path) -> None:
    path = _file(tmp_path, "0,600,4,5400,6")
    assert _run(path)[0] == 3
    assert _run(path, "--dispersion", "1", "--alpha", "0.2")[0] == 1
    assert _run(path, "--dispersion", "9", "--alpha", "0.2")[0] == 3
    assert _run(_file(tmp_path, "0,30,0,270,0"), "--objective", "0.2")[0] == 0


def test_slow_and_5xx_counts_are_judged(tmp_path: Path) -> None:
    header = f"{HEADER},canary_slow,baseline_slow,canary_5xx,baseline_5xx"
    assert _run(_file(tmp_path, "0,600,0,5400,0,60,540,0,0", header=header))[0] == 0
    assert _run(_file(tmp_path, "0,600,0,5400,0,300,540,0,0", header=header))[0] == 1
    assert _run(_file(tmp_path, "0,600,0,5400,0,60,540,60,0", header=header))[0] == 1
    assert _run(_file(tmp_path, "0,600,0,5400,0,,,,", header=header))[0] == 0


def test_columns_may_be_in_any_order_and_lines_may_be_empty(tmp_path: Path) -> None:
    header = ",".join(reversed(HEADER.split(",")))
    path = _file(tmp_path, "", "3,540,60,60,0", "", " 3 , 540 , 0 , 60 , 1 ", header=header)
    assert _run(path)[0] == 1
    path.write_text("\ufeff" + path.read_text())
    assert _run(path)[0] == 1


@pytest.mark.parametrize(
    ("header", "rows", "complaint"),
    [
        ("", [], "line 1: the header is without 'minute'; allowed: a column of that name"),
        (
            HEADER.removesuffix(",baseline_errors"),
            [],
            "line 1: the header is without 'baseline_errors'; allowed: a column of that name",
        ),
        (
            f"{HEADER},latency",
            [],
            f"line 1: the header is 'latency'; allowed: {ALLOWED}",
        ),
        (
            f"{HEADER},minute",
            [],
            "line 1: the header is 'minute' twice; allowed: each column once",
        ),
        (
            f"{HEADER},baseline_5xx",
            [],
            "line 1: the header is 'baseline_5xx' alone; allowed: also 'canary_5xx'",
        ),
        (
            f"{HEADER},canary_slow",
            [],
            "line 1: the header is 'canary_slow' alone; allowed: also 'baseline_slow'",
        ),
        (
            HEADER,
            [],
            "line 2: the table is empty; allowed: a line for each settled minute",
        ),
        (
            HEADER,
            ["0,1,0,1,0", "1,1,0,1"],
            "line 3: the row is 4 cells; allowed: 5 cells, as the header has",
        ),
        (
            HEADER,
            ["0,1,0,1,0", "", "1,-1,0,1,0"],
            "line 4: canary_requests is '-1'; allowed: a whole number, 0 to 10^12",
        ),
        (
            HEADER,
            ["0,1,0,nan,0"],
            "line 2: baseline_requests is 'nan'; allowed: a whole number, 0 to 10^12",
        ),
        (
            HEADER,
            ["0,1,0,1,0.5"],
            "line 2: baseline_errors is '0.5'; allowed: a whole number, 0 to 10^12",
        ),
        (
            HEADER,
            ["0,1,,1,0"],
            "line 2: canary_errors is ''; allowed: a whole number, 0 to 10^12",
        ),
        (
            HEADER,
            ["0,9" + "9" * 5000 + ",0,1,0"],
            "allowed: a whole number, 0 to 10^12",
        ),
        (
            HEADER,
            ["5,1,2,1,0"],
            "line 2: canary_errors is 2; allowed: at most canary_requests, which is 1",
        ),
        (
            HEADER,
            ["5,1,0,1,0", "5,1,0,1,0"],
            "line 3: minute is 5; allowed: later than 5: each minute once",
        ),
        (
            HEADER,
            ["5,1,0,1,0", "4,1,0,1,0"],
            "line 3: minute is 4; allowed: later than 5: each minute once",
        ),
        (
            f"{HEADER},canary_5xx,baseline_5xx",
            ["05,1,0,1,0,1,"],
            "line 2: baseline_5xx is empty; allowed: given for both versions, or for none",
        ),
        (HEADER, ['0,"1,0,1,0'], "is no CSV"),
    ],
)
def test_bad_input_is_one_clear_message(
    tmp_path: Path, header: str, rows: list[str], complaint: str
) -> None:
    path = _file(tmp_path, *rows, header=header)
    code, lines, said = _run(path, "--json")
    assert (code, lines) == (2, [])
    assert said.startswith(f"{path}: line ")
    assert said.strip().endswith(complaint) or complaint in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("option", ["alpha", "objective", "dispersion"])
@pytest.mark.parametrize("value", ["-1", "nan", "inf", "0"])
def test_an_option_out_of_range_is_bad_input(tmp_path: Path, option: str, value: str) -> None:
    code, lines, said = _run(_file(tmp_path, f"0,{CLEAN}"), f"--{option}", value)
    assert (code, lines) == (2, [])
    assert f"option {option}" in said
    assert said.count("\n") == 1


def test_a_file_that_cannot_be_read_is_bad_input(tmp_path: Path) -> None:
    assert _run(tmp_path / "none.csv")[::2] == (
        2,
        f"{tmp_path / 'none.csv'} cannot be read: No such file or directory\n",
    )
    assert _run(tmp_path)[0] == 2
    binary = tmp_path / "binary.csv"
    binary.write_bytes(b"minute,\xff")
    assert _run(binary)[::2] == (2, f"{binary} is not UTF-8 text: byte 7\n")


def test_the_judge_leaves_no_module_under_a_bare_name() -> None:
    before = set(sys.modules)
    judge = load_judge()
    assert judge.judge([]).verdict == "inconclusive"
    assert {"judge", "case", "counts", "settings"}.isdisjoint(set(sys.modules) - before)


def test_it_runs_as_a_module(tmp_path: Path) -> None:
    path = _file(tmp_path, f"0,{BROKEN}")
    done = subprocess.run(
        [sys.executable, "-m", "rehearsal", "judge", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "degraded" in done.stdout


def _record(tmp_path: Path, **canary: object) -> Path:
    counts = {"requests": 60, "errors": 0, "slow": 0, "http_5xx": None}
    minutes = [
        {"minute": at, "canary": counts, "baseline": counts | {"requests": 540}} for at in range(6)
    ]
    usual = {"minutes": minutes, "dispersion": {"errors": 1.0, "slow": None}}
    path = tmp_path / "d-1.json"
    path.write_text(json.dumps({"plan": {"errors_percent": 2.0}, "canary": usual | canary}))
    return path


def test_a_decision_record_is_replayed_by_its_own_objective(tmp_path: Path) -> None:
    code, lines, said = _run(_record(tmp_path), "--json")
    assert (code, said) == (0, "")
    verdicts = [json.loads(line)["verdict"] for line in lines]
    assert verdicts == ["inconclusive"] * 2 + ["healthy"] * 4, "149 clean requests certify 2 %"


def test_an_option_goes_before_what_the_record_says(tmp_path: Path) -> None:
    assert _run(_record(tmp_path), "--objective", "0.001")[0] == 3


def test_the_record_s_dispersion_tempers_its_replay(tmp_path: Path) -> None:
    bursty = _record(tmp_path, dispersion={"errors": 4.0, "slow": 1.0})
    assert _run(bursty)[0] == 3


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "is no JSON"),
        ("{}", "has no 'canary'; allowed: a decision record"),
        ('{"canary": {"minutes": [{}], "dispersion": {}}}', "has no 'canary'"),
        ('{"canary": 1}', "is no decision record"),
        ('{"canary": {"dispersion": {}, "minutes": []}, "plan": {"errors_percent": 1}}', "line"),
    ],
)
def test_what_is_no_record_is_bad_input(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "record.json"
    path.write_text(text)
    code, lines, message = _run(path)
    assert (code, lines) == (2, [])
    assert said in message
    assert message.count("\n") == 1
