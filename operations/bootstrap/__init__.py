"""Accounts are made ready for the delivery."""
