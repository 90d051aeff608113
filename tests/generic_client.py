"""Files any procedure over HTTP, knowing only what every page says of itself: the contract's forms.

It reads `data-form`, `data-field`, `data-kind`, `data-required` and the limits beside them, never a definition, and
nothing of the program is imported here. What it fills in is the same each time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from lxml import html
from PIL import Image

Pairs = list[tuple[str, str]]
Files = list[tuple[str, tuple[str, bytes, str]]]
Choice = str | Sequence[str] | Mapping[str, str]
Element = Any  # of lxml, whose stubs know too little of what a path finds

MOST_PAGES = 60
MOST_TRIES = 4  # posts of one step


class Stuck(Exception):
    """The client cannot go on; the message holds the page's address and its own sentences."""


@dataclass(frozen=True)
class Sent:
    """A filed dossier: its two codes, and the steps that were filled on the way."""

    dossier_code: str
    lookup_code: str
    url: str
    steps: tuple[str, ...]


# Pages


@dataclass(frozen=True)
class Asked:
    """One field of a form, as its wrapper describes it; `tries` counts the answers that were refused."""

    name: str
    kind: str
    box: Element
    tries: int = 0

    @property
    def required(self) -> bool:
        """Whether it must be answered where it is relevant."""
        return "data-required" in self.box.attrib

    def said(self, attribute: str) -> str:
        """A `data-…` attribute of the wrapper, or an empty text."""
        return str(self.box.get(f"data-{attribute}") or "")

    @property
    def none_box(self) -> str:
        """The input of the box that says there is none of it, where the page has one."""
        return f"{self.name}-none"

    def inside(self) -> set[str]:
        """The names of all that stands in its wrapper, fields of rows too."""
        return {str(name) for name in self.box.xpath(".//@name | .//@data-field")}

    def named(self, name: str) -> list[Element]:
        """The inputs of this name."""
        return list(self.box.xpath(".//*[@name=$name]", name=name))

    def options(self, name: str) -> list[str]:
        """The values that an input offers, the blank one left out."""
        found: list[str] = []
        for one in self.named(name):
            chosen = one.xpath(".//option/@value") if one.tag == "select" else [one.get("value")]
            found += [str(value) for value in chosen if value]
        return found


def parsed(text: str, url: str) -> Element:
    """A page's elements."""
    return html.document_fromstring(text or "<html></html>", base_url=url)


class Page:
    """An answer of the server, parsed."""

    def __init__(self, response: httpx.Response) -> None:
        self.url = str(response.url)
        self.status = response.status_code
        self.tree = parsed(response.text, self.url)

    @property
    def form(self) -> Element:
        """The form to fill, or nothing."""
        return next(iter(self.tree.xpath("//form[@data-form]")), None)

    @property
    def form_name(self) -> str:
        """`start`, `step`, `review`, `track` or `supplement`; empty where there is nothing to fill."""
        return str(self.form.get("data-form")) if self.form is not None else ""

    def asked(self) -> list[Asked]:
        """The fields of the form, in order."""
        boxes = self.form.xpath(".//*[@data-field]") if self.form is not None else []
        return [Asked(str(box.get("data-field")), str(box.get("data-kind")), box) for box in boxes]

    def errors(self) -> list[tuple[str, str]]:
        """The error summary: each sentence with the address that it links to."""
        links = self.tree.xpath("//*[@data-errors]//a")
        return [(link.text_content().strip(), str(link.get("href") or "")) for link in links]

    def field_at(self, href: str) -> str:
        """The field that a link of the summary leads to, or an empty text where it is not on this page."""
        found = self.tree.xpath("//*[@id=$id]/ancestor-or-self::*[@data-field][1]", id=href.rpartition("#")[2])
        return str(found[0].get("data-field")) if found and urlsplit(href).path in ("", urlsplit(self.url).path) else ""

    def shown(self, attribute: str) -> str:
        """The value of an attribute that one element of the page carries."""
        found = self.tree.xpath(f"//@{attribute}")
        return str(found[0]) if found else ""

    def words(self) -> str:
        """Its text."""
        return " ".join(self.tree.text_content().split())


def typed_so_far(form: Element) -> Pairs:
    """What the form would post as it stands, as a browser posts it without a named button.

    The line feed that opens a text area's content is markup and no text.
    """
    blank = form.xpath(
        ".//input[@name][not(@value)][not(@type) or contains(' text email tel search password ', @type)]"
    )
    pairs = [(name, str(value).removeprefix("\n")) for name, value in form.form_values() if value is not None]
    return pairs + [(str(one.get("name")), "") for one in blank]


# Values


def small_picture() -> bytes:
    """A real PNG."""
    out = BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, format="PNG")
    return out.getvalue()


