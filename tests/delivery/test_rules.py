"""Each rule of a single field: what it lets through and what not, by the models and the schema."""

import copy
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from cfnlint.jsonschema import StandardValidator
from pydantic import ValidationError

from delivery import Delivery
from delivery.schema import schema

HYPHENATED = ["a1", "orders", "order-intake", "a-b-c"]
NOT_HYPHENATED = [
    "",
    "a",
    "Orders",
    "1st",
    "-a",
    "a-",
    "a--b",
    "a_b",
    "a.b",
    "ä-b",
    7,
    True,
]
ACCOUNTS = ["111122223333", "000000000000"]
NO_ACCOUNTS = ["11112222333", "1111222233334", "11112222333a", "١١١١٢٢٢٢٣٣٣٣", 111122223333]
REGIONS = ["eu-central-1", "us-gov-west-1", "ap-southeast-5", "eusc-de-east-1", "us-isob-east-1"]
NO_REGIONS = ["Frankfurt", "eu-central", "eu_central_1", "eu-central-1 ", "EU-CENTRAL-1", 1]
CRON = "* * 9-16 ? * MON-FRI"
NOT_CRON = ["", "always", "0 * 9-16 ? * MON-FRI", "* 9-16 * * MON-FRI", f"{CRON} * *", f" {CRON}",
            "* * 9-16  ? * MON-FRI", "* * 9-16 ? * mon-fri", f"{CRON} ", 1]  # fmt: skip
ARN = "arn:aws:codeconnections:eu-central-1:111122223333"
CONNECTIONS = [
    f"{ARN}:connection/0a1b2c3d-4e5f-6789-abcd-ef0123456789",
    "arn:aws-us-gov:codestar-connections:us-gov-west-1:111122223333:connection/0a1b2c3d",
]
NO_CONNECTIONS = ["", "acme", f"{ARN}:host/acme-0a1b2c3d", f"{ARN}:connection/", f"{ARN}:*",
                  CONNECTIONS[0].replace("1111", ""),
                  CONNECTIONS[0].replace("code", "Code"), 1]  # fmt: skip
GLOBS = [
    [],
    ["services/orders/**"],
    ["**/*.{py,toml}", "a?", "[ab]*", "!a"],
    ["a" * 255],
    [*"abcdefgh"],
]
NO_GLOBS = [
    ["/a"],
    ["a//b"],
    ["../a"],
    ["a b"],
    ["a\\b"],
    [""],
    ["a" * 256],
    ["a", "a"],
    [*"abcdefghi"],
    [1],
    "a",
    {},
]
MANY_TAGS = {f"key{number}": "" for number in range(50)}

HOST = f"{ARN}:host/acme-0a1b2c3d"
HOSTED, SELF_MANAGED = (
    ("github", "gitlab", "bitbucket"),
    ("github-enterprise", "gitlab-self-managed"),
)

