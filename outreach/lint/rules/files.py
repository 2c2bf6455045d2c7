"""Rules about what lies around a letter: its sequence, its ignore comments, its file's lines.

They see more than one letter's text, so their findings are made elsewhere: in `sequence`, `ignores`,
`letters` and `unreadable` of this room.
"""

from outreach.lint.finding import Level
from outreach.lint.rule import Rule

REPEATED = Rule("SEQ801", "repeated-letter", Level.WARNING, craft=False)
TOO_MANY = Rule("SEQ802", "too-many-letters", Level.ERROR, craft=False)
TOO_SOON = Rule("SEQ804", "too-soon", Level.WARNING, craft=False)
LENGTH = Rule("SEQ805", "length-of-sequence", Level.INFO, craft=False)
UNUSED = Rule("IGN901", "unused-ignore", Level.WARNING, craft=False)
NO_REASON = Rule("IGN902", "ignore-without-reason", Level.WARNING, craft=False)
NOTHING = Rule("IGN903", "ignore-of-nothing", Level.WARNING, craft=False)
MISSPELLED = Rule("MRG605", "misspelled-field", Level.WARNING)
BLANKS = Rule("FMT214", "blanks-at-line-end", Level.INFO, craft=False)
UNREADABLE = Rule("TPL001", "unreadable-file", Level.ERROR, craft=False)

RULES = (REPEATED, TOO_MANY, TOO_SOON, LENGTH, UNUSED, NO_REASON, NOTHING, MISSPELLED, BLANKS, UNREADABLE)
