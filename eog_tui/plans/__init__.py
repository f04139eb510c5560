"""Plans without widgets: what a plan is for, which tools it names, what its seeds hold, what was not saved."""
