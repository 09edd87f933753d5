"""GraphQL: queries over what REST answers, and subscriptions to what changes."""
