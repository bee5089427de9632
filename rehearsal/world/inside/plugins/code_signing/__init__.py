"""AWS Signer's jobs for Lambda, and Lambda's refusal of code that is not signed as it must be.

ministack has profiles and jobs; its jobs write a receipt in place of a signed package, and its
Lambda takes any code.
"""

from rehearsal.world.inside.plugins.code_signing import configs, jobs
from rehearsal.world.inside.setting import Setting


def install(world: Setting) -> None:
    """Let code be signed, and be refused."""
    # AWS's own key, which nobody has; 48 bytes for SHA-384.
    key = world.chance("signer/key").randbytes(48)
    jobs.install(world, key)
    configs.install(world, key)
