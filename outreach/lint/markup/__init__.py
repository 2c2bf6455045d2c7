"""The HTML of a letter as facts: links, pictures, colours, sizes, what is bold, what is hidden, what is read."""

from outreach.lint.markup.facts import Anchor, Hidden, Markup, Picture, Share
from outreach.lint.markup.scan import read

__all__ = ["Anchor", "Hidden", "Markup", "Picture", "Share", "read"]
