"""What a function draws by chance is drawn from the world's seed, so that a run can be repeated."""

from rehearsal.world.world import World
from tests.rehearsal.world.lambdas import call, function

DRAWS = """
    import random
    def handle(event, context):
        return [random.SystemRandom().random(), random.random()]
"""


def drawn(seed: int) -> object:
    with World(seed=seed) as world:
        function(world.client, "draws", DRAWS)
        return call(world.client, "draws")


def test_one_seed_gives_one_run_and_another_another() -> None:
    once = drawn(1)
    assert once == drawn(1)
    assert once != drawn(2)
