"""A letter: parse it, know the fields it needs, render it with a map back to the template."""

from outreach.template.letter import Letter, check_fields, missing, parse
from outreach.template.pieces import locate
from outreach.template.rendering import MissingFields, RenderError, render
from outreach.template.specimen import specimens

__all__ = [
    "Letter",
    "MissingFields",
    "RenderError",
    "check_fields",
    "locate",
    "missing",
    "parse",
    "render",
    "specimens",
]
