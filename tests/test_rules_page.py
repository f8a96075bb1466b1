"""The rule set on screen, with the rules that are shipped."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from covenant_review.screening.result import OUTCOMES
from covenant_review.screening.ruleset import RuleSet, default_rules_directory, load_ruleset
from covenant_review.web.rules_page import FIELDS, example_of
from covenant_review.web.ruleset_in_use import RuleSetUnavailable, ruleset_in_use
from tests.people import World

SignIn = Callable[[str], FlaskClient]


@pytest.fixture(scope="module")
def shipped() -> RuleSet:
    return load_ruleset(default_rules_directory())


def use_rules(app: Flask, folder: Path) -> None:
    app.extensions["covenant_settings"] = app.extensions["covenant_settings"].model_copy(update={"rules": folder})
    app.extensions.pop("covenant_ruleset", None)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """The shipped rules, to be spoilt."""
    return Path(shutil.copytree(default_rules_directory(), tmp_path / "rules"))


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def titles(page: str) -> list[str]:
    return re.findall(r'<a href="/rules/([^"?#]+)"', page)


def test_the_list_names_version_hash_and_every_rule(sqlite_world: World, sign_in: SignIn, shipped: RuleSet) -> None:
    page = sign_in("official").get("/rules").text
    assert shipped.version in page and shipped.sha256[:12] in page
    assert sorted(titles(page)) == sorted(rule.id for rule in shipped.rules) and len(shipped.rules) >= 30
    fields = [rule_id.split("/")[0] for rule_id in titles(page)]
    assert list(dict.fromkeys(fields)) == [field for field in FIELDS if field in fields]
    assert all(rule.title_vi in html.unescape(page) for rule in shipped.rules)


def test_counts_open_their_lists(sqlite_world: World, sign_in: SignIn, shipped: RuleSet) -> None:
    client = sign_in("observer")
    cells = re.findall(r'<a href="/rules\?field=(\w+)&amp;outcome=(\w+)#list">(\d+)</a>', client.get("/rules").text)
    assert sum(int(count) for _field, _outcome, count in cells) == len(shipped.rules)
    assert {field for field, _outcome, _count in cells} <= set(FIELDS) and {outcome for _field, outcome, _count in cells} <= set(OUTCOMES)
    for field, outcome, count in cells[:6]:
        assert len(titles(client.get(f"/rules?field={field}&outcome={outcome}").text)) == int(count)
    assert client.get("/rules?field=nothing").status_code == client.get("/rules?outcome=nothing").status_code == 404


def test_every_rule_has_its_page(sqlite_world: World, sign_in: SignIn, shipped: RuleSet) -> None:
    client = sign_in("reviewer")
    for rule in shipped.rules:
        answer = client.get(f"/rules/{rule.id}")
        assert answer.status_code == 200, rule.id
        page = text_of(answer.text)
        assert rule.title_vi in page and " ".join(rule.explanation.split()) in page and " ".join(rule.suggestion.split()) in page
        for key in rule.law:
            assert shipped.law[key].article in page and " ".join(shipped.law[key].says.split()) in page
        for exception in rule.exceptions:
            assert " ".join(exception.spec.reason.split()) in page and exception.spec.date.strftime("%d/%m/%Y") in page
        assert answer.text.count("<mark>") >= len(rule.examples.match)
        assert "⟦" not in answer.text


def test_uncertain_law_says_so(sqlite_world: World, sign_in: SignIn, shipped: RuleSet) -> None:
    uncertain = [rule for rule in shipped.rules if any(shipped.law[key].certainty != "seen" for key in rule.law)]
    certain = [rule for rule in shipped.rules if rule not in uncertain and not rule.exceptions]
    client = sign_in("reviewer")
    assert uncertain and certain
    assert re.search("cần đối chiếu văn bản gốc|phải kiểm tra trước khi viện dẫn", client.get(f"/rules/{uncertain[0].id}").text)
    assert not re.search("cần đối chiếu văn bản gốc|phải kiểm tra trước khi viện dẫn", client.get(f"/rules/{certain[0].id}").text)


def test_titles_in_english(sqlite_world: World, sign_in: SignIn, shipped: RuleSet) -> None:
    client = sign_in("observer")
    client.post("/language", data={"language": "en", "back": "/rules"})
    assert shipped.rules[0].title_en in html.unescape(client.get("/rules").text)


def test_the_marked_span_is_cut_out() -> None:
    assert example_of("Chỉ ⟦nam giới⟧ được dự.").pieces == (("Chỉ ", False), ("nam giới", True), (" được dự.", False))
    assert example_of("⟦Cả câu⟧").pieces == (("Cả câu", True),)
    assert example_of("Không có gì.").pieces == (("Không có gì.", False),)


def test_unknown_rule(sqlite_world: World, sign_in: SignIn) -> None:
    client = sign_in("reviewer")
    for address in ("/rules/culture/khong-co", "/rules/../../etc/passwd", "/rules/%2e%2e/law.yml"):
        assert client.get(address).status_code == 404


def test_rejected_rules_are_told_to_administrators(
    sqlite_world: World, sqlite_app: Flask, sign_in: SignIn, copied: Path, shipped: RuleSet
) -> None:
    broken = copied / f"{shipped.rules[0].id}.yml"
    broken.write_text(broken.read_text("utf-8").replace("explanation:", "explanaton:"), "utf-8")
    use_rules(sqlite_app, copied)
    page = sign_in("admin").get("/rules").text
    assert "1 quy tắc không nạp được" in page and "explanaton" in page and shipped.rules[0].id in page
    for_others = sign_in("reviewer").get("/rules").text
    assert "explanaton" not in for_others and len(titles(for_others)) == len(shipped.rules) - 1
    assert sign_in("admin").get(f"/rules/{shipped.rules[0].id}").status_code == 404


def test_without_a_rule_set_the_page_says_what_to_do(sqlite_world: World, sqlite_app: Flask, sign_in: SignIn, copied: Path) -> None:
    (copied / "law.yml").write_text("- [", "utf-8")
    use_rules(sqlite_app, copied)
    answer = sign_in("observer").get("/rules")
    assert answer.status_code == 503 and "Chưa nạp được bộ quy tắc" in answer.text and "law.yml" in answer.text
    with pytest.raises(RuleSetUnavailable):
        ruleset_in_use()


def test_loaded_once(sqlite_world: World, sqlite_app: Flask, copied: Path) -> None:
    use_rules(sqlite_app, copied)
    first = ruleset_in_use()
    shutil.rmtree(copied)
    assert ruleset_in_use() is first
    assert replace(first).sha256 == load_ruleset(default_rules_directory()).sha256
