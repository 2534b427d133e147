"""A dashboard of Superset as a person sees it: what its tables, cards and charts say, and what the browser reported meanwhile.

No expected values here, and no knowledge of the warehouse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, Request, Response

NUMBER = re.compile(r"[+−-]?\d[\d\u00a0 ]*(?:,\d+)?")
# The one foreign address that the built front end carries (a counter); the content security policy must stop it in the browser.
COUNTER = "scarf.sh"
# Every chart has left its spinner and has something drawn (or the sign that there is no data).
_DRAWN = """() => {
    const slices = [...document.querySelectorAll('.chart-slice')];
    const busy = slice => slice.querySelector('.loading, [data-test="loading-indicator"]');
    const drawn = slice => slice.querySelector('td, canvas, .ant-empty');
    return slices.length > 0 && slices.every(slice => !busy(slice) && drawn(slice));
}"""


def numbers(text: str) -> list[float]:
    """The numbers of a Russian text: decimal comma, no-break space between thousands."""
    return [float(re.sub(r"[\u00a0 ]", "", found).replace(",", ".").replace("−", "-")) for found in NUMBER.findall(text)]


@dataclass
class Watch:
    """Everything the browser said of a page that must be empty at the end, and the chart data that the page itself got."""

    page: Page
    url: str
    errors: list[str] = field(default_factory=list)
    foreign: dict[str, str] = field(default_factory=dict)
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    # number of a chart → what the page got for it, in the order of the answers
    data: list[tuple[int, dict[str, Any]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda said: self._console(said.type, said.text))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._request)
        self.page.on("requestfailed", self._failed)
        self.page.on("response", self._response)

    def _console(self, kind: str, text: str) -> None:
        if kind == "error" and COUNTER not in text:
            self.errors.append(text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.foreign[request.url] = "sent"

    def _failed(self, request: Request) -> None:
        if request.url in self.foreign:
            self.foreign[request.url] = request.failure or "failed"

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.errors.append(f"{response.status} {response.url}")
        elif "/api/v1/chart/data" in response.url:
            body = response.json()
            self.answers.append((response.status, body))
            number = (response.request.post_data_json or {}).get("form_data", {}).get("slice_id")
            if number is not None:
                self.data.append((int(number), body))

    def clear(self) -> None:
        """Forgets what was heard so far."""
        for heard in (self.errors, self.answers, self.data):
            heard.clear()

    def left_the_machine(self) -> list[str]:
        """Foreign requests that the content security policy did not stop before they were sent."""
        return [url for url, fate in self.foreign.items() if fate != "csp"]


class Dashboard:
    """One open dashboard. Charts are named by the end of their place's id (`CHART-<name>`)."""

    def __init__(self, page: Page, url: str, slug: str) -> None:
        self.page = page
        page.goto(f"{url}/superset/dashboard/{slug}/")
        page.locator("[data-test=dashboard-content-wrapper], .dashboard-content").first.wait_for(timeout=60_000)

    def open_tab(self, title: str) -> None:
        """A tab by its title; nothing where the page has none."""
        if title:
            self.page.locator(".dashboard-component-tabs .ant-tabs-tab", has_text=title).first.click()
            self.page.wait_for_timeout(500)

    def show_all(self) -> None:
        """A window as high as the page: charts outside the window are not drawn by Superset."""
        self.page.locator(".dashboard-grid").wait_for(timeout=60_000)
        height = self.page.evaluate("document.querySelector('.dashboard-grid').scrollHeight")
        width = (self.page.viewport_size or {"width": 1600})["width"]
        self.page.set_viewport_size({"width": width, "height": int(height) + 400})
        self.settle()

    def settle(self) -> None:
        """Until every chart has its data and stands still."""
        self.page.wait_for_load_state("networkidle", timeout=90_000)
        self.page.wait_for_function(_DRAWN, timeout=90_000)
        # charts grow into their place, and nothing in the page says when they are there
        pictures = "[...document.querySelectorAll('.chart-slice canvas')].map(canvas => canvas.toDataURL()).join()"
        before, now = "", self.page.evaluate(pictures)
        while before != now:
            self.page.wait_for_timeout(400)
            before, now = now, self.page.evaluate(pictures)

    def chart(self, name: str) -> Locator:
        return self.page.locator(f"[id='CHART-{name}'] + .chart-slice")

    def titles(self) -> list[str]:
        return self.page.locator(".chart-slice [data-test=editable-title]").all_inner_texts()

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows of a table (or card) as drawn: column → text."""
        read = """rows => rows.map(row => Object.fromEntries([...row.querySelectorAll('td')].map(
            cell => [cell.getAttribute('aria-labelledby').replace('header-', ''), cell.innerText.trim()])))"""
        found: list[dict[str, str]] = self.chart(name).locator("tbody tr:has(td)").evaluate_all(read)
        return found

    def tooltip(self, name: str, x: float, y: float) -> list[str]:
        """The lines of the tooltip at a place of a chart, given as shares of its width and height."""
        canvas = self.chart(name).locator("canvas").first
        box = canvas.bounding_box()
        assert box, name
        # the tooltip of another chart fades slowly and would be read in the place of this one's
        self.page.mouse.move(5, 5)
        self.page.locator(".echarts-tooltip:visible").first.wait_for(state="hidden", timeout=20_000)
        self.page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y, steps=3)
        tip = self.page.locator(".echarts-tooltip:visible").last
        tip.wait_for(timeout=10_000)
        return re.split(r"[\n\t]+", tip.inner_text().strip())

    def ink(self, name: str) -> float:
        """The share of a chart's canvas that is not background: 0 means that nothing is drawn."""
        share: float = (
            self.chart(name)
            .locator("canvas")
            .first.evaluate(
                """canvas => { const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
                let drawn = 0; for (let i = 3; i < data.length; i += 4) drawn += data[i] > 0; return drawn / (data.length / 4); }"""
            )
        )
        return share

    def choose(self, name: str, value: str) -> None:
        """Choose a value of the native filter `NATIVE_FILTER-<name>`, as a person does: open, type, take what fits."""
        field = f"#NATIVE_FILTER-{name}"
        self.page.locator(f".ant-select-selector:has({field})").click()
        self.page.locator(field).fill(value)
        self.page.locator(".ant-select-dropdown:visible .ant-select-item-option", has_text=value).first.click()
        self.page.keyboard.press("Escape")

    def apply(self) -> None:
        """Apply what was chosen, once more where a filter that follows from another has found its value only after that."""
        button = self.page.locator("[data-test=filter-bar__apply-button]")
        # the filters that follow ask for their values when a choice is made
        self.page.wait_for_timeout(1500)
        for _ in range(2):
            if button.is_enabled():
                with self.page.expect_response(lambda response: "/api/v1/chart/data" in response.url, timeout=60_000):
                    button.click()
                self.settle()
        assert button.is_disabled(), "a filter asks for «Применить» again and again"

    def outside(self) -> list[str]:
        """Charts that stand beyond the right edge of the page, or are too narrow to be read."""
        read = """slices => slices.filter(slice => slice.offsetParent).filter(slice => {
            const {right, width} = slice.getBoundingClientRect();
            return width < 60 || right > document.documentElement.scrollWidth + 1;
        }).map(slice => slice.innerText.split('\\n')[0])"""
        found: list[str] = self.page.locator(".chart-slice").evaluate_all(read)
        return found

    def cut_cards(self) -> list[str]:
        """Cards whose last line stands below their chart, where nobody reads it."""
        read = """slices => slices.filter(slice => slice.offsetParent).filter(slice => {
            const {bottom} = slice.getBoundingClientRect();
            return [...slice.querySelectorAll('td')].some(cell => cell.getBoundingClientRect().bottom > bottom + 1);
        }).map(slice => slice.innerText.split('\\n')[0])"""
        found: list[str] = self.page.locator("[id^='CHART-'][id$='-cards'] + .chart-slice").evaluate_all(read)
        return found

    def complaints(self) -> list[str]:
        """Error messages anywhere on the page."""
        places = ".toast--danger, [data-test=toast-container] .alert-danger, .ant-alert-error, [data-test=error-alert]"
        return self.page.locator(places).all_inner_texts()
