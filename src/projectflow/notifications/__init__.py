"""What people are told of, where and when; and who is there right now."""
