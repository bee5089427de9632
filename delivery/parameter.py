"""What a service is set to that anybody may read."""

from typing import Annotated

from pydantic import Field

from delivery.environment import EnvironmentName
from delivery.rules import Model, Text
from delivery.secret import Sentence
from delivery.texts import Texts

# Each is named in one policy of the function, beside the secrets.
MOST_PARAMETERS = 20
MOST_VALUES = 20
ParameterName = Annotated[
    str,
    Text(
        words="lower-case letters, digits and single hyphens, a letter first and no hyphen last; "
        "no secret, token, password, credential or key in it: a secret belongs under secrets",
        shortest=2,
        longest=32,
        pattern="^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        never="secret|token|passw|pwd|credential|private|apikey|(^|-)(key|keys|auth|pat|pin)(-|$)",
    ),
]
# AWS keys, private keys, tokens of GitHub, GitLab and Slack, JSON Web Tokens. CloudFormation would
# put in a secret's value for a {{resolve:...}}, and Parameter Store takes no {{ at all.
_KNOWN_FORMS = (
    "(AKIA|ASIA)[0-9A-Z]{16}|-----BEGIN|gh[pousr]_[A-Za-z0-9]{20}|github_pat_|glpat-|"
    r"xox[abeprs]-|eyJ[A-Za-z0-9_-]+\.eyJ|://[^/@ ]+:[^/@ ]+@|\{\{"
)
ParameterValue = Annotated[
    str,
    Text(
        words="one line; no {{ in it, and nothing that looks like a secret (a key, a token, a "
        "password in a URL): a secret belongs under secrets",
        longest=1024,
        pattern=r"^[^\p{Cc}]+$",
        never=_KNOWN_FORMS,
    ),
]


class Values(Texts):
    """Values by the environment that has them."""

    KEY, VALUE, MOST = EnvironmentName, ParameterValue, MOST_VALUES

    __slots__ = ()


class Parameter(Model):
    """A setting of a service that is no secret, in AWS Systems Manager's Parameter Store.

    All versions of the function read the same one, so a changed value meets all customers at
    once: what a release must be judged by belongs in its code.
    """

    name: ParameterName = Field(
        description="The parameter's name, by which the service asks for it.",
        examples=["currency"],
    )
    description: Sentence = Field(
        description="What the parameter is for, as its readers see it in Parameter Store.",
        examples=["The currency of prices."],
    )
    value: ParameterValue = Field(
        description="Its value, in each environment that has none of its own.",
        examples=["EUR"],
    )
    values: Values = Field(
        default=Values(),
        description="Its value in some environments, where that is another.",
        examples=[{"beta": "XTS"}],
    )

    def value_in(self, environment: str) -> str:
        """Return its value in an environment."""
        return self.values.get(environment, self.value)