# Where, what is let through, what is not.
RULES: list[tuple[str, list[Any], list[Any]]] = [
    ("name", [*HYPHENATED, "a" * 16], [*NOT_HYPHENATED, "a" * 17]),
    ("toolchain", [{}], [{"acount": "111122223333"}, "eu-central-1", []]),
    ("toolchain.account", ACCOUNTS, NO_ACCOUNTS),
    ("toolchain.region", REGIONS, NO_REGIONS),
    (
        "toolchain.notify",
        [[], ["team@example.com"], ["o'hara+ops@mail.example.co.uk", "b@example.com"]],
        [["team"], ["team@host"], ["a b@example.com"], ["a@b.c"] * 2, [""], [1], "a@example.com"],
    ),
    ("environments", [], [[], {}, "beta", ["beta"], [{}]]),
    ("environments.1.account", [], NO_ACCOUNTS),
    ("environments.1.region", [], NO_REGIONS),
    (
        "environments.1.tags",
        [{}, {"a": ""}, {"kst_1.a:b/c=d+e-f@g h": "Käufe 1"},
         {"k" * 128: "v" * 256}, {"lawsuit": "1"}, MANY_TAGS],
        [{"": "a"}, {"k" * 129: "a"}, {"a": "v" * 257}, {"aws:a": "b"}, {"AWS:a": "b"}, {"a!": "b"},
         {"a": "b!"}, {"a": 1}, {"[key]": "a"}, {"[key]": 1}, {**MANY_TAGS, "51st": ""}, "a"],
    ),
    ("toolchain.working_hours", [{"cron": CRON}], ["off", CRON, {}, {"time_zone": "UTC"}]),
    ("toolchain.working_hours.cron", [], NOT_CRON),
    *(
        (f"environments.1.{key}", [True, False], [0, 1, "true", []])
        for key in ("production", "approval")
    ),
    (
        "environments.1.window",
        ["off", {"cron": CRON}, {"cron": CRON, "time_zone": "Europe/Berlin"}],
        ["", "on", "Off", CRON, {}, {"time_zone": "UTC"}, {"cron": CRON, "zone": "UTC"}, [], 1],
    ),
    ("environments.1.window.cron", [CRON, f"{CRON} 2030-2040"], NOT_CRON),
    ("environments.1.bake_minutes", [0, 60, 1440], [-1, 1441, "60", True, 0.5]),
    ("environments.1.bake_requests", [0, 100, 1_000_000], [-1, 1_000_001, "100", True, 0.5]),
    ("services", [], [[], {}, "orders", ["orders"], [{}]]),
    ("services.0.name", [*HYPHENATED, "a" * 20, "audit-log"],
     [*NOT_HYPHENATED, "a" * 21, "foundation", "audit", "landing", "artifacts", "access"]),
    ("services.0.target", ["lambda"], ["ec2", "Lambda", "", 1, ["lambda"]]),
    (
        "services.0.path",
        ["services/orders", "orders", "a/b-c/d_e/f.g", "_x"],
        ["", ".", "..", "../a", "a/../b", "/a", "a/", "a//b", "./a", "a\\b", "C:/a", "a b", "a\0",
         "a" * 201, 1],
    ),
    (
        "services.0.handler",
        ["orders.handler.handle", "a.b", "_a._b", "A1.b2"],
        ["handle", "", ".a.b", "a..b", "a.b.", "a/b.c", "1a.b", "a-b.c", "a.b c", 1,
         "a." + "b" * 127],
    ),
    ("services.0.memory_mb", [128, 256, 10240], [127, 10241, 0, -1, "256", True, 256.5]),
    ("services.0.timeout_seconds", [2, 10, 900], [0, 901, -1, "10", True, 1.5]),
    ("services.0.integration", [True, False], [0, 1, "true"]),
    (
        "services.0.source",
        [
            {},
            {"repository": "orders"},
            *({"provider": each, "repository": "a/b"} for each in HOSTED),
            *({"provider": each, "repository": "a/b/c"} for each in HOSTED if "gitlab" in each),
            *({"provider": each, "repository": "a/b", "tags": ["v*"]} for each in HOSTED),
            *({"provider": each, "repository": "a/b", "host": HOST} for each in SELF_MANAGED),
            *({"provider": each, "repository": "a/b", "connection": CONNECTIONS[0]}
              for each in (*HOSTED, *SELF_MANAGED)),
        ],
        [
            {"repo": "a"}, "codecommit", "github", [], [{}], 1,
            {"tags": ["v*"]}, {"connection": CONNECTIONS[0]},
            {"repository": "a/b"}, {"host": HOST},
            *({"provider": each} for each in (*HOSTED, *SELF_MANAGED)),
            *({"provider": each, "repository": "a"} for each in (*HOSTED, *SELF_MANAGED)),
            *({"provider": each, "repository": "a/b/c"} for each in ("github", "bitbucket")),
            *({"provider": each, "repository": "a/b", "host": HOST} for each in HOSTED),
            *({"provider": each, "repository": "a/b", "host": wrong}
              for each in SELF_MANAGED for wrong in ("acme", CONNECTIONS[0], 1)),
            *({"provider": "github", "repository": "a/b", "connection": wrong}
              for wrong in NO_CONNECTIONS),
            *({"provider": "github", "repository": wrong}
              for wrong in ("", "a", "/a", "a/", "a//b", "a b/c", "a/b.git", "a" * 199 + "/b", 1)),
            *({"provider": "gitlab", "repository": wrong}
              for wrong in ("", "a", "/a/b", "a/b/", "a//b", "a/b c", "a/b/c.git", 1)),
            *({"provider": "github", "repository": "a/b", "tags": wrong} for wrong in NO_GLOBS),
        ],
    ),
    ("services.0.source.provider", ["codecommit"], ["git", "CodeCommit", "", 1, True, ["github"]]),
    ("services.0.source.paths", GLOBS, NO_GLOBS),
    ("services.0.source.pull_requests", [True, False], [0, 1, "true"]),
    (
        "services.0.source.repository",
        ["a", "Orders.v2", "a_b-c", "git", "a" * 100],
        ["", "a.git", ".git", "a b", "a/b", "a!", "a" * 101, 1],
    ),
    (
        "services.0.source.branch",
        ["main", "release/1.2", "a_b-c", "x.lock.y", "a" * 256, "f" * 39],
        ["", "/a", "a/", ".a", "a.", "a..b", "a//b", "a/.b", "-a", "@", "a b", "a*", "a~1", "a:b",
         "a?", "a^", "a[", "a\\b", "a@{1}", "a.lock", "a.lock/b", "f" * 40, "a" * 257, 1],
    ),
    (
        "services.0.promotion",
        [["beta", "prod"], ["prod", "beta"], [["beta", "prod"]], [["beta"], "prod"],
         ["beta", ["prod"]]],
        [[], ["beta", "prod", "beta"], ["Beta"], [""], [1], "beta", {}, ["beta", []], [["Beta"]],
         ["prod", ["beta", "beta"]], ["beta", "prod", [["prod"]]], ["beta", {"name": "prod"}],
         ["beta", "prod", [f"env{number}" for number in range(5)]], ["beta", "prod", True]],
    ),
    ("services.0.canary", [{"requests_per_second": 1}], [{}, {"percent": 10}, 10, "10 %"]),
    ("services.0.canary.percent", [1, 10, 50], [0, 51, -1, "10", True, 10.5]),
    ("services.0.canary.minutes", [1, 15, 2880], [0, 2881, -1, "15", True, 0.5]),
    (
        "services.0.canary.requests_per_second",
        [0.001, 1, 1e6],
        [0, 0.0, -1, 1_000_001, 1e300, "1", True],
    ),
    ("services.0.canary.synthetic_requests", [0, 299, 600], [-1, 3001, "1", True, 0.5]),
    ("services.0.canary.http_5xx", [True, False], [0, 1, "true"]),
    ("environments.0.inconclusive", ["fail", "warn"], ["ignore", "", 1, True]),
    ("services.0.objectives", [{}], [{"error_percent": 1.0}, 1, []]),
    ("services.0.objectives.errors_percent", [0.0001, 1, 50], [0, 50.1, -1, "1", True]),
    ("services.0.objectives.latency_ms", [1, 9999], [0, -1, "1000", True, 0.5]),
    ("services.0.objectives.slow_percent", [0.01, 1, 99.9], [0, 100, -1, "1", True]),
    ("services.0.secrets", [[]], [[{}], ["a-key"], "a-key", {}]),
    ("services.0.secrets.0.name", [*HYPHENATED, "a" * 32], [*NOT_HYPHENATED, "a" * 33]),
    ("services.0.secrets.0.description", ["x", "Für Belege.", "x" * 200], ["", "x" * 201, "\n", 1]),
    ("services.0.secrets.0.used_by", ["function", "build"], ["lambda", "", 1]),
    *(
        (f"environments.{place}.name", [], ["", "a", "a" * 13, "Beta", "1a", "a-b", "a_b",
         "pipeline", "foundation", "audit", 1])
        for place in (0, 1)
    ),
]  # fmt: skip
VALIDATOR = StandardValidator(schema())


