"""Tasks: their model, where they come from, and the call lists that lie beside them."""

from engine.tasks.calls import CallList
from engine.tasks.files import TaskError
from engine.tasks.models import GymConfig, Task, Verifier
from engine.tasks.source import TaskSet, builtin_root, read_tasks, seed_path

__all__ = [
    "CallList",
    "GymConfig",
    "Task",
    "TaskError",
    "TaskSet",
    "Verifier",
    "builtin_root",
    "read_tasks",
    "seed_path",
]
