"""The page: what it says, what it never does, and how it looks in a browser."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from checkthegate.report.document import report_document
from checkthegate.report.html import HtmlReport
from checkthegate.report.page import MOST_CARDS, ROWS_IN_CHUNK, picture_uri

from .conftest import CHECKED, PROMPT, decided, f1, make_decision, p4

CHROMIUM = "/usr/bin/chromium"


def page_of(report):
    return HtmlReport().render(report).decode("utf-8")


class Tags(HTMLParser):
    """Collects tags, and complains about what is not closed."""

    VOID = frozenset({"meta", "img", "input", "br", "link", "hr"})

    def __init__(self, page):
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        assert self.open == []

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_answer_comes_first(report):
    page = page_of(report)
    order = [page.index(words) for words in (
        "<h1>Five things stop this delivery.</h1>", "What to do next", "What was found",
        "What we could not look at", "All 14 files", "Left out on purpose",
        "How this was decided",
    )]  # fmt: skip
    assert order == sorted(order)
    assert "never means human-made" in page
    assert "not legal advice" in page


def test_a_clear_page_says_so(clear_decision, reporting):
    page = page_of(reporting(clear_decision))
    assert "<h1>Nothing stops this delivery.</h1>" in page
    assert "What was found" not in page
    assert "What we could not look at" not in page


def test_page_is_well_formed_and_asks_nothing_of_the_network(report):
    tags = Tags(page_of(report)).tags
    for tag, attributes in tags:
        assert tag not in ("link", "iframe", "object", "embed", "form", "base")
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        assert (attributes.get("src") or "data:").startswith("data:image/jpeg;base64,") or (
            "src" not in attributes
        )
        assert (attributes.get("href") or "#").startswith("#")
    assert sum(tag == "script" for tag, _ in tags) == 1
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for _, attributes in tags:
        assert (attributes.get("href") or "#").lstrip("#") in {"", *ids}


def test_policy_lets_in_nothing_but_these_very_bytes(report):
    page = page_of(report)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
    assert policy.startswith("default-src 'none';")
    for tag in ("style", "script"):
        inline = re.search(f"<{tag}>(.*?)</{tag}>", page, re.S)[1]
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_hostile_names_do_nothing(report):
    page = page_of(report)
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page
    for trick in ("\u202e", "\x1b", "\x00"):
        assert trick not in page
    assert "photo‹U+202E›gnp.exe" in page


def test_verdict_is_word_and_shape_and_colour(report):
    page = page_of(report)
    for word in ("blocked", "escalate", "notify", "clear"):
        mark = f'<span class="v {word}"><svg aria-hidden="true"><use href="#{word}"/></svg>'
        assert mark + word.capitalize() in page
        assert f'<symbol id="{word}"' in page


def test_prompts_only_when_asked_for_and_then_on_page_one(decision, report, reporting):
    assert "secret story" not in page_of(report)
    assert "This copy shows prompts." not in page_of(report)
    page = page_of(reporting(decision, with_prompts=True))
    assert page.index("This copy shows prompts.") < page.index("What to do next")
    for line in PROMPT.splitlines():
        assert line in page


def test_only_small_jpegs_are_shown():
    assert picture_uri(b"\xff\xd8\xff\xe0 jpeg").startswith("data:image/jpeg;base64,")
    assert picture_uri(b"<svg onload=alert(1)>") == ""
    assert picture_uri(b"\xff\xd8\xff" + b"x" * 200_000) == ""


def many(number):
    one = decided("x.png", findings=(p4(), f1()))
    assets = [
        replace(one, asset=replace(one.asset, path=f"reel/{n:05}.png")) for n in range(number)
    ]
    return make_decision(assets)


@pytest.mark.timeout(60)
def test_thousands_of_files_are_all_listed_quickly(reporting):
    big = many(10_000)
    document = report_document(big, key=b"k", home=None, checked_at=CHECKED)
    small = reporting(make_decision([]))
    report = replace(small, decision=big, document=document)
    page = page_of(report)
    assert page.count("<tr data-verdict=") == 10_000
    assert page.count('<article class="card"') == MOST_CARDS
    assert "9,800 more files are not clear" in page
    assert page.count('<div class="chunk') == 10_000 // ROWS_IN_CHUNK


@pytest.fixture(scope="module")
def chromium():
    if not Path(CHROMIUM).exists() and not shutil.which("chromium"):
        pytest.skip("no Chromium on this machine: apt-get install chromium to run this")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium") or CHROMIUM,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, report, tmp_path):
    """Opens the page from disk without a network; gives it and what went wrong."""
    path = tmp_path / "report.html"
    path.write_bytes(HtmlReport().render(report))
    contexts, faults = [], []

    def made(**options):
        context = chromium.new_context(offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(message.text))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda asked: asked.url.startswith(("file:", "data:")) or
                faults.append(asked.url))  # fmt: skip
        page.goto(path.as_uri())
        return page

    yield made, faults
    for context in contexts:
        context.close()


def test_page_opens_offline_and_filters(opened):
    make, faults = opened
    page = make()
    rows = page.locator("table.files tbody tr")
    assert rows.count() == 14
    page.click(".sieve button[value=blocked]")
    assert page.locator("table.files tbody tr:visible").count() == 1
    says(page, "1 of 14 shown.")
    assert page.get_attribute(".sieve button[value=blocked]", "aria-pressed") == "true"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    says(page, "9 of 14 shown.")
    page.fill(".sieve input", "harbour gpt")
    says(page, "1 of 14 shown.")
    page.keyboard.press("Escape")
    says(page, "9 of 14 shown.")
    page.click("td[data-whole]:visible >> nth=0")
    assert re.fullmatch("sha256:[0-9a-f]{64}", page.inner_text("td[data-whole]:visible >> nth=0"))
    assert faults == []


def says(page, words: str) -> None:
    """The page sifts a moment after the last key, so this waits for it."""
    from playwright.sync_api import expect

    expect(page.locator(".sieve [role=status]")).to_have_text(words)


def test_everything_is_shown_without_scripts(opened):
    make, faults = opened
    page = make(java_script_enabled=False)
    assert page.locator("table.files tbody tr:visible").count() == 14
    assert not page.locator(".sieve").is_visible()
    assert faults == []


def test_paper_shows_all(opened):
    make, _ = opened
    page = make()
    page.click(".sieve button[value=blocked]")
    page.emulate_media(media="print")
    assert page.locator("table.files tbody tr:visible").count() == 14
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
    assert not page.locator(".sieve").is_visible()


def test_nothing_runs_off_a_narrow_screen(opened):
    make, _ = opened
    page = make(viewport={"width": 400, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 400


CONTRAST = """() => {
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, n) => sum + c * [0.2126, 0.7152, 0.0722][n], 0);
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const found = rgb(getComputedStyle(at).backgroundColor);
      if (found.length < 4 || found[3] > 0) return found.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const worst = {};
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((c) => c.nodeType === 3 && c.data.trim());
    if (!own || !node.checkVisibility() || node.closest("script,.hidden")) continue;
    const [a, b] = [light(rgb(getComputedStyle(node).color)), light(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const name = `${node.tagName}.${node.className}`;
    worst[name] = Math.min(worst[name] ?? 99, ratio);
  }
  return worst;
}"""


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_all_text_has_contrast_enough(opened, scheme):
    make, _ = opened
    ratios = make(color_scheme=scheme).evaluate(CONTRAST)
    assert len(ratios) > 15
    assert {name: ratio for name, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize(("scheme", "back"), [("dark", "rgb(22, 22, 22)"),
                                              ("light", "rgb(244, 244, 244)")])  # fmt: skip
def test_both_themes_are_there(opened, scheme, back):
    make, _ = opened
    page = make(color_scheme=scheme)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == back
