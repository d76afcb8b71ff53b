"""What every page must hold, asked of the page as a browser shows it."""

from playwright.sync_api import Page

FOCUSABLE = "a[href], button, input, summary, [tabindex='0']"

CONTRASTS = """() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const rgb = (colour) => { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data]; };
    const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
        .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (element) => { for (let e = element; e; e = e.parentElement) {
        const colour = rgb(getComputedStyle(e).backgroundColor); if (colour[3] > 0) return colour; } };
    const poor = [];
    for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
        const box = element.getBoundingClientRect();
        if (!own || box.width < 2 || element.closest('figure, [hidden]')) continue;
        const both = [light(rgb(getComputedStyle(element).color)), light(ground(element))].sort();
        const ratio = (both[1] + 0.05) / (both[0] + 0.05);
        if (ratio < 4.5) poor.push(`${element.className}: ${element.textContent.trim()} ${ratio.toFixed(2)}`);
    }
    return poor; }"""


def overflowing(page: Page) -> list[str]:
    return page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? [] :
            [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
            .map(e => e.tagName + '.' + e.className)"""
    )


def nameless(page: Page) -> list[str]:
    """What can be used and has no name."""
    return page.locator(FOCUSABLE).evaluate_all(
        """elements => elements.filter(e => e.type !== 'hidden' && !e.labels?.length
            && !(e.getAttribute('aria-label') || e.innerText || e.textContent).trim())
            .map(e => e.outerHTML.slice(0, 80))"""
    )


def unreached(page: Page) -> list[str]:
    """What can be used and is not reached with the tab key."""
    usable = page.locator(FOCUSABLE).evaluate_all(
        """elements => elements.filter(e => e.checkVisibility({ visibilityProperty: true }))
            .map(e => [...document.querySelectorAll('*')].indexOf(e))"""
    )
    reached = set()
    for _ in range(2 * len(usable) + 10):  # lists are stops too, and a date has one for each of its parts
        page.keyboard.press("Tab")
        reached.add(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
    missed = sorted(set(usable) - reached)
    return page.evaluate("(all) => all.map(i => document.querySelectorAll('*')[i].outerHTML.slice(0, 80))", missed)


def too_small_for_fingers(page: Page) -> list[str]:
    """Buttons of less than 24 by 24 CSS pixels (WCAG 2.2, 2.5.8)."""
    return page.locator("button:visible").evaluate_all(
        """buttons => buttons.map(b => [b.textContent.trim(), b.getBoundingClientRect()])
            .filter(([, box]) => box.width < 24 || box.height < 24).map(([words]) => words)"""
    )


def heading_levels(page: Page) -> list[int]:
    """The levels of all headings, in their order."""
    return page.locator("h1, h2, h3, h4").evaluate_all("headings => headings.map(h => Number(h.tagName[1]))")
