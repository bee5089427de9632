"""IAM as AWS decides it, where ministack decides otherwise.

`evaluation` corrects what a policy means, `requests` what a call asks for: its action, resource
and condition keys. `further` asks for what AWS asks beside (a passed role, a key),
`deliveries` for what services do to each other, and `stacks` for what CloudFormation does.
"""

from rehearsal.world.inside.plugins.iam.deliveries import install as ask_at_deliveries
from rehearsal.world.inside.plugins.iam.encryption import install as choose_keys
from rehearsal.world.inside.plugins.iam.evaluation import install as evaluate
from rehearsal.world.inside.plugins.iam.further import install as ask_further
from rehearsal.world.inside.plugins.iam.requests import install as read_requests
from rehearsal.world.inside.plugins.iam.stacks import install as ask_for_stacks
from rehearsal.world.inside.role_session import BEGUN
from rehearsal.world.inside.setting import Setting


def install(world: Setting) -> None:
    """Let IAM decide as on AWS; after all services are there, and before calls are recorded."""
    world.memory.hold("role sessions", BEGUN)
    evaluate(world)
    read_requests(world)
    choose_keys(world)
    ask_further(world)
    ask_at_deliveries(world)
    ask_for_stacks(world)
