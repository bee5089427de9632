"""An event in the trail that people hear of, and the filter pattern that finds it.

"Filter pattern syntax" in the Amazon CloudWatch Logs User Guide: a comparison with a field that is
missing is false, also with `!=`; `*` stands for any characters; a pattern has 1,024 at most.
"""

from collections.abc import Sequence
from dataclasses import dataclass

PATTERN_CHARACTERS = 1024
SERVICE = "$.userIdentity.invokedBy"
ROLE = "$.userIdentity.sessionContext.sessionIssuer.arn"


@dataclass(frozen=True, kw_only=True)
class AuditedEvent:
    """Something in the trail that a person should hear of.

    Attributes:
        name: of the metric and the alarm.
        what: what happened, in a sentence.
        why: why people must hear of it.
        source: the control or the risk that asks for it.
        pattern: a CloudWatch Logs filter pattern on the trail's JSON events.
        at_least: how many within five minutes raise the alarm.
    """

    name: str
    what: str
    why: str
    source: str
    pattern: str
    at_least: int = 1


@dataclass(frozen=True, kw_only=True)
class Machines:
    """The roles of a delivery that no person takes on.

    Their own policies and boundaries say what they may do; what anybody else does is news.

    Attributes:
        delivery: the delivery's name.
        partition: of the ARNs, `aws` in most Regions.
        region: the toolchain's.
        account: the toolchain's.
    """

    delivery: str
    partition: str
    region: str
    account: str

    def role(self, path: str) -> str:
        """The ARN of a role of the delivery, by the path behind the delivery's."""
        return f"arn:{self.partition}:iam::{self.account}:role/{self.delivery}/{path}"

    def stack(self, rest: str) -> str:
        """The ARN of a stack of the delivery."""
        place = f"{self.region}:{self.account}"
        return f"arn:{self.partition}:cloudformation:{place}:stack/{self.delivery}{rest}"

    def person(self, name: str) -> str:
        """The ARN of one of the roles for people."""
        return self.role(f"people/{self.delivery}-{name}")

    def others(self) -> tuple[str, ...]:
        """Terms for whom is none of them: neither they nor a service on somebody's behalf."""
        return (
            f"{SERVICE} NOT EXISTS",
            any_of(
                f"{ROLE} NOT EXISTS",
                f'{ROLE} != "{self.role("*")}"',
                f'{ROLE} = "{self.role("people/*")}"',
            ),
        )


def any_of(*terms: str) -> str:
    """A term that holds where one of these does."""
    return " || ".join(f"({term})" for term in terms)


def pattern(*terms: str) -> str:
    """The pattern of events for which all of the terms hold.

    Raises:
        ValueError: CloudWatch Logs would find it too long.
    """
    made = f"{{ {' && '.join(f'({term})' for term in terms)} }}"
    if len(made) > PATTERN_CHARACTERS:
        raise ValueError(f"a filter pattern of {len(made)} characters: {made}")
    return made


def within(made: str, account: str) -> str:
    """The pattern for the events of one account, in a trail that has those of others as well.

    Raises:
        ValueError: CloudWatch Logs would find it too long.
    """
    return pattern(
        made.removeprefix("{ ").removesuffix(" }"), f'$.recipientAccountId = "{account}"'
    )


def named(source: str, *names: str) -> Sequence[str]:
    """Terms for the calls of one service, by their event names, that were not refused.

    Args:
        source: the service, as in `<source>.amazonaws.com`.
        names: the event names; with `*` where the name ends with the API's date.
    """
    quoted = [f'"{name}"' if "*" in name else name for name in names]
    return (
        f"$.eventSource = {source}.amazonaws.com",
        "$.errorCode NOT EXISTS",
        any_of(*(f"$.eventName = {name}" for name in quoted)),
    )


def calls(source: str, *names: str, also: Sequence[str] = ()) -> str:
    """A pattern for calls of one service for which `also` holds."""
    return pattern(*named(source, *names), *also)
