"""A local mail server that keeps what it receives as files: for a first look, and for the tests."""

from __future__ import annotations

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

HOST = "127.0.0.1"
REPLIES = {  # RFC 5321, section 4.1.1; whatever else comes is not implemented here
    b"HELO": b"250 mot-cua",
    b"EHLO": b"250-mot-cua\r\n250-8BITMIME\r\n250 SMTPUTF8",
    b"MAIL": b"250 OK",
    b"RCPT": b"250 OK",
    b"RSET": b"250 OK",
    b"NOOP": b"250 OK",
    b"DATA": b"354 End with a dot",
    b"QUIT": b"221 Bye",
}


class Sink(socketserver.ThreadingTCPServer):
    """Listens on 127.0.0.1 (`port` 0 takes a free one) and writes each mail to `folder` as `000001.eml`, …"""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, folder: Path, port: int = 0) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = folder
        self._number = len(list(folder.glob("*.eml")))
        self._kept = threading.Condition()
        super().__init__((HOST, port), _Session)
        self.port = int(self.server_address[1])

    def start(self) -> None:
        """Begins to serve, in a thread of its own."""
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """Ends."""
        self.shutdown()
        self.server_close()

    def keep(self, mail: bytes) -> None:
        """Writes one mail."""
        with self._kept:
            self._number += 1
            (self.folder / f"{self._number:06}.eml").write_bytes(mail)
            self._kept.notify_all()

    def mails(self) -> list[EmailMessage]:
        """What was received, oldest first."""
        paths = sorted(self.folder.glob("*.eml"))
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths]

    def wait_for(self, count: int, *, seconds: float = 30) -> list[EmailMessage]:
        """What was received once it is at least `count` mails; raises `TimeoutError`."""
        with self._kept:
            if not self._kept.wait_for(lambda: len(self.mails()) >= count, timeout=seconds):
                raise TimeoutError(f"{len(self.mails())} of {count} mails came within {seconds} seconds")
        return self.mails()

    def clear(self) -> None:
        """Forgets what was received."""
        for path in self.folder.glob("*.eml"):
            path.unlink()


class _Session(socketserver.StreamRequestHandler):
    """One client's connection."""

    server: Sink
    timeout = 60  # seconds

    def handle(self) -> None:
        self._say(b"220 mot-cua")
        for line in self.rfile:
            command = line[:4].upper()
            self._say(REPLIES.get(command, b"502 Not implemented"))
            if command == b"DATA":
                self.server.keep(self._mail())
                self._say(b"250 OK")
            elif command == b"QUIT":
                return

    def _mail(self) -> bytes:
        """The lines up to the one with a dot; a line that begins with a dot was sent with one more."""
        lines = []
        for line in self.rfile:
            if line.rstrip(b"\r\n") == b".":
                break
            lines.append(line.removeprefix(b".").replace(b"\r\n", b"\n"))
        return b"".join(lines)

    def _say(self, reply: bytes) -> None:
        self.wfile.write(reply + b"\r\n")
