"""The words that an office writes for its mails: a small template language, closed on all sides.

Names of a fixed list, `if`, comparisons and a few filters; no loop, no call, no attribute. So a text comes to an end,
and says nothing but what it was given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.format.faults import did_you_mean
from engine.format.texts import Text

# Every name that a mail may say, with what it is and an example of it.
NAMES: dict[str, tuple[Text, str]] = {
    "code": (Text("Mã hồ sơ", "The dossier code"), "H21.52.01-261124-0001"),
    "title": (Text("Tên thủ tục", "The procedure's title"), "Đăng ký khai sinh"),
    "agency": (Text("Cơ quan nhận hồ sơ", "The receiving agency"), "UBND phường Quy Nhơn"),
    "unit": (Text("Bộ phận đang giữ hồ sơ", "The unit that holds the dossier"), "Bộ phận Một cửa"),
    "person": (Text("Người đang xử lý, trống khi chưa có", "Who handles it; empty while nobody does"), "Nguyễn Văn An"),
    "stage": (Text("Giai đoạn, trống khi không có", "The stage; empty where there is none"), "Thẩm tra"),
    "status": (Text("Tình trạng hồ sơ", "The dossier's state"), "Đang xử lý"),
    "filed_at": (Text("Lúc nộp", "When it was filed"), "09:30 ngày 24/11/2026"),
    "until": (Text("Hạn của bước này, trống khi không có", "When this step is due; or empty"), "17:00 ngày 25/11/2026"),
    "due_at": (Text("Ngày hẹn trả, trống khi không có", "When the result is due; or empty"), "17:00 ngày 26/11/2026"),
    "track_url": (Text("Địa chỉ tra cứu", "Where the dossier is followed"), "https://…/tra-cuu"),
}
FILTERS = ("upper", "lower", "trim", "default")
LONGEST = 20_000
SINGLE = re.compile(r"(?<!\{)\{([a-z_]+)\}(?!\})")  # `{code}`, the short form
ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.If, nodes.CondExpr, nodes.Filter, nodes.Const,
    nodes.Compare, nodes.Operand, nodes.And, nodes.Or, nodes.Not,
)  # fmt: skip
SAID = {nodes.For: "a loop", nodes.Call: "a call", nodes.Getattr: "an attribute", nodes.Getitem: "an item"}
SANDBOX = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


@dataclass(frozen=True, slots=True)
class WordsFault:
    """What is wrong in a mail's words: the line within them, from 1, and a sentence."""

    line: int
    what: str


def fill(words: str, facts: Mapping[str, str]) -> str:
    """A mail's words with what they name; `facts` has every one of `NAMES`."""
    return _template(words).render(facts)


@lru_cache(maxsize=256)
def _template(words: str) -> Template:
    return SANDBOX.from_string(_long_form(words))


def _long_form(words: str) -> str:
    return SINGLE.sub(lambda found: "{{ " + found[1] + " }}" if found[1] in NAMES else found[0], words)


def faults(words: str) -> tuple[WordsFault, ...]:
    """Everything that is wrong with a mail's words, in their order."""
    if len(words) > LONGEST:
        return (WordsFault(1, f"the words of a mail are {LONGEST} characters at the most, not {len(words)}"),)
    try:
        tree = SANDBOX.parse(_long_form(words))
    except TemplateSyntaxError as error:
        return (WordsFault(error.lineno or 1, f"this cannot be read: {error.message}"),)
    return tuple(_walk(tree))


def _walk(node: nodes.Node) -> Iterator[WordsFault]:
    if not isinstance(node, ALLOWED):
        what = SAID.get(type(node), f'"{type(node).__name__.lower()}"')
        yield WordsFault(node.lineno, f"{what} may not stand in a mail; names, if and the filters {_filters()} may")
        return
    if isinstance(node, nodes.Name) and node.name not in NAMES:
        yield WordsFault(node.lineno, f'unknown name "{node.name}"{did_you_mean(node.name, NAMES)} ({_names()})')
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        yield WordsFault(node.lineno, f'unknown filter "{node.name}"{did_you_mean(node.name, FILTERS)} ({_filters()})')
    for inner in node.iter_child_nodes():
        yield from _walk(inner)


def _names() -> str:
    return "known: " + ", ".join(NAMES)


def _filters() -> str:
    return ", ".join(FILTERS)


def example() -> dict[str, str]:
    """An example of every name."""
    return {name: shown for name, (_, shown) in NAMES.items()}
