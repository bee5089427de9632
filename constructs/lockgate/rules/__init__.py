"""Our own rule pack: what no public tool checks of a delivery pipeline.

One rule, one file; the pack is the list of them.
"""

from lockgate.rules.pack import LockgateRules

__all__ = ["LockgateRules"]
