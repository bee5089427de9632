"""The proof that Lockgate's own roles have no permission without need.

Each statement of their policies is taken out of the running world in turn, and a release shows
what becomes of it without.
"""
