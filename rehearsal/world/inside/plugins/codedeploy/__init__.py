"""CodeDeploy for Lambda: canary, linear and all at once; hooks, alarms, stop and rollback."""

from rehearsal.world.inside.json_service import JsonService, register
from rehearsal.world.inside.plugins.codedeploy.api import Api
from rehearsal.world.inside.setting import Setting


def install(world: Setting) -> None:
    """Answer for CodeDeploy."""
    api = Api(world)
    operations = api.operations()
    register(world, JsonService(name="codedeploy", operations=operations, resource=api.resource))
