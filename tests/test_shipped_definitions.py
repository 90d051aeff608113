"""The shipped procedures hold to the law: ages, periods, amounts, what must agree; and they speak two languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from engine.definition.library import Library
from engine.definition.loading import check_path, load_file, procedure_files
from engine.form.answers import Answers
from engine.form.compiled import CompiledForm, compile_form
from engine.form.fees import fees_due
from engine.form.journey import journey, review
from engine.format.texts import Text
from engine.kinds import Context
from engine.platform.settings import ROOT
from tests.kinds_cases import CONTEXT

FOLDER = ROOT / "definitions"
FILES = procedure_files(FOLDER)
TODAY = "2026-11-24"

BIRTH, DEATH, MARRIAGE, STATUS, COPY = "1.001193", "1.000656", "1.000894", "1.004873", "2.000635"
RESIDENCE, FUNERAL = "1.010041", "1.001731"
ONLINE = (BIRTH, DEATH, MARRIAGE, STATUS, COPY, RESIDENCE, FUNERAL)


@cache
def shipped(code: str) -> CompiledForm:
    """A shipped procedure, compiled."""
    found, faults = load_file(FOLDER / f"{code}.yaml")
    assert found is not None, faults
    return compile_form(found)


def at(channel: str = "online") -> Context:
    """A day on which somebody files by this channel."""
    return replace(CONTEXT, today=TODAY, channel=channel)


def seen(code: str, values: Mapping[str, Any], channel: str = "online") -> Mapping[str, Any]:
    """The relevant view of some answers."""
    return journey(shipped(code), Answers(values), at(channel)).view


def due(code: str, channel: str = "online", **values: Any) -> dict[str, int]:
    """The fees of some answers, by name."""
    form = shipped(code)
    found = fees_due(form.fees, seen(code, values, channel), form.procedure.rates)
    return {fee.name: fee.amount for fee in found}


def objections(code: str, **values: Any) -> dict[str, str]:
    """What the procedure's own rules say of some answers: the field, and whether it stops or only warns."""
    found = review(shipped(code), Answers(values), at())
    stops = {error.field: "stops" for error in found.errors if isinstance(error.cause, Text)}
    return {error.field: "warns" for error in found.warnings} | stops


def wanted(code: str, channel: str = "online", **values: Any) -> set[str]:
    """The papers that these answers ask for and that must be attached."""
    walked = journey(shipped(code), Answers(values), at(channel))
    papers = {paper.name for paper in shipped(code).procedure.every_paper if paper.attach == "required"}
    return papers & walked.relevant


# What all have in common


