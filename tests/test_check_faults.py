"""One tiny definition for each slip: exactly what is said of it, at its line, and nothing that merely follows."""

from __future__ import annotations

import pytest

from engine.definition.library import Library
from engine.definition.loading import load_text
from engine.platform.settings import ROOT

SHIPPED = Library.folder(ROOT / "definitions")
TINY = """format: 1
code: "9.1"
title: T
category: ho-tich
level: 3
partial_reason: R
methods: [{channel: online, time: {working_days: 3}}]
processing: {reception: mot-cua}
next_steps: N
applicant: {name: ten, email: thu}
form:
  - step: mot
    title: Một
    fields:
      - {name: ten, kind: text, label: Tên, required: true}
      - {name: thu, kind: email, label: Thư, required: true}
      - {name: loai, kind: choice, label: Loại, choices: {a: A, b: B}}
      - {name: co, kind: yes_no, label: Có}
      - {name: so, kind: integer, label: Số, min: 1, max: 9}
      - {name: ngay, kind: date, label: Ngày}
      - {name: nhieu, kind: choices, label: Nhiều, choices: {a: A, b: B}}
      - {name: noi, kind: address, label: Nơi}
"""
END = TINY.count("\n") + 1  # the line of what is put at the end


def told(text: str) -> list[tuple[int, str]]:
    """The line of each fault, and what is said."""
    _, faults = load_text(text, "a.yaml", SHIPPED)
    return [(fault.line, str(fault).partition(": ")[2]) for fault in faults]


def at_the_end(*said: str) -> list[tuple[int, str]]:
    return [(END, one) for one in said]


def test_the_tiny_definition_has_no_fault() -> None:
    assert told(TINY) == []


