"""What `doctor` found: a level, what was looked at, what is so, and how to mend it."""

from typing import Literal

import msgspec
from msgspec import Struct

Level = Literal["ok", "warn", "fail"]


class Finding(Struct, frozen=True):
    """One line of the report."""

    level: Level
    subject: str
    text: str
    mend: str | None = None


def ok(subject: str, text: str) -> Finding:
    """All is well."""
    return Finding("ok", subject, text)


def warn(subject: str, text: str, mend: str) -> Finding:
    """It works, and should be looked at."""
    return Finding("warn", subject, text, mend)


def failed(subject: str, text: str, mend: str) -> Finding:
    """It does not work, or is not safe."""
    return Finding("fail", subject, text, mend)


def report(findings: list[Finding], *, as_json: bool = False) -> str:
    """The findings as text for people, or as one JSON document."""
    if as_json:
        return msgspec.json.format(msgspec.json.encode(findings), indent=2).decode()
    lines: list[str] = []
    for finding in findings:
        lines.append(f"{finding.level:4}  {finding.subject}: {finding.text}")
        if finding.mend:
            lines.append(f"      → {finding.mend}")
    return "\n".join(lines)
