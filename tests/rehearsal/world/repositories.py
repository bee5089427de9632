"""A clone to work in, who pushes from it, and what is refused and heard."""

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.world.inside.git_password import signed_url
from rehearsal.world.world import World
from tests.rehearsal.world.conftest import Client

MOMENT = "20270301T090000"
WHEN = "2027-03-01T09:00:00+00:00"


@dataclass
class Clone:
    """A working copy; git sees what a tool in the world sees, and commits at one moment."""

    world: World
    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *words: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        environment = {
            **self.world.environment(),
            "GIT_AUTHOR_DATE": WHEN,
            "GIT_COMMITTER_DATE": WHEN,
            **{f"GIT_{who}_NAME": "Dev" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "dev@example.com" for who in ("AUTHOR", "COMMITTER")},
        }
        run = subprocess.run(
            ["git", *words],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert not check or run.returncode == 0, run.stderr
        return run

    def commit(self, message: str, **files: str) -> str:
        """Commit files, named without their suffix, and return the commit's id."""
        for name, content in files.items():
            (self.folder / f"{name}.txt").write_text(content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD").stdout.strip()


def address(world: World, name: str, key: dict[str, Any] | None = None) -> str:
    """Where to push to, as the root user or as the owner of an access key or a session."""
    key = key or {"AccessKeyId": world.account, "SecretAccessKey": world._secret}
    return signed_url(
        f"{world.endpoint}/v1/repos/{name}",
        key=key["AccessKeyId"],
        secret=key["SecretAccessKey"],
        token=key.get("SessionToken", ""),
        region=world.region,
        moment=MOMENT,
    )


def refusal(call: Callable[..., object], **request: object) -> str:
    """The code of the error that a call gets."""
    with pytest.raises(ClientError) as refused:
        call(**request)
    return str(refused.value.response["Error"]["Code"])


def listen(world: World, aws: Client, name: str, pattern: dict[str, Any]) -> str:
    """A queue that gets the events of a pattern."""
    queue, events = aws("sqs").create_queue(QueueName=name)["QueueUrl"], aws("events")
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    target = {"Id": "1", "Arn": f"arn:aws:sqs:{world.region}:{world.account}:{name}"}
    events.put_targets(Rule=name, Targets=[target])
    return str(queue)


def heard(aws: Client, queue: str) -> list[dict[str, Any]]:
    """What arrived in a queue since it was last asked, in order."""
    sqs = aws("sqs")
    messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(message["Body"]) for message in messages]