FIELDS = [
    # limits that leave nothing between them
    ('kind: date, min: "2026-02-01", max: "2026-01-01"', '"min" is 2026-02-01 and "max" only 2026-01-01'),
    ('kind: date, min: "2026", max: "2025-12"', '"min" is 2026 and "max" only 2025-12'),
    (
        "kind: date, min: {today: {days: 1}}, max: today",
        '"min" is after "max": on 15/01/2026 16/01/2026 and 15/01/2026',
    ),
    (
        "kind: date, min: {today: {years: -1}}, max: {today: {months: -13}}",
        '"min" is after "max": on 15/01/2026 15/01/2025 and 15/12/2024',
    ),
    ("kind: text, min_length: 5, max_length: 3", '"min_length" is 5 and "max_length" only 3'),
    ("kind: text, min_length: 5000", '"min_length" is 5000, but without "max_length" 1000 are the most'),
    ("kind: integer, min: 5, max: 1, default: 3", '"min" is 5 and "max" only 1'),
    (
        "kind: integer, max: 99999999999999999",
        '"max" is 99999999999999999, but numbers go from -1000000000000000 to 1000000000000000',
    ),
    ("kind: choices, choices: {a: A, b: B}, min: 2, max: 1", '"min" is 2 and "max" only 1'),
    ("kind: choices, choices: {a: A, b: B}, min: 3", '"min" is 3, but there are only 2 choices'),
    ("kind: choices, catalog: giay_to, min: 300", '"min" is 300, but there are only 5 choices'),
    ("kind: long_text, rows: 0", "a number of at least 1 is wanted, not 0"),
    # defaults that the field itself would refuse
    ("kind: integer, min: 1, max: 5, default: 9", "the default 9 would be refused: enter 5 or less"),
    ("kind: integer, min: 1, default: -2", "the default -2 would be refused: enter 1 or more"),
    (
        "kind: text, max_length: 3, default: abcd",
        'the default "abcd" would be refused: write at most 3 characters, not 4',
    ),
    (
        'kind: text, pattern: "[0-9]+", default: abc',
        'the default "abc" would be refused: write it in the required format',
    ),
    (
        'kind: date, max: "2020", default: "2021-01-01"',
        'the default "2021-01-01" would be refused: enter 2020 or an earlier date',
    ),
    (
        "kind: date, max: {today: {years: -18}}, default: today",
        'the default "today" would be refused: enter 15/01/2008 or an earlier date',
    ),
    (
        'kind: date, default: "2021"',
        'the default "2021" would be refused: enter the date as day/month/year, such as 24/11/2026',
    ),
    (
        'kind: national_id, default: "12"',
        'the default "12" would be refused: enter the 12 digits on your identity card',
    ),
    ("kind: choices, choices: {a: A, b: B}, max: 1, default: [a, b]", "the default would be refused: choose at most 1"),
    ("kind: choices, choices: {a: A, b: B}, default: [a, a]", f'the choice "a" stands twice, first in line {END}'),
    ("kind: choice, choices: {a: A, b: B}, default: c", '"c" is no choice'),
    ("kind: yes_no, default: có", 'the default is true or false, not "có"'),
    ("kind: file, default: x", "the kind file takes no default of this sort"),
    # choices
    ("kind: choice, choices: {}", "there is nothing to choose from"),
    ("kind: choice, choices: []", "there is nothing to choose from"),
    ("kind: choice", '"choices" or "catalog" is missing'),
    ("kind: choice, choices: [{value: a, label: A}, {value: a, label: B}]", 'the choice "a" stands twice'),
    (
        "kind: choice, choices: [{value: other, label: A}, {value: a, label: B}]",
        'the choice "other" is reserved; write other: true',
    ),
    ("kind: choice, catalog: dan_toc, choices: {a: A}", '"choices" and "catalog" stand together; one is enough'),
    ("kind: choice, catalog: dan_to", 'unknown catalog "dan_to"; did you mean "dan_toc"?'),
    (
        "kind: choice, choices: [{value: a, label: A, when: {field: loi, is: a}}, {value: b, label: B}]",
        'unknown name "loi"; did you mean "loai"?',
    ),
    # kinds and options
    ("kind: dte", 'unknown kind "dte"; did you mean "date"?'),
    ("kind: text, max_lenght: 3", 'unknown key "max_lenght"; did you mean "max_length"?'),
    ("kind: text, width: xl", 'unknown value "xl"; did you mean "l"? (known: xs, s, m, l)'),
    ("kind: date, partial: year, precision: month", '"precision" and "partial" stand together; one is enough'),
    ("kind: date, precision: []", "one or more of day, month, year are wanted, not an empty list"),
    ("kind: file, accept: []", '"accept" is empty; known: pdf, jpg, png, docx, xlsx'),
    # conditions
    (
        "kind: text, when: {field: co, at_least: 1}",
        ('operator "at_least" does not fit "co" (yes_no); those that fit: empty, filled, in, is, is_not, not_in'),
    ),
    ("kind: text, when: {field: loai, is: c}", '"c" is no choice of "loai"'),
    ("kind: text, when: {field: nhieu, contains_all: [a, z]}", '"z" is no choice of "nhieu"'),
    ("kind: text, when: {field: loai, in: []}", '"in" wants a list of one value or more, not nothing'),
    ("kind: text, when: {field: sso, at_least: 1}", 'unknown name "sso"; did you mean "so"?'),
    ("kind: text, when: {field: moi, filled: true}", '"moi" is asked by its own condition'),
    (
        "kind: text, when: {field: so, at_least: 1, at_most: 2}",
        'exactly one operator is wanted, not "at_least", "at_most"',
    ),
    ("kind: text, when: {field: so}", '"so" stands without an operator'),
    ("kind: text, when: {field: so, empty: false}", '"empty" takes true, not false; write "filled: true"'),
    ("kind: text, when: {field: ngay, is: 5}", '"ngay" (date) is compared with a date such as "2026-01-31", not 5'),
    (
        "kind: text, when: {field: noi.war, is: x}",
        'unknown part "war" of "noi"; did you mean "ward"? (known: province, ward, country)',
    ),
    ("kind: text, when: [a]", "a condition such as {field: name, is: value} is wanted, not a list"),
    # texts
    ('kind: text, hint: ""', "the text is empty; write it, or leave the key out"),
    ("kind: text, hint: {en: A}", '"vi" is missing'),
    ('kind: text, hint: "Ghi {tenn}"', 'unknown name "tenn"; did you mean "ten"?'),
]


