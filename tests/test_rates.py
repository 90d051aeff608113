"""An agency's own amounts: set, taken by fees and computed fields, kept by what was filed before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from engine.definition.checks.publishing import MOST_DONG
from engine.dossier import dossiers, filings
from engine.draft import drafts
from engine.errors import AmountRefused, UnknownRate
from engine.form import fees
from engine.form.answers import Answers
from engine.form.journey import review
from engine.mails import outbox
from engine.publishing import rates, standing, versions
from engine.storage import journal, migrations
from engine.storage.database import count_queries, database
from engine.storage.models import Agency, AgencyRate, Dossier, Draft, Version
from tests import filing_cases as cases
from tests.filing_cases import COMMUNE, DOCUMENT, NOW, VALUES, WARD

CODE = DOCUMENT["code"]
BY = "chu-tich@example.vn"
COMPUTED = [
    *DOCUMENT["form"],
    {"step": "tinh", "title": "Tính", "fields": [
        {"name": "thanh_tien", "kind": "computed", "label": "Thành tiền", "formula": "first(so_luong, 0) * gia"},
        {"name": "ghi_chu", "kind": "text", "label": "Ghi chú"},
    ]},
]  # fmt: skip
STEPS = frozenset({*cases.STEPS, "tinh"})
WITHOUT = {"rates": None, "fees": [{"name": "phi", "title": "Phí", "amount": "so_luong * 8000"}]}


@pytest.fixture
def inside(app: Flask) -> Iterator[None]:
    with app.app_context(), database.atomic() as transaction:
        yield
        transaction.rollback()
        versions._kept.cache_clear()  # the numbers of what was rolled back are given again


def set_to(amount: int, of: str = WARD.code, *, code: str = CODE, name: str = "gia") -> None:
    rates.set_rate(cases.agency(of), code, name, amount, by=BY, now=NOW)


def own(of: str = WARD.code) -> dict[str, int]:
    return rates.rates_of(cases.agency(of), CODE)


def filed(version: Version, *, of: str = WARD.code) -> Dossier:
    return filings.submit(cases.filled(version, of=of, steps=STEPS), now=NOW).dossier


def amounts(dossier: Dossier) -> list[int]:
    return [fee.amount for fee in fees.stored(dossiers.by_id(dossier.id).fees)]


def found(**more: Any) -> rates.Found:
    return rates.find(cases.agency(), **{"page": 1, "size": 20, **more})


@pytest.mark.usefixtures("inside")
class TestSetting:
    def test_an_agency_sets_its_own_and_no_other_agencys(self) -> None:
        cases.published()
        set_to(5000)
        assert (own(), own(COMMUNE.code)) == ({"gia": 5000}, {})

    def test_it_is_changed_and_taken_back(self) -> None:
        cases.published()
        for amount in (5000, 6000):
            set_to(amount)
        assert own() == {"gia": 6000}
        rates.unset(cases.agency(), CODE, "gia", by=BY, now=NOW)
        assert own() == {}

    def test_every_change_is_in_the_journal_with_what_was_before(self) -> None:
        cases.published()
        for amount in (5000, 5000, 0):
            set_to(amount)
        for _ in range(2):
            rates.unset(cases.agency(), CODE, "gia", by=BY, now=NOW)
        told = [(entry.action, entry.actor, entry.details) for entry in reversed(journal.of_subject(CODE))]
        said = {"agency": WARD.code, "rate": "gia"}
        assert told == [
            ("rate_set", BY, {**said, "amount": 5000, "before": None}),
            ("rate_set", BY, {**said, "amount": 0, "before": 5000}),
            ("rate_unset", BY, {**said, "before": 0}),
        ]

    @pytest.mark.parametrize("amount", [0, 1, MOST_DONG])
    def test_amounts_at_the_limits_are_taken(self, amount: int) -> None:
        cases.published()
        set_to(amount)
        assert own() == {"gia": amount}

    @pytest.mark.parametrize("amount", [-1, MOST_DONG + 1, 10**40])
    def test_amounts_beyond_the_limits_are_refused(self, amount: int) -> None:
        cases.published()
        with pytest.raises(AmountRefused) as refused:
            set_to(amount)
        assert (refused.value.amount, refused.value.most) == (amount, MOST_DONG)
        assert own() == {}

    @pytest.mark.parametrize(("code", "name"), [(CODE, "khac"), (CODE, "so_luong"), ("9.999999", "gia"), ("", "")])
    def test_what_no_published_procedure_names_is_refused(self, code: str, name: str) -> None:
        cases.published()
        with pytest.raises(UnknownRate):
            set_to(5000, code=code, name=name)

    def test_what_the_agency_does_not_receive_is_refused(self) -> None:
        cases.published(agencies=["kind:phuong"])
        set_to(5000)
        with pytest.raises(UnknownRate):
            set_to(5000, COMMUNE.code)

    def test_it_goes_with_its_agency(self) -> None:
        cases.published()
        gone = Agency.create(code="H21.99", name="Sắp bỏ", kind="phuong")
        rates.set_rate(gone, CODE, "gia", 1, by=BY, now=NOW)
        gone.delete_instance()
        assert not AgencyRate.select().exists()


@pytest.mark.usefixtures("inside")
class TestTaking:
    def test_the_fees_of_a_dossier_are_those_of_its_agency(self) -> None:
        version = cases.published()
        set_to(5000)
        assert amounts(filed(version)) == [10000]
        assert amounts(filed(version, of=COMMUNE.code)) == [16000]

    def test_the_mail_of_the_filing_names_the_same_amount(self) -> None:
        version = cases.published()
        set_to(5000)
        (mail,) = outbox.of_dossier(filed(version).id)
        assert "10.000" in mail.body
        assert "16.000" not in mail.body

    def test_review_and_submission_agree_in_a_computed_field_too(self) -> None:
        version = cases.published(form=COMPUTED)
        set_to(700)
        draft = cases.filled(version, steps=STEPS)
        compiled = cases.compiled(draft)
        context = filings.received_by(draft, compiled, today="2026-11-24")[1]
        view = review(compiled, drafts.answers(draft, compiled), context).journey.view
        due = fees.fees_due(compiled.fees, view, compiled.rates(context))
        dossier = filings.submit(draft, now=NOW).dossier
        assert view["thanh_tien"] == due[0].amount == 1400
        assert dossiers.view(dossier, compiled)["thanh_tien"] == 1400
        assert amounts(dossier) == [1400]

    def test_a_check_compares_with_the_agencys_own(self) -> None:
        rule = {"rule": {"formula": "so_luong * gia < 20000"}, "at": "so_luong", "message": "Nhiều quá"}
        version = cases.published(checks=[rule])
        draft = cases.filled(version)
        compiled = cases.compiled(draft)

        def errors() -> list[str]:
            context = filings.received_by(draft, compiled, today="2026-11-24")[1]
            return [error.field for error in review(compiled, drafts.answers(draft, compiled), context).errors]

        assert errors() == []
        set_to(10000)
        assert errors() == ["so_luong"]

    def test_what_was_filed_keeps_its_amounts_whatever_changes(self) -> None:
        version = cases.published(form=COMPUTED)
        set_to(5000)
        before = filed(version)
        set_to(9000)
        after = filed(version)
        rates.unset(cases.agency(), CODE, "gia", by=BY, now=NOW)
        cases.published(form=COMPUTED, rates={"gia": 1})
        assert (amounts(before), amounts(after)) == ([10000], [18000])
        compiled = versions.compiled(version.id)
        views = [dossiers.view(dossiers.by_id(one.id), compiled) for one in (before, after)]
        assert [view["thanh_tien"] for view in views] == [10000, 18000]

    def test_a_newer_version_with_another_default_leaves_the_agencys_own(self) -> None:
        cases.published()
        set_to(5000)
        assert amounts(filed(cases.published(rates={"gia": 20000}))) == [10000]

    def test_an_amount_that_a_version_names_no_more_hides_no_field_of_it(self) -> None:
        cases.published()
        set_to(5000)
        form = [*DOCUMENT["form"][:1], {"step": "viec", "title": "Việc", "fields": [
            {"name": "ban_sao", "kind": "yes_no", "label": "Cần bản sao", "required": True},
            {"name": "gia", "kind": "integer", "label": "Giá", "required": True},
        ]}]  # fmt: skip
        amount = [{"name": "phi", "title": "Phí", "amount": "gia * moi"}]
        version = cases.published(form=form, rates={"moi": 2}, fees=amount)
        draft = cases.filled(version, {**VALUES, "so_luong": None, "gia": 3})
        assert amounts(filings.submit(draft, now=NOW).dossier) == [6]

    def test_a_draft_of_an_older_version_goes_on_with_the_amount_that_this_one_names(self) -> None:
        version = cases.published()
        set_to(5000)
        draft = cases.filled(version)
        cases.published(**WITHOUT)
        assert amounts(filings.submit(draft, now=NOW).dossier) == [10000]

    @pytest.mark.parametrize("more", [{}, WITHOUT], ids=["with amounts", "without"])
    def test_it_costs_no_statement_more(self, more: dict[str, Any]) -> None:
        draft = cases.filled(cases.published(**more))
        compiled = cases.compiled(draft)
        with cases.some_units():
            filings.received_by(draft, compiled, today="2026-11-24")
            with count_queries() as statements:
                filings.received_by(draft, compiled, today="2026-11-24")
        assert len([one for one in statements if "attachment" not in one]) == 1
        assert ("agency_rate" in " ".join(statements)) == (not more)


@pytest.mark.usefixtures("inside")
class TestListing:
    def test_it_shows_what_a_procedure_says_and_what_the_agency_takes(self) -> None:
        cases.published()
        set_to(5000)
        (item,) = found().items
        (rate,) = item.rates
        assert (item.code, item.title.in_("en"), item.published) == (CODE, "Trial certificate", True)
        assert (rate.name, rate.default, rate.own) == ("gia", 8000, 5000)
        assert [title.vi for title in rate.fees] == ["Phí bản sao"]

    def test_procedures_without_amounts_or_of_other_agencies_are_left_out(self) -> None:
        cases.published(**WITHOUT)
        cases.published(code="9.000002", agencies=["kind:xa"])
        cases.published(code="9.000003", agencies=[f"code:{WARD.code}"])
        assert [item.code for item in found().items] == ["9.000003"]

    def test_an_amount_that_a_newer_version_dropped_is_unused_until_it_is_taken_away(self) -> None:
        cases.published()
        set_to(5000)
        cases.published(rates={"moi": 3}, fees=[{"name": "phi", "title": "Phí", "amount": "so_luong * moi"}])
        assert [(rate.name, rate.default, rate.own) for rate in found().items[0].rates] == [
            ("moi", 3, None), ("gia", None, 5000),
        ]  # fmt: skip
        with pytest.raises(UnknownRate):
            set_to(6000)
        rates.unset(cases.agency(), CODE, "gia", by=BY, now=NOW)
        assert [rate.name for rate in found().items[0].rates] == ["moi"]

    @pytest.mark.parametrize("how", ["withdrawn", "no amounts", "not received"])
    def test_own_amounts_are_never_out_of_sight(self, how: str) -> None:
        cases.published()
        set_to(5000)
        if how == "withdrawn":
            standing.withdraw(CODE, by=BY, now=NOW)
        else:
            cases.published(**(WITHOUT if how == "no amounts" else {"agencies": ["kind:xa"]}))
        (item,) = found().items
        assert [(rate.name, rate.default, rate.own) for rate in item.rates] == [("gia", None, 5000)]
        assert (item.title.vi, item.published) == ("Xác nhận thử", how != "withdrawn")
        assert found(query="xac nhan").total == 1

    def test_it_is_paged_and_searched_without_asking_more_for_more(self) -> None:
        for number in range(5):
            cases.published(code=f"9.10000{number}", title=f"Việc số {number}")
        set_to(5000, code="9.100003")
        with count_queries() as few:
            pages = [[item.code[-1] for item in found(page=page, size=2).items] for page in (1, 2, 3, 4)]
        assert pages == [["0", "1"], ["2", "3"], ["4"], []]
        assert len(few) <= 4 * 5
        assert [item.code for item in found(query="VIEC 3").items] == ["9.100003"]
        assert (found(query="không có").total, found(size=2).total) == (0, 5)

    def test_the_own_amounts_of_each_agency_are_counted(self) -> None:
        cases.published(rates={"gia": 8000, "khac": 1}, fees=[
            {"name": "phi", "title": "Phí", "amount": "so_luong * gia + khac"}])  # fmt: skip
        set_to(1)
        set_to(2, name="khac")
        assert rates.counts() == {cases.agency().id: 2}


def test_versions_from_before_are_listed_after_the_migration(db: Any) -> None:
    version, bare = cases.published(), cases.published(code="9.000007", **WITHOUT)
    db.execute_sql("DROP TABLE agency_rate")
    db.execute_sql("ALTER TABLE version DROP COLUMN rates")
    db.execute_sql("DELETE FROM schema_migration WHERE name = '0005_rates'")
    assert migrations.upgrade() == ["0005_rates"]
    assert Version.get_by_id(version.id).rates == {"gia": 8000}
    assert Version.get_by_id(bare.id).rates is None
    assert CODE in [item.code for item in found().items]


# The public pages


class TestPages:
    """What a citizen sees; `client` is a browser."""

    @pytest.fixture(autouse=True)
    def shown(self, app: Flask) -> Iterator[None]:
        with app.app_context():
            cases.published()
            set_to(5000)
        yield
        with app.app_context():
            AgencyRate.delete().execute()
        database.settle()

    def page(self, client: FlaskClient, query: str = "") -> str:
        return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(f"/thu-tuc/{CODE}{query}").text)))

    def test_where_several_receive_the_general_amount_stands_with_a_note(self, client: FlaskClient) -> None:
        page = self.page(client)
        assert "số lượng × 8.000 đ" in page
        assert "nơi tiếp nhận có thể có mức riêng" in page

    def test_the_chosen_agencys_own_amount_stands_with_its_name(self, client: FlaskClient) -> None:
        page = self.page(client, f"?co_quan={WARD.code}")
        assert "số lượng × 5.000 đ Mức của UBND phường Quy Nhơn." in page
        assert "có thể có mức riêng" not in page

    def test_an_agency_without_an_own_amount_takes_the_general_one(self, client: FlaskClient) -> None:
        page = self.page(client, f"?co_quan={COMMUNE.code}")
        assert "số lượng × 8.000 đ" in page
        assert "Mức của" not in page
        assert "có thể có mức riêng" not in page

    @pytest.mark.parametrize("query", ["?co_quan=khong-co", "?co_quan=", "?co_quan=%00%ff"])
    def test_an_agency_that_is_none_is_as_none_chosen(self, client: FlaskClient, query: str) -> None:
        assert "nơi tiếp nhận có thể có mức riêng" in self.page(client, query)

    def test_where_one_receives_its_own_amount_stands_there(self, app: Flask, client: FlaskClient) -> None:
        with app.app_context():
            cases.published(agencies=[f"code:{WARD.code}"])
        assert "số lượng × 5.000 đ Mức của UBND phường Quy Nhơn." in self.page(client)

    def test_a_fee_without_named_amounts_says_nothing_of_them(self, app: Flask, client: FlaskClient) -> None:
        with app.app_context():
            cases.published(**WITHOUT)
        page = client.get(f"/thu-tuc/{CODE}").text
        assert "có thể có mức riêng" not in page
        assert "co_quan=" not in page.partition("<main")[2]

    def test_fees_told_in_words_have_the_agencys_own_beside_them(self, app: Flask, client: FlaskClient) -> None:
        said = [{"channel": "online", "time": {"working_days": 3}, "fee": "8.000 đồng/bản"}]
        amount = [{"name": "phi", "title": "Phí bản sao", "amount": "max(so_luong, 1) * gia"}]
        with app.app_context():
            cases.published(methods=said, fees=amount)
        assert "8.000 đồng/bản Mức chung; nơi tiếp nhận có thể có mức riêng." in self.page(client)
        page = self.page(client, f"?co_quan={WARD.code}")
        assert "8.000 đồng/bản Phí bản sao: 5.000 đ thay cho 8.000 đ Mức của UBND phường Quy Nhơn." in page
        assert "thay cho" not in self.page(client, f"?co_quan={COMMUNE.code}")

    def test_the_way_leads_from_the_list_to_the_start_with_the_agency_kept(self, client: FlaskClient) -> None:
        listed = client.get(f"/thu-tuc?co_quan={WARD.code}").text
        assert f"/thu-tuc/{CODE}?co_quan={WARD.code}" in listed
        page = client.get(f"/thu-tuc/{CODE}?co_quan={WARD.code}").text
        assert f'href="/nop-ho-so/{CODE}?co_quan={WARD.code}"' in page
        start = client.get(f"/nop-ho-so/{CODE}?co_quan={WARD.code}").text
        chosen = re.findall(r"<(?:input|option)[^>]*(?:checked|selected)[^>]*>", start)
        assert any(WARD.code in one for one in chosen)
        for code in (WARD.code, COMMUNE.code):
            assert f"/thu-tuc/{CODE}?co_quan={code}" in client.get(f"/thu-tuc/{CODE}").text

    def test_a_kept_page_is_not_kept_when_an_amount_changes(self, app: Flask, client: FlaskClient) -> None:
        address = f"/thu-tuc/{CODE}?co_quan={WARD.code}"
        known = {"If-None-Match": client.get(address).headers["ETag"]}
        assert client.get(address, headers=known).status_code == 304
        with app.app_context():
            set_to(5500)
        assert "5.500 đ" in client.get(address, headers=known).text

    def test_the_page_stays_within_its_statements(self, client: FlaskClient) -> None:
        for query in ("", f"?co_quan={WARD.code}"):
            self.page(client, query)
            with count_queries() as statements:
                self.page(client, query)
            assert len(statements) <= 15

    def test_the_review_shows_what_is_filed_and_the_success_page_what_was(
        self, app: Flask, client: FlaskClient
    ) -> None:
        client.get(f"/nop-ho-so/{CODE}")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(f"/nop-ho-so/{CODE}").text)
        assert token
        answer = client.post(f"/nop-ho-so/{CODE}", data={"csrf_token": token[1], "agency": WARD.code})
        assert answer.status_code == 303
        with app.app_context():
            draft = Draft.select().order_by(Draft.id.desc()).get()
            given = Answers({**VALUES}, {}, cases.STEPS)
            drafts.save(draft, given, cases.compiled(draft), now=draft.saved_at)
        review_page = client.get(f"/nop-ho-so/{CODE}/xem-lai").text
        assert "10.000" in review_page
        assert f"/thu-tuc/{CODE}?co_quan={WARD.code}" in review_page
        with app.app_context():
            filings.submit(Draft.get_by_id(draft.id), now=draft.saved_at)
            set_to(9000)
        assert "10.000" in client.get(f"/nop-ho-so/{CODE}/hoan-tat").text
