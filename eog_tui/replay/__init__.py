"""What Replay knows about a run, without a screen."""
