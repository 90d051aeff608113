"""Five forms in the XLSForm standard, each in another habit of authors, and the workbooks they are written to.

`python -m tests.xlsforms FOLDER` writes them as files.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]

# What the standard's own examples look like: English, one sheet of questions, few groups.
CLASSIC: dict[str, Rows] = {
    "survey": [
        ("type", "name", "label", "hint", "required", "relevant", "constraint", "constraint_message", "default",
         "appearance", "calculation", "read_only"),
        ("start", "start", None),
        ("text", "full_name", "Full name", "As on the identity card", "yes", None, "string-length(.) <= 80",
         "At most 80 letters"),
        ("date", "birth_date", "Date of birth", None, "yes", None, ". <= today()", "Not in the future"),
        ("integer", "age", "Age in years", None, None, None, ". > 0 and . < 130"),
        ("select_one yes_no", "married", "Are you married?", None, "yes"),
        ("text", "spouse", "Name of the spouse of ${full_name}", None, "yes", "${married} = 'yes'"),
        ("select_multiple papers or_other", "papers", "Papers you bring", None, None, None, "count-selected(.) <= 3"),
        ("note", "remind", "Bring **the original** too.", None, None, "selected(${papers}, 'passport')"),
        ("text", "phone", "Phone", None, None, None, "regex(., '^0[0-9]{9}$')", "Ten digits"),
        ("text", "remarks", "Remarks", None, None, "${age} >= 18 and not(${married} = 'no')", None, None, None, "multiline"),
        ("geopoint", "where", "Where do you live?"),
        ("image", "photo", "Photo", None, None, None, None, None, None, "signature"),
        ("acknowledge", "sure", "All of this is true", None, "yes"),
    ],
    "choices": [
        ("list_name", "name", "label"),
        ("yes_no", "yes", "Yes"),
        ("yes_no", "no", "No"),
        ("papers", "id_card", "Identity card"),
        ("papers", "passport", "Passport"),
        ("unused", "x", "Nobody asks"),
    ],
    "settings": [
        ("form_title", "form_id", "version", "default_language"),
        ("Registration of a resident", "9.100001", "2026112201", "English"),
    ],
}  # fmt: skip

# Both languages beside each other, Vietnamese names, hints, messages; settings of our own.
BILINGUAL: dict[str, Rows] = {
    "survey": [
        ("type", "name", "label::Vietnamese (vi)", "label::English (en)", "hint::Vietnamese (vi)",
         "hint::English (en)", "label::Français (fr)", "required", "required_message::Vietnamese (vi)", "relevant",
         "constraint", "constraint_message::Vietnamese (vi)", "constraint_message::English (en)", "choice_filter",
         "default"),
        ("begin group", "người_nộp", "Người nộp", "Applicant"),
        ("text", "Họ tên", "Họ, chữ đệm và tên", "Full name", "Chữ in hoa", "In capitals", "Nom", "true"),
        ("select_one tỉnh", "Tỉnh", "Tỉnh, thành phố", "Province", None, None, None, "yes", "Chọn một tỉnh"),
        ("select_one xã", "Xã", "Phường, xã", "Ward", None, None, None, "${Tỉnh} != ''", None, None, None, None, None,
         "tinh=${Tỉnh}"),
        ("end group",),
        ("begin group", "giay_to", "Giấy tờ của ${Họ tên}", "Papers of ${Họ tên}", None, None, None, None, None,
         "${Xã} != ''"),
        ("date", "ngay-cap", "Ngày cấp", "Issued on", None, None, None, "yes", None, None,
         ". >= date('2000-01-01') and . <= today() - 1", "Sau năm 2000 và trước hôm nay", "After 2000, before today"),
        ("date", "ngay_het_han", "Ngày hết hạn", "Valid until", None, None, None, None, None, None, ". > ${ngay-cap}",
         "Sau ngày cấp", "After the day of issue", None, date(2030, 1, 31)),
        ("text", "today", "Tên gọi ${không có}", "Name ${không có}", None, None, None, None, "Điền tên gọi"),
        ("end group",),
    ],
    "choices": [
        ("list_name", "name", "label::Vietnamese (vi)", "label::English (en)", "tinh", "media::image"),
        ("tỉnh", "52", "Gia Lai", "Gia Lai"),
        ("tỉnh", "01", "Hà Nội", "Hanoi", None, "hn.png"),
        ("xã", "x1", "Quy Nhơn", "Quy Nhon", "52"),
        ("xã", "x2", "Pleiku", "Pleiku", "52"),
        ("xã", "x3", "Ba Đình", "Ba Dinh", "01"),
        ("xã", "other", "Nơi khác", "Elsewhere", "01"),
    ],
    "settings": [
        ("form_title", "code", "category", "level", "default_language", "style"),
        ("Xác nhận nơi cư trú", "9.100002", "ho-tich", 1, "Vietnamese (vi)", "pages"),
    ],
}  # fmt: skip

# An export of KoboToolbox: machine columns, begin_group, lists of other files, an empty settings row.
KOBO: dict[str, Rows] = {
    "survey": [
        ("type", "name", "$kuid", "label", "required", "relevant", "appearance", "constraint", "constraint_message",
         "calculation", "parameters", "$given_name", "select_one_from_list_name", "guidance_hint"),
        ("start", "start", "a1"),
        ("today", "today", "a2"),
        ("begin_group", "group_house", "a3", "House", None, None, "field-list"),
        ("range", "floors", "a4", "Floors", "false", None, None, None, None, None, "start=1 end=9 step=1"),
        ("range", "height", "a5", "Height in metres", "true", None, None, None, None, None, "start=0 end=99.5 step=0.5"),
        ("decimal", "area", "a6", "Area", "true", None, "w2", ". >= 12.5 and . < 10000", "From 12.5", None, None, "area"),
        ("select_one_from_file wards.csv", "ward", "a7", "Ward", "true", None, "autocomplete"),
        ("select_one roof", "roof", "a8", "Roof", "true", "${floors} > 1 or ${area} > 100", "minimal", None, None, None,
         None, None, None, "Look from outside"),
        ("barcode", "meter", "a9", "Meter"),
        ("audio", "talk", "b1", "Say it"),
        ("end_group",),
        ("select_multiple roof", "seen", "b2", "Roofs seen", "false", None, "likert", "not(selected(., 'tile') and selected(., 'straw'))"),
        ("rank roof", "best", "b3", "Best roofs"),
        ("time", "at", "b4", "At what time", "false", None, None, ". >= '07:30'"),
        ("datetime", "met", "b5", "Met on"),
        ("file", "plan", "b6", "Plan of the house"),
    ],
    "choices": [
        ("list_name", "name", "label", "order"),
        ("roof", "tile", "Tile", 1),
        ("roof", "straw", "Straw", 2),
    ],
    "settings": [("style", "form_id"), ("theme-grid", None)],
}  # fmt: skip

# Groups in groups, rows in rows, and much that is computed.
COMPUTED: dict[str, Rows] = {
    "survey": [
        ("type", "name", "label", "relevant", "calculation", "repeat_count", "constraint", "required", "default"),
        ("begin group", "household", "Household"),
        ("integer", "people", "How many people live there", None, None, None, ". >= 1", "yes"),
        ("begin group", "head", "Head of the household", "${people} > 1"),
        ("text", "head_name", "Name", None, None, None, None, "yes"),
        ("begin group", "head_work", "Work", "${head_name} != ''"),
        ("text", "job", "Occupation"),
        ("end group",),
        ("end group",),
        ("end group",),
        ("begin group", "lands", "Land"),
        ("begin repeat", "plots", "Plots", "${people} > 0", None, "3"),
        ("decimal", "plot_area", "Area of the plot", None, None, None, None, "yes"),
        ("decimal", "plot_price", "Price a square metre"),
        ("calculate", "plot_worth", None, None, "${plot_area} * ${plot_price}"),
        ("text", "plot_note", "Why so dear?", "${plot_price} > 100", None, None, ". != ${head_name}"),
        ("calculate", "plot_number", None, None, "position(..)"),
        ("begin repeat", "owners", "Owners"),
        ("text", "owner", "Owner"),
        ("end repeat",),
        ("end repeat",),
        ("begin repeat", "animals", "Animals", None, None, "${people}"),
        ("text", "animal", "Animal"),
        ("end repeat",),
        ("end group",),
        ("begin group", "sums", "Sums", "count(${plots}) >= 1"),
        ("calculate", "total", "Total area", None, "sum(${plot_area})"),
        ("calculate", "plots_counted", "Plots", None, "count(${plots})"),
        ("calculate", "about", "In words", None, "concat(${head_name}, ': ', ${job})"),
        ("calculate", "size", "Size", None, "if(sum(${plot_area}) > 100 and ${people} != 1, 'large', 'small')"),
        ("calculate", "whole", "Whole hundreds", None, "int(${total} div 100)"),
        ("calculate", "shown", "Occupation, or none", None, "coalesce(${job}, 'none')"),
        ("calculate", "days", "Days since", None, "today() - date('2020-01-01')"),
        ("calculate", "key", "Key", None, "uuid()"),
        ("calculate", "after_key", "After the key", None, "concat(${key}, 'x')"),
        ("text", "said", "Said", "${total} > 5"),
        ("integer", "again", "How many people, again", None, None, None, ". = ${people}", None, "${people}"),
        ("integer", "ahead", "Looks ahead", "${later} > 1"),
        ("integer", "later", "Later"),
        ("end group",),
    ],
    "settings": [("form_title", "form_id"), ("Kê khai đất", "9.100004")],
}  # fmt: skip

# Written by hand over years: old words, blank rows, trailing spaces, columns of notes, sheets of other things.
SLOPPY: dict[str, Rows] = {
    "Survey ": [
        (None, None),
        (" Type", "Name ", "Label", "Relevance", "Required", "Notes of the team", "constraint message", "Constraint",
         "label", None),
        (),
        ("text ", " Ho ten ", "  Họ và tên ", None, "YES", "hỏi lại chị Lan"),
        ("select one from gioi tinh", "GioiTinh", "Giới tính", None, "Yes", None, None, None, "Nam hay nữ?"),
        ("select one from gioi_tinh", "GioiTinh", "Giới tính", None, "Yes"),
        (None, None, None, None, None, "một dòng chỉ có ghi chú"),
        ("select all that apply from so_thich", "so thich", "Sở thích", "selected(${GioiTinh}, 'nu')"),
        ("Integer", "tuoi", "Tuổi", "${GioiTinh} = \"nam\" and ${Ho ten} != ''", "no", None, "Từ 18", ".>=18", None, "lạc"),
        ("text", "Ho ten", "Tên khác của ${Ho ten}", None, None, None, None, "pulldata('a', 'b', 'c', .) = 1"),
        ("dropdown", "x", "Không có loại này"),
        ("note", "n1", "Viết {ten} và ${tuoi} ở đây"),
        ("end group",),
        ("begin group", "cuoi", None, "${tuoi} > > 3"),
        ("trigger", "dong_y", "Tôi đồng ý"),
        ("string", "ly_do", "Lý do", "${dong_y} = 'OK'", "${tuoi} < 20"),
    ],
    "choices": [
        ("list name", "value", "Label", "nhóm"),
        ("gioi_tinh ", " nam", "Nam "),
        ("gioi_tinh", "nu", "Nữ"),
        ("gioi_tinh", "nu", "Nữ nữa"),
        (),
        ("so_thich", "doc", "Đọc", "a"),
        ("so_thich", None, "Không tên"),
    ],
    "Ghi chú": [("Bản này của ai?", "Lan"), ("Ngày", date(2024, 5, 6))],
    "Sheet1": [],
}  # fmt: skip

FORMS: Mapping[str, Mapping[str, Rows]] = {
    "classic": CLASSIC, "bilingual": BILINGUAL, "kobo": KOBO, "computed": COMPUTED, "sloppy": SLOPPY,
}  # fmt: skip
MERGED = {"sloppy": ("Survey ", "A5:A5"), "classic": ("choices", "D1:F2")}


def workbook(sheets: Mapping[str, Rows], merged: tuple[str, str] | None = None) -> bytes:
    """The bytes of a workbook with these sheets."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows or [()]:
            sheet.append(list(row))
    if merged:
        book[merged[0]].merge_cells(merged[1])
    data = BytesIO()
    book.save(data)
    return data.getvalue()


def of_name(name: str) -> bytes:
    """One of the five."""
    return workbook(FORMS[name], MERGED.get(name))


if __name__ == "__main__":
    for form in FORMS:
        (Path(sys.argv[1]) / f"{form}.xlsx").write_bytes(of_name(form))
