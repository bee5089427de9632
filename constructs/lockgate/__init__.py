"""Reusable constructs of a guarded delivery pipeline, each one resource idea.

A construct here knows nothing of delivery.toml: it gets names, numbers and other constructs.
"""
