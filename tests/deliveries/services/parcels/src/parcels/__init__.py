"""A service for the tests of deliveries: it only says that it runs."""
