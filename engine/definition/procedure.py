"""A procedure as one frozen value: what is made in the back office, written in YAML, and published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from engine.calendar import Duration
from engine.format.reading import (
    Node,
    Reading,
    anything,
    described,
    integer,
    key,
    local_text,
    mapping,
    name,
    one_of,
    positive,
    recorded,
    several,
    text,
)
from engine.format.texts import Text
from engine.formulas import Formula
from engine.kinds import Field
from engine.kinds.files import WAYS
from engine.rules import Condition, both
from engine.rules.dependent import dependent_text
from engine.rules.reading import Check, condition, formula

FORMAT = 1
CHANNELS = ("online", "in_person", "post")
PAPERS_STEP = "giay_to"


def duration(node: Node, reading: Reading) -> Duration | None:
    """A duration: exactly one of working_days, working_hours, days, same_day."""
    if not isinstance(node.value, dict):
        reading.fault(node, f"a duration such as {{working_days: 3}} is wanted, not {described(node)}")
        return None
    try:
        return Duration.of(node.plain())
    except ValueError as fault:
        reading.fault(node, str(fault))
        return None


@dataclass(frozen=True, kw_only=True)
class Method:
    """One way to file (cách thức thực hiện); `time` is the due time of a dossier that came this way."""

    channel: str = key(one_of(*CHANNELS), required=True, doc="online, in_person or post.")
    time: Duration | None = key(duration, doc="How long it takes.")
    fee: Text | None = key(local_text, doc="What it costs, in words, where no formula says it.")
    note: Text | None = key(local_text, doc="What else is to know of this way.")


@dataclass(frozen=True, kw_only=True)
class Result:
    """What the citizen gets (kết quả)."""

    title: Text = key(local_text, required=True, doc="Its name.")
    code: str | None = key(text, doc="Its code in the national list.")


@dataclass(frozen=True, kw_only=True)
class LegalText:
    """A legal text the procedure rests on (căn cứ pháp lý)."""

    title: Text = key(local_text, required=True, doc="Its name.")
    number: str | None = key(text, doc="Its number, such as 60/2014/QH13.")
    date: str | None = key(text, doc="Its day.")
    issuer: str | None = key(text, doc="Who issued it.")
    url: str | None = key(text, doc="Where it can be read.")


@dataclass(frozen=True, kw_only=True)
class BlankForm:
    """A blank form to download; the file stands in the folder that bears the procedure's code."""

    file: str = key(text, required=True, doc="The file's name.")
    title: Text = key(local_text, required=True, doc="Its title.")


