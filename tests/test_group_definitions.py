"""Groups in a definition: what is read, and every fault of their columns where it stands."""

from __future__ import annotations

from typing import Any

import pytest

from engine.definition.library import Library
from engine.definition.loading import load_document, load_text
from engine.format.texts import Text
from engine.kinds.groups import Group
from tests.forms_cases import HEAD, SHIPPED, choice, procedure, step, text

CARS = {
    "name": "xe",
    "kind": "group",
    "label": "Xe",
    "min_rows": 1,
    "max_rows": 5,
    "row_title": "Xe {bien_so}",
    "fields": [
        choice("loai", "o_to", "xe_may", required=True),
        text("bien_so", required=True),
        {"name": "cho", "kind": "integer", "label": "Số chỗ của {bien_so}", "required": True,
         "when": {"field": "loai", "is": "o_to"}},
    ],
    "checks": [{"rule": {"field": "cho", "at_most": 9}, "at": "cho", "message": "Không quá 9 chỗ"}],
}  # fmt: skip


def faults(*steps: dict[str, Any], **more: Any) -> list[str]:
    """What is wrong with a form."""
    document = {**HEAD, "applicant": {"name": "ten"}, "form": list(steps), **more}
    _, found = load_document(document, SHIPPED)
    return [f"{fault.place}: {fault.what}" for fault in found if '"email" is missing' not in fault.what]


def of_columns(*columns: dict[str, Any], **more: Any) -> list[str]:
    """What is wrong with a group of these columns."""
    return faults(step("mot", text("ten"), {**CARS, "checks": [], "row_title": "Xe", "fields": list(columns), **more}))


def test_a_group_is_read_with_its_columns() -> None:
    (item,) = [one for one in procedure(step("mot", text("ten"), CARS)).form[0].fields() if isinstance(one, Group)]
    assert [column.name for column in item.columns] == ["loai", "bien_so", "cho"]
    assert (item.min_rows, item.max_rows, item.required, item.row_title) == (1, 5, True, Text("Xe {bien_so}"))
    assert [check.at for check in item.checks] == ["cho"]


def test_a_sensitive_column_seals_the_whole_group() -> None:
    sealed = {**CARS, "fields": [{"name": "so", "kind": "national_id", "label": "Số"}], "checks": [], "row_title": "x"}
    assert list(procedure(step("mot", text("ten"), sealed)).form[0].fields())[1].sealed


def test_blocks_are_used_among_columns_and_stored_expanded() -> None:
    people = {"name": "nguoi", "kind": "group", "label": "Người",
              "fields": [{"block": "nguoi", "prefix": "tv", "only": ["ho_ten", "ngay_sinh"]},
                         text("viec")]}  # fmt: skip
    loaded = procedure(step("mot", text("ten"), people))
    (item,) = [one for one in loaded.form[0].fields() if isinstance(one, Group)]
    assert [column.name for column in item.columns] == ["tv_ho_ten", "tv_ngay_sinh", "viec"]
    stored = loaded.expanded["form"][0]["fields"][1]["fields"]
    assert [column["name"] for column in stored] == ["tv_ho_ten", "tv_ngay_sinh", "viec"]
    again, found = load_document(loaded.expanded, Library())
    assert again is not None or all("category" in fault.what or "catalog" in fault.what for fault in found)


def test_a_group_inside_a_block_takes_the_prefix_and_its_columns_keep_their_names(tmp_path: Any) -> None:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "nha.yaml").write_text(
        "format: 1\nblock: nha\ntitle: Nhà\nfields:\n"
        "  - {name: dat, kind: yes_no, label: Có đất}\n"
        "  - name: thua\n    kind: group\n    label: Thửa\n    row_title: 'Thửa {so}'\n    fields:\n"
        "      - {name: so, kind: text, label: Số}\n"
        "      - {name: o, kind: yes_no, label: 'Đất ở của {dat}', when: {field: dat, is: true}}\n"
        "    checks:\n"
        "      - {rule: {any: [{field: o, is: true}, {field: dat, is: true}]}, at: so, message: m}\n",
        "utf-8",
    )
    library = Library.folder(tmp_path, base=SHIPPED)
    loaded = procedure(step("mot", text("ten"), {"block": "nha", "prefix": "a"}), library=library)
    group = loaded.expanded["form"][0]["fields"][2]
    assert group["name"] == "a_thua"
    assert [column["name"] for column in group["fields"]] == ["so", "o"]
    assert group["fields"][1]["when"] == {"field": "a_dat", "is": True}
    assert group["fields"][1]["label"] == "Đất ở của {a_dat}"
    assert group["checks"][0]["rule"] == {"any": [{"field": "o", "is": True}, {"field": "a_dat", "is": True}]}
    assert group["row_title"] == "Thửa {so}"


