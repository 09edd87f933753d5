"""Tasks and what hangs on them: comments, checklists, attachments, tags, activity."""
