"""ClickHouse's engine behind as much of its HTTP interface as the Collector's exporter and the tests use.

    server.py --port 8123 --path DIR      serves on loopback, with the tables in DIR, until it is ended
    server.py --version

The engine is chdb-core, a library, which has no server of its own. A statement is the body of a request, or its parameter
`query` with the data as the body. Bodies are not compressed: an exporter has to be told `compress=none`.
"""
import argparse
import importlib.metadata
import json
import struct
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


def varint(number):
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(encoded + bytes([number]))


def text(value):
    encoded = value.encode()
    return varint(len(encoded)) + encoded


ENCODERS = {"String": text, "UInt32": lambda value: struct.pack("<I", value)}

# Fields 1 (not of overflowing rows) and 2 (of no bucket), as a server writes them before each block.
BLOCK_INFO = b"\x01\x00\x02" + struct.pack("<i", -1) + b"\x00"


def native_block(table):
    """A table as a block of the native format, in the revision that clients read. The engine writes only an older one."""
    columns, rows = table["meta"], table["data"]
    block = BLOCK_INFO + varint(len(columns)) + varint(len(rows))
    for index, column in enumerate(columns):
        encode = ENCODERS[column["type"]]
        plain = b"\x00"
        block += text(column["name"]) + text(column["type"]) + plain
        block += b"".join(encode(row[index]) for row in rows)
    return block


class Engine:
    def __init__(self, path):
        from chdb import session  # takes a second

        self._session = session.Session(path)
        self._lock = threading.Lock()

    def run(self, statement, output):
        with self._lock:
            return self._session.query(statement, output).bytes()

    def insert(self, statement, data):
        head, _, format_name = statement.rpartition(" FORMAT ")
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            self.run(f"{head} FROM INFILE '{file.name}' FORMAT {format_name}", "Null")

    def answer(self, statement, output):
        if output != "Native":
            return self.run(statement, output)
        table = self.run(statement, "JSONCompact")
        return native_block(json.loads(table)) if table else b""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    engine = None

    def do_GET(self):
        self.reply(200, b"Ok.\n")

    def do_POST(self):
        body = self.body()
        parameters = {key: values[-1] for key, values in parse_qs(urlsplit(self.path).query).items()}
        try:
            if parameters.get("decompress") == "1" or "Content-Encoding" in self.headers:
                raise ValueError("a compressed body is not read here: say compress=none")
            if "query" in parameters:
                self.engine.insert(parameters["query"], body)
                self.reply(200, b"")
            else:
                output = parameters.get("default_format", "TabSeparated")
                self.reply(200, self.engine.answer(body.decode(), output))
        except Exception as error:
            self.reply(500, str(error).encode())

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def reply(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--version", action="version", version=importlib.metadata.version("chdb-core"))
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    options = parser.parse_args()
    Handler.engine = Engine(options.path)
    ThreadingHTTPServer(("127.0.0.1", options.port), Handler).serve_forever()


if __name__ == "__main__":
    sys.exit(main())
