"""A national information text made a procedure of level 1, and a report of what was kept as text.

Nothing of the text is lost: what no row takes stands under headings of its own in the instructions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.calendar import Duration, Unit, words
from engine.definition.checks.names import RESERVED_FIELDS
from engine.definition.library import FILE_NAME, FORMAT, Catalog
from engine.exchange.national import flattened
from engine.exchange.national.flattened import MethodRow, PaperRow, cleaned, one_line, told
from engine.exchange.national.prose import escaped, markdown
from engine.format.faults import Fault, did_you_mean
from engine.format.json_text import parse_far
from engine.format.reading import Node
from engine.search import fold

Plain = dict[str, Any]

NEEDED = ("ma_thu_tuc", "ten_thu_tuc", "linh_vuc", "trinh_tu_thuc_hien", "cach_thuc_thuc_hien", "thanh_phan_ho_so")
OTHERS = ("so_quyet_dinh", "doi_tuong_thuc_hien", "can_cu_phap_ly", "yeu_cau_dieu_kien", "ket_qua_xu_ly")
# What has no place of its own in the format, with its heading in the instructions.
OFFICE = {
    "cap_thuc_hien": "Cấp thực hiện",
    "co_quan_thuc_hien": "Cơ quan thực hiện",
    "co_quan_co_tham_quyen": "Cơ quan có thẩm quyền",
    "dia_chi_tiep_nhan": "Địa chỉ tiếp nhận hồ sơ",
    "co_quan_duoc_uy_quyen": "Cơ quan được ủy quyền",
    "co_quan_phoi_hop": "Cơ quan phối hợp",
    "thu_tuc_lien_quan": "Thủ tục liên quan",
    "loai_thu_tuc": "Loại thủ tục",
}
COMMUNE = "Cấp xã"
COMMUNE_KINDS = ("kind:phuong", "kind:xa")
CHANNEL_TITLES = {channel: title for title, channel in flattened.CHANNELS.items()}

VIETNAMESE = "vi"
IN_THE_FACTS = 110  # characters: what is longer would crowd out the facts of the page, and stands in the instructions
TITLE = 160  # characters of a paper's title; more becomes its note where it can be parted
MORE = "; …"  # a title that a semicolon ended names only the first of several
ONE_SENTENCE = 2000  # characters; a longer one is nothing that an office wrote as one
SHORT_NOTE = 300  # characters; a longer note is Markdown
NAME = 36
SEE = "xem Trình tự thực hiện"
INNER_MARK = re.compile(r"(?<=:) *[-+] +")
AUDIENCE = re.compile(r", (?=[A-ZĐÀ-Ỹ])(?![^()]{0,80}\))")
CODE = re.compile(r"[^/\\\x00-\x1f.\s][^/\\\x00-\x1f\s]{0,63}")
SENTENCE = re.compile(r"(?<=[.;])\s+(?=[-+*(A-ZĐÀ-Ỹ])|(?<=:)\s+(?=[-+])")
CLOSING_BRACKET = re.compile(r" \([^()]*(?:\([^()]*\)[^()]*)*\)[.;:]?$")
LEAD = re.compile(r"^(?:\([ivx]+\) ?)?(?:một trong (?:những|các) |các |trường hợp |đối với |\d+ )*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a text: the document of a procedure, unless there are faults, and what was kept as text."""

    document: Plain | None
    faults: tuple[Fault, ...]

    @property
    def code(self) -> str:
        """The procedure's code, empty where there is no document."""
        return str(self.document["code"]) if self.document else ""


@dataclass(slots=True)
class _Source:
    """The texts of a file by their keys, and what is said of them so far."""

    file: str
    node: Node
    faults: list[Fault] = field(default_factory=list)

    def text(self, key: str) -> str:
        """A text without what nobody sees; empty where it says that there is nothing."""
        node = self.node.get(key)
        return told(cleaned(node.value)) if node is not None and isinstance(node.value, str) else ""

    def fault(self, key: str, what: str) -> None:
        """Notes what stops the import."""
        self._note(key, what, warning=False)

    def kept(self, key: str, what: str) -> None:
        """Notes what was kept as text."""
        self._note(key, what, warning=True)

    def _note(self, key: str, what: str, *, warning: bool) -> None:
        line = self.node.keys.get(key, self.node.line) or 1
        self.faults.append(Fault(self.file, line, key, what, warning))


