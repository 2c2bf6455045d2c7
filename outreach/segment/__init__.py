"""A segment's condition: parse it once, then match, explain and count what is unknown.

    industry == 'retail' and employees >= 20 and country in ['GB', 'IE'] and not email like '%@gmail.com'

Comparisons: `== != < <= > >=`, `[not] in [..]`, `[not] like '..'` (`%` any run, `_` one character, `\\%` and
`\\_` the characters themselves), `is [not] missing`, and a true/false field alone. They join with `and`,
`or`, `not` and parentheses. A name from `[segments]` stands for its condition. Literals: 'text' or "text" (a
quote inside is written twice), numbers, true, false, date('2026-12-01') or, for a date field, '2026-12-01'.

Text is compared without regard to case and Unicode form (`fold`), because lists are messy: 'Straße' equals
'STRASSE', and `<` orders the folded text by code point. A field that is absent, empty, or holds a value that
does not fit its type is missing: every comparison with it but `is [not] missing` is unknown (Kleene's
three-valued logic), and an unknown condition is not in the segment.

The history of people is asked by functions:

    sent('retail-intro')        that letter has left to them, in whichever campaign
    days_since('any') > 90      whole days of 24 hours since the last letter (or that letter) left
    tag('fair-2026')            they are marked so
    campaign('retail-shelving') they are in it or were
    replied('retail-shelving')  they have replied to it, by mail or as somebody entered it

'any' stands for some letter, tag or campaign. A letter of which nobody knows whether it arrived counts as one
that has left. To whom no letter has left, the days are missing, so that `days_since('any') > 90` does not find
them, and `not sent('any') or days_since('any') > 90` does.
"""

from outreach.segment.functions import unheard
from outreach.segment.grammar import parse
from outreach.segment.history import Fact, History, Names, NoPast, Past
from outreach.segment.tokens import SegmentError
from outreach.segment.tree import Condition, Row

__all__ = [
    "Condition",
    "Fact",
    "History",
    "Names",
    "NoPast",
    "Past",
    "Row",
    "SegmentError",
    "parse",
    "unheard",
]
