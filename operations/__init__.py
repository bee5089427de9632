"""The commands with which a platform engineer runs a delivery that is deployed."""
