"""What a delivery does, tried on this machine: it reads the cloud assembly, never the stacks."""
