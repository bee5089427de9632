"""Every call on record, and CloudTrail on top of it."""

from rehearsal.world.inside.json_service import JsonService, register
from rehearsal.world.inside.plugins.cloudtrail import api, decisions, recorder, stack
from rehearsal.world.inside.plugins.cloudtrail.delivery import MINUTE, Delivery
from rehearsal.world.inside.plugins.cloudtrail.record import Record
from rehearsal.world.inside.plugins.cloudtrail.trails import Trails
from rehearsal.world.inside.setting import Setting


def install(world: Setting) -> None:
    """Record each call; to be installed last, so that nothing is answered before it is seen."""
    decisions.install(world)
    record = Record(world)
    trails = Trails(world, record)
    world.memory.hold("cloudtrail's record", record, "events", "_chance")
    world.memory.hold("cloudtrail", trails, "all", "ending")
    service = JsonService(
        name="cloudtrail",
        operations=api.operations(trails),
        resource=api.resource(trails),
        tags=lambda: [(each.arn, each.tags) for each in trails.all],
    )
    register(world, service)
    name = world.seams.get("provisioners._physical_name")
    types = world.seams.get("provisioners._RESOURCE_HANDLERS")
    types["AWS::CloudTrail::Trail"] = stack.resource_type(trails, name)
    recorder.install(world, record)
    world.parties.watch("cloudtrail", MINUTE, Delivery(trails).look)