def imported(
    data: bytes, file: str, categories: Catalog, *, category: str | None = None, unit: Unit | None = None
) -> Imported:
    """The procedure of one file's bytes, with every fault and a warning for whatever was kept as text.

    `category` is taken where the text's own is not in the catalog; `unit` is what a time without one counts in.
    """
    node, faults = parse_far(data, file)
    if node is None or faults:
        return Imported(None, faults)
    source = _Source(file, node)
    _check_shape(source)
    if not source.faults:
        document = _document(source, categories, category, unit)
        if not any(not fault.warning for fault in source.faults):
            return Imported(document, tuple(source.faults))
    return Imported(None, tuple(source.faults))


def _check_shape(source: _Source) -> None:
    if not isinstance(source.node.value, dict):
        source.fault("", "a mapping of texts is wanted, such as the national database writes")
        return
    for key, node in source.node.value.items():
        if not isinstance(node.value, str):
            source.fault(key, "a text is wanted here")
    for key in NEEDED:
        if key not in source.node.value:
            near = did_you_mean(key, [name for name in source.node.value if name not in (*NEEDED, *OTHERS, *OFFICE)])
            source.fault("", f'the key "{key}" is missing{near}')
        elif not source.faults and not source.text(key):
            source.fault(key, "this text is empty")
    code = source.text("ma_thu_tuc")
    if code and not CODE.fullmatch(code):
        source.fault("ma_thu_tuc", f'"{code[:40]}" is no code')


def _document(source: _Source, categories: Catalog, category: str | None, unit: Unit | None) -> Plain:
    aside = _Aside()
    results, keywords, said = flattened.results(source.text("ket_qua_xu_ly"))
    aside.result = said
    papers, templates = _papers(source, aside)
    document: Plain = {
        "format": FORMAT,
        "code": source.text("ma_thu_tuc"),
        "title": _title(source.text("ten_thu_tuc")),
        "category": _category(source, categories, category),
        "level": 1,
        "agencies": _agencies(source),
        "keywords": [word.strip() for word in keywords.split(",") if word.strip()],
        "audience": [one_line(part) for part in AUDIENCE.split(source.text("doi_tuong_thuc_hien")) if part],
        "methods": _methods(source, aside, unit),
        "results": [{"title": row.title.rstrip(". "), "code": row.code} for row in results if row.title],
        "legal_basis": [_law(source, row) for row in flattened.laws(source.text("can_cu_phap_ly"))],
        "decision": one_line(source.text("so_quyet_dinh")),
        "templates": templates,
        "papers": papers,
        "conditions": markdown(source.text("yeu_cau_dieu_kien")),
    }
    if said:
        source.kept("ket_qua_xu_ly", "what else is said of the results is kept in the instructions")
    document["instructions"] = _instructions(source, aside)
    return {key: value for key, value in document.items() if value not in ("", [])}


def _title(text: str) -> str:
    """The title; that it is a procedure, its place says already."""
    title = one_line(text)
    rest = title.removeprefix("Thủ tục ")
    return rest[:1].upper() + rest[1:]


def _category(source: _Source, categories: Catalog, instead: str | None) -> str:
    wanted = one_line(source.text("linh_vuc"))
    labels = {fold(entry.label.vi): entry.value for entry in categories.entries}
    found = labels.get(fold(wanted), instead)
    if found is None:
        near = did_you_mean(wanted, [entry.label.vi for entry in categories.entries])
        source.fault("linh_vuc", f'"{wanted}" is no category of the catalog{near}')
        return ""
    if fold(wanted) not in labels:
        source.kept("linh_vuc", f'"{wanted}" is no category of the catalog; "{found}" was put in its place')
    return found


def _agencies(source: _Source) -> list[str]:
    levels = [one_line(part) for part in source.text("cap_thuc_hien").split(",")]
    others = [level for level in levels if level and level != COMMUNE]
    if others:
        source.kept("cap_thuc_hien", f"{', '.join(others)}: choose the agencies; the text is kept in the instructions")
    return list(COMMUNE_KINDS) if COMMUNE in levels else []


