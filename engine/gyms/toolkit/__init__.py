"""What gyms are written in: a tool is a typed function of a few lines, the rest is here.

`Domain` holds tables and tools, `Gym` the verbs that a tool uses, `Toolbox` makes tools of functions; a domain's house
style (who acts, ids, what refusals look like) is a subclass of `Gym`.
"""

from engine.gyms.toolkit.arguments import PLAIN, Maybe, shown
from engine.gyms.toolkit.clock import Clock, FrozenClock, WallClock
from engine.gyms.toolkit.domain import Answer, Domain, Toolbox
from engine.gyms.toolkit.gym import HALF_OPEN, INCLUSIVE, STRICT, Gym, blanks_as_null, naive_utc, without_blanks
from engine.gyms.toolkit.refusals import Refusal, UnknownTool
from engine.gyms.toolkit.tables import Reference, Row, Rule, Table, Unique

__all__ = [
    "HALF_OPEN",
    "INCLUSIVE",
    "PLAIN",
    "STRICT",
    "Answer",
    "Clock",
    "Domain",
    "FrozenClock",
    "Gym",
    "Maybe",
    "Reference",
    "Refusal",
    "Row",
    "Rule",
    "Table",
    "Toolbox",
    "Unique",
    "UnknownTool",
    "WallClock",
    "blanks_as_null",
    "naive_utc",
    "shown",
    "without_blanks",
]
