"""A question of an XLSForm as a field of the format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from engine.errors import CannotCarry
from engine.exchange.xlsform.amounts import formula, result
from engine.exchange.xlsform.choices import Lists, columns, filtered
from engine.exchange.xlsform.conditions import condition, joined
from engine.exchange.xlsform.constraints import options
from engine.exchange.xlsform.scope import DAY, NUMBERS, Known, Scope, number_of
from engine.exchange.xlsform.survey import Item
from engine.exchange.xlsform.wording import plain, text
from engine.exchange.xlsform.xpath import Binary, Call, Expression, Here, Literal, Ref, parse, walk

Plain = dict[str, Any]
YES = ("yes", "true", "true()", "1", "y", "có")
NO = ("no", "false", "false()", "0", "n", "không")
NO_MESSAGE = "Giá trị này không hợp lệ"


@dataclass
class Form:
    """What the fields of a form share while they are made; `checks` are those of the form or of the group's rows."""

    known: dict[str, Known]
    lists: Lists
    checks: list[Plain] = field(default_factory=list)
    rows: dict[str, list[Plain]] = field(default_factory=dict)
    unfiltered: set[int] = field(default_factory=set)  # the rows of questions whose filter was told of

    def scope(self, item: Item, *, back: bool = False) -> Scope:
        """What an expression of this row may name; with `back` only what stands before it."""
        known = item.known
        before = item.row.number if back else 0
        return Scope(self.known, known, known.group, before, known.step if back else -1)

    def change(self, item: Item, **facts: Any) -> None:
        """Notes what a question is seen to be only while its field is made."""
        item.known = replace(item.known, **facts)
        if item.written:
            self.known[item.written] = item.known

    def keep(self, item: Item, check: Plain) -> None:
        """Adds a check to the form, or to the rows of the group that the question is a column of."""
        (self.rows.setdefault(item.known.group, []) if item.known.group else self.checks).append(check)


def made(item: Item, form: Form, when: list[Plain]) -> Plain:
    """The field of a question; `when` are the conditions of the groups that did not come over."""
    row = item.row
    if item.from_file:
        row.change("type", "its list is in another file, which is not in the workbook; it is asked as a text")
    made_: Plain = {"name": item.known.name, "kind": item.known.kind}
    computed = _computed(item, form) if item.known.kind == "computed" else {}
    label = text(row, "label", form.scope(item, back=True))
    made_ |= _head(item, label)
    made_ |= {"hint": hint} if (hint := text(row, "hint", form.scope(item, back=True))) else {}
    if item.known.kind not in ("note", "computed"):
        made_ |= required(item, form)
    made_ |= relevant(item, form, when)
    for part in PARTS.get(item.known.kind, ()):
        made_ |= part(item, form, made_)
    made_ |= computed
    if made_["kind"] != item.known.kind:
        form.change(item, kind=made_["kind"])
    if item.known.kind not in ("note", "computed"):
        made_ |= _default(item, form)
        made_ |= constrained(item, form)
    row.rest(REASONS)
    return {key: value for key, value in made_.items() if value is not None}


REASONS = {
    "read_only": "a question that cannot be answered has no counterpart; write a note or a calculation",
    "calculation": "a typed question is not filled by an expression; its default may be an earlier answer",
    "trigger": "values are computed whenever something changes",
    "guidance_hint": "a second hint has no counterpart",
    "appearance": "how it looks follows from its kind",
    "media": "pictures and sounds beside a text have no counterpart",
    "parameters": "this setting has no counterpart",
    "choice_filter": "a filter belongs to a question with choices",
    "repeat_count": "a number of rows belongs to repeated rows",
    "relevant": "it is always or never asked",
    "required_message": "a field has one sentence of its own, which is the constraint's",
    "constraint_message": "it belongs to a constraint that is not carried over",
}


def _head(item: Item, label: Any) -> Plain:
    if item.known.kind == "note":
        return {"text": label} if label else {}
    if label is None:
        item.row.change("name", "it has no label; its name stands in its place")
        label = item.written or item.known.name
    return {"label": label}


def required(item: Item, form: Form) -> Plain:
    """`required`, as a truth or a condition."""
    written = item.row.take("required")
    if written.lower() in YES or not written or written.lower() in NO:
        return {"required": True} if written.lower() in YES else {}
    held = when_of(item, "required", form)
    return {"required": held} if held not in (None, False) else {}


