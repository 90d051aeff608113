"""Text is found however it was typed, and sorted as Vietnamese readers expect."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.search import collation_key, fold, matches, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đăng ký khai sinh", "dang ky khai sinh"),
        ("ĐĂNG KÝ KHAI SINH", "dang ky khai sinh"),
        ("đường Điện Biên Phủ", "duong dien bien phu"),
        ("hòa", "hoa"),
        ("hoà", "hoa"),
        ("Nguyễn Thị Ngọc Ưởng", "nguyen thi ngoc uong"),
        ("ăâđêôơư ẵẫẽễỗỡữ ặậẹệộợựỵ", "aadeoou aaeeoou aaeeoouy"),
        ("  Tờ khai,\tđăng-ký\n(mẫu CT01)…  ", "to khai dang ky mau ct01"),
        ("1.001193", "1 001193"),
        ("000.20.52.H21-260701-0001", "000 20 52 h21 260701 0001"),
        ("ten.ho@example.vn", "ten ho example vn"),
        ("Quyết\u00a0định", "quyet dinh"),
        ("ＣＴ０１", "ct01"),
        ("so_dinh_danh", "so dinh danh"),
        ("İstanbul, Łódź, Straße", "istanbul lodz strasse"),
        ("", ""),
        ("…!?", ""),
    ],
)
def test_folding_drops_case_marks_and_punctuation(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_however_the_letters_are_encoded_they_fold_alike(form: str) -> None:
    text = "Xác nhận tình trạng hôn nhân ở phường Quy Nhơn, Đề án ấy"
    encoded = unicodedata.normalize(form, text)  # type: ignore[arg-type]
    assert fold(encoded) == "xac nhan tinh trang hon nhan o phuong quy nhon de an ay"


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aàảãáạăằâấđĐeêễioôơởuưựyỵ bcN", max_size=40))
def test_what_is_typed_without_marks_finds_what_is_written_with_them(text: str) -> None:
    assert matches(fold(text), fold(text))
    assert matches(text, fold(text.upper()))


def test_the_words_of_a_text() -> None:
    assert words("Trích lục hộ tịch (bản sao)") == ("trich", "luc", "ho", "tich", "ban", "sao")
    assert words(" – ") == ()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("khai sinh", True),
        ("sinh khai", True),
        ("KHAI SÌNH", True),
        ("dang ky", True),
        ("đk", False),
        ("kh si", True),
        ("hai", False),  # only beginnings of words
        ("khai tử", False),  # every word must be found
        ("1.001193", True),
        ("1193", False),
        ("", True),
        (" ,. ", True),
    ],
)
def test_every_word_of_the_query_begins_a_word(query: str, found: bool) -> None:
    assert matches(query, fold("Đăng ký khai sinh 1.001193")) is found


def test_the_alphabet_has_its_vietnamese_order() -> None:
    alphabet = list("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
    assert sorted(set(alphabet), key=collation_key) == alphabet


def test_tones_have_the_order_of_the_dictionaries() -> None:
    syllables = ["ma", "mà", "mả", "mã", "má", "mạ", "măng", "mâm", "mầm", "mẩm", "mẫm", "mấm", "mậm"]
    assert sorted(sorted(syllables), key=collation_key) == syllables


@pytest.mark.parametrize(
    "ordered",
    [
        ["An Giang", "Bắc Ninh", "Cà Mau", "Cao Bằng", "Cần Thơ", "Đà Nẵng", "Đắk Lắk", "Điện Biên", "Đồng Nai"],
        ["Hà Nội", "Hà Tĩnh", "Hải Phòng", "Hưng Yên", "Khánh Hòa"],
        ["da", "dì", "đa", "đi"],
        ["ba", "bà", "ba ba", "bà ba", "ban", "bàn"],
        ["Hoa Bình", "Hòa Bình", "Hoa Sen", "Hòa Sen"],  # letters of the whole first, then tones
        ["Phường 2", "Phường 10", "Phường An Bình"],
        ["Xã A", "Xã Ă", "Xã Â", "Xã B"],
        ["tu", "tuệ", "tư", "tử", "tự"],
    ],
)
def test_lists_are_sorted_as_readers_expect(ordered: list[str]) -> None:
    assert sorted(sorted(ordered, reverse=True), key=collation_key) == ordered


def test_case_punctuation_and_encoding_do_not_matter_to_the_order() -> None:
    assert collation_key("Hòa Bình") == collation_key("hoà  BÌNH") == collation_key("hòa-bình")
    assert collation_key(unicodedata.normalize("NFD", "Đường Ước")) == collation_key("đường ước")


@given(st.text())
def test_the_key_can_stand_in_a_column(text: str) -> None:
    assert "\0" not in collation_key(text)
