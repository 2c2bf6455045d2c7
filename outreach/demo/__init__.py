"""SHELL: the main job from end to end in a folder of its own: offline, on a virtual clock, through the program."""

from outreach.demo.play import Clock
from outreach.demo.run import MONDAY, run
from outreach.demo.summary import Summary, text

__all__ = ["MONDAY", "Clock", "Summary", "run", "text"]