@pytest.mark.parametrize(("field", "what"), FIELDS, ids=[field[:60] for field, _ in FIELDS])
def test_a_slip_in_a_field_is_told_once(field: str, what: str) -> None:
    text = f"{TINY}      - {{name: moi, label: Mới, {field}}}\n"
    assert told(text) == at_the_end(f'step "mot", field "moi": {what}')


WARNED_FIELDS = [
    ("kind: text, pattern_hint: Chữ", '"pattern_hint" has no effect without "pattern"'),
    (
        "kind: text, when: {all: [{field: loai, is: a}, {field: loai, is: b}]}",
        "its conditions can never hold, so it is never asked",
    ),
    ("kind: text, when: {field: so, more_than: 9}", "its conditions can never hold, so it is never asked"),
    ("kind: text, when: {field: so, less_than: 1}", "its conditions can never hold, so it is never asked"),
    (
        'kind: text, when: {all: [{field: ngay, before: "2020"}, {field: ngay, after: "2021"}]}',
        "its conditions can never hold, so it is never asked",
    ),
    (
        "kind: text, required: true, when: {all: [{field: co, is: true}, {field: co, is: false}]}",
        "its conditions can never hold, so it is never asked",
    ),
    (
        "kind: text, when: {any: [{field: loai, is: a}, {field: loai, is_not: a}, {field: loai, empty: true}]}",
        "its condition always holds; leave it out",
    ),
    (
        (
            "kind: choice, choices: [{value: b, label: B}, "
            "{value: a, label: A, when: {all: [{field: loai, is: a}, {field: loai, is: b}]}}]"
        ),
        'the choice "a": its conditions can never hold, so it is never offered',
    ),
    ("kind: text, when: {field: noi.province, is: zz}", 'no administrative unit has the code "zz"'),
]


@pytest.mark.parametrize(("field", "what"), WARNED_FIELDS, ids=[field[:60] for field, _ in WARNED_FIELDS])
def test_what_is_likely_wrong_in_a_field_is_warned_of_once(field: str, what: str) -> None:
    text = f"{TINY}      - {{name: moi, label: Mới, {field}}}\n"
    assert told(text) == at_the_end(f'step "mot", field "moi": warning: {what}')


NO_CLAIM = [
    "kind: text, when: {field: so, less_than: 100}",  # an answer that is missing does not hold
    "kind: text, when: {field: so, at_least: 9}",
    "kind: text, when: {field: nhieu, count: {at_least: 5}}",
    "kind: text, when: {all: [{field: ngay, on_or_before: today}, {field: ngay, after: {today: {days: -1}}}]}",
    "kind: date, min: {today: {days: -30}}, max: {today: {months: -1}}",  # of a day in March it leaves something
    'kind: date, min: "2020", max: today',
    'kind: date, min: "2026-06", max: "2026"',
    'kind: date, min: today, default: "2021-01-01"',
    "kind: choices, choices: {a: A, b: B}, max: 5",
    "kind: confirm, default: false",
    "kind: text, default: {field: ten}",
]


@pytest.mark.parametrize("field", NO_CLAIM)
def test_what_is_not_certain_is_not_claimed(field: str) -> None:
    assert told(f"{TINY}      - {{name: moi, label: Mới, {field}}}\n") == []