SMALL_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
FILES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    ".pdf": ("giay-to.pdf", lambda: SMALL_PDF, "application/pdf"),
    ".png": ("giay-to.png", small_picture, "image/png"),
}
WORDS = (
    "Nguyễn Thị Hạnh", "052190001234", "190001234", "12345", "1", "A123456", "ABC-123", "abc",
    "Tổ 1, khu vực 2, đường Trần Hưng Đạo, bên cạnh trụ sở cũ",
)  # fmt: skip
DAY = date(1990, 6, 15)


def words(asked: Asked) -> Pairs:
    """A text of the wanted length and pattern."""
    least, most = int(asked.said("min-length") or 0), int(asked.said("max-length") or 1000)
    fitting = [word if len(word) >= least else (word * least)[: max(least, 1)] for word in WORDS]
    fitting = [word for word in (word[:most].strip() for word in fitting) if matches(asked, word)]
    if not fitting:
        raise Stuck(f"{asked.name}: no word of mine matches {asked.said('pattern')}")
    return [(asked.name, fitting[min(asked.tries, len(fitting) - 1)])]


def matches(asked: Asked, word: str) -> bool:
    """Whether a word is what `data-pattern` wants."""
    pattern = asked.said("pattern")
    return not pattern or re.fullmatch(pattern, word) is not None


def whole(asked: Asked) -> Pairs:
    """The least number that is allowed."""
    return [(asked.name, asked.said("min").partition(".")[0] or asked.said("max").partition(".")[0] or "2")]


def fraction(asked: Asked) -> Pairs:
    """A number between the limits, with a comma as people write it."""
    limits = [asked.said(end) for end in ("min", "max") if asked.said(end)]
    return [(asked.name, (limits[0] if limits else "1.5").replace(".", ","))]


def amount(asked: Asked) -> Pairs:
    """The least amount that is allowed, and something more than nothing where all are."""
    least, most = int(asked.said("min") or 0), int(asked.said("max") or 10**12)
    return [(asked.name, f"{min(max(least, 1_000_000), most):,}".replace(",", "."))]


def clock(asked: Asked) -> Pairs:
    """A time between the limits."""
    return [(asked.name, min(max("09:30", asked.said("min")), asked.said("max") or "23:59"))]


def day(asked: Asked) -> Pairs:
    """A day between the limits; after a refusal the limits themselves, then today."""
    low, high = asked.said("min"), asked.said("max")
    between = max(low, min(DAY.isoformat(), high or "9999"))
    tried = [between, high or date.today().isoformat(), low or DAY.isoformat(), date.today().isoformat()]  # noqa: DTZ011
    stored = tried[min(asked.tries, len(tried) - 1)]
    return [(asked.name, as_typed(stored, asked.said("precision") or "day"))]


def as_typed(stored: str, precision: str) -> str:
    """A stored date as people type it, in the finest of the allowed precisions."""
    length = {"day": 10, "month": 7, "year": 4}[precision.split()[0]]
    return "/".join(reversed(stored[:length].split("-")))


def moment(asked: Asked) -> Pairs:
    """A day and an hour between the limits, of which each is a day or a moment."""
    low, high = asked.said("min"), asked.said("max")
    stored = f"{low[:10] or DAY.isoformat()}T{low[11:16] or '09:30'}"
    if high and stored > high[: len(stored)]:
        stored = f"{high[:10]}T{high[11:16] or '09:30'}"
    return [(asked.name, f"{as_typed(stored[:10], 'day')} {stored[11:]}")]


def of_offered(asked: Asked) -> Pairs:
    """The first that is offered."""
    offered = asked.options(asked.name)
    if not offered:
        raise Stuck(f"{asked.name}: nothing is offered")
    return with_other(asked, [offered[min(asked.tries, len(offered) - 1)]])


def of_several(asked: Asked) -> Pairs:
    """As many as must be chosen."""
    return with_other(asked, asked.options(asked.name)[: int(asked.said("min") or 1)])


def with_other(asked: Asked, chosen: Sequence[str]) -> Pairs:
    """The values, and where one is `other` the free text beside it."""
    more = [(f"{asked.name}-other", "Trường hợp khác")] if "other" in chosen else []
    return [(asked.name, value) for value in chosen] + more


def outermost_first(asked: Asked) -> Pairs:
    """The first that each level offers so far."""
    levels = [(f"{asked.name}-{level}", asked.options(f"{asked.name}-{level}")) for level in range(8)]
    return [(name, offered[0]) for name, offered in levels if offered]


