"""The delivery: all that the delivery file says."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from delivery.agreement import conflicts
from delivery.environment import Environment, Toolchain
from delivery.rules import Model, Unique, conflicting, hyphenated
from delivery.service import Service

DeliveryName = Annotated[str, hyphenated(shortest=2, longest=16)]


class Delivery(Model):
    """What is delivered, where to, and how carefully."""

    name: DeliveryName = Field(
        description="The delivery's name: it leads the names of all stacks and pipelines, and is "
        "the repository's where a service names none.",
        examples=["lockgate"],
    )
    toolchain: Toolchain = Field(
        default=Toolchain(),
        description="The account and the Region that hold the pipelines, and who hears of them.",
    )
    environments: Annotated[tuple[Environment, ...], Field(min_length=1), Unique(by="name")] = (
        Field(description="The places that releases are promoted to.")
    )
    services: Annotated[tuple[Service, ...], Field(min_length=1), Unique(by="name")] = Field(
        description="The services that are delivered, each by a pipeline of its own."
    )

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if found := list(conflicts(self.model_dump(exclude_none=True))):
            raise conflicting(found)
        return self

    def environment(self, name: str) -> Environment:
        """Return the environment of that name.

        Raises:
            KeyError: there is none; the message says which there are.
        """
        for environment in self.environments:
            if environment.name == name:
                return environment
        names = ", ".join(environment.name for environment in self.environments)
        raise KeyError(f"no environment is called {name!r}; there are: {names}")

    def repository(self, service: Service) -> str:
        """Return the name of the repository that holds the service's code."""
        return service.source.repository or self.name