NEVER = "{all: [{field: loai, is: a}, {field: loai, is: b}]}"
SECTIONS = [
    ("{section: S, fields: []}", ['section "S": "fields" is empty; name what is asked or said here, or take it out']),
    ("{section: S, fields: }", ['section "S": "fields" is missing']),
    ("{section: S}", ['section "S": "fields" is missing']),
    (
        f"{{section: S, when: {NEVER}, fields: [{{name: x, kind: text, label: X, required: true}}]}}",
        ['section "S": warning: its conditions can never hold, so nothing in it is asked'],
    ),
    (
        (
            "{section: S, when: {field: so, at_least: 3}, fields: "
            "[{name: x, kind: text, label: X, when: {field: so, at_least: 2}}]}"
        ),
        ['field "x": warning: its condition always holds; leave it out'],
    ),
    (
        (
            "{section: S, when: {field: so, at_least: 3}, fields: "
            "[{name: x, kind: text, label: X, when: {field: so, at_least: 4}}]}"
        ),
        [],
    ),
    ("{kind: note}", ['warning: the note says nothing: it has neither "label" nor "text"']),
    ("{kind: note, text: T, required: true}", ['warning: the kind note asks nothing, so "required" has no effect']),
    ("{kind: heading, text: T, default: 1}", ['warning: the kind heading asks nothing, so "default" has no effect']),
    ("abc", ['a mapping of keys is wanted, not "abc"']),
    ("[a]", ["a mapping of keys is wanted, not a list"]),
    ("{name: ten, kind: yes_no, label: X}", ['field "ten": the name "ten" stands twice, first in line 15']),
    ("{name: all, kind: yes_no, label: X}", ['field "all": the name "all" is reserved']),
]


@pytest.mark.parametrize(("item", "said"), SECTIONS)
def test_a_slip_in_a_step_is_told_once(item: str, said: list[str]) -> None:
    places = [('step "mot": ' if one.startswith(("warning", "a mapping")) else 'step "mot", ') + one for one in said]
    assert told(f"{TINY}      - {item}\n") == at_the_end(*places)


STEPS = [
    (
        "{step: hai, title: H, fields: []}",
        ['step "hai": "fields" is empty; name what is asked or said here, or take it out'],
    ),
    (
        "{step: mot, title: H, fields: [{kind: note, text: N}]}",
        ['step "mot": the name "mot" stands twice, first in line 12'],
    ),
    ("{step: gui, title: H, fields: [{kind: note, text: N}]}", ['step "gui": the step\'s name "gui" is reserved']),
    ("{title: H, fields: [{kind: note, text: N}]}", ['step "": "step" is missing']),
    ("abc", ['step "abc": a mapping of keys is wanted, not "abc"']),
    (
        (
            f"{{step: hai, title: H, when: {NEVER}, fields: "
            f"[{{section: S, when: {NEVER}, fields: [{{kind: note, text: N}}]}}]}}"
        ),
        ['step "hai": warning: its conditions can never hold, so nothing in it is asked'],
    ),
]


@pytest.mark.parametrize(("step", "said"), STEPS)
def test_a_slip_in_the_form_is_told_once(step: str, said: list[str]) -> None:
    assert told(f"{TINY}  - {step}\n") == at_the_end(*said)


