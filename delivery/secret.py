"""What a service needs to know and nobody may read in a repository."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from delivery.rules import Conflict, Model, Text, conflicting, hyphenated

ROTATION_DAYS = 30

SecretName = Annotated[str, hyphenated(shortest=2, longest=32)]
Sentence = Annotated[str, Text(words="one line", longest=200, pattern=r"^[^\p{Cc}]+$")]


class Secret(Model):
    """A secret by its name.

    Values never stand in this file: AWS Secrets Manager holds them. A value that was written here
    and pushed is known to others: replace it where it is used.
    """

    name: SecretName = Field(
        description="The secret's name, by which the service asks for it.",
        examples=["receipt-signing-key"],
    )
    description: Sentence = Field(
        description="What the secret is for, as its readers see it in Secrets Manager.",
        examples=["Signs the receipts of orders."],
    )
    used_by: Literal["function", "build"] = Field(
        default="function",
        description="Who may read the secret: the running function, or the build.",
    )
    origin: Literal["generated", "elsewhere"] = Field(
        default="generated",
        description="Where its value comes from. generated: it is made here, at random, and a new "
        "one takes its place again and again; elsewhere: somebody else issues it, it is put in by "
        "hand, and nothing here ever changes it.",
    )
    rotation_days: Annotated[int, Field(strict=True, ge=1, le=1000)] | None = Field(
        default=None,
        description="How old, in days, a generated value gets before the next takes its place. "
        f"Left out, it is {ROTATION_DAYS}.",
        examples=[ROTATION_DAYS],
    )

    @property
    def rotated_after_days(self) -> int | None:
        """How old the value gets, in days; None where nothing here changes it."""
        if self.origin == "elsewhere":
            return None
        return ROTATION_DAYS if self.rotation_days is None else self.rotation_days

    @model_validator(mode="after")
    def _rotates_what_it_generates(self) -> Self:
        if self.origin == "elsewhere" and self.rotation_days is not None:
            raise conflicting(
                [
                    Conflict(
                        at=("rotation_days",),
                        allowed='nothing where origin is "elsewhere"',
                        fix="remove it: a new value has to come from whoever issues it, and be "
                        'put in by hand. Or write origin = "generated"',
                    )
                ]
            )
        return self
