"""What a service needs to know and nobody may read in a repository."""

from typing import Annotated, Literal

from pydantic import Field

from delivery.rules import Model, Text, hyphenated

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
