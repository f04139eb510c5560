"""Verifiers: does the final state show that the task was done, and nothing else?"""

from engine.verify.compare import compare, extract
from engine.verify.verdicts import Queryable, affected, decide, outcomes, verify

__all__ = ["Queryable", "affected", "compare", "decide", "extract", "outcomes", "verify"]