def relevant(item: Item, form: Form, outer: list[Plain]) -> Plain:
    """`when` of its own `relevant` and of what stands around it."""
    own = when_of(item, "relevant", form)
    held = joined("all", [*outer, *([own] if own is not None else [])])
    if held is False:
        item.row.lose("relevant", "it would never be asked; without it, it always is")
        held = joined("all", outer)
    return {} if isinstance(held, bool) else {"when": held}


def when_of(item: Item, heading: str, form: Form) -> Any:
    """The condition under a heading; nothing where there is none or it is told of."""
    written = item.row.take(heading)
    if not written:
        return None
    try:
        return condition(parse(written), form.scope(item, back=True))
    except CannotCarry as why:
        item.row.lose(heading, str(why))
        return None


# What only some kinds have


def _appearance(words: dict[str, Plain]) -> Callable[[Item, Form, Plain], Plain]:
    """Words of `appearance` that say something here too; the others are told of."""

    def read(item: Item, _form: Form, _made: Plain) -> Plain:
        written = item.row.cells["appearance"].text.lower() if "appearance" in item.row.cells else ""
        found: Plain = {}
        for word in written.split():
            if word in words:
                found |= words[word]
                if len(written.split()) == 1:
                    item.row.take("appearance")
        return found

    return read


def _range(item: Item, _form: Form, _made: Plain) -> Plain:
    """`parameters` of a range: start=1 end=10 step=1."""
    if not item.row.cells["type"].text.lower().startswith("range"):
        return {}
    given = dict(pair.split("=", 1) for pair in item.row.take("parameters").lower().split() if "=" in pair)
    limits = {key: number_of(given[word]) for key, word in (("min", "start"), ("max", "end")) if word in given}
    found: Plain = {key: number for key, number in limits.items() if number is not None}
    if not all(isinstance(number, int) for number in (*found.values(), number_of(given.get("step", "1")))):
        found["kind"] = "decimal"
    if given.get("step", "1") != "1" or set(given) - {"start", "end", "step"}:
        item.row.change("parameters", "only start and end have a counterpart")
    return found


def _offered(item: Item, form: Form, _made: Plain) -> Plain:
    """The choices, each with when it is offered."""
    found = form.lists.lists.get(item.choices)
    if found is None:
        item.row.change("type", f'there is no list "{item.choices}"; write its choices')
        return {"choices": {}}
    form.lists.used.add(item.choices)
    tree = _filter(item)
    listed = []
    for choice in found:
        label = text(choice.row, "label", Scope({}))
        entry: Plain = {"value": choice.value, "label": label if label is not None else choice.value}
        held = _held(tree, choice, item, form) if tree is not None else True
        if held is False:
            choice.row.change("name", f'the filter of "{item.known.name}" never offers it')
            continue
        listed.append(entry if held is True else entry | {"when": held})
    short = all(set(entry) == {"value", "label"} for entry in listed)
    offered: Plain = {"choices": {entry["value"]: entry["label"] for entry in listed} if short else listed}
    return offered | ({"other": True} if item.other else {})


def _filter(item: Item) -> Expression | None:
    written = item.row.take("choice_filter")
    if not written:
        return None
    try:
        return parse(written)
    except CannotCarry as why:
        item.row.lose("choice_filter", str(why))
        return None


def _held(tree: Expression, choice: Any, item: Item, form: Form) -> Any:
    try:
        return filtered(tree, choice, form.scope(item, back=True))
    except CannotCarry as why:
        if item.row.number not in form.unfiltered:
            form.unfiltered.add(item.row.number)
            item.row.lose("choice_filter", str(why))
        return True


def _media(item: Item, _form: Form, _made: Plain) -> Plain:
    word = item.row.cells["type"].text.lower()
    return {"accept": ["jpg", "png"]} if word in ("image", "photo") else {}


def _computed(item: Item, form: Form) -> Plain:
    """The formula of a calculation, without which nothing is left of it; raises `CannotCarry`."""
    tree = parse(item.row.take("calculation"))
    scope = replace(form.scope(item, back=True), step=-1)
    written, shown = formula(tree, scope), result(tree, scope)
    if shown not in (*NUMBERS, "text", "date"):
        raise CannotCarry("what is true or false is no computed value here")
    form.change(item, shown_as=shown)
    return {"formula": written, "show_as": shown}


