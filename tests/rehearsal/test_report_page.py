"""The page: well-formed, alone, safe, and saying in words what it shows."""

import itertools
import re
from html.parser import HTMLParser

import pytest

from rehearsal.report.markup import VOID, tag
from rehearsal.report.model import Report, Served
from rehearsal.report.page import page
from tests.rehearsal.report_example import DAY, MINUTE, example

BAD = "</title></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\x00\u202e"


class _Reader(HTMLParser):
    """Reads a page strictly: every element is closed where it should be."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words))

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def _hostile() -> Report:
    """Every text of a report is hostile."""
    data = example(denied=True).model_dump(mode="json")
    release = data["releases"][1]
    release |= {"name": BAD, "subject": BAD, "why": BAD, "commit": BAD}
    release["stages"][0] |= {"name": BAD}
    release["stages"][0]["actions"][0] |= {"name": BAD, "status": BAD, "message": BAD}
    deployment = release["environments"][1]["deployments"][0]
    deployment |= {"message": BAD, "id": BAD}
    deployment["record"] |= {"reason": BAD, "target_version": BAD}
    deployment["lifecycle"][0] |= {"message": BAD}
    release["environments"][1]["alarms"][0] |= {"name": BAD, "reason": BAD}
    data["denied"][0] |= {"role": BAD, "action": BAD, "resource": BAD, "message": BAD}
    data["unused"][0] |= {"role": BAD, "policy": BAD, "action": BAD}
    data["real"][0] |= {"what": BAD, "why": BAD}
    return Report.model_validate(data | {"delivery": BAD, "command": BAD, "scenarios": [BAD]})


REPORTS = {
    "good": example(),
    "bad": example(denied=True, miscounted=True),
    "hostile": _hostile(),
    "empty": example().model_copy(update={"releases": (), "unused": (), "real": ()}),
}


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_every_element_is_closed(report: Report) -> None:
    assert _Reader(page(report)).open == []


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_it_loads_nothing_and_runs_nothing(report: Report) -> None:
    text = page(report)
    read = _Reader(text)
    loading = {"src", "href", "srcset", "data", "action", "poster", "background", "style"}
    for name, attributes in read.tags:
        assert name not in {"script", "img", "link", "iframe", "object", "embed", "form", "base"}
        assert not loading & attributes.keys()
        assert not [key for key in attributes if key.startswith("on")]
    style = text[text.index("<style>") : text.index("</style>")]
    assert "url(" not in style
    assert "@import" not in style
    assert "://" not in text
    policy = {"http-equiv": "Content-Security-Policy"}
    assert any(policy.items() <= attributes.items() for attributes in read.all("meta"))


def test_what_others_wrote_is_text() -> None:
    text = page(REPORTS["hostile"])
    assert "<script" not in text
    assert "<img" not in text
    assert "\x00" not in text
    assert "<script>alert(1)</script>" in _Reader(text).text


@pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)
def test_it_can_be_read_without_seeing_it(report: Report) -> None:
    read = _Reader(page(report))
    assert read.all("html") == [{"lang": "en"}]
    assert len(read.all("main")) == len(read.all("h1")) == 1
    for head in read.all("th"):
        assert head["scope"] in {"row", "col", "colgroup"}
    for picture in read.all("svg"):
        assert picture["role"] == "img"
        assert picture["aria-label"]
    levels = [int(name[1]) for name, _ in read.tags if re.fullmatch("h[1-6]", name)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    for wide in (each for each in read.all("div") if each.get("class") == "wide"):
        assert wide["tabindex"] == "0"
        assert wide["aria-label"]


def test_it_says_what_happened_in_words() -> None:
    text = _Reader(page(REPORTS["good"])).text
    for said in (
        "All went as it should.",
        "Release 2: one request in thirty fails in prod",
        "Was stopped, as it should. Stopped at minute 3 of the canary in prod: 3 of 125 requests",
        "0 of 27,600 customer requests failed, by the customers' own count.",
        "Customers and the gate counted the same.",
        "No call was denied.",
        "4 permissions of 2 roles met no call in this rehearsal.",
        "python -m rehearsal run --seed 7",
    ):
        assert said in text


def test_the_timeline_tells_of_deployments_alarms_and_decisions() -> None:
    text = _Reader(page(REPORTS["good"])).text
    for said in (
        "Execute: Failed, 10:28:42, 7 min 18 s.",
        "BeforeAllowTraffic: Succeeded, 10:29:00, 2 min.",
        "AllowTraffic: Failed, 10:31:00, 4 min.",
        "lockgate-orders-prod-degraded at 10:35:00: Threshold Crossed",
        "10:34:54, watch: stopped; degraded. errors: 3 of 125 canary requests",
        "rollback",
    ):
        assert said in text


def test_a_disagreement_is_said_in_words() -> None:
    text = _Reader(page(REPORTS["bad"])).text
    assert "Not all went as it should." in text
    assert "Customers and the gate counted differently in prod." in text
    assert "126125" in text  # the two counts, side by side
    assert "One call was denied." in text


def test_a_release_that_ends_otherwise_is_said_in_words() -> None:
    report = example()
    failed = report.releases[0].model_copy(update={"expected": "stopped"})
    text = _Reader(page(report.model_copy(update={"releases": (failed,)}))).text
    assert "Succeeded; expected: stopped." in text


def test_what_was_not_judged_is_not_compared() -> None:
    report = example()
    where = (
        report.releases[0]
        .environments[0]
        .model_copy(
            update={
                "deployments": (),
                "customers": (Served(at=DAY + MINUTE, version="1", requests=5, failed=1),),
            }
        )
    )
    release = report.releases[0].model_copy(update={"environments": (where,)})
    text = _Reader(page(report.model_copy(update={"releases": (release,)}))).text
    assert "1 of 5 customer requests failed" in text
    assert "the gate counted" not in text
    assert "There was no canary." in text


def test_without_what_may_be_absent_it_is_a_page_still() -> None:
    data = example().model_dump(mode="json")
    data["seconds"] = None
    for environment in data["releases"][1]["environments"]:
        environment["customers"] = []
        for deployment in environment["deployments"]:
            deployment |= {"ended": None, "looks": [], "lifecycle": []}
            if deployment["record"]:
                deployment["record"] |= {"plan": None, "current_version": None}
    read = _Reader(page(Report.model_validate(data)))
    assert read.open == []
    assert "nothing was counted" in read.text
    assert "on this machine" not in read.text


def test_the_same_report_is_the_same_page() -> None:
    assert page(example()) == page(Report.model_validate_json(example().model_dump_json()))


def test_attributes_are_escaped_and_left_out() -> None:
    found = tag("p", None, ["a<", tag("b", "&")], class_='"', hidden=True, id=None, data_x=1.50)
    assert found == '<p class="&quot;" hidden data-x="1.5">a&lt;<b>&amp;</b></p>'
