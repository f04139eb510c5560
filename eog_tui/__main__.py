"""``python -m eog_tui``."""

from eog_tui.cli import main

main()
