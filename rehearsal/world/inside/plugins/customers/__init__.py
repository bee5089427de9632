"""Customers: traffic that goes through a function's alias for as long as the world's time runs.

Each arrival is an invocation of its own, in the worker of the version that the alias's weights
choose, with its log and its metrics. What customers met is counted here by what they were
answered, and by nothing that the service says of itself.

Customers never make time pass: they act when it passes for somebody else.
"""

from rehearsal.world.inside.plugins.customers.background import Background
from rehearsal.world.inside.plugins.customers.bursts import Bursts
from rehearsal.world.inside.plugins.customers.crowds import Crowds
from rehearsal.world.inside.plugins.customers.door import open_customers_door
from rehearsal.world.inside.setting import Setting


def install(world: Setting) -> None:
    """Let the host send customers, by a door at the endpoint."""
    crowds = Crowds(world, Background(world), Bursts(world))
    world.seams.wrap("app.app", lambda app: open_customers_door(crowds, app))
