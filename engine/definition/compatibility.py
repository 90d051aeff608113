"""Whether a citizen's draft could go on over a change without losing an answer or being asked anew.

A change is judged by what it is a change of (its sort) and by the option that changed. Of an option that nobody
has judged yet, the worst is supposed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.format.texts import Text
from engine.kinds.dates import Limit

REASONS: dict[str, Text] = {
    "lost": Text("câu trả lời đã có sẽ mất", "an answer already given would be lost"),
    "asked": Text("người đang khai phải khai thêm", "people in the middle of the form would be asked more"),
    "kind": Text("câu trả lời đã có không đúng kiểu mới", "an answer already given does not fit the new kind"),
    "choice": Text("ai đã chọn mục này phải chọn lại", "whoever chose this would have to choose again"),
    "tighter": Text("câu trả lời đã có có thể không còn được nhận", "an answer already given may be refused"),
    "shown": Text(
        "có thể phải khai thêm, hoặc câu trả lời đã có không còn được hỏi đến",
        "more may be asked, or an answer already given may no longer count",
    ),
    "checked": Text("hồ sơ đang khai có thể không gửi được", "a form in hand may be refused"),
    "agency": Text("nơi đã chọn có thể không còn nhận", "the office already chosen may no longer receive it"),
    "offline": Text("không còn nộp trực tuyến được", "it can no longer be filed online"),
    "unsure": Text("chưa rõ câu trả lời đã có còn hợp lệ không", "it is not known whether old answers still fit"),
}

# What only changes how something is said or shown.
SAID = frozenset({
    "name", "step", "section", "label", "title", "hint", "note", "message", "text", "folded", "pattern_hint", "unit",
    "group", "default", "width", "sensitive", "display", "rows", "autocomplete", "again", "layout", "row_title",
    "template", "originals", "copies", "catalog", "fields", "choices", "at",
})  # fmt: skip
ONLINE = 3

Parts = Mapping[str, Any]
Effect = Callable[[Any, Any], str]


def _required(old: Any, new: Any) -> str:
    return "" if new is False or old is True else "asked"


def _when(_old: Any, _new: Any) -> str:
    return "shown"


def _raised(old: Any, new: Any) -> str:
    return "" if new is None or _at_most(new, old) else "tighter"


def _lowered(old: Any, new: Any) -> str:
    return "" if new is None or (old is not None and _at_most(old, new)) else "tighter"


def _at_most(low: Any, high: Any) -> bool:
    """Whether one limit is surely at most another."""
    if isinstance(low, Limit) and isinstance(high, Limit):
        return _not_after(low, high)
    try:
        return bool(low <= high)
    except TypeError:
        return False


def _not_after(low: Limit, high: Limit) -> bool:
    """Two fixed dates compare, and two shifts of today; a date and a shift never surely."""
    if low.fixed and high.fixed:
        return low.fixed <= high.fixed
    shifted = low.years <= high.years and low.months <= high.months and low.days <= high.days
    return shifted and not low.fixed and not high.fixed


def _narrowed(old: Any, new: Any) -> str:
    try:
        return "" if set(old) <= set(new) else "tighter"
    except TypeError:
        return "unsure"


def _unless_dropped(_old: Any, new: Any) -> str:
    return "tighter" if new else ""


def _widened(old: Any, new: Any) -> str:
    """An option that lets more be answered: on is harmless, off may lose what was answered."""
    return "" if new and not old else "lost"


def _attached(old: Any, new: Any) -> str:
    if new == "none":
        return "lost"
    return "asked" if new == "required" else ""


ASKED: dict[str, Effect] = {
    "kind": lambda _old, _new: "kind",
    "required": _required,
    "when": _when,
    "pattern": _unless_dropped,
    "accept": _narrowed,
    "precision": _narrowed,
    "detail": lambda _old, new: {"required": "tighter", "none": "lost"}.get(new, ""),
    "attach": _attached,
    **dict.fromkeys(("other", "abroad", "cmnd", "partial", "none", "or"), _widened),
}


def _asked(option: str, old: Any, new: Any) -> str:
    """What a change of an option does to the answer of a field, a column or a paper."""
    if option in SAID:
        return ""
    if option.startswith("min"):
        return _raised(old, new)
    if option.startswith("max"):
        return _lowered(old, new)
    return ASKED.get(option, lambda _old, _new: "unsure")(old, new)


def _procedure(option: str, old: Any, new: Any) -> str:
    if option == "agencies":
        return "agency" if new and not (old and set(old) <= set(new)) else ""
    return "offline" if option == "level" and new < ONLINE <= old else ""


def asks(parts: Parts) -> bool:
    """Whether a new field, column or paper must be answered."""
    if "attach" in parts or "papers" in parts:
        return bool(parts.get("attach", "required") == "required")
    return bool(parts.get("required") or parts.get("min_rows"))


def of_added(sort: str, parts: Parts) -> str:
    """Why a draft could not go on over something new, a key of `REASONS`; empty where it could."""
    if sort in ANSWERED:
        return "asked" if parts.get("asks", True) and asks(parts) else ""
    if sort == "check":
        return "checked" if parts["severity"] == "error" else ""
    return "asked" if sort == "step" else ""


def of_removed(sort: str, parts: Parts) -> str:
    """The same for something that is gone."""
    if sort in ANSWERED:
        return "lost" if parts.get("asks", True) and parts.get("attach") != "none" else ""
    return "choice" if sort == "choice" else ""


def of_changed(sort: str, option: str, old: Any, new: Any, parts: Parts) -> str:
    """The same for an option with another value; `parts` are all options as they are now."""
    if sort in ANSWERED:
        return _asked(option, old, new) if parts.get("asks", True) else ""
    if sort == "choice":
        return "choice" if option in ("when", "until") and new is not None else ""
    if sort == "check":
        return "checked" if parts["severity"] == "error" and option in ("rule", "severity") else ""
    if sort in ("step", "section"):
        return "shown" if option == "when" else ""
    return _procedure(option, old, new) if sort == "procedure" else ""


ANSWERED = frozenset({"field", "column", "paper"})
