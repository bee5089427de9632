"""The delivery: all that the delivery file says."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from delivery.access import Access
from delivery.agreement import conflicts
from delivery.audit import Audit
from delivery.bake import Bake, bake_in
from delivery.environment import Environment, Toolchain
from delivery.place import Place
from delivery.rules import Model, Unique, conflicting, hyphenated
from delivery.service import Service
from delivery.supply import Supply
from delivery.window import Window

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
    access: Access = Field(
        default=Access(),
        description="How people get their roles. Left out, the toolchain's account says who has "
        "them, and MFA is asked for.",
    )
    audit: Audit = Field(
        default=Audit(),
        description="Whose accounts the trail records. Left out, it is the toolchain's account.",
    )
    supply: Supply = Field(
        default=Supply(),
        description="How far the supply chain goes. Left out, code is not signed by AWS Signer: "
        "the digest of what was built is checked instead.",
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

    def shares_repository(self, service: Service) -> tuple[Service, ...]:
        """Return the other services whose code is in the same repository."""

        def at(each: Service) -> tuple[str, str]:
            return each.source.provider, self.repository(each)

        return tuple(
            each for each in self.services if each.name != service.name and at(each) == at(service)
        )

    def foreign_paths(self, service: Service) -> tuple[str, ...]:
        """Return the folders in the service's repository that concern only other services."""
        paths = dict.fromkeys(each.path for each in self.shares_repository(service))
        return tuple(path for path in paths if not f"{service.path}/".startswith(f"{path}/"))

    def window_of(self, environment: Environment) -> Window | None:
        """Return when releases may enter an environment; None where that is always."""
        if environment.window is None:
            return self.toolchain.working_hours if environment.production else None
        return None if environment.window == "off" else environment.window

    def bake(self, service: Service, environment_name: str) -> Bake:
        """Return how long a release of the service bakes in one of its environments."""
        production = [each.name for each in self.environments if each.production]
        return bake_in(self.environment(environment_name), service.waves, production)

    @property
    def home(self) -> Place:
        """Where the pipelines are."""
        return Place(account=self.toolchain.account, region=self.toolchain.region)

    def place(self, environment: Environment) -> Place:
        """Return where an environment is: what it leaves out is the toolchain's."""
        return Place(
            account=environment.account or self.toolchain.account,
            region=environment.region or self.toolchain.region,
        )

    def is_home(self, environment: Environment) -> bool:
        """Tell whether an environment is where the pipelines are."""
        return self.place(environment) == self.home

    @property
    def places_elsewhere(self) -> tuple[Place, ...]:
        """The places that are delivered to and hold no pipelines, each once, in order."""
        places = dict.fromkeys(self.place(environment) for environment in self.environments)
        return tuple(place for place in places if place != self.home)

    @property
    def regions_elsewhere(self) -> tuple[str, ...]:
        """The Regions that are delivered to and hold no pipelines, each once, in order."""
        regions = dict.fromkeys(place.region for place in self.places_elsewhere)
        return tuple(each for each in regions if each is not None and each != self.home.region)

    def environments_at(self, place: Place) -> tuple[Environment, ...]:
        """Return the environments at a place, in order."""
        return tuple(each for each in self.environments if self.place(each) == place)
