"""The critical-path method over working calendars: plain data in, dates out, no SQL.

`engine.schedule` and `engine.reschedule` take a `types.Network` whose calendars are
`timetable.Timetable`s made from `calendars.WorkingCalendar`s. docs/scheduling.md has the
definitions and their sources.
"""
