"""The headless half of eog-tui: gyms, agents, verifiers, runs and their recorded trajectories."""

__version__ = "0.1.0"
