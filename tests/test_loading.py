"""Loading definitions: whole files, what they are read against, and every fault of a file at once."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.calendar import Duration
from engine.definition.library import Library
from engine.definition.loading import check_path, load_all, load_document, load_file, load_text, procedure_files
from engine.definition.outline import plain_document
from engine.definition.procedure import Procedure, Section
from engine.format.faults import errors
from engine.format.source import dump, parse
from engine.format.texts import Text
from engine.kinds.choices import Choice

HERE = Path(__file__).parent / "definitions"
SHIPPED = Path(__file__).parent.parent / "definitions"


@pytest.fixture(scope="module")
def library() -> Library:
    return Library.folder(HERE)


@pytest.fixture(scope="module")
def whole() -> Procedure:
    procedure, faults = load_file(HERE / "whole.yaml")
    assert [str(fault) for fault in faults] == []
    assert procedure is not None
    return procedure


def test_a_file_with_every_key_loads(whole: Procedure) -> None:
    assert (whole.code, whole.level, whole.title) == ("1.999001", 3, Text("Ghi nhận việc nuôi trẻ"))
    assert [step.name for step in whole.form] == ["nguoi_nop", "tre", "me", "cuoi"]
    assert whole.method("online").time == Duration("working_days", 1)  # type: ignore[union-attr]
    assert whole.applicant.id_number == ("nn_so_dinh_danh", "nn_giay_to")  # type: ignore[union-attr]
    assert [(item.field.name, item.stage) for item in whole.officer_fields] == [("so_vao_so", "tham_tra")]
    assert whole.rates == {"ban_sao": 8000}
    assert [stage.unit for stage in whole.processing.stages] == ["tu-phap", "lanh-dao"]  # type: ignore[union-attr]
    assert whole.retention.months == 60  # type: ignore[union-attr]
    assert whole.mail["submitted"].subject == Text("Đã nhận")


def test_a_section_keeps_its_fields_and_its_condition(whole: Procedure) -> None:
    section = whole.form[1].items[-1]
    assert isinstance(section, Section)
    assert section.when is not None
    assert [field.name for field in section.fields] == ["tre_noi_sinh"]


def test_a_catalog_becomes_the_choices(whole: Procedure) -> None:
    fields = {field.name: field for step in whole.form for field in step.fields()}
    people, provinces = fields["me_dan_toc"], fields["tinh"]
    assert isinstance(people, Choice)
    assert isinstance(provinces, Choice)
    assert people.values == ("01", "02", "99", "other")
    assert [option.until for option in people.options] == [None, None, "2019-12-31"]
    assert provinces.catalog == "provinces"
    assert "01" in provinces.values


def test_a_note_needs_no_name(whole: Procedure) -> None:
    assert next(whole.form[3].fields()).KIND == "note"


def test_the_least_that_a_procedure_says_is_enough() -> None:
    procedure, faults = load_file(HERE / "information.yaml")
    assert faults == ()
    assert procedure is not None
    assert not procedure.online


def test_the_document_is_what_was_written(whole: Procedure) -> None:
    node, _ = parse((HERE / "whole.yaml").read_bytes(), "whole.yaml")
    assert node is not None
    assert whole.document == node.plain()


@pytest.mark.parametrize("form", ["document", "expanded"])
def test_a_document_loads_as_the_same_procedure(whole: Procedure, library: Library, form: str) -> None:
    procedure, faults = load_document(getattr(whole, form), library)
    assert faults == ()
    assert procedure == whole


def test_a_document_written_as_yaml_loads_as_the_same_procedure(whole: Procedure, library: Library) -> None:
    procedure, faults = load_text(dump(whole.document), "b.yaml", library)
    assert faults == ()
    assert procedure == whole


def test_numbers_of_a_document_stay_exact() -> None:
    text = "format: 1\ncode: 7\ntitle: T\ncategory: c\nlevel: 1\nmethods: []\nrates: {a: 1.50, b: 2}\n"
    node, _ = parse(text, "a.yaml")
    assert node is not None
    document = plain_document(node)
    assert (document["code"], document["rates"]) == ("7", {"a": Decimal("1.50"), "b": 2})
    assert str(document["rates"]["a"]) == "1.50"


def test_a_code_that_was_written_as_a_number_is_the_text_as_written(library: Library) -> None:
    text = (HERE / "information.yaml").read_text("utf-8").replace('"1.999002"', "1.999000")
    procedure, faults = load_text(text, "a.yaml", library)
    assert faults == ()
    assert procedure is not None
    assert (procedure.code, procedure.document["code"]) == ("1.999000", "1.999000")


@pytest.mark.parametrize("path", procedure_files(SHIPPED), ids=lambda path: path.name)
def test_what_is_shipped_loads_without_faults(path: Path) -> None:
    procedure, faults = load_file(path)
    assert [str(fault) for fault in errors(faults)] == []
    assert procedure is not None


def test_the_shipped_folder_has_no_faults() -> None:
    assert [str(fault) for fault in errors(check_path(SHIPPED))] == []


def test_what_stands_beside_a_file_goes_before_the_base(tmp_path: Path) -> None:
    shutil.copytree(HERE / "catalogs", tmp_path / "catalogs")
    own = '- {value: "77", label: Người của tôi}'
    (tmp_path / "catalogs" / "dan_toc.yaml").write_text(
        f"format: 1\ncatalog: dan_toc\ntitle: Riêng\nentries:\n  {own}\n", "utf-8"
    )
    shutil.copytree(HERE / "1.999001", tmp_path / "1.999001")
    shutil.copy(HERE / "whole.yaml", tmp_path)
    procedure, faults = load_file(tmp_path / "whole.yaml", base=Library.folder(HERE))
    assert faults == ()
    fields: Any = {field.name: field for step in procedure.form for field in step.fields()}  # type: ignore[union-attr]
    assert fields["me_dan_toc"].values == ("77", "other")


def test_a_blank_form_may_not_be_a_link_out_of_the_folder(tmp_path: Path) -> None:
    secret = tmp_path / "secret.docx"
    secret.write_bytes(b"secret")
    (tmp_path / "1").mkdir()
    (tmp_path / "1" / "a.docx").symlink_to(secret)
    shared = Library.folder(tmp_path)
    assert shared.template("1", "a.docx") is None
    assert shared.template("1", "../secret.docx") is None
    assert shared.template("..", "secret.docx") is None


def faults_of(text: str, library: Library) -> list[str]:
    procedure, faults = load_text(text, "a.yaml", library)
    assert procedure is None
    return [str(fault) for fault in faults]


def test_the_fault_of_a_field_is_told_as_people_expect(library: Library) -> None:
    text = (HERE / "whole.yaml").read_text("utf-8").replace("tre_ngay_sinh, kind: date", "tre_ngay_sinh, kind: dte")
    line = text[: text.index("kind: dte")].count("\n") + 1
    assert faults_of(text, library) == [
        f'a.yaml:{line}: step "tre", field "tre_ngay_sinh": unknown kind "dte"; did you mean "date"?'
    ]


def test_every_fault_of_a_file_is_told_at_once_and_none_that_follows(library: Library) -> None:
    text = """format: 1
