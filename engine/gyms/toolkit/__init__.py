"""What gyms are written in: a tool is a typed function of a few lines, the rest is here.

`Domain` holds tables and tools, `Gym` the verbs that a tool uses, `Toolbox` makes tools of functions; a domain's house
style (who acts, ids, what refusals look like) is a subclass of `Gym`.
"""

from engine.gyms.toolkit.arguments import PLAIN, Clearable, Maybe, shown
from engine.gyms.toolkit.clock import Clock, FrozenClock, WallClock
from engine.gyms.toolkit.domain import Answer, Domain, Toolbox
from engine.gyms.toolkit.filters import HALF_OPEN, INCLUSIVE, STRICT
from engine.gyms.toolkit.gym import Gym, blanks_as_null, without_blanks
from engine.gyms.toolkit.refusals import Refusal, UnknownTool
from engine.gyms.toolkit.tables import Reference, Row, Rule, Table, Unique
from engine.gyms.toolkit.times import Day, Moment, MomentOrBlank

__all__ = [
    "HALF_OPEN",
    "INCLUSIVE",
    "PLAIN",
    "STRICT",
    "Answer",
    "Clearable",
    "Clock",
    "Day",
    "Domain",
    "FrozenClock",
    "Gym",
    "Maybe",
    "Moment",
    "MomentOrBlank",
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
    "shown",
    "without_blanks",
]
