"""The desk of the tests of deploys: what was deployed has a past too."""

from tests.deploys.conftest import closed, home

__all__ = ["closed", "home"]
