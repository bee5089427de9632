"""A sample service: orders for a chandler's shop beside a canal."""
