"""EDGE: the folder a user writes (outreach.toml, campaigns/, templates/), read into values or problems."""

from outreach.workspace.disk import find, read, read_letter, rewrite
from outreach.workspace.load import basics, load, parse
from outreach.workspace.place import Place, place
from outreach.workspace.settings import Settings

__all__ = ["Place", "Settings", "basics", "find", "load", "parse", "place", "read", "read_letter", "rewrite"]
