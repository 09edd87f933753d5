"""What tests of people share with those of signing in."""

from tests.auth.conftest import account, device, quick_passwords, signed_in

__all__ = ["account", "device", "quick_passwords", "signed_in"]
