"""The engines that `projectflow up` starts: PostgreSQL, Valkey, and the service itself."""
