"""What happened, kept and searchable, and what of it people must hear."""
