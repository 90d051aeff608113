"""What must stand in a procedure: each slip is told once, at its line, in words that help."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from engine.definition.library import Library
from engine.definition.loading import load_text
from engine.platform.settings import ROOT

HERE = Path(__file__).parent / "definitions"
WHOLE = (HERE / "whole.yaml").read_text("utf-8")
LIBRARY = Library.folder(HERE)

CHANGES = [
    # names in conditions
    (
        "{field: quan_he, is: khac}\n  - step: tre",
        "{field: quan_hi, is: khac}\n  - step: tre",
        'step "nguoi_nop", field "quan_he_khac": unknown name "quan_hi"; did you mean "quan_he"?',
    ),
    (
        "when: {field: truong_hop, in: [ca_hai, chi_me]}",
        "when: {field: truong_hop, in: [ca_hai, chi_m]}",
        'step "me": "chi_m" is no choice of "truong_hop"; did you mean "chi_me"?',
    ),
    (
        "when: {field: truong_hop, in: [ca_hai, chi_me]}",
        "when: {field: me_ho_ten, filled: true}",
        f'step "me": "me_ho_ten" stands later, in {HERE}/blocks/nguoi.yaml:5; a condition looks back only',
    ),
    (
        "required: true, when: {field: xin_ban_sao, is: true}}",
        "required: true, when: {field: so_ban, at_least: 1}}",
        'step "cuoi", field "so_ban": "so_ban" is asked by its own condition',
    ),
    (
        "{field: truong_hop, is_not: khong_ro}\n        fields",
        "{field: tre_noi_sinh, filled: true}\n        fields",
        'step "tre", section "Nơi sinh": "tre_noi_sinh" stands later, in line 82; a condition looks back only',
    ),
    (
        "required: true, when: {field: xin_ban_sao, is: true}}",
        "required: true, when: {field: xin_ban_sao, is: có}}",
        'step "cuoi", field "so_ban": "xin_ban_sao" (yes_no) is compared with true or false, not "có"',
    ),
    (
        "is: khac}}\n      - section",
        "less_than: 3}}\n      - section",
        (
            'step "tre", field "truong_hop": operator "less_than" does not fit "quan_he" (choice); '
            "those that fit: empty, filled, in, is, is_not, not_in"
        ),
    ),
    (
        "when: {field: truong_hop, is_not: khong_ro}\n  - {name: ban_khai",
        "when: {field: ban_khai, filled: true}\n  - {name: ban_khai",
        'paper "giay_ra_vien": the paper "ban_khai" is not sent online, so nothing can ask it',
    ),
    (
        "when: {field: xin_ban_sao, is: true}}\n      - {name: cam_doan",
        "when: {field: so_vao_so, filled: true}}\n      - {name: cam_doan",
        'step "cuoi", field "tinh": "so_vao_so" is filled by officers; a citizen\'s form cannot ask it',
    ),
    (
        "on_or_before: today}",
        "on_or_befor: today}",
        'check: unknown operator "on_or_befor"; did you mean "on_or_before"?',
    ),
    (
        "on_or_before: today}",
        "on_or_before: {field: tre_ngay}}",
        'check: unknown name "tre_ngay"; did you mean "tre_ngay_sinh"?',
    ),
    (
        "    at: tre_ngay_sinh\n    message",
        "    at: tre_ngay\n    message",
        'check: unknown name "tre_ngay"; did you mean "tre_ngay_sinh"?',
    ),
    ("so_ban <= 20", "so_ba <= 20", 'check: unknown name "so_ba"; did you mean "so_ban"?'),
    ("so_ban <= 20", "so_ban + 20", 'check: "so_ban + 20" gives integer, but a rule must come out true or false'),
    # fees
    ("so_ban * ban_sao", "so_ban * ban_sa", 'fee "phi_ban_sao": unknown name "ban_sa"; did you mean "ban_sao"?'),
    (
        "so_ban * ban_sao",
        "so_ban / 2",
        'fee "phi_ban_sao": "so_ban / 2" gives no whole amount in đồng (decimal); round it, or divide by //',
    ),
    ("so_ban * ban_sao", "tre_ho_ten", 'fee "phi_ban_sao": "tre_ho_ten" gives no whole amount in đồng (text)'),
    ("{ban_sao: 8000}", "{ban_sao: -1}", 'rate "ban_sao": an amount is at least 0, not -1'),
    ("{ban_sao: 8000}", "{ban_sao: 8000, so_ban: 1}", 'rate "so_ban": the name "so_ban" is a field already'),
    # names that stand twice or are reserved
    (
        "{name: cam_doan, kind",
        "{name: tre_ho_ten, kind",
        'step "cuoi", field "tre_ho_ten": the name "tre_ho_ten" stands twice, first in line 69',
    ),
    (
        "name: so_vao_so",
        "name: tre_ho_ten",
        'officer_fields, field "tre_ho_ten": the name "tre_ho_ten" stands twice, first in line 69',
    ),
    ("name: ban_khai", "name: tre_ho_ten", 'paper "tre_ho_ten": the name "tre_ho_ten" stands twice, first in line 69'),
    ("step: cuoi", "step: tre", 'step "tre": the name "tre" stands twice, first in line 66'),
    ("step: cuoi", "step: xem_lai", 'step "xem_lai": the step\'s name "xem_lai" is reserved'),
    (
        "step: cuoi",
        "step: Cuối",
        'step "Cuối": "Cuối" is no name: small letters, digits and _ are wanted, a letter first',
    ),
    ("name: cam_doan", "name: captcha", 'step "cuoi", field "captcha": the name "captcha" is reserved'),
    ("stage: ky,", "stage: tham_tra,", 'stages: the name "tham_tra" stands twice, first in line 118'),
    # texts
    ("Mẹ của {tre_ho_ten}", "Mẹ của {tre_ten}", 'step "me": unknown name "tre_ten"; did you mean "tre_ho_ten"?'),
    (
        "Ngày sinh của {tre_ho_ten}",
        "Ngày sinh của {cam_doan}",
        (
            'step "tre", field "tre_ngay_sinh": "cam_doan" does not stand before, but in line 95; '
            "a text names earlier fields only"
        ),
    ),
    ("text: Mỗi bản sao đều thu phí", 'text: "Ghi {khong_co}"', 'step "cuoi": unknown name "khong_co"'),
    # values
    ("min: 1, max: 50", "min: 51, max: 50", 'step "cuoi", field "so_ban": "min" is 51 and "max" only 50'),
    (
        "label: Xin bản sao,",
        "label: Xin bản sao, default: có,",
        'step "cuoi", field "xin_ban_sao": the default is true or false, not "có"',
    ),
    (
        "choices: {cha: Cha, me: Mẹ, khac: Khác}",
        "choices: {cha: Cha, me: Mẹ, khac: Khác}\n        default: ch",
        'step "nguoi_nop", field "quan_he": "ch" is no choice; did you mean "cha"?',
    ),
    (
        "accept: [pdf, jpg]",
        "accept: [pdf, jpgg]",
        'paper "giay_ra_vien": unknown kind of file "jpgg"; did you mean "jpg"? (known: pdf, jpg, png, docx, xlsx)',
    ),
    (
        "template: don.docx",
        "template: do.docx",
        'paper "giay_ra_vien": "do.docx" is none of the "templates"; did you mean "don.docx"?',
    ),
    ("copies: 0", "copies: -1", 'paper "giay_ra_vien": "copies" is at least 0, not -1'),
    # what is published
    ("format: 1", "format: 2", "the format is 1, not 2"),
    ('code: "1.999001"', "code: a b", 'the code "a b" holds more than letters, digits, ".", "-" and "_"'),
    ("category: ho-tich", "category: ho-tic", 'unknown category "ho-tic"; did you mean "ho-tich"?'),
    ("level: 3", "level: 7", "the level is 1, 2, 3 or 4, not 7"),
    ("level: 3", "level: 4", "level 4 needs a way to pay online, which is not supported yet"),
    ("partial_reason: Người nộp hồ sơ đến ký tên một lần\n", "", '"partial_reason" is missing; level 3 needs it'),
    ("channel: online\n", "channel: post\n", "no method is online; level 3 needs it"),
    (
        "{channel: in_person, time",
        "{channel: online, time",
        'method "online": the channel "online" stands twice, first in line 19',
    ),
    ("email: nn_email", "email: nn_mail", 'applicant: unknown name "nn_mail"; did you mean "nn_email"?'),
    ("email: nn_email", "email: nn_ho_ten", 'applicant: "nn_ho_ten" is of the kind text, but "email" needs email'),
    (
        "  submitted: {subject",
        "  submited: {subject",
        (
            'mail: unknown event "submited"; did you mean "submitted"? (known: submitted, received, refused, '
            "supplement, fee, "
            "done, returned, withdrawn, stopped, extended)"
        ),
    ),
    # the office
    ('"kind:phuong"', '"kin:phuong"', '"kin:phuong" is no agency: "kind:…" or "code:…" is wanted'),
    ('"code:T1.02"', '"code:T1.03"', 'unknown agency "T1.03"; did you mean "T1.02"?'),
    ("reception: mot-cua", "reception: mot-cu", 'processing: unknown unit "mot-cu"; did you mean "mot-cua"?'),
    ("unit: lanh-dao", "unit: lanh-da", 'stage "ky": unknown unit "lanh-da"; did you mean "lanh-dao"?'),
    (
        "stage: tham_tra}",
        "stage: tham_ta}",
        'officer_fields, field "so_vao_so": unknown stage "tham_ta"; did you mean "tham_tra"?',
    ),
    ("{counter:4}", "{yyyy}", "code_format: {counter} is missing"),
    (
        "{counter:4}",
        "{counter:4}-{year}",
        'code_format: unknown placeholder "year" (known: agency, yyyy, yy, mm, dd, yymmdd, counter)',
    ),
    ("{counter:4}", "{counter:x}", 'code_format: "{counter:x}": only the counter has a width, from 1 to 9'),
    (
        "{counter:4}",
        "{counter:4}/x",
        'code_format: beside the placeholders only letters, digits, ".", "-" and "_" may stand',
    ),
    ("{counter:4}", "{counter:4}}", "code_format: a brace stands alone"),
]


def told(text: str, library: Library = LIBRARY) -> list[str]:
    _, faults = load_text(text, "a.yaml", library)
    return [str(fault) for fault in faults]


def changed(old: str, new: str) -> str:
    assert WHOLE.count(old) >= 1, old
    return WHOLE.replace(old, new, 1)


@pytest.mark.parametrize(("old", "new", "fault"), CHANGES, ids=[new.split("\n")[0][:50] for _, new, _ in CHANGES])
def test_a_slip_is_told_once(old: str, new: str, fault: str) -> None:
    assert [one.split(": ", 1)[1] for one in told(changed(old, new))] == [fault]


@pytest.mark.parametrize(
    ("old", "new", "faults"),
    [
        ("\nform:\n", "\nfrom:\n", ['unknown key "from"; did you mean "form"?']),
        ("\nrates: {ban_sao: 8000}", "\nrates: {ban_sao: 8.5}", ["a whole number is wanted, not 8.5"]),
        ("\nnext_steps:", "\nnext_step:", ['unknown key "next_step"; did you mean "next_steps"?']),
    ],
)
def test_what_follows_from_a_slip_is_not_told(old: str, new: str, faults: list[str]) -> None:
    assert [one.split(": ", 1)[1] for one in told(changed(old, new))] == faults


def test_what_follows_from_a_step_without_fields_is_not_told() -> None:
    text = changed("giấy tờ\n    fields:", "giấy tờ\n    feilds:")
    assert [one.split(": ", 1)[1] for one in told(text)] == [
        'step "nguoi_nop": unknown key "feilds"; did you mean "fields"?'
    ]


def test_a_key_that_stands_twice_hides_no_other_slip() -> None:
    text = changed("level: 3\n", "level: 3\nlevel: 2\n").replace("reception: mot-cua", "reception: mot-cu")
    assert [one.split(": ", 1)[1] for one in told(text)] == [
        'the key "level" stands twice, first in line 6',
        'processing: unknown unit "mot-cu"; did you mean "mot-cua"?',
    ]


@pytest.mark.parametrize(
    ("default", "fault"),
    [
        ("kind: address, default: abc", "the kind address takes no default of this sort"),
        ("kind: file, default: abc", "the kind file takes no default of this sort"),
        ("kind: phone, default: abc", '"abc" is no value of the kind phone'),
        ("kind: email, default: abc", '"abc" is no value of the kind email'),
        ("kind: choice, choices: {a: A}, default: [a]", "the default is one choice, not a list"),
    ],
)
def test_a_default_that_could_not_be_shown_is_a_fault(default: str, fault: str) -> None:
    field = f"      - {{name: moi, label: Mới, {default}}}\n      - {{name: cam_doan"
    found = told(changed("      - {name: cam_doan", field))
    assert [one.split(": ", 1)[1] for one in found] == [f'step "cuoi", field "moi": {fault}']


@pytest.mark.parametrize("key", ["title", "partial_reason", "decision"])
def test_a_key_without_a_value_is_told_at_its_line(key: str) -> None:
    lines = WHOLE.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith(f"{key}: "))
    lines[at] = f"{key}:"
    wanted = [] if key == "decision" else [f'a.yaml:{at + 1}: "{key}" is missing']
    assert [one.split(";")[0] for one in told("\n".join(lines))] == wanted


def test_a_pattern_is_refused_in_plain_words() -> None:
    (fault,) = told(changed("max_length: 100", 'pattern: "([a-z"'))
    assert fault.endswith('"([a-z" is no pattern: missing ]: [a-z')


@pytest.mark.parametrize("name", ["form", "applicant", "processing", "next_steps"])
def test_level_three_needs_more(name: str) -> None:
    text = (
        'format: 1\ncode: "1"\ntitle: T\ncategory: ho-tich\nlevel: 3\npartial_reason: R\nmethods: [{channel: online}]\n'
    )
    assert f'a.yaml:1: "{name}" is missing; level 3 needs it' in told(text)


@pytest.mark.parametrize(
    ("file", "faults"),
    [
        (
            "mau.docx",
            [
                'warning: there is no file "mau.docx" in the folder "1.999001"; it is not offered until it is there',
                '"don.docx" is none of the "templates"',
            ],
        ),
        ("../don.docx", ['"../don.docx" is no plain file name', '"don.docx" is none of the "templates"']),
    ],
)
def test_a_blank_form_stands_beside_the_file_under_a_plain_name(file: str, faults: list[str]) -> None:
    found = told(changed("file: don.docx", f"file: {file}"))
    assert [one.split(": ", 2)[2].split("; did")[0] for one in found] == faults


def test_a_slip_in_a_block_names_both_lines() -> None:
    found = told(
        changed("labels: {ho_ten: Họ tên người nộp}", "optional: [ho_ten]\n        when: {field: cam_doan, is: true}")
    )
    assert found == [
        (
            'a.yaml:56: step "nguoi_nop", field "nn_ho_ten": "cam_doan" stands later, in line 96; '
            "a condition looks back only"
        )
    ]


# Warnings


def warned(text: str) -> list[str]:
    procedure, faults = load_text(text, "a.yaml", LIBRARY)
    assert procedure is not None
    assert all(fault.warning for fault in faults)
    return [f"{fault.place}: {fault.what}" for fault in faults]


@pytest.mark.parametrize(
    ("old", "new", "warning"),
    [
        (
            "time: {working_hours: 4}}",
            "time: {working_hours: 40}}",
            [
                'processing: the stages take 42 working hours, the method "online" has 8',
                'processing: the stages take 42 working hours, the method "in_person" has 8',
            ],
        ),
        (
            "time: {working_hours: 4}}",
            "time: {working_hours: 8}}",
            [
                'processing: the stages take 10 working hours, the method "online" has 8',
                'processing: the stages take 10 working hours, the method "in_person" has 8',
            ],
        ),
        ("time: {working_hours: 4}}", "time: {days: 40}}", []),
        (", time: {working_hours: 4}}", "}", ['stage "tham_tra": the stage has no time, so it is never late']),
        ('"kind:phuong"', '"kind:so"', [': no agency is of the kind "so"']),
        (
            "phone: nn_dien_thoai, email: nn_email",
            "phone: nn_dien_thoai",
            ['applicant: "email" is missing, so nobody is told by mail what becomes of the dossier'],
        ),
        ("is: khac}\n  - step: tre", "in: []}\n  - step: tre", None),
        (
            "when: {field: quan_he, is: khac}\n  - step",
            "when: {all: [{field: quan_he, is: khac}, {field: quan_he, is: cha}]}\n  - step",
            ['step "nguoi_nop", field "quan_he_khac": its conditions can never hold, so it is never asked'],
        ),
        (
            "when: {field: truong_hop, is_not: khong_ro}\n        fields",
            "when: {all: [{field: truong_hop, is: ca_hai}, {field: truong_hop, is: chi_me}]}\n        fields",
            ['step "tre", section "Nơi sinh": its conditions can never hold, so nothing in it is asked'],
        ),
        (
            "required: true, when: {field: xin_ban_sao, is: true}}",
            "required: true, when: {field: quan_he, is_not: cha}}",
            [],
        ),
    ],
)
def test_what_is_likely_wrong_is_only_warned_of(old: str, new: str, warning: list[str] | None) -> None:
    if warning is None:
        assert "wants a list" in told(changed(old, new))[0]
    else:
        assert warned(changed(old, new)) == warning


def test_a_text_without_english_is_warned_of_where_the_title_has_it() -> None:
    text = (HERE / "information.yaml").read_text("utf-8")
    assert warned(text) == []
    text = text.replace("title: Hỏi về đất", "title: {vi: Hỏi về đất, en: Asking about land}\nsummary: Hỏi")
    assert warned(text) == [': the text has no English ("en"), though the title has']


# What cannot be told is not claimed


def test_units_are_not_judged_where_no_agency_is_known() -> None:
    library = dataclasses.replace(LIBRARY, agencies=())
    assert told(changed("reception: mot-cua", "reception: khac"), library) == []


def test_a_unit_that_one_agency_lacks_is_told() -> None:
    first, second = LIBRARY.agencies
    library = dataclasses.replace(LIBRARY, agencies=(first, dataclasses.replace(second, units=second.units[:2])))
    found = [one.split(": ", 1)[1] for one in told(WHOLE, library)]
    assert found == ['stage "ky": the agency "T1.02" has no unit "lanh-dao"']


def test_a_missing_catalog_of_categories_is_told() -> None:
    catalogs = {name: catalog for name, catalog in LIBRARY.catalogs.items() if name != "categories"}
    library = dataclasses.replace(LIBRARY, catalogs=catalogs)
    assert told(WHOLE, library) == ['a.yaml:5: the catalog "categories" is missing']


def test_an_address_for_mails_cannot_be_sealed() -> None:
    head = (
        'format: 1\ncode: "9.1"\ntitle: A\ncategory: ho-tich\nlevel: 3\npartial_reason: A\nnext_steps: A\n'
        "methods: [{channel: online, time: {days: 1}}]\nprocessing: {reception: mot-cua}\n"
        "form:\n  - step: mot\n    title: Một\n    fields:\n"
        "      - {name: ten, kind: text, label: Tên, required: true}\n"
        "      - {name: thu, kind: email, label: Thư, sensitive: true}\n"
        "applicant: {name: ten, email: thu}\n"
    )
    faults = told(head, Library.folder(ROOT / "definitions"))
    assert faults == ['a.yaml:16: applicant: "thu" is sensitive, but mails need its address in the open']
