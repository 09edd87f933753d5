"""Just enough of ClickHouse's HTTP interface before chDB, ClickHouse's engine as a library.

    python -m tests.analytics.clickhouse_shim FOLDER

A process of its own, because chDB takes one path a process and hangs in a forked child. It prints
its port, writes each statement that it is sent into FOLDER/statements.jsonl, and ends when its
standard input does. What passes here is the dialect and the client's way to it: settings, users,
compression, asynchronous inserts, timeouts and replicas of a real server are not looked at.
"""

import json
import re
import sys
import tempfile
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from chdb.session import Session

MEMORY = "max_server_memory_usage=1000000000&mark_cache_size=100000000"
FORMAT = re.compile(r"\s+FORMAT\s+(\w+)\s*$", re.IGNORECASE)
INSERT = re.compile(rb"\s*INSERT INTO [^\n]*? FORMAT Native\n?", re.IGNORECASE)


class Shim(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: two wait 40 ms for each other
    folder: Path
    session: Any
    lock = Lock()

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        given = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        body = self._body()
        kind = self.headers.get("Content-Type", "")
        if kind.startswith("multipart/form-data"):
            given |= _form(kind, body)
            body = b""
        with self.lock:
            try:
                result = self._run(given, body)
            except RuntimeError as error:
                code = re.search(r"Code: (\d+)", str(error))
                headers = {"X-ClickHouse-Exception-Code": code[1]} if code else {}
                self._send(404 if code and code[1] == "60" else 500, str(error).encode(), headers)
                return
        self._send(200, result, {"X-ClickHouse-Timezone": "UTC"})

    def _run(self, given: dict[str, str], body: bytes) -> bytes:
        parameters = {
            name.removeprefix("param_"): value
            for name, value in given.items()
            if name.startswith("param_")
        }
        query, data = given.get("query", ""), body
        if not query:
            head = INSERT.match(body)
            query = (head[0] if head else body).decode()
            data = body[head.end() :] if head else b""
        self._note(query.strip(), parameters, len(data))
        if data:
            with tempfile.NamedTemporaryFile(dir=self.folder, suffix=".native") as file:
                file.write(data)
                file.flush()
                statement = FORMAT.sub("", query.rstrip())
                statement += f" FROM INFILE '{file.name}' FORMAT Native"
                return self.session.query(statement).bytes()
        asked = FORMAT.search(query)
        form = asked[1] if asked else "TabSeparated"
        statement = FORMAT.sub("", query) if asked else query
        return self.session.query(statement, form, params=parameters or None).bytes()

    def _note(self, query: str, parameters: dict[str, str], size: int) -> None:
        with (self.folder / "statements.jsonl").open("a") as file:
            file.write(json.dumps({"query": query, "parameters": parameters, "bytes": size}) + "\n")

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = bytearray()
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return bytes(parts)

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Statements are written down, requests are not."""


def _form(kind: str, body: bytes) -> dict[str, str]:
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    fields: dict[str, str] = {}
    for part in BytesParser(policy=HTTP).parsebytes(head + body).iter_parts():  # pyright: ignore[reportAttributeAccessIssue] - a message by this policy
        name = str(part.get_param("name", header="content-disposition"))
        fields[name] = str(part.get_content()) if part.get_content_maintype() == "text" else ""
    return fields


def main() -> None:
    Shim.folder = Path(sys.argv[1])
    Shim.session = Session(f"{Shim.folder / 'data'}?{MEMORY}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Shim)
    Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    server.shutdown()
    server.server_close()


if __name__ == "__main__":
    main()
