"""A table in a file: CSV in whatever encoding and with whatever delimiter, or Excel."""

import codecs
import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from itertools import islice
from typing import Any, Final

import openpyxl
from msgspec import Struct
from openpyxl.utils.exceptions import InvalidFileException

from projectflow.core.problems import InvalidInput

MAX_ROWS: Final = 50_000
MAX_COLUMNS: Final = 500
MOST_UNPACKED: Final = 200 * 1024 * 1024
"""Bytes that a workbook may unpack to."""
BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DELIMITERS: Final = ",;\t|"


class NotATable(InvalidInput):
    """This file is not a table that can be read."""


class Table(Struct, frozen=True):
    """Named columns, which may have the same name, and rows of as many cells."""

    columns: list[str]
    rows: list[list[str]]
    encoding: str = ""
    delimiter: str = ""

    def places(self) -> dict[str, list[int]]:
        """Where the columns of each name are."""
        found: dict[str, list[int]] = {}
        for place, name in enumerate(self.columns):
            found.setdefault(name, []).append(place)
        return found


def read_table(content: bytes) -> Table:
    """Read CSV or an Excel workbook's first sheet; its first row names the columns.

    Raises:
        NotATable: it is neither, is broken, or is larger than 50,000 rows or 500 columns.
    """
    if content.startswith(b"PK\x03\x04"):
        return _shaped(_excel_rows(content))
    text, encoding = _decoded(content)
    delimiter = _delimiter_of(text)
    try:
        # The limit of a cell, 131,072 characters, is the library's own.
        return _shaped(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True),
            encoding,
            delimiter,
        )
    except csv.Error as error:
        raise NotATable(f"The file cannot be read as CSV: {error}.") from None


def _decoded(content: bytes) -> tuple[str, str]:
    named = (encoding for bom, encoding in BOMS if content.startswith(bom))
    encoding = next(named, "utf-8")
    try:
        return content.decode(encoding), encoding.removesuffix("-sig")
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise NotATable(f"The file is not {encoding}, as it says: {error.reason}.") from None
    if b"\x00" in content:
        raise NotATable("The file is no text.")
    # What Excel writes in western Europe; it has a character for nearly every byte.
    return content.decode("cp1252", "replace"), "cp1252"


def _delimiter_of(text: str) -> str:
    """The one that the first line has most of, outside of quotes."""
    quoted, counts = False, dict.fromkeys(DELIMITERS, 0)
    for character in text[:100_000]:
        if character == '"':
            quoted = not quoted
        elif not quoted and character in counts:
            counts[character] += 1
        elif not quoted and character == "\n":
            break
    return max(counts, key=lambda each: counts[each])


def _excel_rows(content: bytes) -> Iterator[list[str]]:
    _refuse_bombs(content)
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        try:
            sheet: Any = book.worksheets[0]
            for row in sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True):
                yield [_cell(value) for value in row]
        finally:
            book.close()
    except (InvalidFileException, zipfile.BadZipFile, OSError, LookupError, ValueError) as error:
        raise NotATable(f"The workbook cannot be read: {error}.") from None
    except Exception as error:  # noqa: BLE001 - a broken workbook breaks the library in many ways
        raise NotATable(f"The workbook is broken ({type(error).__name__}).") from None


def _refuse_bombs(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            unpacked = sum(member.file_size for member in packed.infolist())
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise NotATable(f"The workbook cannot be read: {error}.") from None
    if unpacked > MOST_UNPACKED:
        raise NotATable("The workbook unpacks to more than 200 MB.")


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime() | date() | time():
            return value.isoformat()
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _:
            return str(value)


def _shaped(rows: Iterator[list[str]], encoding: str = "", delimiter: str = "") -> Table:
    first: list[str] = next(rows, list[str]())
    columns = [name.strip() for name in first]
    while columns and not columns[-1]:
        columns.pop()
    if not columns:
        raise NotATable("The file has no first row that names its columns.")
    if len(columns) > MAX_COLUMNS:
        raise NotATable(f"The file has more than {MAX_COLUMNS} columns.")
    width = len(columns)
    filled: list[list[str]] = []
    for row in islice(rows, MAX_ROWS * 2):
        if any(cell.strip() for cell in row):
            filled.append([*row[:width], *[""] * (width - len(row))])
        if len(filled) > MAX_ROWS:
            raise NotATable(f"The file has more than {MAX_ROWS:,} rows.")
    return Table(columns, filled, encoding, delimiter)