def address(asked: Asked) -> Pairs:
    """The province that stands there or the first one, then the first of its wards, and a street."""
    pairs: Pairs = [(f"{asked.name}-detail", "12 Trần Hưng Đạo")] if asked.named(f"{asked.name}-detail") else []
    for part in ("country", "province", "ward"):
        name = f"{asked.name}-{part}"
        chosen = [value for value in (one.value for one in asked.named(name)) if value] or asked.options(name)
        pairs += [(name, str(chosen[0]))] if chosen else []
    return pairs


def fixed(value: str) -> Callable[[Asked], Pairs]:
    """Always the same; asked twice, given twice."""

    def give(asked: Asked) -> Pairs:
        names = (asked.name, f"{asked.name}-again")
        return [(name, value) for name in names if asked.named(name)]

    return give


def nothing(_asked: Asked) -> Pairs:
    """A page shows what it computes; nobody types it."""
    return []


WAYS: dict[str, Callable[[Asked], Pairs]] = {
    "computed": nothing,
    "text": words,
    "long_text": words,
    "integer": whole,
    "decimal": fraction,
    "money": amount,
    "date": day,
    "time": clock,
    "datetime": moment,
    "email": fixed("nguoi-dan@example.vn"),
    "phone": fixed("0905 123 456"),
    "choice": of_offered,
    "choices": of_several,
    "linked_choice": outermost_first,
    "yes_no": fixed("true"),
    "confirm": fixed("true"),
    "national_id": words,
    "tax_code": fixed("0100109106"),
    "address": address,
    "signature": fixed("Nguyễn Thị Hạnh"),
}


OWN_PART = {"address": "-ward", "linked_choice": "-0"}  # which input says that a field of several is answered


def chosen_pairs(asked: Asked, choice: Choice) -> Pairs:
    """What the caller chose: a value, several, or one for each part of the field (`""` is the field's own input)."""
    if isinstance(choice, str):
        return [(asked.name, choice)] + [(f"{asked.name}-again", choice)] * bool(asked.named(f"{asked.name}-again"))
    if isinstance(choice, Mapping):
        return [(f"{asked.name}-{part}" if part else asked.name, value) for part, value in choice.items()]
    return [(asked.name, value) for value in choice]


def file_for(asked: Asked) -> tuple[str, bytes, str]:
    """A small file of a kind that is taken."""
    taken = asked.named(asked.name)[0].get("accept") or ".pdf"
    for ending, (name, content, media_type) in FILES.items():
        if ending in taken:
            return name, content(), media_type
    raise Stuck(f"{asked.name}: I have no file of {taken}")


# The way through


@dataclass
class Filler:
    """What one post of a form answers: everything required, what was chosen, and what the page complained about."""

    choose: Mapping[str, Choice] = field(default_factory=dict)
    everything: bool = False
    none: bool = False
    way: str = ""
    refused: dict[str, int] = field(default_factory=dict)

    def post(self, page: Page) -> tuple[Pairs, Files]:
        """What to post to a page's form."""
        assert page.form is not None
        pairs, files = typed_so_far(page.form), Files()
        passed: set[str] = set()
        for asked in page.asked():
            if asked.name in passed:
                continue
            if self.none and asked.named(asked.none_box):
                inside = asked.inside()
                passed |= inside
                pairs = [pair for pair in pairs if pair[0] not in inside] + [(asked.none_box, "true")]
            elif asked.kind == "group":
                self._rows(asked)
            elif asked.kind == "file":
                pairs, files = self._paper(asked, pairs, files)
            elif answer := self._answer(asked, pairs):
                ours = {name for name, _ in answer}
                pairs = [pair for pair in pairs if pair[0] not in ours] + answer
        return pairs, files

    def _rows(self, asked: Asked) -> None:
        """A table that was refused as a whole wants something in each row that the page shows."""
        if asked.name in self.refused:
            for name in asked.box.xpath(".//*[@data-field]/@data-field"):
                self.refused.setdefault(str(name), 1)

    def _answer(self, asked: Asked, pairs: Pairs) -> Pairs:
        if asked.name in self.choose:
            return chosen_pairs(asked, self.choose[asked.name])
        refused = self.refused.get(asked.name, 0)
        own = asked.name + OWN_PART.get(asked.kind, "")
        stands = any(name == own and value for name, value in pairs)
        if not refused and (stands or not (asked.required or self.everything)):
            return []
        tries = refused - 1 if refused and stands else 0
        return WAYS[asked.kind](Asked(asked.name, asked.kind, asked.box, tries))

    def _paper(self, asked: Asked, pairs: Pairs, files: Files) -> tuple[Pairs, Files]:
        """A file; where the page offers the wanted way for it to come otherwise, that way, with a number if asked."""
        wanted = asked.required or self.everything or asked.name in self.refused or asked.name in self.choose
        if not wanted or asked.named(f"{asked.name}-keep"):
            return pairs, files
        if self.way not in asked.options(f"{asked.name}-way"):
            return pairs, [*files, (asked.name, file_for(asked))]
        said = {f"{asked.name}-way": self.way, f"{asked.name}-number": "12/2020"}
        return [pair for pair in pairs if pair[0] not in said] + [*said.items()], files

    def heed(self, page: Page) -> None:
        """Takes the page's complaints; raises Stuck where one is about another page."""
        for sentence, href in page.errors():
            name = page.field_at(href)
            if not name:
                raise Stuck(f"{page.url}: {sentence}")
            self.refused[name] = self.refused.get(name, 0) + 1