def test_nothing_that_is_shipped_is_warned_of() -> None:
    assert [str(fault) for fault in check_path(FOLDER)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_procedure_publishes_whom_it_is_for_how_long_it_takes_and_what_it_rests_on(path: Path) -> None:
    procedure, _ = load_file(path)
    assert procedure is not None
    assert path.stem == procedure.code
    assert procedure.summary
    assert procedure.instructions
    assert procedure.audience
    assert procedure.papers
    assert procedure.results
    assert procedure.legal_basis
    assert all(method.time for method in procedure.methods)
    assert all(law.number for law in procedure.legal_basis)


@pytest.mark.parametrize("code", ONLINE)
def test_a_procedure_that_is_filed_online_says_who_handles_it_and_what_comes_next(code: str) -> None:
    procedure = shipped(code).procedure
    assert procedure.level == 3
    assert procedure.partial_reason
    assert procedure.next_steps
    assert procedure.applicant
    assert procedure.applicant.email
    assert procedure.processing
    assert procedure.processing.stages
    assert all(stage.time for stage in procedure.processing.stages)
    assert procedure.supplement
    assert procedure.retention
    assert procedure.officer_fields
    assert shipped(code).fields["cam_doan"].required is True


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_blank_forms_are_word_files_with_the_heading_of_the_state(path: Path) -> None:
    procedure, _ = load_file(path)
    assert procedure is not None
    assert procedure.templates or procedure.level == 1
    for blank in procedure.templates:
        with ZipFile(FOLDER / procedure.code / blank.file) as document:
            text = document.read("word/document.xml").decode()
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in text
        assert unicodedata.is_normalized("NFC", text)


@pytest.mark.parametrize(
    ("catalog", "count", "some"),
    [
        ("dan_toc", 54, {"Kinh", "Tày", "Ba-na", "Gia-rai", "Ơ-đu", "Rơ-măm"}),
        ("quan_he", 15, {"Bản thân", "Cha", "Mẹ", "Người được ủy quyền"}),
        ("quan_he_chu_ho", 23, {"Chủ hộ", "Con đẻ", "Người ở nhờ, ở mượn, ở thuê"}),
        ("giay_to", 5, {"Thẻ căn cước", "Thẻ căn cước công dân", "Chứng minh nhân dân", "Hộ chiếu"}),
        ("quoc_tich", 242, {"Việt Nam", "Lào", "Hoa Kỳ", "Trung Quốc"}),
    ],
)
def test_the_shared_lists_are_whole(catalog: str, count: int, some: set[str]) -> None:
    entries = Library.folder(FOLDER).catalogs[catalog].entries
    labels = [entry.label.vi for entry in entries]
    assert len(labels) == len(set(labels)) == count
    assert some <= set(labels)


# Civil status


@pytest.mark.parametrize(
    ("man", "woman", "said"),
    [
        ("2006-11-24", "2008-11-24", {}),  # 20 and 18 today
        ("2006-11-25", "2008-11-24", {"nam_ngay_sinh": "stops"}),
        ("2006-11-24", "2008-11-25", {"nu_ngay_sinh": "stops"}),
        ("2007", "2009", {"nam_ngay_sinh": "stops", "nu_ngay_sinh": "stops"}),
        ("2006", "2008", {}),  # of a year alone, the year is compared
        ("1950-01-01", "1960-01-01", {}),
    ],
)
def test_a_man_marries_from_20_and_a_woman_from_18(man: str, woman: str, said: dict[str, str]) -> None:
    assert objections(MARRIAGE, nam_ngay_sinh=man, nu_ngay_sinh=woman) == said


def test_a_marriage_with_a_foreigner_or_with_oneself_is_warned_of() -> None:
    assert objections(MARRIAGE, nam_quoc_tich="VN", nu_quoc_tich="LA") == {"nu_quoc_tich": "warns"}
    same = "052090001234"
    assert objections(MARRIAGE, nam_so_dinh_danh=same, nu_so_dinh_danh=same) == {"nu_so_dinh_danh": "warns"}


@pytest.mark.parametrize(
    ("side", "name", "number"),
    [("nam", "Trần Văn Nam", "052090001234"), ("nu", "Lê Thị Nữ", "B1234567")],
)
def test_a_marriage_is_filed_by_the_one_of_the_two_who_says_so(side: str, name: str, number: str) -> None:
    both = {"nam_ho_ten": "Trần Văn Nam", "nu_ho_ten": "Lê Thị Nữ", "nam_so_dinh_danh": "052090001234"}
    paper = {"nu_loai_giay_to": "ho_chieu", "nu_so_giay_to": "B1234567"}
    view = seen(MARRIAGE, {"nguoi_nop": side, **both, **paper})
    assert (view["nguoi_nop_ho_ten"], view["nguoi_nop_so_dinh_danh"]) == (name, number)


def test_only_a_second_marriage_asks_how_the_first_one_ended() -> None:
    assert "nam_cham_dut_so" not in seen(MARRIAGE, {"nam_lan_ket_hon": 1, "nam_cham_dut_so": "12"})
    assert "nam_cham_dut_so" in seen(MARRIAGE, {"nam_lan_ket_hon": 2, "nam_cham_dut_so": "12"})
    early = {"nam_lan_ket_hon": 2, "nam_ngay_sinh": "1980-01-01", "nam_cham_dut_ngay": "1979-12-31"}
    assert objections(MARRIAGE, **early) == {"nam_cham_dut_ngay": "stops"}


@pytest.mark.parametrize(
    ("born", "died", "said"),
    [
        ("1940-05-01", "2026-11-20", {}),
        ("1940-05-01", "2026-11-09", {}),  # the fifteenth day
        ("1940-05-01", "2026-11-08", {"ngay_chet": "warns"}),
        ("2026-11-20", "2026-11-20", {}),
        ("2026-11-21", "2026-11-20", {"ngay_chet": "stops"}),
        ("1940", "1975", {"ngay_chet": "warns"}),
    ],
)
def test_nobody_dies_before_birth_and_after_15_days_it_is_late(born: str, died: str, said: dict[str, str]) -> None:
    assert objections(DEATH, nc_ngay_sinh=born, ngay_chet=died) == said


def test_a_death_in_the_future_is_refused() -> None:
    found = review(shipped(DEATH), Answers({"ngay_chet": "2026-11-25"}), at())
    assert "date.max" in {getattr(error.cause, "code", "") for error in found.errors if error.field == "ngay_chet"}


@pytest.mark.parametrize(
    ("proof", "papers"),
    [
        ("giay_bao_tu", {"giay_bao_tu"}),
        ("giay_thay", {"giay_bao_tu"}),
        ("dien_tu", set()),
        ("khong_co", {"chung_cu_su_kien_chet"}),
    ],
)
def test_each_proof_of_a_death_asks_for_its_paper(proof: str, papers: set[str]) -> None:
    assert wanted(DEATH, loai_giay_bao_tu=proof) == papers


def test_an_unknown_last_residence_asks_for_proof_of_the_place_of_death() -> None:
    unknown = {"nc_noi_cu_tru#none": True}
    walked = journey(shipped(DEATH), Answers(unknown), at())
    assert "giay_to_noi_chet" in walked.relevant
    assert "giay_to_noi_cu_tru" not in walked.relevant


@pytest.mark.parametrize(
    ("code", "values", "amounts"),
    [
        (BIRTH, {"de_nghi_ban_sao": False}, {}),
        (BIRTH, {"de_nghi_ban_sao": True, "so_luong": 3, "con_ngay_sinh": "2026-11-01"}, {"phi_ban_sao": 24000}),
        (BIRTH, {"con_ngay_sinh": "2026-09-25"}, {}),  # the sixtieth day
        (BIRTH, {"con_ngay_sinh": "2026-09-24"}, {"le_phi_khai_sinh_qua_han": 0}),  # the province's
        (STATUS, {}, {"le_phi_xac_nhan": 0}),  # the province's
        (MARRIAGE, {"de_nghi_ban_sao": True, "so_luong": 1}, {"phi_ban_sao": 8000}),
        (MARRIAGE, {"de_nghi_ban_sao": False, "so_luong": 9}, {}),
        (DEATH, {"de_nghi_ban_sao": True, "so_luong": 2, "ngay_chet": "2026-11-20"}, {"phi_ban_sao": 16000}),
        (DEATH, {"ngay_chet": "2026-11-20", "mien_le_phi": False}, {}),  # in time: free
        (DEATH, {"ngay_chet": "2026-01-01", "mien_le_phi": True}, {}),
        (DEATH, {"ngay_chet": "2026-01-01", "mien_le_phi": False}, {"le_phi_khai_tu_qua_han": 0}),  # the province's
        (COPY, {"so_luong": 50}, {"phi_ban_sao": 400000}),
        (RESIDENCE, {}, {}),
        (FUNERAL, {}, {}),
    ],
)
def test_what_is_due(code: str, values: dict[str, Any], amounts: dict[str, int]) -> None:
    assert due(code, **values) == amounts


@pytest.mark.parametrize(
    ("born", "said"),
    [
        ("2026-11-24", {}),
        ("2026-09-25", {}),
        ("2026-09-24", {"con_ngay_sinh": "warns"}),
        ("2026-11-25", {"con_ngay_sinh": "stops"}),
    ],
)
def test_a_child_is_born_by_today_and_after_60_days_it_is_late(born: str, said: dict[str, str]) -> None:
    assert objections(BIRTH, con_ngay_sinh=born) == said


# Residence


def test_a_residence_does_not_end_before_it_begins() -> None:
    asked = {"noi_dung": ["truoc_day"], "tu_ngay": "2020-05-01", "den_ngay": "2019-05-01"}
    assert objections(RESIDENCE, **asked) == {"den_ngay": "stops"}
    assert objections(RESIDENCE, **asked | {"den_ngay": "2020"}) == {}
    assert objections(RESIDENCE, **asked | {"noi_dung": ["ho"]}) == {}  # not asked, so not judged


# Social protection


def test_a_funeral_held_by_an_organisation_is_asked_for_in_its_name() -> None:
    held = {"doi_tuong": "to_chuc", "ten_to_chuc": "Trung tâm Bảo trợ", "quan_he": "con"}
    assert "ten_to_chuc" in seen(FUNERAL, held)
    assert "quan_he" not in seen(FUNERAL, held)
    assert "giay_gioi_thieu" in wanted(FUNERAL, **held)
    assert "giay_gioi_thieu" not in wanted(FUNERAL, doi_tuong="ca_nhan")


def test_money_goes_to_an_account_only_where_that_was_chosen() -> None:
    account = {"tk_so_tai_khoan": "0123456789", "cach_nhan_tien": "tai_khoan"}
    assert "tk_so_tai_khoan" in seen(FUNERAL, account)
    assert "tk_so_tai_khoan" not in seen(FUNERAL, account | {"cach_nhan_tien": "tien_mat"})


def test_a_death_is_proved_unless_this_office_registered_it() -> None:
    assert wanted(FUNERAL, khai_tu_tai_day=True, che_do=["hang_thang"]) == set()
    assert wanted(FUNERAL, khai_tu_tai_day=False, che_do=["bhxh"]) == {"giay_chung_tu", "quyet_dinh_thoi_huong"}


def test_support_that_was_received_already_is_warned_of() -> None:
    assert objections(FUNERAL, da_huong_mai_tang=True) == {"da_huong_mai_tang": "warns"}
    died = {"nc_ngay_sinh": "1940-01-01", "ngay_chet": "2026-11-20", "khai_tu_ngay": "2026-11-19"}
    assert objections(FUNERAL, **died) == {"khai_tu_ngay": "stops"}