PARTS: dict[str, tuple[Callable[[Item, Form, Plain], Plain], ...]] = {
    "text": (_appearance({"multiline": {"kind": "long_text"}}),),
    "integer": (_range,),
    "date": (_appearance({"year": {"precision": "year"}, "month-year": {"precision": "month"}}),),
    "choice": (_offered, _appearance({"minimal": {"display": "select"}, "autocomplete": {"display": "search"},
                                      "search": {"display": "search"}})),
    "choices": (_offered,),
    "file": (_media, _appearance({"signature": {"kind": "signature", "accept": None}})),
}  # fmt: skip


# Default and constraint


def _default(item: Item, form: Form) -> Plain:
    written = item.row.take("default")
    if not written:
        return {}
    known = item.known
    if known.kind in NUMBERS and (number := number_of(written)) is not None:
        return {"default": number}
    if known.kind == "choice" and written in known.values:
        return {"default": known.values[written]}
    if known.kind == "choices" and all(word in known.values for word in written.split()):
        return {"default": [known.values[word] for word in written.split()]}
    try:
        return {"default": _computed_default(parse(written), known, form.scope(item, back=True))}
    except CannotCarry as why:
        if known.kind in ("text", "long_text") and "${" not in written and "(" not in written:
            return {"default": written}
        if known.kind == "date" and DAY.fullmatch(written):
            return {"default": written}
        item.row.lose("default", str(why))
        return {}


def _computed_default(tree: Expression, known: Known, scope: Scope) -> Any:
    if isinstance(tree, Call) and tree.function in ("today", "now") and known.kind == "date":
        return "today"
    if isinstance(tree, Ref) and scope.answer(tree).kind == known.kind:
        return {"field": scope.answer(tree).name}
    if isinstance(tree, Literal) and known.kind in ("text", "long_text"):
        return str(tree.value)
    raise CannotCarry("a default is a fixed value, today, or the answer to an earlier question of the same kind")


def constrained(item: Item, form: Form) -> Plain:
    """Options of the field for what they can say of its constraint; a check for the rest."""
    written, row = item.row.take("constraint"), item.row
    message = text(row, "constraint_message", form.scope(item)) if written else None
    found: Plain = {}
    if written:
        try:
            found = _constraint(parse(written), item, form, message)
        except CannotCarry as why:
            row.lose("constraint", str(why))
            if message is not None:
                row.change("constraint", f'its sentence was: "{plain(message)}"')
            message = None
    if message is None:
        message = text(row, "required_message", form.scope(item)) if "required_message" in _bases(row.cells) else None
    elif not found:
        message = None  # the check bears it
    return found | ({"message": message} if message is not None else {})


def _bases(headings: Any) -> set[str]:
    return {heading.partition("::")[0] for heading in headings}


def _constraint(tree: Expression, item: Item, form: Form, message: Any) -> Plain:
    known = form.known.get(item.written, item.known)
    found, rest = options(tree, known, item.written)
    if rest:
        whole = rest[0]
        for part in rest[1:]:
            whole = Binary("and", whole, part)
        check = {
            "rule": rule(whole, form.scope(item), item.written),
            "at": known.name,
            "message": message or NO_MESSAGE,
        }
        if message is None:
            item.row.change("constraint", f'it has no sentence; the check says "{NO_MESSAGE}"')
        form.keep(item, check)
    return found


def rule(tree: Expression, scope: Scope, written: str) -> Plain:
    """What must hold of the question `written`, as a condition, else as a formula; raises `CannotCarry`.

    There it is asked only of an answer, whatever the other questions say; so it says itself that nothing is right.
    """
    name = scope.question(Here()).name
    alone = not any(isinstance(part, Ref) and part.name != written for part in walk(tree))
    try:
        held = condition(tree, scope)
    except CannotCarry as first:
        try:
            text_ = formula(tree, scope)
        except CannotCarry:
            raise first from None
        return {"formula": text_ if alone else f"not filled({name}) or ({text_})"}
    if isinstance(held, bool):
        raise CannotCarry("it always holds" if held else "it never holds")
    whole = held if alone else joined("any", [{"field": name, "empty": True}, held])
    return whole if isinstance(whole, dict) else held


def filter_columns(item: Item) -> set[str]:
    """The columns of the choices sheet that the question's filter looks at."""
    written = item.row.cells.get("choice_filter")
    try:
        return columns(parse(written.text)) if written else set()
    except CannotCarry:
        return set()
