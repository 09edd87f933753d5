"""What every module stands on: database, HTTP, errors, events, settings. No domain words."""
