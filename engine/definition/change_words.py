"""A change of a definition as a sentence, in Vietnamese and in English, from the tables here.

A sort or an option without words here is called by its key, so that new ones are told too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from engine import calendar
from engine.calendar import Duration
from engine.definition import difference
from engine.definition.compatibility import REASONS
from engine.definition.difference import Change, Place
from engine.definition.matching import Spot
from engine.format.texts import Text
from engine.formulas import Formula
from engine.rules import Condition, document
from engine.rules.dependent import DependentText

LONGEST = 160  # characters of a value in a sentence
BEFORE = 40  # how many of them stand before the first difference

SORTS: dict[str, Text] = {
    "step": Text("bước", "step"),
    "section": Text("mục", "section"),
    "field": Text("ô", "field"),
    "column": Text("cột", "column"),
    "choice": Text("lựa chọn", "choice"),
    "paper": Text("giấy tờ", "paper"),
    "fee": Text("phí, lệ phí", "fee"),
    "rate": Text("mức thu", "rate"),
    "check": Text("điều kiện kiểm tra", "check"),
    "method": Text("cách thức thực hiện", "way of filing"),
    "result": Text("kết quả", "result"),
    "law": Text("căn cứ pháp lý", "legal text"),
    "blank_form": Text("biểu mẫu", "blank form"),
    "stage": Text("giai đoạn", "stage"),
    "officer_field": Text("ô của cán bộ", "officers’ field"),
    "processing": Text("việc giải quyết", "processing"),
    "applicant": Text("người nộp", "applicant"),
    "supplement": Text("bổ sung hồ sơ", "completing a dossier"),
    "retention": Text("thời hạn lưu", "retention"),
    "mail": Text("thư", "mail"),
}
OPTIONS: dict[str, Text] = {
    "title": Text("tên", "title"),
    "step": Text("tên gọi", "name"),
    "name": Text("tên gọi", "name"),
    "section": Text("tên", "title"),
    "category": Text("lĩnh vực", "category"),
    "level": Text("mức độ", "level"),
    "partial_reason": Text("lý do chỉ trực tuyến một phần", "reason for being partly online"),
    "agencies": Text("nơi tiếp nhận", "receiving agencies"),
    "keywords": Text("từ khoá", "keywords"),
    "summary": Text("tóm tắt", "summary"),
    "audience": Text("đối tượng", "audience"),
    "instructions": Text("trình tự thực hiện", "instructions"),
    "conditions": Text("yêu cầu, điều kiện", "conditions"),
    "decision": Text("quyết định công bố", "decision"),
    "code_format": Text("mẫu mã hồ sơ", "pattern of dossier codes"),
    "next_steps": Text("việc tiếp theo", "what comes next"),
    "label": Text("nhãn", "label"),
    "hint": Text("lời chỉ dẫn", "hint"),
    "note": Text("ghi chú", "note"),
    "message": Text("câu báo lỗi", "error sentence"),
    "text": Text("lời", "text"),
    "kind": Text("kiểu", "kind"),
    "required": Text("bắt buộc", "required"),
    "none": Text("ô “không có”", "box “none of it”"),
    "when": Text("điều kiện hiện ra", "condition to be asked"),
    "rule": Text("điều phải đúng", "rule"),
    "at": Text("chỗ báo lỗi", "where it is shown"),
    "severity": Text("mức chặn", "severity"),
    "default": Text("giá trị điền sẵn", "prefilled value"),
    "width": Text("bề rộng", "width"),
    "sensitive": Text("dữ liệu nhạy cảm", "sensitive"),
    "min": Text("giới hạn dưới", "lower limit"),
    "max": Text("giới hạn trên", "upper limit"),
    "min_length": Text("độ dài ít nhất", "least length"),
    "max_length": Text("độ dài nhiều nhất", "greatest length"),
    "min_rows": Text("số dòng ít nhất", "least rows"),
    "max_rows": Text("số dòng nhiều nhất", "most rows"),
    "pattern": Text("mẫu", "pattern"),
    "pattern_hint": Text("lời về mẫu", "words for the pattern"),
    "unit": Text("đơn vị", "unit"),
    "other": Text("mục “Khác”", "“other”"),
    "until": Text("ngày cuối được chọn", "last day it may be chosen"),
    "display": Text("cách bày", "display"),
    "catalog": Text("danh mục", "catalog"),
    "accept": Text("loại tệp", "kinds of file"),
    "max_files": Text("số tệp nhiều nhất", "most files"),
    "max_mb": Text("cỡ tệp (MB)", "file size (MB)"),
    "attach": Text("đính kèm", "attached online"),
    "originals": Text("số bản chính", "originals"),
    "copies": Text("số bản sao", "copies"),
    "group": Text("nhóm", "group"),
    "template": Text("biểu mẫu", "blank form"),
    "amount": Text("số tiền", "amount"),
    "type": Text("loại", "type"),
    "collected": Text("lúc thu", "when it is paid"),
    "time": Text("thời hạn", "time"),
    "fee": Text("phí", "cost"),
    "channel": Text("hình thức", "channel"),
    "reception": Text("nơi nhận", "reception"),
    "answer_within": Text("thời hạn trả lời", "time to answer"),
    "stage": Text("giai đoạn", "stage"),
    "months": Text("số tháng", "months"),
    "formula": Text("công thức", "formula"),
    "precision": Text("độ chính xác", "precision"),
    "again": Text("nhập hai lần", "asked twice"),
    "abroad": Text("ở nước ngoài", "abroad"),
    "detail": Text("số nhà, đường", "house number and street"),
    "content": Text("nội dung tệp", "content of the file"),
    "number": Text("số", "number"),
    "date": Text("ngày", "date"),
    "issuer": Text("nơi ban hành", "issuer"),
    "url": Text("địa chỉ", "address"),
    "code": Text("mã", "code"),
}
VALUES: dict[str, Text] = {
    "online": Text("trực tuyến", "online"),
    "in_person": Text("trực tiếp", "in person"),
    "post": Text("qua bưu chính", "by post"),
    "error": Text("chặn", "stops"),
    "warning": Text("chỉ cảnh báo", "warns only"),
}
YES, NO, NOTHING = Text("có", "yes"), Text("không", "no"), Text("không có", "none")
WHOLE = Text("thủ tục", "the procedure")
SENTENCES: dict[str, Text] = {
    "added": Text("Thêm {place}", "Added: {place}"),
    "removed": Text("Bỏ {place}", "Removed: {place}"),
    "changed": Text("{place}: {option} đổi từ “{old}” thành “{new}”", "{place}: {option} “{old}” becomes “{new}”"),
    "set": Text("{place}: đặt {option} là “{new}”", "{place}: {option} is set to “{new}”"),
    "dropped": Text("{place}: bỏ {option} (trước là “{old}”)", "{place}: {option} is dropped (was “{old}”)"),
    "value": Text("{place}: đổi từ “{old}” thành “{new}”", "{place}: “{old}” becomes “{new}”"),
    "moved": Text("{place}: chuyển sang đây từ {old}", "{place}: moved here from {old}"),
    "behind": Text("{place}: chuyển ra sau {new}", "{place}: moved behind {new}"),
    "first": Text("{place}: chuyển lên đầu", "{place}: moved to the beginning"),
}


def sentence(change: Change, language: str) -> str:
    """The change in one sentence; long values cut to where they differ."""
    old, new = _values(change, language)
    said = SENTENCES[_form(change)].in_(language).format(
        place=place_words(change.place, language) or WHOLE.in_(language),
        option=option_words(change.option, language), old=old, new=new,
    )  # fmt: skip
    return said[:1].upper() + said[1:]


def reason(change: Change, language: str) -> str:
    """Why drafts in hand cannot go on over the change; empty where they can."""
    return REASONS[change.why_not].in_(language) if change.why_not else ""


def _form(change: Change) -> str:
    """Which of the sentences is meant."""
    if change.what == difference.MOVED:
        return "first" if change.new is None else "behind" if isinstance(change.new, Spot) else "moved"
    if change.what != difference.CHANGED:
        return change.what
    if not change.option:
        return "value"
    if _nothing(change.old):
        return "set"
    return "dropped" if _nothing(change.new) else "changed"


def _nothing(value: Any) -> bool:
    return value is None or value in ("", (), {})


def _values(change: Change, language: str) -> tuple[str, str]:
    if change.what == difference.MOVED:
        return _where(change.old, language), _where(change.new, language)
    if change.what in (difference.ADDED, difference.REMOVED):
        return "", ""
    return cut(value_words(change.old, language), value_words(change.new, language))


def _where(held: Place | Spot | None, language: str) -> str:
    return place_words((held,) if isinstance(held, Spot) else held or (), language)


def cut(old: str, new: str) -> tuple[str, str]:
    """Two long texts from shortly before where they begin to differ."""
    common = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), 0)
    start = max(0, common - BEFORE) if max(len(old), len(new)) > LONGEST else 0
    first, second = (_piece(text, start) for text in (old, new))
    return first, second


def _piece(text: str, start: int) -> str:
    piece = " ".join(text[start : start + LONGEST].split())
    return ("…" if start else "") + piece + ("…" if len(text) > start + LONGEST else "")


def place_words(place: Place, language: str) -> str:
    """Where something stands: `bước “Người yêu cầu”, ô “Họ, chữ đệm, tên” (yc_ho_ten)`."""
    return ", ".join(spot_words(spot, language) for spot in place)


def spot_words(spot: Spot, language: str) -> str:
    """One part of a place, with its title and its name as far as it has them."""
    word = SORTS.get(spot.sort, Text(spot.sort)).in_(language)
    name = VALUES[spot.name].in_(language) if spot.name in VALUES else spot.name
    if spot.title is None:
        return f"{word} “{name}”" if name else word
    titled = f"{word} “{_piece(spot.title.in_(language), 0)}”"
    return f"{titled} ({name})" if name else titled


def option_words(option: str, language: str) -> str:
    """What an option is called; its key where it has no words."""
    return OPTIONS[option].in_(language) if option in OPTIONS else option


def value_words(value: Any, language: str) -> str:
    """The value of an option, for a sentence."""
    if isinstance(value, bool):
        return (YES if value else NO).in_(language)
    if value is None:
        return NOTHING.in_(language)
    if isinstance(value, Text):
        return _text(value)
    if isinstance(value, Condition | Formula | Mapping):
        return _flow(_document(value))
    if isinstance(value, Duration):
        return calendar.words(value, language)
    if isinstance(value, tuple | list | frozenset):
        return ", ".join(value_words(one, language) for one in value) or NOTHING.in_(language)
    if is_dataclass(value):
        named = ((one.name, getattr(value, one.name)) for one in fields(value))
        return ", ".join(f"{option_words(name, language)}: {value_words(one, language)}" for name, one in named if one)
    return VALUES[value].in_(language) if value in VALUES else str(value)


def _text(text: Text) -> str:
    """A text in the languages it has and in all its cases, so that a change of one of them is seen."""
    own = f"{text.vi} / {text.en}" if text.en else text.vi
    cases = text.cases if isinstance(text, DependentText) else ()
    return " | ".join([*(f"{_flow(document(when))}: {_text(said)}" for when, said in cases), own])


def _document(value: Any) -> Any:
    if isinstance(value, Formula):
        return value.text
    return dict(value) if isinstance(value, Mapping) else document(value)


def _flow(plain: Any) -> str:
    """Plain data on one line, as a file would have it."""
    if isinstance(plain, dict):
        return "{" + ", ".join(f"{name}: {_flow(inner)}" for name, inner in plain.items()) + "}"
    if isinstance(plain, list):
        return "[" + ", ".join(map(_flow, plain)) + "]"
    return {True: "true", False: "false"}.get(plain, str(plain)) if isinstance(plain, bool) else str(plain)
