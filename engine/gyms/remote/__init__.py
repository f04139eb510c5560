"""Gyms that live elsewhere: any HTTP server that speaks the benchmark's contract."""

from engine.gyms.remote.errors import GymError
from engine.gyms.remote.session import RemoteGym

__all__ = ["GymError", "RemoteGym"]