code: "1"
titel: Thử
category: ho-tik
level: 5
methods:
  - {channel: onlin}
form:
  - step: mot
    title: Một
    fields:
      - {name: a, kind: dte, label: A}
      - {name: b, kind: text, lable: B}
      - {name: c, kind: text, label: C, when: {field: a, is: x}}
      - {name: d, kind: text, label: D, when: {field: bb, filled: yes}}
      - {name: a, kind: text, label: A}
applicant: {name: b, email: d_}
"""
    assert faults_of(text, library) == [
        'a.yaml:3: unknown key "titel"; did you mean "title"?',
        'a.yaml:4: unknown category "ho-tik"; did you mean "ho-tich"?',
        "a.yaml:5: the level is 1, 2, 3 or 4, not 5",
        'a.yaml:7: method "onlin": unknown value "onlin"; did you mean "online"? (known: online, in_person, post)',
        'a.yaml:12: step "mot", field "a": unknown kind "dte"; did you mean "date"?',
        'a.yaml:13: step "mot", field "b": unknown key "lable"; did you mean "label"?',
        'a.yaml:15: step "mot", field "d": "filled" takes true, not "yes"',
        'a.yaml:15: step "mot", field "d": unknown name "bb"; did you mean "b"?',
        'a.yaml:16: step "mot", field "a": the name "a" stands twice, first in line 12',
        'a.yaml:17: applicant: unknown name "d_"; did you mean "d"?',
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("- a\n", "a.yaml:1: a mapping of keys is wanted, not a list"),
        ("form: 1\n", "a.yaml:1: a list of steps is wanted, not 1"),
        ("form: [1]\n", 'a.yaml:1: step "1": a mapping of keys is wanted, not 1'),
        ("form:\n- {step: a, title: A}\n", 'a.yaml:2: step "a": "fields" is missing'),
        ("form:\n- {step: a, title: A, fields: {}}\n", 'a.yaml:2: step "a": a list of fields is wanted, not a mapping'),
        ("form:\n- {step: a, title: A, fields: [x]}\n", 'a.yaml:2: step "a": a mapping of keys is wanted, not "x"'),
        ("form:\n- {step: a, title: A, fields: [{section: S, fields: [{section: T, fields: []}]}]}\n",
         'a.yaml:2: step "a", section "S": a section holds no section'),
        ("form:\n- {step: a, title: A, fields: [{name: b, kind: choice, label: B}]}\n",
         'a.yaml:2: step "a", field "b": "choices" or "catalog" is missing'),
        ("form:\n- {step: a, title: A, fields: [{name: b, kind: choice, label: B, catalog: dan_tok}]}\n",
         'a.yaml:2: step "a", field "b": unknown catalog "dan_tok"; did you mean "dan_toc"?'),
        ("form:\n- {step: a, title: A, fields: [{name: b, kind: choice, label: B, choices: {catalog: ward}}]}\n",
         'a.yaml:2: step "a", field "b": unknown catalog "ward"; did you mean "wards"?'),
        ("papers: x\n", 'a.yaml:1: a list is wanted, not "x"'),
        ("officer_fields: {}\n", "a.yaml:1: a list of fields is wanted, not a mapping"),
    ],
)  # fmt: skip
def test_a_part_of_another_shape_is_told(library: Library, text: str, fault: str) -> None:
    assert fault in faults_of(text, library)


def test_loading_a_folder_reads_each_procedure(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("format: 1\n", "utf-8")
    found = list(load_all([HERE, tmp_path / "a.yaml"], base=Library.folder(HERE)))
    assert [(loaded.path.name, loaded.procedure is not None) for loaded in found] == [
        ("information.yaml", True), ("whole.yaml", True), ("a.yaml", False),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        ("blocks/b.yaml", "format: 1\nblock: b\ntitle: B\nfields:\n- {name: x, kind: txt, label: X}\n",
         '5: block "b", field "x": unknown kind "txt"; did you mean "text"?'),
        ("blocks/b.yaml", "format: 2\nblock: b\ntitle: B\nfields: []\n", "1: block: the format is 1, not 2"),
        ("catalogs/c.yaml", ("format: 1\ncatalog: c\ntitle: C\nentries:\n"
         "- {value: a, label: A}\n- {value: a, label: B}\n"),
         '6: the value "a" stands twice, first in line 5'),
        ("catalogs/c.yaml", "format: 1\ncatalog: c\ntitle: C\nentries:\n- {value: a, label: A, until: soon}\n",
         '5: entry "": a day YYYY-MM-DD is wanted, not "soon"'),
        ("agencies.yaml", "format: 1\nagencies:\n- {code: A, nam: X, kind: k}\n",
         '3: agency "": unknown key "nam"; did you mean "name"?'),
        ("administrative-units.csv", "code,name,kind,parent\n01,A,tỉnh,\n02,B,xã,09\n",
         '3: unit "02": unknown parent "09"'),
        ("administrative-units.csv", "code,name\n", '1: the column "kind" is missing'),
    ],
)  # fmt: skip
def test_faults_of_other_files_name_their_own_line(tmp_path: Path, file: str, text: str, fault: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    assert f"{path}:{fault}" in [str(found) for found in check_path(tmp_path)]


@pytest.mark.parametrize("file", ["blocks/nguoi.yaml", "catalogs/dan_toc.yaml", "agencies.yaml", "whole.yaml"])
def test_a_file_of_each_sort_can_be_checked_alone(file: str) -> None:
    assert check_path(HERE / file) == ()


def test_a_library_whose_catalog_is_broken_says_what_is_wrong_with_it(tmp_path: Path) -> None:
    shutil.copytree(HERE, tmp_path / "d")
    (tmp_path / "d" / "catalogs" / "dan_toc.yaml").write_text("format: 1\ncatalog: dan_toc\n", "utf-8")
    _, faults = load_file(tmp_path / "d" / "whole.yaml")
    assert {Path(fault.file).name for fault in faults} == {"dan_toc.yaml"}


def test_a_broken_file_is_not_passed_over_for_the_one_of_the_base(tmp_path: Path) -> None:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "nguoi.yaml").write_text("format: 1\nblock: nguoi\n", "utf-8")
    shutil.copytree(HERE / "1.999001", tmp_path / "1.999001")
    shutil.copy(HERE / "whole.yaml", tmp_path)
    _, faults = load_file(tmp_path / "whole.yaml", base=Library.folder(HERE))
    assert {Path(fault.file).name for fault in faults} == {"nguoi.yaml"}