def with_value(sound: str, key: str, value: object) -> dict[str, Any]:
    """Put a value at a key of the right file, and tables where they lack on the way."""
    data: Any = tomllib.loads(sound)
    data["services"][0]["secrets"] = [{"name": "a-key", "description": "For a test."}]
    *way, last = (int(step) if step.isdecimal() else step for step in key.split("."))
    table = data
    for step in way:
        table = table[step] if isinstance(step, int) else table.setdefault(step, {})
    table[last] = copy.deepcopy(value)
    return data  # type: ignore[no-any-return]


def accepted_by_models(data: dict[str, Any]) -> bool:
    try:
        return bool(Delivery.model_validate(data))
    except ValidationError:
        return False


def accepted_by_schema(data: dict[str, Any]) -> bool:
    return not list(VALIDATOR.iter_errors(data))


@pytest.mark.parametrize("accepts", [accepted_by_models, accepted_by_schema])
@pytest.mark.parametrize(("key", "right", "wrong"), RULES, ids=[key for key, *_ in RULES])
def test_right_values_are_accepted_and_wrong_ones_refused(
    sound: str,
    key: str,
    right: list[Any],
    wrong: list[Any],
    accepts: Callable[[dict[str, Any]], bool],
) -> None:
    assert [value for value in right if not accepts(with_value(sound, key, value))] == []
    assert [value for value in wrong if accepts(with_value(sound, key, value))] == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "shop\n"),
        ("toolchain", {"account": f"{ACCOUNTS[0]}\n"}),
        ("environments.1.name", "prod\n"),
        ("environments.1.tags", {"team\n": ""}),
        ("services.0.handler", "a.b\n"),
        ("services.0.path", "services/orders\n"),
        ("services.0.source", {"branch": "main\n"}),
        ("services.0.source", {"paths": ["a\n"]}),
        ("services.0.source", {"provider": "github", "repository": "a/b\n"}),
        ("environments.1.window", {"cron": f"{CRON}\n"}),
        ("environments.1.window", {"cron": CRON, "time_zone": "UTC\n"}),
    ],
)
def test_a_line_break_at_the_end_is_refused(sound: str, key: str, value: object) -> None:
    with pytest.raises(ValidationError):
        Delivery.model_validate(with_value(sound, key, value))


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_is_finite(sound: str, number: float) -> None:
    for key in ("canary.requests_per_second", "objectives.errors_percent"):
        with pytest.raises(ValidationError):
            Delivery.model_validate(with_value(sound, f"services.0.{key}", number))


@pytest.mark.parametrize(
    "name", ["ab", "prod", "prod1", "a" * 12], ids=["shortest", "plain", "digit", "longest"]
)
def test_a_right_name_of_an_environment_is_accepted(sound: str, name: str) -> None:
    data = tomllib.loads(sound.replace('"prod"', f'"{name}"'))

    assert Delivery.model_validate(data).environment(name).name == name
    assert list(VALIDATOR.iter_errors(data)) == []
