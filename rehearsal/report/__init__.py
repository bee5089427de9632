"""What a rehearsal leaves behind: a report as JSON, as a page, and in a few lines."""
