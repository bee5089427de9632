"""What runs in the emulator's own process; the host imports nothing of it."""