OFFICER = "officer_fields: [{name: x, kind: integer, label: X}]"
PAPER = "papers: [{name: gt, title: G}]"
PARTS = [
    # fees and rates
    ("fees: [{name: p, title: P, amount: ten}]", ['fee "p": "ten" gives no whole amount in đồng (text)']),
    ("fees: [{name: p, title: P, amount: so > 1}]", ['fee "p": "so > 1" gives no whole amount in đồng (boolean)']),
    ("fees: [{name: p, title: P, amount: nhieu}]", ['fee "p": "nhieu" gives no whole amount in đồng (list)']),
    (
        "fees: [{name: p, title: P, amount: so / 2}]",
        ['fee "p": "so / 2" gives no whole amount in đồng (decimal); round it, or divide by //'],
    ),
    ("fees: [{name: p, title: P, amount: ngay + 1}]", ['fee "p": formula: "+" wants a number, not "ngay" (a date)']),
    ("fees: [{name: p, title: P, amount: so // 0}]", ['fee "p": formula: "//" by 0 never gives anything']),
    ("fees: [{name: p, title: P, amount: -5}]", ['fee "p": an amount is at least 0, not -5']),
    ("fees: [{name: p, title: P, amount: 3 - 8}]", ['fee "p": an amount is at least 0, not -5']),
    ("fees: [{name: p, title: P, amount: sso * 2}]", ['fee "p": unknown name "sso"; did you mean "so"?']),
    (
        "fees: [{name: p, title: P, amount: \"if(loai == 'c', 1, 2)\"}]",
        ['fee "p": "c" is no choice of "loai"'],
    ),
    ("fees: [{name: p, title: P}]", ['fee "p": "amount" is missing']),
    (
        "fees: [{name: p, title: P, amount: 1}, {name: p, title: P, amount: 1}]",
        ['fees: the name "p" stands twice, first in line 23'],
    ),
    (
        f"fees: [{{name: p, title: P, amount: 5, when: {NEVER}}}]",
        ['fee "p": warning: its conditions can never hold, so it is never due'],
    ),
    ("rates: {x: 5}", ['rate "x": warning: no formula uses this amount']),
    ("rates: {x: 5}\nfees: [{name: p, title: P, amount: x}]", []),
    ("rates: {x: -5}\nfees: [{name: p, title: P, amount: x}]", ['rate "x": an amount is at least 0, not -5']),
    (
        "rates: {x: 99999999999999999}\nfees: [{name: p, title: P, amount: x}]",
        ['rate "x": an amount is 1000000000000 at the most, not 99999999999999999'],
    ),
    ("rates: {x: a}\nfees: [{name: p, title: P, amount: x}]", ['a whole number is wanted, not "a"']),
    (
        "rates: {today: 5}\nfees: [{name: p, title: P, amount: today}]",
        ['rate "today": the name "today" has a meaning of its own in formulas'],
    ),
    ("rates: {sum: 5}", ['rate "sum": the name "sum" has a meaning of its own in formulas']),
    ("rates: {so: 5}", ['rate "so": the name "so" is a field already']),
    # checks
    (
        "checks: [{rule: {formula: so + 1}, message: M}]",
        ['check: "so + 1" gives integer, but a rule must come out true or false'],
    ),
    (
        "checks: [{rule: {formula: ngay + 1 > 5}, message: M}]",
        ['check: formula: "+" wants a number, not "ngay" (a date)'],
    ),
    ("checks: [{rule: {formula: \"loai == 'c'\"}, message: M}]", ['check: "c" is no choice of "loai"']),
    (
        "checks: [{rule: {field: so, at_least: 2}, message: M, at: soo}]",
        ['check: unknown name "soo"; did you mean "so"?'],
    ),
    (
        f"checks: [{{rule: {NEVER}, message: M, at: loai}}]",
        ["check: warning: the rule can never hold, so no answer passes it"],
    ),
    (
        "checks: [{rule: {field: so, at_most: 100}, message: M, at: so}]",
        ["check: warning: the rule always holds, so it says nothing"],
    ),
    (
        "checks: [{rule: {field: co, in: [true, false]}, message: M, at: co}]",
        ["check: warning: the rule always holds, so it says nothing"],
    ),
    ("checks: [{rule: {field: co, is: true}, message: M, at: co}]", []),
    ("checks: [{rule: {any: [{field: co, filled: true}, {field: so, filled: true}]}, message: M, at: co}]", []),
    (
        'checks: [{rule: {formula: "1 == 1"}, message: M}]',
        ["check: warning: the rule names no answer, so it always comes out the same"],
    ),
    # papers
    (
        "papers: [{name: gt, title: G}, {name: gt, title: G}]",
        ['paper "gt": the name "gt" stands twice, first in line 23'],
    ),
    (
        "papers: [{name: gt, title: G, attach: optional, when: {field: gt, filled: true}}]",
        ['paper "gt": "gt" is asked by its own condition'],
    ),
    (
        "papers: [{name: gt, title: G, attach: optional, when: {field: gx, filled: true}}]",
        ['paper "gt": unknown name "gx"; did you mean "gt"?'],
    ),
    (
        f"papers: [{{name: gt, title: G, attach: required, when: {NEVER}}}]",
        ['paper "gt": warning: its conditions can never hold, so it is never wanted'],
    ),
    ("papers: [{name: gt, title: G, accept: []}]", ['paper "gt": "accept" is empty; known: pdf, jpg, png, docx, xlsx']),
    ("papers: [{name: gt, title: G, max_files: 0}]", ['paper "gt": a number of at least 1 is wanted, not 0']),
    ("papers: [{name: gt, title: G, template: a.docx}]", ['paper "gt": "a.docx" is none of the "templates"']),
    # the office
    ("officer_fields: [{name: x, kind: text, label: X, stage: z}]", ['officer_fields, field "x": unknown stage "z"']),
    ("retention: {months: 0}", ["retention: a number of at least 1 is wanted, not 0"]),
    (
        "retention: {months: 100000}",
        ["retention: a dossier is kept 1200 months at the most, not 100000; leave retention out to keep it"],
    ),
    ('code_format: "{agency}"', ["code_format: {counter} is missing"]),
    (f'code_format: "{{counter}}{"x" * 50}"', ["code_format: the pattern has 40 characters at the most, not 59"]),
    ('agencies: ["code:H99"]', ['unknown agency "H99"']),
    ('agencies: ["kind:phuong", "kind:phuong"]', ['the agency "kind:phuong" stands twice, first in line 23']),
    ("agencies: []", ['warning: "agencies" is empty, so every agency handles it; leave the key out to say so']),
    ("supplement: {clock: stop}", ['supplement: unknown value "stop" (known: restart, pause)']),
    ("supplement: {ask_within: {working_days: 9}, citizen_has: {days: 30}}", []),
    (
        "legal_basis: [{title: L, url: 'javascript:alert(1)'}]",
        ['legal text "L": "javascript:alert(1)" is no address of the web: https://… is wanted'],
    ),
    ("titel: x", ['unknown key "titel"; did you mean "title"?']),
]  # fmt: skip


