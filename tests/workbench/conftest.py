"""Pictures and keys as still here as in the app's tests."""

from tests.app.conftest import still  # noqa: F401
