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
from engine.kinds import Context
from engine.platform.settings import ROOT
from tests.kinds_cases import CONTEXT

FOLDER = ROOT / "definitions"
FILES = procedure_files(FOLDER)
TODAY = "2026-11-24"

BIRTH, DEATH, MARRIAGE, STATUS, COPY = "1.001193", "1.000656", "1.000894", "1.004873", "2.000635"
RESIDENCE, FUNERAL = "1.010041", "1.001731"
PERMANENT, TEMPORARY, CERTIFIED, BUSINESS, BUILDING = "1.004222", "1.004194", "2.000815", "1.001612", "1.013225"
ONLINE = (
    BIRTH, DEATH, MARRIAGE, STATUS, COPY, RESIDENCE, FUNERAL, PERMANENT, TEMPORARY, CERTIFIED, BUSINESS, BUILDING,
)  # fmt: skip


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
    said = [check.message for check in shipped(code).procedure.checks]
    stops = {error.field: "stops" for error in found.errors if error.cause in said}
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
        (BUILDING, {}, {"le_phi_cap_phep": 0}),  # the province's
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


def somebody(prefix: str, number: int) -> dict[str, str]:
    """A row of a table of persons."""
    return {f"{prefix}_ho_ten": f"Người thứ {number}", f"{prefix}_so_dinh_danh": f"0520900{number:05}"}


@pytest.mark.parametrize(
    ("channel", "exempt", "amounts"),
    [
        ("online", False, {"le_phi_thuong_tru": 10000}),
        ("in_person", False, {"le_phi_thuong_tru": 20000}),
        ("online", True, {}),
        ("in_person", True, {}),
    ],
)
def test_a_permanent_residence_costs_half_online(channel: str, exempt: bool, amounts: dict[str, int]) -> None:
    assert due(PERMANENT, channel, mien_le_phi=exempt) == amounts


@pytest.mark.parametrize(
    ("channel", "persons", "exempt", "amounts"),
    [
        ("online", 0, 0, {"le_phi_tam_tru": 7000}),
        ("in_person", 0, 0, {"le_phi_tam_tru": 15000}),
        ("online", 1, 0, {"le_phi_danh_sach": 10000}),
        ("in_person", 30, 0, {"le_phi_danh_sach": 300000}),
        ("in_person", 30, 4, {"le_phi_danh_sach": 260000}),
        ("online", 2, 2, {"le_phi_danh_sach": 0}),
    ],
)
def test_a_temporary_residence_is_paid_by_registration_or_by_person(
    channel: str, persons: int, exempt: int, amounts: dict[str, int]
) -> None:
    listed = [somebody("ds", number) for number in range(persons)]
    case = {"truong_hop": "danh_sach", "danh_sach": listed} if persons else {"truong_hop": "ho", "mien_le_phi": False}
    assert due(TEMPORARY, channel, so_nguoi_mien=exempt, **case) == amounts


@pytest.mark.parametrize(
    ("begins", "ends", "said"),
    [
        ("2026-11-24", "2028-11-24", {}),  # two years to the day
        ("2026-11-24", "2028-11-25", {"den_ngay": "stops"}),
        ("2024-02-29", "2026-02-28", {}),
        ("2024-02-29", "2026-03-01", {"den_ngay": "stops"}),
        ("2026-11-24", "2026-11-24", {"den_ngay": "stops"}),
        ("2026-11-24", "2026-12-24", {}),
        ("2026-11-24", "2026-12-23", {"den_ngay": "warns"}),  # less than 30 days
    ],
)
def test_a_temporary_residence_lasts_two_years_at_the_most(begins: str, ends: str, said: dict[str, str]) -> None:
    assert objections(TEMPORARY, tu_ngay=begins, den_ngay=ends) == said


