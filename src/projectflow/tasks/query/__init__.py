"""The language that people ask for tasks in (docs/query-language.md): `assignee:me due<7d`.

`parser` reads a text into `syntax`; `compiler` makes SQL of that: literal text from a closed set,
with every word of the query a bound parameter.
"""