PLACE = 'step "mot", field "xe"'


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ([{**CARS, "name": "xe_con"}], [f'{PLACE}, column "xe_con": groups do not nest']),
        ([{"name": "anh", "kind": "file", "label": "Ảnh"}], [f'{PLACE}, column "anh": the kind file is no column']),
        ([{"section": "Phần", "fields": [text("a")]}],
         [f"{PLACE}: a group holds no section", f"{PLACE}: a group asks for one column at least"]),
        ([{"kind": "note", "text": "Đọc."}], [f"{PLACE}: a group asks for one column at least"]),
        ([text("a"), text("a")], [f'{PLACE}, column "a": the name "a" stands twice, first in line 0']),
        ([text("ten")], [f'{PLACE}, column "ten": a column cannot bear the name "ten" of a field, in line 0']),
        ([text("today")], [f'{PLACE}, column "today": the name "today" is reserved']),
        ([{"name": "a", "kind": "txt", "label": "A"}],
         [f'{PLACE}, column "a": unknown kind "txt"; did you mean "text"?']),
        ([{"name": "a", "kind": "text", "label": "A", "requird": True}],
         [f'{PLACE}, column "a": unknown key "requird"; did you mean "required"?']),
        ([choice("a", "x", default="y")], [f'{PLACE}, column "a": "y" is no choice']),
        ([{"name": "n", "kind": "integer", "label": "N", "min": 3, "max": 1}],
         [f'{PLACE}, column "n": "min" is 3 and "max" only 1']),
        ([text("a", when={"field": "b", "is": "x"}), text("b")],
         [f'{PLACE}, column "a": "b" stands later, in line 0; a condition looks back only']),
        ([text("a", when={"field": "a", "is": "x"})], [f'{PLACE}, column "a": "a" is asked by its own condition']),
        ([text("a", when={"field": "xe", "filled": True})],
         [f'{PLACE}, column "a": "xe" is asked inside its own rows']),
        ([text("a", when={"field": "tne", "is": "x"})],
         [f'{PLACE}, column "a": unknown name "tne"; did you mean "ten"?']),
        ([text("a"), text("b", when={"field": "a", "at_least": 3})],
         [(f'{PLACE}, column "b": operator "at_least" does not fit "a" (text); '
           "those that fit: empty, filled, in, is, is_not, not_in")]),
        ([choice("a", "x"), text("b", when={"field": "a", "is": "z"})],
         [f'{PLACE}, column "b": "z" is no choice of "a"']),
        ([text("a", label="Sau {b}"), text("b")],
         [f'{PLACE}, column "a": "b" does not stand before, but in line 0; a text names earlier fields only']),
        ([text("a", label="Của {tn}")], [f'{PLACE}, column "a": unknown name "tn"; did you mean "ten"?']),
        ([choice("a", "x"),
          text("b", required=True, when={"all": [{"field": "a", "is": "x"}, {"field": "a", "is_not": "x"}]})],
         [f'{PLACE}, column "b": its conditions can never hold, so it is never asked']),
    ],
)  # fmt: skip
def test_a_fault_of_a_column_is_told_at_its_place(columns: list[dict[str, Any]], told: list[str]) -> None:
    assert of_columns(*columns) == told


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"min_rows": 6}, [f'{PLACE}: "min_rows" is 6 and "max_rows" only 5']),
        ({"max_rows": 201, "min_rows": 1}, [f"{PLACE}: a group holds 200 rows at the most, not 201"]),
        ({"min_rows": 0}, []),
        ({"min_rows": -1}, [f"{PLACE}: a number of at least 0 is wanted, not -1"]),
        ({"default": "x"}, [f"{PLACE}: the kind group takes no default of this sort"]),
        ({"row_title": "Xe {bien}"}, [f'{PLACE}: unknown name "bien"']),
        ({"layout": "tabel"}, [f'{PLACE}: unknown value "tabel"; did you mean "table"? (known: table, cards, pages)']),
        ({"checks": [{"rule": {"field": "b", "filled": True}, "at": "ten", "message": "m"}]},
         [f'{PLACE}, check: "ten" is no column of "xe"']),
        ({"checks": [{"rule": {"formula": "b + 1 == 2"}, "at": "b", "message": "m"}]},
         [f'{PLACE}, check: formula: "+" wants a number, not "b" (a text)']),
    ],
)  # fmt: skip
def test_a_fault_of_a_group_is_told_at_its_place(more: dict[str, Any], told: list[str]) -> None:
    assert [fault.partition('; did you mean "ten')[0] for fault in of_columns(text("b"), **more)] == told