class GenericClient:
    """A citizen made of nothing but HTTP: cookies, pages, forms.

    `choose` answers fields by name, whatever the page suggests; `everything` fills optional fields too; `none` ticks
    every box that says there is none of it; papers come by `way` (`in_person`, `post`, `on_file`) where it is offered.
    """

    def __init__(
        self,
        http: httpx.Client,
        *,
        choose: Mapping[str, Choice] | None = None,
        everything: bool = False,
        none: bool = False,
        way: str = "",
    ) -> None:
        self.http = http
        self.choose = choose or {}
        self.everything = everything
        self.none = none
        self.way = way
        self.steps: list[str] = []

    def get(self, url: str) -> Page:
        """A page, wherever the address leads."""
        return self._followed(self.http.get(url))

    def submit(self, page: Page, pairs: Pairs, files: Files | None = None, *, url: str = "") -> httpx.Response:
        """Posts a form as it stands; the answer, not followed."""
        target = url or urljoin(page.url, str(page.form.get("action") or "") if page.form is not None else "")
        data: dict[str, list[str]] = {}
        for name, value in pairs:
            data.setdefault(name, []).append(value)
        return self.http.post(target, data=data, files=files or None)

    def file(self, code: str) -> Sent:
        """The whole way of one procedure. Raises Stuck."""
        page = self.to_review(code)
        page = self.fill(page, {"consent": "true"})
        dossier, lookup = page.shown("data-dossier-code"), page.shown("data-lookup-code")
        if not dossier:
            raise Stuck(f"{page.url}: no dossier code on the page")
        return Sent(dossier, lookup, page.url, tuple(self.steps))

    def to_review(self, code: str) -> Page:
        """A draft of the procedure, filled up to its review page."""
        return self.walk(self.fill(self.get(f"/nop-ho-so/{code}")), "review")

    def walk(self, page: Page, until: str) -> Page:
        """Fills step after step until a form (`review`) or a step of this name is reached."""
        self.steps = []
        for _ in range(MOST_PAGES):
            if page.form_name == until or step_of(page.url) == until:
                return page
            if page.form_name != "step":
                break
            self.steps.append(step_of(page.url))
            page = self.fill(page)
        raise Stuck(f"{page.url} ({page.status}): {page.words()[:300]}")

    def fill(self, page: Page, more: Mapping[str, Choice] | None = None) -> Page:
        """Posts a page's form until it is taken; the page that follows."""
        filler = Filler({**self.choose, **(more or {})}, self.everything, self.none, self.way)
        for _ in range(MOST_TRIES):
            pairs, files = filler.post(page)
            response = self.submit(page, pairs, files)
            if response.status_code != httpx.codes.UNPROCESSABLE_ENTITY:
                return self._followed(response)
            page = Page(response)
            filler.heed(page)
        raise Stuck(f"{page.url}: {page.errors()}")

    def press(self, page: Page, action: str, more: Mapping[str, Choice] | None = None) -> Page:
        """Presses a button such as `add:xe` with what stands on the page and `more`; the page that comes."""
        filled = {name: value for name, value in (more or {}).items() if isinstance(value, str)}
        pairs = [(name, filled.pop(name, value)) for name, value in typed_so_far(page.form)]
        return Page(self.submit(page, [*pairs, *filled.items(), ("_action", action)]))

    def track(self, dossier_code: str, lookup_code: str = "") -> Page:
        """The tracking page of a dossier; with its lookup code the dossier itself."""
        page = self.get("/tra-cuu")
        assert page.form is not None
        answers = {"ma_ho_so": dossier_code, "ma_tra_cuu": lookup_code}
        pairs = [(name, answers.get(name, value)) for name, value in typed_so_far(page.form)]
        return self._followed(self.submit(page, pairs))

    def _followed(self, response: httpx.Response) -> Page:
        while response.status_code == httpx.codes.SEE_OTHER:
            response = self.http.get(urljoin(str(response.url), response.headers["Location"]))
        return Page(response)


def step_of(url: str) -> str:
    """The last part of an address's path: a step's name."""
    return urlsplit(url).path.rpartition("/")[2]
