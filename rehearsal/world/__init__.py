"""The embedded AWS: an emulator in a process and an environment of its own, on loopback only."""