@pytest.mark.parametrize(
    ("case", "papers"),
    [
        ({"truong_hop": "so_huu"}, set()),
        ({"truong_hop": "nguoi_than"}, set()),
        ({"truong_hop": "thue_muon"}, {"hop_dong_thue"}),
        ({"truong_hop": "ton_giao", "doi_tuong_ton_giao": "chuc_sac"}, {"nha_o_phu_tro", "chuc_sac"}),
        ({"truong_hop": "ton_giao", "doi_tuong_ton_giao": "truc_tiep"}, {"nha_o_phu_tro"}),
        ({"truong_hop": "ton_giao", "doi_tuong_ton_giao": "tro_giup"}, {"nha_o_phu_tro", "doi_tuong_dieu_17"}),
        ({"truong_hop": "tro_giup", "noi_tro_giup": "co_so"}, {"van_ban_co_so", "xac_nhan_cham_soc"}),
        ({"truong_hop": "tro_giup", "noi_tro_giup": "ho"}, {"xac_nhan_cham_soc"}),
        ({"truong_hop": "phuong_tien"}, {"dang_ky_phuong_tien"}),
        ({"truong_hop": "don_vi"}, {"giay_gioi_thieu"}),
        ({"truong_hop": "thue_muon", "yk_chu_so_huu_dong_y": "van_ban"}, {"hop_dong_thue", "van_ban_dong_y"}),
    ],
)
def test_each_case_of_permanent_residence_asks_for_its_papers(case: dict[str, Any], papers: set[str]) -> None:
    assert wanted(PERMANENT, **case) == papers


@pytest.mark.parametrize(
    ("case", "who"),
    [
        ({"truong_hop": "so_huu", "ch_quan_he": "chu_ho"}, set()),
        ({"truong_hop": "nguoi_than", "ch_quan_he": "con_de"}, {"chu_ho", "chu_so_huu"}),
        ({"truong_hop": "nguoi_than", "ch_quan_he": "chu_ho"}, {"chu_so_huu"}),
        ({"truong_hop": "so_huu", "yc_ngay_sinh": "2008-11-25"}, {"cha_me"}),
        ({"truong_hop": "so_huu", "yc_ngay_sinh": "2008-11-24"}, set()),  # 18 today
    ],
)
def test_head_owner_and_parents_consent_where_the_law_wants_it(case: dict[str, Any], who: set[str]) -> None:
    walked = journey(shipped(PERMANENT), Answers(case), at())
    asked = {name.removeprefix("yk_").removesuffix("_dong_y") for name in walked.relevant if name.startswith("yk_")}
    assert {name for name in asked if not name.endswith(("_ho_ten", "_so_dinh_danh"))} == who


# Certified copies


def copies(pages: int, number: int = 1) -> dict[str, Any]:
    """A paper to be copied."""
    paper = {"ct_ten": "Bằng tốt nghiệp", "ct_nuoc_ngoai": False, "ct_so_trang": pages, "ct_so_ban": number}
    view = seen(CERTIFIED, {"giay_to_goc": [paper]})
    assert view["giay_to_goc"]
    return paper


@pytest.mark.parametrize(
    ("pages", "number", "amount"),
    [
        (1, 1, 2000),
        (2, 1, 4000),
        (3, 1, 5000),
        (50, 1, 52000),
        (198, 1, 200000),
        (199, 1, 200000),  # the most that one copy costs
        (1000, 1, 200000),
        (1, 10, 20000),
        (3, 4, 20000),
        (50, 2, 104000),
        (1000, 3, 600000),
    ],
)
def test_a_certified_copy_costs_by_its_pages_up_to_a_limit(pages: int, number: int, amount: int) -> None:
    assert due(CERTIFIED, giay_to_goc=[copies(pages, number)]) == {"phi_chung_thuc": amount}


def test_several_papers_are_paid_together() -> None:
    assert due(CERTIFIED, giay_to_goc=[copies(1, 2), copies(3, 1), copies(1000, 1)]) == {"phi_chung_thuc": 209000}


# Household businesses


@pytest.mark.parametrize(
    ("main", "said"),
    [
        ([True], {}),
        ([False, True, False], {}),
        ([False], {"nganh_nghe": "stops"}),
        ([True, True], {"nganh_nghe": "stops"}),
        ([False, False], {"nganh_nghe": "stops"}),
    ],
)
def test_a_business_has_exactly_one_main_trade(main: list[bool], said: dict[str, str]) -> None:
    rows = [{"nn_ten": f"Ngành {n}", "nn_ma": f"471{n}", "nn_chinh": is_main} for n, is_main in enumerate(main)]
    assert objections(BUSINESS, nganh_nghe=rows) == said


