"""The form page of thirty fields, ours against the hand-written one."""

from __future__ import annotations

import gc
import io
import re
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from tests.bench import anchor

ROUNDS = 40
CALLS = 25

GOALS = {"form page": 0.15, "invalid post": 0.30, "valid post": 0.80}

VALUES: dict[str, str] = (
    {f"chu_{number}": f"Nguyễn Thị Ánh Tuyết {number}" for number in range(12)}
    | {f"doan_{number}": "Thôn Phú Hoà, xã Tuy Phước\nGần nhà văn hoá." for number in range(3)}
    | {f"thu_{number}": f"nguoi.nop.{number}@example.vn" for number in range(2)}
    | {f"ngay_{number}": f"1{number}/05/1990" for number in range(4)}
    | {f"so_{number}": str(number + 3) for number in range(3)}
    | {f"chon_{number}": f"lua_chon_{number}" for number in range(4)}
    | {f"cam_doan_{number}": "true" for number in range(2)}
)

DEFINITION: dict[str, Any] = {
    "format": 1,
    "code": "9.000030",
    "title": "Ba mươi trường",
    "category": "ho-tich",
    "level": 3,
    "partial_reason": "Đo tốc độ",
    "methods": [{"channel": "online", "time": {"working_days": 1}}],
    "applicant": {"name": "chu_0"},
    "processing": {"reception": "mot-cua"},
    "next_steps": "Chờ.",
    "form": [
        {
            "step": "to_khai",
            "title": "Tờ khai",
            "fields": [
                *({"name": f"chu_{n}", "kind": "text", "label": f"Dòng chữ {n}", "required": True, "max_length": 100}
                  for n in range(12)),
                *({"name": f"doan_{n}", "kind": "long_text", "label": f"Đoạn chữ {n}", "required": True,
                   "max_length": 1000} for n in range(3)),
                *({"name": f"thu_{n}", "kind": "email", "label": f"Thư điện tử {n}", "required": True}
                  for n in range(2)),
                *({"name": f"ngay_{n}", "kind": "date", "label": f"Ngày {n}", "required": True} for n in range(4)),
                *({"name": f"so_{n}", "kind": "integer", "label": f"Số {n}", "required": True, "min": 1, "max": 100}
                  for n in range(3)),
                *({"name": f"chon_{n}", "kind": "choice", "label": f"Chọn {n}", "required": True, "display": "select",
                   "choices": {f"lua_chon_{c}": f"Lựa chọn {c}" for c in range(8)}} for n in range(4)),
                *({"name": f"cam_doan_{n}", "kind": "confirm", "label": f"Cam đoan {n}", "required": True}
                  for n in range(2)),
            ],
        }
    ],
}  # fmt: skip


# The same thirty inputs, six of them as two rows of a table, and four fields that are computed.
WITH_ROWS: dict[str, Any] = DEFINITION | {
    "code": "9.000031",
    "form": [
        DEFINITION["form"][0] | {
            "fields": [
                *(item for item in DEFINITION["form"][0]["fields"]
                  if item["name"] not in ("chu_10", "chu_11", "thu_1", "ngay_3", "so_1", "so_2")),
                {"name": "nguoi", "kind": "group", "label": "Người đi cùng", "min_rows": 2, "max_rows": 9, "fields": [
                    {"name": "ten", "kind": "text", "label": "Tên", "required": True, "max_length": 100},
                    {"name": "tuoi", "kind": "integer", "label": "Tuổi", "required": True, "min": 1, "max": 120},
                    {"name": "sinh", "kind": "date", "label": "Ngày sinh", "required": True},
                ]},
                {"name": "tong", "kind": "computed", "label": "Tổng", "formula": "so_0 * 1000", "show_as": "money"},
                {"name": "tuoi_chung", "kind": "computed", "label": "Tuổi", "formula": "sum(nguoi.tuoi)"},
                {"name": "so_nguoi", "kind": "computed", "label": "Số người", "formula": "count(nguoi)"},
                {"name": "cach", "kind": "computed", "label": "Số năm", "formula": "years_between(ngay_0, today)"},
            ]
        }
    ],
}  # fmt: skip
ROWS = {
    f"nguoi-{row}-{column}": value
    for row in range(2)
    for column, value in (("ten", f"Nguyễn Thị Ánh Tuyết {row}"), ("tuoi", f"{row + 30}"), ("sinh", f"1{row}/05/1990"))
}


