"""All seeded defects."""

from tests.mutations.seeds import audit, builds, gates, pipeline, policies, release, storage

SEEDS = (
    *audit.SEEDS,
    *builds.SEEDS,
    *gates.SEEDS,
    *pipeline.SEEDS,
    *policies.SEEDS,
    *release.SEEDS,
    *storage.SEEDS,
)