def test_the_owner_of_a_business_is_a_vietnamese_of_age() -> None:
    trade = {"nganh_nghe": [{"nn_ten": "Bán lẻ gạo", "nn_ma": "4721", "nn_chinh": True}]}
    assert objections(BUSINESS, yc_ngay_sinh="2008-11-24", yc_quoc_tich="VN", **trade) == {}
    young = {"yc_ngay_sinh": "2008-11-25", "yc_quoc_tich": "LA"}
    assert objections(BUSINESS, **young, **trade) == {"yc_ngay_sinh": "stops", "yc_quoc_tich": "stops"}


def test_a_business_bears_its_kind_in_its_name_and_its_papers_follow_who_founds_and_files_it() -> None:
    assert seen(BUSINESS, {"ten_rieng": "Minh Anh"})["ten_day_du"] == "Hộ kinh doanh Minh Anh"
    assert wanted(BUSINESS, chu_the="ca_nhan", nguoi_nop="chu_ho") == set()
    household = wanted(BUSINESS, chu_the="ho_gia_dinh", nguoi_nop="ca_nhan")
    assert household == {"uy_quyen_thanh_vien", "uy_quyen_ca_nhan"}
    assert wanted(BUSINESS, chu_the="ca_nhan", nguoi_nop="to_chuc") == {"hop_dong_dich_vu"}


@pytest.mark.parametrize(("channel", "amount"), [("online", 150000), ("post", 150000), ("in_person", 50000)])
def test_a_registration_of_a_business_costs_by_the_way_it_comes(channel: str, amount: int) -> None:
    assert due(BUSINESS, channel) == {"le_phi_dang_ky": amount}


# Building permits


HOUSE: dict[str, Any] = {
    "loai_cong_trinh": "nha_o", "dien_tich_lo_dat": "100.00", "dien_tich_xay_dung": "80.50", "so_tang": 2,
    "tong_dien_tich_san": "161.00",
    "tang": [{"tang_ten": "1", "tang_dien_tich": "80.50"}, {"tang_ten": "2", "tang_dien_tich": "80.50"}],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, {}),
        ({"tong_dien_tich_san": "161.01"}, {"tong_dien_tich_san": "stops"}),
        ({"so_tang": 3}, {"so_tang": "stops"}),
        ({"dien_tich_lo_dat": "80.50"}, {}),
        ({"dien_tich_lo_dat": "80.49"}, {"dien_tich_xay_dung": "stops"}),
    ],
)
def test_the_areas_and_floors_of_a_house_agree(change: dict[str, Any], said: dict[str, str]) -> None:
    assert objections(BUILDING, **HOUSE | change) == said


def test_density_and_ratio_are_worked_out() -> None:
    view = seen(BUILDING, HOUSE)
    assert (view["mat_do"], view["he_so"]) == ("80.5", "1.61")


@pytest.mark.parametrize(
    ("kind", "asked", "papers"),
    [
        ("nha_o", "khoang_lui", {"ban_ve_nha_o"}),
        ("khong_theo_tuyen", "khoang_lui", {"phe_duyet_du_an", "ban_ve_cong_trinh"}),
        ("theo_tuyen", "tong_chieu_dai", {"phe_duyet_du_an", "ban_ve_cong_trinh", "chap_thuan_tuyen"}),
        ("ton_giao", "khoang_lui", {"phe_duyet_du_an", "ban_ve_cong_trinh", "chap_thuan_ton_giao"}),
        ("tuong_dai", "td_chieu_cao", {"phe_duyet_du_an", "ban_ve_cong_trinh"}),
    ],
)
def test_each_kind_of_work_asks_for_its_measures_and_papers(kind: str, asked: str, papers: set[str]) -> None:
    walked = journey(shipped(BUILDING), Answers({"loai_cong_trinh": kind}), at())
    assert asked in walked.relevant
    assert wanted(BUILDING, loai_cong_trinh=kind) == papers


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
