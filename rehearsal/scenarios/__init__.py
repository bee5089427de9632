"""Scenarios as data: one folder each, and how their files are read; see `rehearsal.scenario`."""
