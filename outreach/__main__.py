"""`python -m outreach`."""

from outreach.cli import run

run()
