"""Custom reports: kept, run, taken away and mailed (docs/reports.md)."""
