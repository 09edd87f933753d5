"""Full-text search over tasks, projects, comments and the names of attachments."""