@pytest.mark.parametrize(("part", "said"), PARTS, ids=[part[:70] for part, _ in PARTS])
def test_a_slip_in_a_part_is_told_once(part: str, said: list[str]) -> None:
    assert [what for _, what in told(f"{TINY}{part}\n")] == said


TWO_PARTS = [
    (
        OFFICER, "fees: [{name: p, title: P, amount: x * 2}]",
        'fee "p": "x" is filled by officers; a citizen\'s form cannot ask it',
    ),
    (
        PAPER, "fees: [{name: p, title: P, amount: gt}]",
        'fee "p": the paper "gt" is not sent online, so nothing can ask it',
    ),
    (
        PAPER,
        "checks: [{rule: {field: so, at_least: 2}, message: M, at: gt}]",
        'check: the paper "gt" is not sent online, so nothing can be shown at it',
    ),
    (
        "      - {name: nn, kind: note, text: X}",
        "checks: [{rule: {field: so, at_least: 2}, message: M, at: nn}]",
        'check: "nn" asks nothing; name the field at which the sentence is shown',
    ),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "what"), TWO_PARTS)
def test_what_cannot_be_referred_to_is_told_where_it_is(first: str, second: str, what: str) -> None:
    assert told(f"{TINY}{first}\n{second}\n") == [(END + 1, what)]


