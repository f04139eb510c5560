"""The screens, one file each, and the dialogs."""
