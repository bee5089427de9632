"""Releases are held in their environments, and let go on."""
