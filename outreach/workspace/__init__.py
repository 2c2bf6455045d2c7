"""EDGE: the folder a user writes (outreach.toml, campaigns/, templates/), read into values or problems."""

from outreach.workspace.disk import find, read
from outreach.workspace.load import load, parse

__all__ = ["find", "load", "parse", "read"]
