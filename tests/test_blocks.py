"""Uses of blocks: renamed, chosen, overruled, and with both lines in each fault."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from engine import rules
from engine.definition.library import Library
from engine.definition.loading import load_text
from engine.definition.procedure import Procedure, Step
from engine.format.reading import node_of
from engine.kinds import Field

HERE = Path(__file__).parent / "definitions"

HEAD = """format: 1
code: "1"
title: Thử
category: ho-tich
level: 1
methods: [{channel: in_person}]
form:
  - step: mot
    title: Một
    fields:
"""
BLOCK = """format: 1
block: nha
title: Nhà
fields:
  - {name: loai, kind: choice, label: Loại, choices: {rieng: Riêng, chung: Chung}}
  - {name: so, kind: text, label: "Số của {loai}", when: {field: loai, is: rieng}}
  - {name: ten, kind: text, label: Tên, required: true}
"""


def library(tmp_path: Path, block: str) -> Library:
    (tmp_path / "blocks").mkdir(exist_ok=True)
    (tmp_path / "blocks" / "nha.yaml").write_text(block, "utf-8")
    return Library.folder(tmp_path, base=Library.folder(HERE))


def used(tmp_path: Path, use: str, block: str = BLOCK) -> tuple[Procedure | None, list[str]]:
    procedure, faults = load_text(HEAD + use, "a.yaml", library(tmp_path, block))
    return procedure, [str(fault).replace(str(tmp_path) + "/", "") for fault in faults]


def fields(tmp_path: Path, use: str, block: str = BLOCK) -> dict[str, Field]:
    procedure, faults = used(tmp_path, use, block)
    assert faults == []
    assert procedure is not None
    return {field.name: field for step in procedure.form for field in step.fields()}


def when(field: Field) -> Any:
    return None if field.when is None else rules.document(field.when)


def test_fields_and_what_names_them_take_the_prefix(tmp_path: Path) -> None:
    made = fields(tmp_path, "      - {block: nha, prefix: yc}\n")
    assert list(made) == ["yc_loai", "yc_so", "yc_ten"]
    assert when(made["yc_so"]) == {"field": "yc_loai", "is": "rieng"}
    assert made["yc_so"].label.vi == "Số của {yc_loai}"


def test_without_a_prefix_the_names_stay(tmp_path: Path) -> None:
    assert list(fields(tmp_path, "      - {block: nha}\n")) == ["loai", "so", "ten"]


@pytest.mark.parametrize(
    ("use", "names"),
    [("without: [so]", ["loai", "ten"]), ("only: [ten]", ["ten"]),
     ("only: [ten, loai]", ["loai", "ten"]),
     ("without: []", ["loai", "so", "ten"])],
)  # fmt: skip
def test_fields_are_left_out_or_chosen_in_the_order_of_the_block(tmp_path: Path, use: str, names: list[str]) -> None:
    assert list(fields(tmp_path, f"      - {{block: nha, {use}}}\n")) == names


def test_a_use_says_what_is_required_and_what_it_is_called(tmp_path: Path) -> None:
    made = fields(
        tmp_path,
        "      - {block: nha, prefix: a, required: [loai], optional: [ten], labels: {ten: {vi: Tên nhà, en: Name}}}\n",
    )
    assert (made["a_loai"].required, made["a_ten"].required) == (True, False)
    assert made["a_ten"].label.in_("en") == "Name"


def test_the_condition_of_a_use_is_joined_to_each_field(tmp_path: Path) -> None:
    use = "      - {name: co, kind: yes_no, label: Có}\n      - {block: nha, prefix: a, when: {field: co, is: true}}\n"
    made = fields(tmp_path, use)
    assert when(made["a_ten"]) == {"field": "co", "is": True}
    assert when(made["a_so"]) == {"all": [{"field": "co", "is": True}, {"field": "a_loai", "is": "rieng"}]}


def test_a_block_may_be_used_more_than_once_and_inside_a_section(tmp_path: Path) -> None:
    section = "      - section: Khác\n        fields:\n          - {block: nha, prefix: b, only: [ten]}\n"
    use = f"      - {{block: nha, prefix: a}}\n{section}"
    assert list(fields(tmp_path, use)) == ["a_loai", "a_so", "a_ten", "b_ten"]


def test_sections_formulas_and_choices_of_a_block_are_renamed_too(tmp_path: Path) -> None:
    block = """format: 1
block: nha
title: Nhà
fields:
  - {name: loai, kind: choice, label: Loại, choices: {a: A, b: B}}
  - section: Chi tiết của {loai}
    when: {any: [{field: loai, is: a}, {not: {field: loai, in: [b]}}]}
    fields:
      - {name: cach, kind: choice, label: Cách, choices: [{value: x, label: X, when: {field: loai, is: a}}]}