@dataclass
class Caller:
    """Calls a WSGI app as a server does, with a browser's cookies, and without a test client's own work."""

    app: Flask
    cookies: dict[str, str] = field(default_factory=dict)
    location: str = ""

    def call(self, method: str, path: str, data: Mapping[str, str] | None = None) -> tuple[int, str]:
        """One request; the status and the body."""
        environ = self.environ(method, path, data)
        return self.run(environ)

    def post(self, path: str, data: Mapping[str, str]) -> None:
        """A valid post of a page's form."""
        status, body = self.call("POST", path, {**data, "csrf_token": token_of(self.call("GET", path)[1])})
        assert status == 303, (status, path, body[:2000])

    def begin(self, code: str) -> str:
        """Begins a draft of a procedure; the address of its first step."""
        start = f"/nop-ho-so/{code}"
        page = self.call("GET", start)[1]
        status, _ = self.call("POST", start, {"csrf_token": token_of(page), "agency": "H21.52.01"})
        assert status == 303, status
        return self.location

    def environ(self, method: str, path: str, data: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The WSGI environment of one request."""
        body = urlencode(data or {}).encode()
        address, _, query = path.partition("?")
        return {
            "REQUEST_METHOD": method,
            "PATH_INFO": address,
            "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "8000",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "HTTP_HOST": "127.0.0.1:8000",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.url_scheme": "http",
            "wsgi.version": (1, 0),
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }

    def run(self, environ: dict[str, Any]) -> tuple[int, str]:
        """Runs a request and keeps its cookies."""
        seen: dict[str, Any] = {}

        def start_response(status: str, headers: list[tuple[str, str]], _info: Any = None) -> Callable[[bytes], object]:
            seen["status"], seen["headers"] = int(status[:3]), headers
            return lambda _chunk: None

        chunks = self.app.wsgi_app(environ, start_response)
        body = b"".join(chunks)
        if hasattr(chunks, "close"):
            chunks.close()
        for name, value in seen["headers"]:
            if name.lower() == "set-cookie":
                cookie, _, _ = value.partition(";")
                key, _, held = cookie.partition("=")
                self.cookies[key] = held
            elif name.lower() == "location":
                self.location = str(value)
        return seen["status"], body.decode()


def token_of(page: str) -> str:
    """The page's CSRF token."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found is not None
    return found[1]


def seconds(caller: Caller, wanted: int, method: str, path: str, data: Mapping[str, str] | None = None) -> float:
    """CPU seconds of a request, over `CALLS` of them."""
    environs = [caller.environ(method, path, data) for _ in range(CALLS)]
    gc.collect()
    gc.disable()
    start = time.process_time()
    for environ in environs:
        status, _ = caller.run(environ)
        assert status == wanted, status
    spent = time.process_time() - start
    gc.enable()
    return spent / CALLS


def compare(
    ours: Caller, path: str, theirs: Caller, more: Mapping[str, str] = MappingProxyType({})
) -> dict[str, tuple[float, float]]:
    """Median CPU seconds of each kind of request, ours (with `more` inputs) and theirs, taken in turns."""
    mine, hand = token_of(ours.call("GET", path)[1]), token_of(theirs.call("GET", "/")[1])
    bad = VALUES | {"ngay_0": "31/02/2020", "thu_1": "khong-phai-thu", "so_0": "ba"}
    kinds: dict[str, tuple[str, int, Mapping[str, str] | None]] = {
        "form page": ("GET", 200, None),
        "invalid post": ("POST", 422, bad),
        "valid post": ("POST", 303, VALUES),
    }
    spent: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in kinds}
    for _ in range(ROUNDS):
        for name, (method, wanted, data) in kinds.items():
            mine_data = {**data, **more, "csrf_token": mine} if data else None
            hand_data = {**data, "csrf_token": hand} if data else None
            spent[name][0].append(seconds(ours, wanted, method, path, mine_data))
            spent[name][1].append(seconds(theirs, wanted, method, "/", hand_data))
    return {name: (statistics.median(one), statistics.median(other)) for name, (one, other) in spent.items()}


def report(folder: Path, ours: Caller, path: str, title: str, more: Mapping[str, str] = MappingProxyType({})) -> str:
    """The table of ratios."""
    theirs = Caller(anchor.make(folder))
    lines = [f"{title:<14}{'ours':>10}{'by hand':>10}{'ratio':>8}{'goal':>8}"]
    for name, (one, other) in compare(ours, path, theirs, more).items():
        ratio = f"{one / other:.2f}"
        lines.append(f"{name:<14}{one * 1e6:>7.0f} µs{other * 1e6:>7.0f} µs{ratio:>8}{GOALS[name]:>8.2f}")
    return "\n".join(lines)
