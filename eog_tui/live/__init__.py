"""What Live knows about a run that is under way, without a screen."""
