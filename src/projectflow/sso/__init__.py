"""Single sign-on: people of a workspace come in by its own OpenID Connect provider."""