"""
    procedure, faults = used(tmp_path, "      - {block: nha, prefix: p}\n", block)
    assert faults == []
    step: Step = procedure.form[0]  # type: ignore[union-attr]
    section: Any = step.items[1]
    assert section.title.vi == "Chi tiết của {p_loai}"
    assert rules.names(section.when) == ("p_loai",)
    assert rules.names(section.fields[0].options[0].when) == ("p_loai",)


def test_what_a_version_stores_has_no_uses_left(tmp_path: Path) -> None:
    procedure, _ = used(tmp_path, "      - {block: nha, prefix: a}\n")
    assert procedure is not None
    assert procedure.document["form"][0]["fields"] == [{"block": "nha", "prefix": "a"}]
    assert [field["name"] for field in procedure.expanded["form"][0]["fields"]] == ["a_loai", "a_so", "a_ten"]


@pytest.mark.parametrize(
    ("use", "fault"),
    [
        ("{block: nhaa}", 'a.yaml:11: step "mot", block "nhaa": unknown block "nhaa"; did you mean "nha"?'),
        ("{block: nha, without: [soo]}",
         'a.yaml:11: step "mot", block "nha": unknown field "soo" of block "nha"; did you mean "so"?'),
        ("{block: nha, labels: {tem: X}}",
         'a.yaml:11: step "mot", block "nha": unknown field "tem" of block "nha"; did you mean "ten"?'),
        ("{block: nha, without: [so], required: [so]}", 'a.yaml:11: step "mot", block "nha": "so" is left out here'),
        ("{block: nha, prefx: a}", 'a.yaml:11: step "mot", block "nha": unknown key "prefx"; did you mean "prefix"?'),
        ("{block: nha, prefix: A}",
         'a.yaml:11: step "mot", block "nha": "A" is no name: small letters, digits and _ are wanted, a letter first'),
        ("{block: nha, when: {field: khong_co, is: x}}",
         'a.yaml:11: step "mot", field "loai": unknown name "khong_co"'),
        ("{block: nha, when: {field: loai, iss: x}}",
         'a.yaml:11: step "mot", block "nha": unknown operator "iss"; did you mean "is"?'),
    ],
)  # fmt: skip
def test_a_faulty_use_is_told_once_where_it_stands(tmp_path: Path, use: str, fault: str) -> None:
    assert used(tmp_path, f"      - {use}\n")[1] == [fault]


def test_leaving_out_what_another_field_needs_names_both_lines(tmp_path: Path) -> None:
    uses = "      - {block: nha, prefix: a, without: [loai]}\n      - {block: nha, prefix: b, only: [so]}\n"
    assert [fault.replace(str(tmp_path), "") for fault in used(tmp_path, uses)[1]] == [
        f'a.yaml:{line}: step "mot", field "{prefix}_so": {what}'
        for line, prefix in ((11, "a"), (12, "b"))
        for what in (
            'the text of blocks/nha.yaml:6 names "loai", which is left out here',
            '"so" of blocks/nha.yaml:6 needs "loai", which is left out here',
        )
    ]


def test_a_fault_inside_a_block_names_both_lines_and_is_told_once(tmp_path: Path) -> None:
    block = BLOCK.replace("kind: text, label: Tên", "kind: txt, label: Tên")
    uses = "      - {block: nha, prefix: a}\n      - {block: nha, prefix: b}\n"
    assert used(tmp_path, uses, block)[1] == [
        'blocks/nha.yaml:7: step "mot", field "a_ten": unknown kind "txt"; did you mean "text"? (used at a.yaml:11)'
    ]


def test_a_block_that_cannot_be_read_is_told_instead_of_being_unknown(tmp_path: Path) -> None:
    broken = BLOCK.replace("title: Nhà\n", "")
    assert used(tmp_path, "      - {block: nha, prefix: a}\n", broken)[1] == [
        'blocks/nha.yaml:1: block: "title" is missing'
    ]


def test_names_of_a_block_that_is_unknown_draw_no_further_fault(tmp_path: Path) -> None:
    use = (
        "      - {block: lạ, prefix: a}\n      - {name: b, kind: text, label: B, when: {field: a_ten, filled: true}}\n"
    )
    assert [fault.split(": ", 1)[0] for fault in used(tmp_path, use)[1]] == ["a.yaml:11"]


def test_a_block_holds_no_block(tmp_path: Path) -> None:
    block = BLOCK + "  - {block: nguoi}\n"
    assert used(tmp_path, "      - {block: nha, prefix: a}\n", block)[1] == [
        'blocks/nha.yaml:8: step "mot", block "nha": a block holds no block (used at a.yaml:11)'
    ]


def test_a_block_of_the_back_office_keeps_the_lines_of_the_file_that_says_the_same(tmp_path: Path) -> None:
    of_files = library(tmp_path, BLOCK)
    plain = of_files.blocks["nha"].node.plain()
    of_rows = Library(blocks={"nha": replace(of_files.blocks["nha"], node=node_of(plain, "blocks/nha.yaml", 1))})
    assert of_rows.before(of_files).blocks["nha"].node.at(["fields", 1]).line == 6
    changed = {**plain, "title": "Nhà khác"}
    of_rows = Library(blocks={"nha": replace(of_files.blocks["nha"], node=node_of(changed, "blocks/nha.yaml", 1))})
    assert of_rows.before(of_files).blocks["nha"].node.at(["title"]).plain() == "Nhà khác"