STAGE = "{stage: a, title: A, unit: tu-phap, time: {working_days: 1}}"
HEADS = [
    (
        ", email: thu", "",
        [(10, 'applicant: warning: "email" is missing, so nobody is told by mail what becomes of the dossier')],
    ),
    ("email: thu", "email: []", [(10, 'applicant: "email" is an empty list; name a field, or leave it out')]),
    ("email: thu", "email: [thu, thu]", [(10, 'applicant: the field "thu" stands twice, first in line 10')]),
    ("email: thu", "mail: thu", [(10, 'applicant: unknown key "mail"; did you mean "email"?')]),
    ("email: thu", "email: ten", [(10, 'applicant: "ten" is of the kind text, but "email" needs email')]),
    (
        "email: thu", "email: thu, id_number: noi",
        [(10, 'applicant: "noi" is of the kind address, but "id_number" needs national_id')],
    ),
    (
        "{name: ten, email", "{name: so, email",
        [(10, 'applicant: warning: "so" is of the kind integer, which is no name as a rule')],
    ),
    (
        "[{channel: online, time: {working_days: 3}}]", "[]",
        [(7, '"methods" is empty; at least one way to file is wanted')],
    ),
    (
        "working_days: 3",
        "working_days: 0",
        [(7, 'method "online": working_days: a whole number from 1 to 3650 is wanted, not 0')],
    ),
    ("reception: mot-cua", "reception: mot-cu", [(8, 'processing: unknown unit "mot-cu"; did you mean "mot-cua"?')]),
    (
        "mot-cua",
        "mot-cua, stages: [{stage: a, title: A, time: {working_days: 1}}]",
        [(8, 'processing, stage "a": "unit" is missing')],
    ),
    (
        "mot-cua",
        "mot-cua, stages: [{stage: a, title: A, unit: tu-phap}]",
        [(8, 'stage "a": warning: the stage has no time, so it is never late')],
    ),
    (
        "mot-cua",
        "mot-cua, stages: [{stage: a, title: A, unit: tu-phap, time: }]",
        [(8, 'stage "a": warning: the stage has no time, so it is never late')],
    ),
    (
        "mot-cua",
        "mot-cua, stages: [{stage: a, title: A, unit: tu-phap, tme: {days: 1}}]",
        [(8, 'processing, stage "a": unknown key "tme"; did you mean "time"?')],
    ),
    ("mot-cua", f"mot-cua, stages: [{STAGE}, {STAGE}]", [(8, 'stages: the name "a" stands twice, first in line 8')]),
    (
        "mot-cua",
        f"mot-cua, stages: [{STAGE.replace('1', '4')}]",
        [(8, 'processing: warning: the stages take 32 working hours, the method "online" has 24')],
    ),
    (
        "mot-cua",
        "mot-cua, answer_within: {working_days: 9}",
        [(8, 'processing: warning: the first answer takes 72 working hours, the method "online" has 24')],
    ),
    ("level: 3", "level: 4", [(5, "level 4 needs a way to pay online, which is not supported yet")]),
    ("level: 3", "level: 2", [(5, 'warning: level 2 promises blank forms to download, but there are no "templates"')]),
    ("partial_reason: R\n", "", [(1, '"partial_reason" is missing; level 3 needs it')]),
    ("title: T\n", 'title: ""\n', [(3, "the text is empty; write it, or leave the key out")]),
    ("next_steps: N", 'next_steps: {vi: N, en: " "}', [(9, "the text is empty; write it, or leave the key out")]),
    ("label: Tên,", 'label: "",', [(15, 'step "mot", field "ten": the text is empty; write it, or leave the key out')]),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), HEADS, ids=[new[:70] for _, new, _ in HEADS])
def test_a_slip_in_what_is_published_is_told_once(old: str, new: str, said: list[tuple[int, str]]) -> None:
    assert TINY.count(old) == 1
    assert told(TINY.replace(old, new)) == said