@dataclass(slots=True)
class _Aside:
    """What stands in the instructions beside the steps: long words on the ways to file, notes, and the rest."""

    methods: dict[str, list[str]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    result: str = ""
    rest: list[str] = field(default_factory=list)

    def method(self, text: str, channel: str) -> None:
        """Puts aside what is said of a way to file; the same of several ways stands there once."""
        channels = self.methods.setdefault(text, [])
        if channel not in channels:
            channels.append(channel)


def _methods(source: _Source, aside: _Aside, unit: Unit | None) -> list[Plain]:
    """The ways to file, one of each channel."""
    rows, rest = flattened.methods(source.text("cach_thuc_thuc_hien"))
    if rest:
        aside.rest.append(rest)
        source.kept("cach_thuc_thuc_hien", "what stands before the first way to file is kept in the instructions")
    if not rows:
        source.kept("cach_thuc_thuc_hien", 'no way to file can be told; "in_person" stands in its place')
        return [{"channel": "in_person"}]
    channels = dict.fromkeys(row.channel for row in rows)
    return [_method(source, aside, unit, [row for row in rows if row.channel == channel]) for channel in channels]


def _method(source: _Source, aside: _Aside, unit: Unit | None, rows: list[MethodRow]) -> Plain:
    """One way to file. Of several rows the first says how long; the others, when they hold, are said in its note."""
    times = [_time(source, row, unit) for row in rows]
    fees = dict.fromkeys(_fee(aside, row) for row in rows)
    notes = [_bare(row) for row, time in zip(rows, times, strict=True) if time is None]
    if len(rows) > 1:
        title = CHANNEL_TITLES[rows[0].channel]
        source.kept("cach_thuc_thuc_hien", f'"{title}" stands {len(rows)} times; the time is that of the first')
    for row, time in zip(rows, times, strict=True):
        lead = f"{words(time, VIETNAMESE)}: " if len(rows) > 1 and time else ""
        if row.note and len(lead + row.note) <= IN_THE_FACTS:
            notes.append(lead + one_line(row.note))
        elif row.note:
            aside.method(lead + row.note, row.channel)
    method: Plain = {"channel": rows[0].channel}
    method |= {"time": times[0].document()} if times[0] else {}
    method |= {"fee": "; ".join(fees)}
    return method | ({"note": " ".join(filter(None, dict.fromkeys(notes)))} if any(notes) else {})


def _time(source: _Source, row: MethodRow, unit: Unit | None) -> Duration | None:
    if row.bare.isdigit() and unit and int(row.bare):
        return Duration(unit, int(row.bare))
    if row.bare:
        title = CHANNEL_TITLES[row.channel]
        source.kept("cach_thuc_thuc_hien", f'{title}: the time "{row.bare}" has no unit and is kept in the note')
    return row.time


def _bare(row: MethodRow) -> str:
    return f"Thời hạn giải quyết: {row.bare} (không ghi đơn vị)." if row.bare else ""


def _fee(aside: _Aside, row: MethodRow) -> str:
    """The fee in words; a long condition stands in the instructions."""
    fee = row.fee or flattened.NOTHING
    detail = one_line(row.detail).rstrip(".;")
    if not detail:
        return fee
    if len(detail) <= IN_THE_FACTS:
        return f"{fee} ({INNER_MARK.sub(' ', detail.lstrip('-+ '))})"
    aside.method(f"Phí, lệ phí ({fee}): {row.detail}", row.channel)
    return f"{fee} ({SEE})"


def _law(source: _Source, row: flattened.LawRow) -> Plain:
    if not row.number:
        source.kept("can_cu_phap_ly", f'"{row.title[:60]}" has no number that can be told')
    elif not row.issuer:
        source.kept("can_cu_phap_ly", f'who issued "{row.number}" cannot be told; the number may be cut')
    law = {"title": row.title, "number": row.number, "date": row.day, "issuer": row.issuer}
    return {key: value for key, value in law.items() if value}


def _papers(source: _Source, aside: _Aside) -> tuple[list[Plain], list[Plain]]:
    """The papers, and the blank forms they name; notes among them are put aside."""
    listed, rest = flattened.papers(source.text("thanh_phan_ho_so"))
    rows = _by_group(listed)
    if rest:
        aside.rest.append(rest)
        source.kept("thanh_phan_ho_so", "a text without a number of originals is kept in the instructions")
    notes = [row for row in rows if row.is_note]
    for row in notes:
        aside.notes.setdefault(row.group, []).append(row.text)
    if notes:
        source.kept("thanh_phan_ho_so", f"rows that ask for no paper, kept in the instructions: {len(notes)}")
    if counted := [row for row in notes if row.originals or row.copies]:
        source.kept("thanh_phan_ho_so", f"of these with numbers, which are left out: {len(counted)}")
    papers, files, taken = [], dict[str, Plain](), dict.fromkeys(RESERVED_FIELDS, 1)
    for row in rows:
        if not row.is_note:
            papers.append(_paper(row, taken))
            if row.file and FILE_NAME.fullmatch(row.file):
                files.setdefault(row.file, {"file": row.file, "title": _short(papers[-1]["title"])})
    for file in files:
        source.kept("thanh_phan_ho_so", f'the blank form "{file}" is named, but not in the text; upload it')
    return papers, list(files.values())


def _by_group(rows: tuple[PaperRow, ...]) -> list[PaperRow]:
    """The rows with those of no group first, which would seem to belong to the group before them."""
    order = {group: place for place, group in enumerate(dict.fromkeys(["", *(row.group for row in rows)]))}
    return sorted(rows, key=lambda row: order[row.group])


def _paper(row: PaperRow, taken: dict[str, int]) -> Plain:
    title, note = parted(row.text)
    paper: Plain = {"name": _name(title, taken), "title": title}
    paper |= {"note": note} if note else {}
    paper |= {"group": row.group} if row.group else {}
    paper |= {"originals": row.originals, "copies": row.copies}
    return paper | ({"template": row.file} if row.file else {})


def parted(text: str) -> tuple[str, str]:
    """What a paper is, without its bullet, and whatever is said of it after the first sentence."""
    bare = text.lstrip("-+*. \n")
    cut = SENTENCE.search(bare)
    title, note = (bare[: cut.start()], bare[cut.end() :]) if cut else (bare, "")
    if len(title) > TITLE and (place := _place_to_part(title)):
        title, note = title[:place], f"{title[place:].strip()}\n{note}"
    more = MORE if title.endswith(";") and note else ""
    note = note.strip().rstrip(";")
    return one_line(title).rstrip(";:. ") + more, one_line(note) if len(note) <= SHORT_NOTE else markdown(note)


def _place_to_part(title: str) -> int:
    """Where a long title may end: at a semicolon, or before the brackets that close it; 0 where it is one."""
    bracket = CLOSING_BRACKET.search(title) if len(title) <= ONE_SENTENCE else None
    return title.rfind("; ", 0, TITLE) + 1 or (bracket.start() if bracket else 0)


def _short(title: str) -> str:
    """A title without what stands in brackets and after."""
    return re.split(r"\s*[(;,.:]", title, maxsplit=1)[0]


def _name(title: str, taken: dict[str, int]) -> str:
    """A name made of the first words that say something; whole words, and none that is taken."""
    words = [word for word in fold(_short(LEAD.sub("", title))).split() if word.isascii()] or ["giay"]
    name = "" if words[0][0].isalpha() else "giay"
    for word in words:
        if name and len(name) + len(word) >= NAME:
            break
        name = f"{name}_{word[:NAME]}" if name else word[:NAME]
    return _free(name, taken)


def _free(name: str, taken: dict[str, int]) -> str:
    """The name, or with the first number that makes it one of its own; `taken` holds the last number of each."""
    number = taken.get(name, 0) + 1
    while number > 1 and f"{name}_{number}" in taken:
        number += 1
    taken[name] = number
    free = name if number == 1 else f"{name}_{number}"
    taken.setdefault(free, 1)
    return free


def _instructions(source: _Source, aside: _Aside) -> str:
    """The steps, then what has no place of its own, each under its heading."""
    parts = [markdown(source.text("trinh_tu_thuc_hien"))]
    parts += _section("Cách thức thực hiện", _method_words(aside))
    parts += _section("Lưu ý về thành phần hồ sơ", _note_words(aside))
    parts += _section("Về kết quả", [markdown(aside.result)])
    parts += _section("Thông tin khác", [*map(markdown, aside.rest), *_other_words(source)])
    return "\n\n".join(parts) + "\n"


def _section(title: str, parts: Iterable[str]) -> list[str]:
    said = [part for part in parts if part]
    return [f"### {title}", *said] if said else []


def _method_words(aside: _Aside) -> Iterator[str]:
    for text, channels in aside.methods.items():
        yield f"**{', '.join(CHANNEL_TITLES[channel] for channel in channels)}**"
        yield markdown(text)


def _note_words(aside: _Aside) -> Iterator[str]:
    """The notes by their groups, those of none first. They came in no order, so none is put below another."""
    for group, notes in sorted(aside.notes.items(), key=lambda item: item[0] != ""):
        yield f"**{escaped(group)}**" if group else ""
        yield markdown("\n".join(_note(note) for note in notes))


def _note(note: str) -> str:
    bare = note.lstrip("-+*) ")
    return bare if fold(bare[:20]).startswith("luu y") else f"- {bare}"


def _other_words(source: _Source) -> Iterator[str]:
    said = [f"- {title}: {escaped(one_line(source.text(key)))}" for key, title in OFFICE.items() if source.text(key)]
    yield "\n".join(said)
    node = source.node.value
    for key in node if isinstance(node, dict) else ():
        if key not in (*NEEDED, *OTHERS, *OFFICE) and source.text(key):
            source.kept(key, "this key is not known; its text is kept in the instructions")
            yield markdown(source.text(key))
