"""The deployable units: they wire constructs together and nothing else."""
