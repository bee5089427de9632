"""All seeded defects."""

from tests.mutations.seeds import audit, builds, code, gates, pipeline, policies, release, storage

SEEDS = (
    *audit.SEEDS,
    *builds.SEEDS,
    *code.SEEDS,
    *gates.SEEDS,
    *pipeline.SEEDS,
    *policies.SEEDS,
    *release.SEEDS,
    *storage.SEEDS,
)
