"""Provisioning: an identity provider creates, changes and removes people and teams (SCIM 2.0)."""
