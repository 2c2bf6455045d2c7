"""SHELL: the main job from end to end in a folder of its own: offline, on a virtual clock, through the program."""

from outreach.demo.run import Summary, run

__all__ = ["Summary", "run"]
