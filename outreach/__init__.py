"""Cold outreach by e-mail, run from files: planned, linted, sent at most once, stopped by any answer."""