FOLLOWED = [
    (", choices: {a: A, b: B}", "", '"choices" or "catalog" is missing'),
    ("{name: so, kind", "{name: So, kind", '"So" is no name: small letters, digits and _ are wanted, a letter first'),
    ("kind: group", "kind: groop", 'unknown kind "groop"; did you mean "group"?'),
    ("        fields: [{name: cot, kind: integer, label: Cột}]\n", "", '"fields" is missing'),
    ("{stage: xet, ", "{stagee: xet, ", 'unknown key "stagee"; did you mean "stage"?'),
    ("{counter}", "{conter}", "(known: agency, yyyy, yy, mm, dd, yymmdd, counter)"),
    ('"[a-z]+"', '"[a-z"', '"[a-z" is no pattern: missing ]: [a-z'),
    ("{field: bang, any_row", "{field: so, any_row", "is, is_not, less_than, more_than, not_in"),
    ("before: today}", "before: 2000}", 'today or a field, not 2000; write "2000" in quotes'),
]
STAGED = "processing: {reception: mot-cua, stages: [{stage: xet, title: X, unit: lanh-dao, time: {working_hours: 1}}]}"
LONG = TINY.replace("processing: {reception: mot-cua}", STAGED)
LONG += """      - name: bang
        kind: group
        label: Bảng
        row_title: "{cot}"
        fields: [{name: cot, kind: integer, label: Cột}]
      - {name: ma, kind: text, label: Mã, pattern: "[a-z]+", pattern_hint: Chữ, when: {field: loai, is: a}}
      - {name: tinh, kind: computed, label: Tính, formula: so + 1}
officer_fields: [{name: vao_so, kind: text, label: Vào sổ, stage: xet}]
code_format: "{agency}-{counter}"
checks:
  - {rule: {field: bang, any_row: {field: cot, more_than: 2}}, message: M}
  - {rule: {field: ngay, before: today}, at: ngay, message: M}
  - {rule: {field: so, at_most: 5}, at: so, message: M}
fees: [{name: phi, title: Phí, type: phi, amount: so * 1000}]
"""


@pytest.mark.parametrize(("old", "new", "said"), FOLLOWED, ids=[new or "nothing" for _, new, _ in FOLLOWED])
def test_what_names_a_faulty_thing_is_not_told_too(old: str, new: str, said: str) -> None:
    assert told(LONG) == []
    ((_, what),) = told(LONG.replace(old, new, 1))
    assert what.endswith(said)


def test_stages_in_calendar_days_are_compared_with_calendar_days_only() -> None:
    stages = "mot-cua, stages: [{stage: a, title: A, unit: tu-phap, time: {days: 4}}]"
    text = TINY.replace("mot-cua", stages)
    assert told(text) == []
    assert told(text.replace("{working_days: 3}", "{days: 2}")) == [
        (8, 'processing: warning: the stages take 4 days, the method "online" has 2')
    ]


def test_a_text_that_lacks_the_title_s_language_is_told_at_each_of_its_lines() -> None:
    text = TINY.replace("title: T", "title: {vi: T, en: T}") + "mail:\n  done:\n    subject: Xong\n    body: Xong\n"
    text += "checks:\n  - rule: {field: so, at_least: 2}\n    message: Ít nhất 2\n"
    lines = [line for line, what in told(text) if what.endswith('the text has no English ("en"), though the title has')]
    assert lines == [6, 9, 13, 15, 16, 17, 18, 19, 20, 21, 22, 25, 26, 29]
    assert len(told(text)) == len(lines)


def test_slips_in_every_part_are_told_at_once() -> None:
    text = TINY.replace("level: 3", "level: 9").replace("kind: yes_no", "kind: yes_no, requird: true")
    text += "retention: {months: 0}\nfees: [{name: p, title: P, amount: sso}]\n"
    assert [line for line, _ in told(text)] == [5, 18, 23, 24]
