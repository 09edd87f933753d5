"""Who is asking, and what they may do: sign-in, tokens, sessions, permissions."""
