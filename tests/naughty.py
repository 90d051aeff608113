"""Texts that break programs, a few of each sort, as the bytes that somebody sends."""

from __future__ import annotations

import unicodedata

WORDS = (
    "", " ", "undefined", "null", "NULL", "(null)", "None", "nil", "true", "FALSE", "NaN", "Infinity",
    "hasOwnProperty", "__proto__", "constructor", "then", "CON", "NUL", "LPT1", "..", "/", "\\",
)  # fmt: skip
NUMBERS = (
    "0", "-0", "00", "+1", "1e3", "1e309", "-1e-309", "0x1F", "0b1", "1_000", "1,000.5", "1.000,5", ".5", "5.",
    "1/0", "9" * 400, "-" + "9" * 20, "2147483648", "9223372036854775808", "½", "Ⅷ", "٣٤", "１２３", "१२३",
    "1\u00a0000", "²", "05219000123٤", "0912345678９",
)  # fmt: skip
DAYS = (
    "31/02/2020", "29/02/2019", "00/00/0000", "0000-00-00", "9999-12-31", "10000-01-01", "2020-13-01", "1/1/1",
    "-1-01-01", "2020-02-30T25:61", "24:00", "23:60", "12:00 PM", "2020-W01-1", "1582-10-10",
)  # fmt: skip
CONTACTS = (
    "a@b", "@", "a@b@c.vn", "a@b.vn\r\nBcc: x@y.vn", "\"a b\"@example.vn", "a@[127.0.0.1]", "ạ@ví-dụ.vn",
    "x" * 70 + "@example.vn", "a@" + "b." * 130 + "vn", "a@xn--a.vn", "<a@example.vn>", "+84 (0) 912 345 678",
    "tel:113", "0" * 40, "*#06#",
)  # fmt: skip
SYMBOLS = (
    "`~!@#$%^&*()_+-=[]{}|;':\",./<>?", "'", '"', "''", '""', "''''\"", "¡™£¢∞§¶•ªº–≠", "Ω≈ç√∫˜µ≤≥÷", "⁰⁴⁵₀₁₂",
    "ด้้้้้็็็็็้้้้้็็็็็", "￠￡￥",
)  # fmt: skip
LETTERS = (
    "田中さんにあげて下さい", "사회과학원", "𠜎𠜱𠝹𠱓", "ẞ ß ﬃ ŉ ǰ", "İstanbul ı",
    "ﬁ ﬂ Å Å Ω", "Ȁ Ⱥ ⱥ", "ǆ ǅ Ǆ", "ᎣᏏᏲ", "Å" * 300,
    unicodedata.normalize("NFD", "Nguyễn Thị Hạnh Đặng"), "Nguyễn\u0323", "ﷺ" * 50, "n̈̈̈",
    "e" + "\u0301" * 400, "Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤",
)  # fmt: skip
EMOJI = (
    "😍", "👩🏽", "👨‍👩‍👧‍👦", "🇻🇳", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "❤️ 💔", "0️⃣", "👾 🙇 💁",
)  # fmt: skip
DIRECTIONS = (
    "مرحبا", "בְּרֵאשִׁית",
    "\u202eabc\u202c", "\u202atest\u202a", "\u2066test\u2067", "\u200ftest", "a\u061cb", "הָיְתָהtestالصفحات",
)  # fmt: skip
UNSEEN = (
    "\u200b", "a\u200bb\ufeffc", "\u2060\u00ad", "a\u200cb\u200dc", "\u00a0", "\u3000x\u3000", "\u180ex",
    "\u115fx", "\u2028a\u2029b", "a\u0085b", "\ufffe\uffff", "\U0010ffff", "\U000e0001x", "\ue000\uf8ff",
    "\ufeffx", "a\u034fb",
)  # fmt: skip
CONTROLS = (
    "a\tb", "a\nb", "a\r\nb", "a\rb", "\v\f", "\x1b[31mred\x1b[0m", "\x07\x08\x7f", "\x80\x9f", "a\x00b",
    "\x00", "\x1a", "\x0e\x0f",
)  # fmt: skip
MARKUP = (
    "<script>alert(1)</script>", "&lt;script&gt;", "<img src=x onerror=alert(1)>", "\"><svg/onload=alert(1)>",
    "' autofocus onfocus=alert(1) x='", "javascript:alert(1)", "</textarea><script>alert(1)</script>",
    "</title><script>alert(1)</script>", "<!--", "]]>", "<![CDATA[", "&#0;&#xD800;",
    "<iframe srcdoc='<script>alert(1)</script>'>", "<plaintext>", "＜script＞alert(1)＜/script＞",
)  # fmt: skip
CODE = (
    "{{ 7*7 }}", "{% for x in range(9999999) %}x{% endfor %}", "${7*7}", "#{7*7}",
    "{0} {name!r} %(x)s %s %n %d", "$HOME `id` $(id) ; ls |", "' OR 1=1; DROP TABLE dossier; --",
    "1'; SELECT pg_sleep(9)--", "\\' OR 1=1 --", "%' AND '1'='1", "_%_", "=cmd|' /C calc'!A0", "@SUM(1+1)",
    "-2+3", "../../../../etc/passwd", "%00", "%2e%2e%2f", "file:///etc/passwd", "http://127.0.0.1:22/",
    "(&(uid=*))", "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>", '{"a": [1, {"b": null}]}',
    "- a\n- *b\n&c !!python/none", "(a+)+$", "\\p{L}[", "\\u0000\\ud800", "O:8:\"stdClass\":0:{}",
    "#typst[$x$]", "*_`~ **đậm**", "\\x27\\x3e",
)  # fmt: skip
BROKEN = (
    b"\xed\xa0\x80", b"\xed\xa0\xbd\xed\xb8\x80", b"\xff\xfe\xc3", b"\xc0\xaf", b"\xf4\x90\x80\x80",
    b"\xe2\x82", b"a\x80b", b"\xc3(", b"\xf8\x88\x80\x80\x80", "Đăng".encode("utf-16"),
    "Đặng".encode()[:-1],
)  # fmt: skip
LARGE = (
    "x" * 1_000_000, "ế" * 20_000, "👩" * 11_000, "a\n" * 6_000,
)  # fmt: skip
TEXTS = (
    *WORDS, *NUMBERS, *DAYS, *CONTACTS,
    *SYMBOLS, *LETTERS, *EMOJI, *DIRECTIONS, *UNSEEN, *CONTROLS, *MARKUP, *CODE,
)  # fmt: skip
NAUGHTY: tuple[bytes, ...] = (*(text.encode() for text in (*TEXTS, *LARGE)), *BROKEN)


def named(given: bytes) -> str:
    """A short name of a text, for the test's report."""
    return ascii(given[:24])[2:-1] or "nothing"
