"""Panes and bars that screens are made of. Each draws only what is on screen, whatever it holds."""
