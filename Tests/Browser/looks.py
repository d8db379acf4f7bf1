"""What a page must be for everybody: labels, headings, contrast, no sideways scrolling."""

from pages import Page

#: Text whose contrast with its background is too low (WCAG 2.2 AA: 4.5, large text 3), as the browser computes it.
CONTRAST = r"""
const shown = element => { const style = getComputedStyle(element);
  return element.getClientRects().length && style.visibility !== 'hidden' && style.opacity !== '0'; };
const colour = text => { const parts = (text.match(/[\d.]+%?/g) || []).map(parseFloat);
  if (text.startsWith('color(')) return [parts[0] * 255, parts[1] * 255, parts[2] * 255, parts.length > 3 ? parts[3] : 1];
  return [parts[0], parts[1], parts[2], parts.length > 3 ? parts[3] : 1]; };
const over = (top, below) => [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
const background = element => { let stack = [];
  for (let e = element; e; e = e.parentElement) { const c = colour(getComputedStyle(e).backgroundColor);
    if (c[3] > 0) { stack.push(c); if (c[3] === 1) break; } }
  let result = matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18, 1] : [255, 255, 255, 1];
  for (const c of stack.reverse()) result = over(c, result);
  return result; };
const light = c => { const [r, g, b] = [0, 1, 2].map(i => { const v = c[i] / 255;
  return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; }); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const faults = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const text = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement;
  if (!text || !element || !shown(element) || element.closest('[aria-hidden=true], .unseen, .skip, :disabled, script, style, noscript'))
    continue;
  const box = element.getBoundingClientRect();
  if (box.width < 2 || box.height < 2) continue;
  const style = getComputedStyle(element), below = background(element), top = over(colour(style.color), below);
  const [a, b] = [light(top), light(below)].sort((x, y) => y - x), ratio = (a + 0.05) / (b + 0.05);
  const size = parseFloat(style.fontSize), large = size >= 24 || (size >= 18.66 && parseInt(style.fontWeight) >= 700);
  if (ratio < (large ? 3 : 4.5)) faults.push(ratio.toFixed(2) + ' "' + text.slice(0, 30) + '"');
}
return faults.slice(0, 5);
"""

#: Buttons and fields that a finger cannot hit (WCAG 2.2 AA: 24 by 24).
SMALL_TARGETS = r"""
return [...document.querySelectorAll('button, select, input:not([type=hidden]):not([type=radio]):not([type=checkbox])')]
  .filter(e => e.getClientRects().length && (e.offsetHeight < 24 || e.offsetWidth < 24))
  .map(e => (e.textContent || e.name).trim().slice(0, 30) + ' ' + e.offsetWidth + 'x' + e.offsetHeight).slice(0, 5);
"""

SIDEWAYS = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"


def checker(administrator, counts):
    """Answers a function that checks the present page; the source is checked once, the rest in each appearance."""
    seen = set()

    def check(where):
        driver = administrator.driver
        page = where.split(",")[0]
        source, sideways, contrast, small = administrator.steady(
            lambda: (driver.page_source, *(driver.execute_script(script) for script in (SIDEWAYS, CONTRAST, SMALL_TARGETS))))
        if page not in seen:
            seen.add(page)
            faults = Page(source).problems()
            counts.check(f"{page} ({administrator.language}) has no accessibility fault", not faults, "; ".join(faults[:5]))
        counts.check(f"{where} does not scroll sideways", sideways <= 0, f"{sideways} px")
        counts.check(f"{where} has enough contrast", not contrast, "; ".join(contrast))
        counts.check(f"{where} has targets large enough", not small, "; ".join(small))

    return check