def asked_later(when: dict[str, Any]) -> list[str]:
    """What is wrong with a condition after the group."""
    return faults(step("mot", text("ten"), CARS), step("hai", text("sau", when=when)))


@pytest.mark.parametrize(
    "when",
    [
        {"field": "xe", "filled": True},
        {"field": "xe", "count": {"at_least": 2}},
        {"field": "xe", "any_row": {"field": "loai", "is": "o_to"}},
        {"field": "xe", "every_row": {"any": [{"field": "cho", "at_least": 4}, {"field": "ten", "filled": True}]}},
    ],
)
def test_a_group_is_asked_from_outside(when: dict[str, Any]) -> None:
    assert asked_later(when) == []


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ({"field": "loai", "is": "o_to"}, '"loai" is a column of "xe" and stands in its rows only'),
        ({"field": "xe", "is": "o_to"},
         'operator "is" does not fit "xe" (group); those that fit: any_row, count, empty, every_row, filled'),
        ({"field": "xe", "any_row": {"field": "loai", "is": "tau"}}, '"tau" is no choice of "loai"'),
        ({"field": "xe", "any_row": {"field": "mau", "is": "x"}}, 'unknown name "mau"'),
        ({"field": "ten", "any_row": {"field": "loai", "is": "o_to"}},
         'operator "any_row" does not fit "ten" (text); those that fit: empty, filled, in, is, is_not, not_in'),
    ],
)  # fmt: skip
def test_what_does_not_fit_a_group_is_told_once(when: dict[str, Any], told: str) -> None:
    (fault,) = asked_later(when)
    assert fault.startswith(f'step "hai", field "sau": {told}')


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        ("count(xe) + sum(xe.cho)", []),
        ("sum(xe.bien_so)", ['fee "phi": formula: "sum" wants a number, not "xe.bien_so" (a text)']),
        ("sum(xe.chho)", ['fee "phi": formula: unknown column "chho" of "xe"; did you mean "cho"?']),
        ("cho * 1000", ['fee "phi": "cho" is a column of "xe" and stands in its rows only']),
    ],
)
def test_formulas_know_the_columns(formula: str, told: list[str]) -> None:
    fees = [{"name": "phi", "title": "Phí", "amount": formula}]
    assert faults(step("mot", text("ten"), CARS), fees=fees) == told


def test_officers_fill_no_group_and_no_group_is_the_applicant() -> None:
    assert faults(step("mot", text("ten")), officer_fields=[CARS]) == ["officer_fields: officers fill no group"]
    told = 'applicant: "xe" is a group; the applicant is named by a field of its own'
    assert faults(step("mot", text("ten"), CARS), applicant={"name": "xe"}) == [told]


def test_faults_of_columns_have_their_lines() -> None:
    lines = ["form:", "  - step: mot", "    title: M", "    fields:", "      - name: xe", "        kind: group",
             "        label: Xe", "        fields:", "          - {name: loai, kind: text, label: L}",
             "          - {name: loai, kind: dte, label: L}"]  # fmt: skip
    _, found = load_text("\n".join(lines), "a.yaml", SHIPPED)
    told = [str(fault) for fault in found if "column" in fault.place]
    assert told == [
        'a.yaml:10: step "mot", field "xe", column "loai": unknown kind "dte"; did you mean "date"?',
        'a.yaml:10: step "mot", field "xe", column "loai": the name "loai" stands twice, first in line 9',
    ]