@dataclass(frozen=True, kw_only=True)
class Paper:
    """A paper of the dossier (thành phần hồ sơ)."""

    name: str = key(name, required=True, doc="Its name, in one namespace with the fields.")
    title: Text = key(local_text, required=True, doc="What it is.")
    hint: Text | None = key(local_text, doc="A line of help.")
    note: Text | None = key(local_text, doc="What else is to know, for the information page.")
    group: Text | None = key(local_text, doc="The heading under which it is listed.")
    originals: int = key(integer, default=0, doc="How many originals.")
    copies: int = key(integer, default=0, doc="How many copies.")
    attach: str = key(one_of("required", "optional", "none"), default="none", doc="Whether it is sent online.")
    accept: tuple[str, ...] = key(several(text), default=("pdf", "jpg", "png"), doc="Kinds of file.")
    max_files: int = key(positive, default=5, doc="How many files at the most.")
    max_mb: int = key(positive, default=10, doc="How large a file may be, in MB.")
    template: str | None = key(text, doc="Its blank form.")
    when: Condition | None = key(condition, doc="It is wanted only when this holds.")
    ways: tuple[str, ...] = key(
        several(one_of(*WAYS)), default=(), named="or",
        doc="How else it may come: in_person, post, on_file.",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class OneOf:
    """Several papers of which at least one is wanted."""

    name: str = key(name, required=True, named="one_of", doc="Its name, in one namespace with the fields.")
    title: Text = key(local_text, required=True, doc="What they show.")
    hint: Text | None = key(local_text, doc="A line of help.")
    when: Condition | None = key(condition, doc="It is wanted only when this holds.")
    papers: tuple[Paper, ...] = key(several(recorded(Paper, 'paper "{}"')), required=True, doc="The papers.")

    @property
    def sent(self) -> tuple[Paper, ...]:
        """Those that may be sent online."""
        return tuple(paper for paper in self.papers if paper.attach != "none")


def paper(node: Node, reading: Reading) -> Paper | OneOf | None:
    """A paper, or several of which one is enough."""
    if node.get("one_of") is None:
        return recorded(Paper, 'paper "{}"')(node, reading)
    whole = recorded(OneOf, 'papers "{}"')(node, reading)
    listed = node.at(["papers"]).value
    silent = {one.at(["name"]).raw for one in (listed if isinstance(listed, list) else ()) if one.get("attach") is None}
    papers = (replace(one, attach="optional") if one.name in silent else one for one in (whole.papers if whole else ()))
    return whole and replace(whole, papers=tuple(papers))


@dataclass(frozen=True, kw_only=True)
class Section:
    """A titled part of a step, without a name of its own; `when` counts for all in it."""

    title: Text = key(dependent_text, required=True, named="section", doc="Its title.")
    hint: Text | None = key(dependent_text, doc="A line of help.")
    when: Condition | None = key(condition, doc="All in it is asked only when this holds.")
    fields: tuple[Field, ...] = key(anything, required=True, default=(), doc="Its fields and uses of blocks.")
    one_of: str = ""  # the name of papers of which one is enough; never written in a file


@dataclass(frozen=True, kw_only=True)
class Step:
    """A page of the form."""

    name: str = key(name, required=True, named="step", doc="Its name, in addresses too.")
    title: Text = key(dependent_text, required=True, doc="Its title.")
    hint: Text | None = key(dependent_text, doc="A line of help.")
    when: Condition | None = key(condition, doc="The step is asked only when this holds.")
    items: tuple[Field | Section, ...] = key(
        anything, required=True, default=(), named="fields", doc="Its fields, sections and uses of blocks."
    )

    def fields(self) -> Iterator[Field]:
        """Its fields in the order of the page, those in sections too."""
        for item in self.items:
            yield from item.fields if isinstance(item, Section) else (item,)


@dataclass(frozen=True, kw_only=True)
class Fee:
    """A fee, by a formula."""

    name: str = key(name, required=True, doc="Its name.")
    title: Text = key(local_text, required=True, doc="Its title.")
    type: str = key(one_of("phi", "le_phi"), default="phi", doc="phi or le_phi.")
    amount: Formula = key(formula, required=True, doc="A formula in đồng; must come out whole.")
    when: Condition | None = key(condition, doc="It is due only when this holds.")
    collected: str = key(
        one_of("on_receipt", "on_supplement", "on_return"), default="on_receipt", doc="When it is paid."
    )


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage inside "Đang xử lý": the unit that holds the dossier, and for how long."""

    stage: str = key(name, required=True, doc="Its name.")
    title: Text = key(local_text, required=True, doc="Its title.")
    unit: str = key(text, required=True, doc="The unit of the agency.")
    time: Duration | None = key(duration, doc="How long it may take.")


@dataclass(frozen=True, kw_only=True)
class Processing:
    """Who handles a dossier."""

    reception: str = key(text, required=True, doc="The unit that receives.")
    answer_within: Duration | None = key(duration, doc="When the first answer is due.")
    stages: tuple[Stage, ...] = key(several(recorded(Stage, 'stage "{}"')), default=(), doc="The stages, in order.")


@dataclass(frozen=True, kw_only=True)
class OfficerField:
    """A field that officers fill, with the stage at which they do; in the file `stage` stands among its keys."""

    field: Field
    stage: str | None = key(text, doc="The stage at which it is filled.")


@dataclass(frozen=True, kw_only=True)
class Supplement:
    """How an incomplete dossier is completed."""

    clock: str = key(one_of("restart", "pause"), default="restart", doc="What becomes of the time.")
    max_requests: int = key(positive, default=1, doc="How often it may be asked for.")
    ask_within: Duration | None = key(duration, doc="Until when the office may ask.")
    citizen_has: Duration | None = key(duration, doc="How long the citizen has.")


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How long a dossier is kept."""

    months: int = key(positive, required=True, doc="Months after its end.")


@dataclass(frozen=True, kw_only=True)
class MailText:
    """An office's own words of a mail."""

    subject: Text | None = key(local_text, doc="The subject.")
    body: Text | None = key(local_text, doc="The text.")


def applicant_names(node: Node, reading: Reading) -> tuple[str, ...] | None:
    """A field's name, or a list of them of which the first that is filled counts."""
    if isinstance(node.value, list):
        return several(text)(node, reading)
    plain = text(node, reading)
    return None if plain is None else (plain,)


@dataclass(frozen=True, kw_only=True)
class Applicant:
    """Which fields say who files."""

    name: tuple[str, ...] = key(applicant_names, required=True, doc="The name.")
    id_number: tuple[str, ...] = key(applicant_names, default=(), doc="The citizen number.")
    phone: tuple[str, ...] = key(applicant_names, default=(), doc="The phone.")
    email: tuple[str, ...] = key(applicant_names, default=(), doc="Where mails go.")
    address: tuple[str, ...] = key(applicant_names, default=(), doc="The address.")

    def names(self) -> tuple[str, ...]:
        """Every field it names."""
        return self.name + self.id_number + self.phone + self.email + self.address


def _members(several_papers: OneOf) -> list[Paper]:
    title = several_papers.title
    return [replace(one, when=both(several_papers.when, one.when), group=title) for one in several_papers.papers]


@dataclass(frozen=True, kw_only=True)
class Procedure:
    """A procedure (thủ tục hành chính), whole and frozen.

    `document` is the plain data as it was written, blocks as uses; `expanded` the same with blocks expanded, as
    a version stores it.
    """

    format: int = key(integer, required=True, doc="The format's number, 1.")
    code: str = key(text, required=True, doc="Mã TTHC, unique.")
    title: Text = key(local_text, required=True, doc="Its name.")
    category: str = key(text, required=True, doc="Lĩnh vực, a value of the catalog `categories`.")
    level: int = key(integer, required=True, doc="1 to 4.")
    partial_reason: Text | None = key(local_text, doc="Why it is only partly online; required at level 3.")
    agencies: tuple[str, ...] = key(several(text), default=(), doc="`kind:…` or `code:…`; all without it.")
    keywords: tuple[str, ...] = key(several(text), default=(), doc="Words by which it is found.")
    summary: Text | None = key(local_text, doc="One paragraph.")
    audience: tuple[Text, ...] = key(several(local_text), default=(), doc="For whom.")
    instructions: Text | None = key(local_text, doc="Trình tự thực hiện, Markdown.")
    conditions: Text | None = key(local_text, doc="Yêu cầu, điều kiện, Markdown.")
    methods: tuple[Method, ...] = key(
        several(recorded(Method, 'method "{}"')), required=True, doc="Cách thức thực hiện."
    )
    results: tuple[Result, ...] = key(several(recorded(Result, 'result "{}"')), default=(), doc="Kết quả.")
    legal_basis: tuple[LegalText, ...] = key(
        several(recorded(LegalText, 'legal text "{}"')), default=(), doc="Căn cứ pháp lý."
    )
    decision: str | None = key(text, doc="The decision that published it.")
    templates: tuple[BlankForm, ...] = key(
        several(recorded(BlankForm, 'template "{}"')), default=(), doc="Blank forms to download."
    )
    papers: tuple[Paper | OneOf, ...] = key(several(paper), default=(), doc="Thành phần hồ sơ.")
    form: tuple[Step, ...] = key(anything, default=(), doc="The online declaration, steps in order.")
    applicant: Applicant | None = key(recorded(Applicant, "applicant"), doc="Who files.")
    checks: tuple[Check, ...] = key(several(recorded(Check, "check")), default=(), doc="Rules across fields.")
    rates: Mapping[str, int] = field(default_factory=dict, metadata=key(mapping(integer), doc="Amounts.").metadata)
    fees: tuple[Fee, ...] = key(several(recorded(Fee, 'fee "{}"')), default=(), doc="Fees by formula.")
    processing: Processing | None = key(recorded(Processing, "processing"), doc="Who handles it.")
    officer_fields: tuple[OfficerField, ...] = key(anything, default=(), doc="Filled by officers.")
    supplement: Supplement | None = key(recorded(Supplement, "supplement"), doc="Completing a dossier.")
    code_format: str = key(text, default="{agency}-{yymmdd}-{counter:4}", doc="The dossier code's pattern.")
    next_steps: Text | None = key(local_text, doc="What comes next; required from level 3 on.")
    mail: Mapping[str, MailText] = field(
        default_factory=dict,
        metadata=key(mapping(recorded(MailText, "mail")), doc="Own words of mails.").metadata,
    )
    retention: Retention | None = key(recorded(Retention, "retention"), doc="How long a dossier is kept.")
    document: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    expanded: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def every_paper(self) -> tuple[Paper, ...]:
        """Its papers, those too of which one is enough, each with the whole condition under which it is wanted."""
        return tuple(one for item in self.papers for one in ([item] if isinstance(item, Paper) else _members(item)))

    @property
    def online(self) -> bool:
        """Whether a citizen can file it here."""
        return self.level >= 3 and bool(self.form)

    def method(self, channel: str) -> Method | None:
        """How it is filed by this channel."""
        return next((method for method in self.methods if method.channel == channel), None)
