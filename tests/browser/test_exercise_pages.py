"""The pages of the exercises in Chromium: solutions folded, opened from the keyboard, clean and quiet."""

from __future__ import annotations

import pytest
from conftest import ROOT
from figures import scrolls_sideways, standing_out, violations

PAGES = [f"exercises/{path.stem}.html" for path in sorted((ROOT / "exercises").glob("*.ipynb"))]


def solutions(opened):
    return opened.page.locator("details").filter(has=opened.page.locator("summary", has_text="Solution"))


@pytest.mark.parametrize("page", PAGES)
def test_exercises_are_shown_without_outputs_and_solutions_have_no_page(site, page):
    text = (site / page).read_text(encoding="utf-8")
    assert "your answer here" in text
    assert "cell_output" not in text
    assert not (site / "solutions").exists()


@pytest.mark.parametrize("page", PAGES)
def test_solutions_are_folded_and_open_from_the_keyboard(visit, address, page):
    opened = visit(address + page)
    found = solutions(opened).all()
    assert len(found) >= 5
    for solution in found:
        assert solution.get_attribute("open") is None
        assert not solution.locator("pre").is_visible()
    for i, key in enumerate(("Enter", "Space")):
        summary, answer = found[i].locator("summary"), found[i].locator("pre")
        summary.scroll_into_view_if_needed()
        before = found[i].locator("xpath=preceding::pre[1]")  # from the check above it, the next stop of Tab
        before.evaluate("(element) => { element.tabIndex = -1; element.focus(); }")
        for _ in range(4):  # the copy buttons of the cells may lie between
            opened.page.keyboard.press("Tab")
            if summary.evaluate("(element) => element === document.activeElement"):
                break
        assert summary.evaluate("(element) => element === document.activeElement")
        opened.page.keyboard.press(key)
        assert answer.is_visible()
        opened.page.keyboard.press(key)
        assert not answer.is_visible()


@pytest.mark.parametrize("page", PAGES)
def test_axe_finds_nothing_folded_or_open(visit, address, page, theme):
    opened = visit(address + page, theme=theme)
    opened.page.wait_for_load_state("networkidle")
    for unfold in (False, True):
        if unfold:
            for solution in solutions(opened).all():
                solution.locator("summary").click()
        assert violations(opened.page) == [], f"open: {unfold}"
    assert opened.problems == []
    assert opened.outside == []


@pytest.mark.parametrize("page", PAGES)
def test_a_phone_shows_an_open_solution_without_sideways_scrolling(visit, address, page, theme):
    opened = visit(address + page, width=360, height=740, theme=theme, has_touch=True, is_mobile=True)
    for solution in solutions(opened).all():
        summary = solution.locator("summary")
        summary.tap()
        assert standing_out(solution, "summary", height=24) == []
    assert not scrolls_sideways(opened.page)
