"""What a page says in other letters than Russian ones: in its texts, and in what its charts draw (axes, legends, labels).

Used by the walks of test_windows.py. Cells of tables hold data (names of files, numbers of certificates): there only codes and foreign
dates are refused.
"""

from __future__ import annotations

import re
from functools import cache

from playwright.sync_api import Page

from .asked import ASSETS, read

# Before a page's own scripts: every text that is drawn is remembered on its canvas.
REMEMBER_DRAWN = """(() => {
    const draw = CanvasRenderingContext2D.prototype.fillText;
    CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
        (this.canvas.drawn ??= new Set()).add(text);
        return draw.call(this, text, ...place);
    };
})()"""
_TEXTS = """() => {
    const texts = {said: [], cells: []};
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement, text = walker.currentNode.textContent.trim();
        if (!text || !parent.checkVisibility() || parent.closest('script, style, noscript, .ant-select-selection-item')) continue;
        texts[parent.closest('td') ? 'cells' : 'said'].push(text);
    }
    const hints = [...document.querySelectorAll('[placeholder]')].map(field => field.placeholder);
    const drawn = [...document.querySelectorAll('.chart-slice canvas')].flatMap(canvas => [...(canvas.drawn ?? [])]);
    return {said: [...new Set([...texts.said, ...hints])], cells: [...new Set(texts.cells)], drawn: [...new Set(drawn)]};
}"""
# What Russian readers write in Latin letters themselves: names of scales and formats, n, quarters of the funding matrix, Roman numerals.
ALLOWED = frozenset({"NPS", "ECERS", "R", "n", "CSV", "XLSX", "SQL", "PDF", "UTC", "ISO", "A", "B", "C", "D"})
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_ROMAN = re.compile("[IVX]+")
_ISO_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_PATH = re.compile(r"\S*/\S*")
# alone: labels may have days, «2026, 01.09», and tasks, «4.1, n = 5»
_POINT = re.compile(r"[+−-]?\d+\.\d+\s?%?")


@cache
def _codes() -> frozenset[str]:
    """Codes of columns and metrics that are no words of a person: with an underscore."""
    datasets = [read(path) for path in sorted((ASSETS / "datasets").rglob("*.yaml"))]
    columns = {column["column_name"] for dataset in datasets for column in dataset["columns"]}
    metrics = {metric["metric_name"] for dataset in datasets for metric in dataset["metrics"]}
    return frozenset(code for code in columns | metrics if "_" in code)


def foreign_words(text: str) -> list[str]:
    return [word for word in _LATIN.findall(text) if word not in ALLOWED and not _ROMAN.fullmatch(word)]


def not_russian(page: Page) -> list[str]:
    """Every text of the open page that is not for a Russian reader, with its reason."""
    texts: dict[str, list[str]] = page.evaluate(_TEXTS)
    assert texts["said"], "the page says nothing"
    found = [f"not Russian: {text}" for text in texts["said"] + texts["drawn"] if foreign_words(text)]
    found += [f"a date of another country: {text}" for text in texts["said"] + texts["drawn"] + texts["cells"] if _ISO_DATE.search(text)]
    found += [f"a decimal point: {text}" for text in texts["drawn"] if _POINT.fullmatch(text)]
    return found + [f"a code: {text}" for text in texts["cells"] if set(_LATIN.findall(_PATH.sub("", text))) & _codes()]
