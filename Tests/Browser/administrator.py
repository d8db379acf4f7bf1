"""An administrator at a browser: finds fields and buttons by the words that label them, never by ids."""

import json
import os
import pathlib
import shutil
import uuid

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from visitor import PATIENCE, wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "screenshots"
WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")

PAGE_HEIGHT = "return Math.max(900, document.documentElement.scrollHeight)"
TO_THE_MIDDLE = "arguments[0].scrollIntoView({block: 'center'})"
#: Notes in the tab's storage, which outlives the page, that what reads as the element does gets a click: it may have been
#: replaced by its like. False where the page runs no scripts: nothing can be noted there.
NOTE_CLICK = f"""
{TO_THE_MIDDLE};
let runs = false;
addEventListener('probe', () => runs = true, {{once: true}});
dispatchEvent(new Event('probe'));
const words = arguments[0].textContent, mark = arguments[1];
addEventListener('click', event => {{
  if (event.target.closest('a, button')?.textContent === words) sessionStorage.setItem('clicked', mark);
}}, true);
return runs;
"""
WAS_CLICKED = "return sessionStorage.getItem('clicked') === arguments[0]"


def browser(javascript=True):
    options = webdriver.ChromeOptions()
    if os.environ.get("CHROMIUM"):
        options.binary_location = os.environ["CHROMIUM"]
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-background-networking",
        "--force-device-scale-factor=1",
        "--window-size=1280,900",
        "--lang=en",
    ):
        options.add_argument(argument)
    options.accept_insecure_certs = True
    preferences = {"intl.accept_languages": "en", "credentials_enable_service": False}
    if not javascript:
        preferences["profile.managed_default_content_settings.javascript"] = 2
    options.add_experimental_option("prefs", preferences)
    # Debian's driver, or the one of Ubuntu's snap, which finds its own browser and no other.
    driver_program = os.environ.get("CHROMEDRIVER") or shutil.which("chromedriver") or "/snap/bin/chromium.chromedriver"
    service = Service(driver_program)
    driver = webdriver.Chrome(options=options, service=service)
    driver.set_page_load_timeout(PATIENCE)
    # A command may wait for a page that long.
    driver.command_executor.client_config.timeout = 2 * PATIENCE
    return driver


def quoted(text):
    """A string literal for XPath 1.0, which knows no escapes."""
    if "'" not in text:
        return f"'{text}'"
    return "concat(" + ", \"'\", ".join(f"'{part}'" for part in text.split("'")) + ")"


class Administrator:
    """`language` chooses the words: what is asked for in English is looked for in that language."""

    def __init__(self, driver, language="en", name=None):
        self.driver = driver
        self.language = language
        #: The folder part of the screenshots' names; without one no screenshots are taken.
        self.name = name
        folder = ROOT / "Templates" / "strings"
        english = json.loads((folder / "en.json").read_text())
        other = json.loads((folder / f"{language}.json").read_text())
        self._words = {}
        for key, text in english.items():
            self._words.setdefault(text, set()).add(other[key])

    def words(self, text):
        """Every translation of an English label: the same English word may have several."""
        return {text} if self.language == "en" else self._words.get(text, set())

    # Pages may be replaced at any moment: what follows a request swaps a part of itself and reloads at the end, and the
    # machine may restart. Whatever reads a page or acts on it goes through one of these three.

    def steady(self, read):
        """What `read` gives of one whole page: again, should the page not be there yet, or be replaced meanwhile."""

        def whole():
            page = self._page()
            value = (read(),) if page else None
            return value if self._page() == page else None

        return self._until("a page that stays", whole)[0]

    def _on(self, what, paths, act):
        """What `act` gives for the first element that can be seen at one of these XPaths: again from the start, should the
        page be replaced meanwhile. So `act` has to bear being repeated."""

        def acted():
            element = self._visible(paths)
            return (act(element),) if element else None

        try:
            return self._until(what, acted)[0]
        except TimeoutError as error:
            raise LookupError(f"{what} is not on the page \"{self.heading}\" ({self.path}): {error}") from error

    def _click(self, what, paths):
        """Clicks what leads to another page, and waits until that page is there.

        The browser may return from a click before the answer has come: what is looked for next would be found on the page
        that is about to go. And a page that is replaced between the look and the click leaves the click with nothing: it
        is made again.
        """

        left, notes, mark = None, False, str(uuid.uuid4())

        def was_clicked():
            return left is not None and (not notes or self.driver.execute_script(WAS_CLICKED, mark))

        def clicked():
            nonlocal left, notes
            if was_clicked():
                return True
            page, element = self.driver.find_element(By.TAG_NAME, "html"), self._visible(paths)
            if element is None:
                return False
            notes = self.driver.execute_script(NOTE_CLICK, element, mark)
            try:
                left = page
                element.click()
            except StaleElementReferenceException:
                left = page if notes else None
                raise
            self._until("the next page", lambda: self._is_gone(page) or self._is_gone(element) and not was_clicked())
            return was_clicked()

        try:
            self._until(what, clicked)
            self._until("the next page", lambda: self._is_gone(left) and self._page())
        except TimeoutError as error:
            raise LookupError(f"{what} could not be clicked on \"{self.heading}\" ({self.path}): {error}") from error

    @staticmethod
    def _until(what, condition):
        """Waits for a true value of `condition()`, which may fail while a page is being replaced."""
        last = None

        def tried():
            nonlocal last
            try:
                return condition()
            except WebDriverException as error:  # stale, or the page is being replaced right now
                last = error
                return None

        try:
            return wait_until(what, tried)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; last: {last.msg}" if last else str(error)) from last

    def _page(self):
        """Which page is there, as long as it is there whole."""
        return self.driver.execute_script("return document.readyState === 'complete' && performance.timeOrigin")

    @staticmethod
    def _is_gone(element):
        try:
            element.is_enabled()
            return False
        except WebDriverException:  # stale, or the page is being replaced right now
            return True

    def _visible(self, paths):
        for path in paths:
            for element in self.driver.find_elements(By.XPATH, path):
                if element.is_displayed():
                    return element
        return None

    def field(self, label, act=lambda field: field):
        """The field that is tied to this label by `for`, or what `act` gives for it."""

        def tied(tag):
            identifier = tag.get_attribute("for")
            if not identifier:
                raise LookupError(f"the label [{label}] is tied to no field")
            return act(self.driver.find_element(By.ID, identifier))

        paths = [f"//label[normalize-space(.)={quoted(word)}]" for word in self.words(label)]
        return self._on(f"the label [{label}]", paths, tied)

    def value(self, label):
        """What stands in the field."""
        return self.field(label, lambda field: field.get_attribute("value"))

    def type(self, label, text):
        def typed(field):
            field.clear()
            field.send_keys(text)

        self.field(label, typed)

    def set_value(self, label, value):
        """For fields whose keys depend on the browser's locale, such as dates: the value itself."""
        self.field(label, lambda field: self.driver.execute_script("arguments[0].value = arguments[1]", field, value))

    def tick(self, label, on=True):
        def ticked(box):
            if box.is_selected() != on:
                self.driver.execute_script(TO_THE_MIDDLE, box)
                box.click()

        self.field(label, ticked)

    def choose(self, label, option):
        def chosen(field):
            select = Select(field)
            for word in self.words(option) or {option}:
                for candidate in select.options:
                    if candidate.text.strip().startswith(word):
                        select.select_by_visible_text(candidate.text)
                        return
            raise LookupError(f"[{label}] does not offer {option}: {[each.text for each in select.options]}")

        self.field(label, chosen)

    def text_at(self, path):
        """The words of the first element at this XPath that can be seen."""
        return self._on(path, [path], lambda element: element.text)

    def elements(self, selector, read):
        """What `read` gives for each element that this CSS selector takes."""
        return self.steady(lambda: [read(each) for each in self.driver.find_elements(By.CSS_SELECTOR, selector)])

    def click(self, path):
        """Clicks the first element at this XPath that can be seen; it leads to another page."""
        self._click(path, [path])

    def press(self, label, under=None, scope=""):
        """Presses a real button with these words; `under` is the heading of the block that it stands in, `scope` an XPath."""
        paths = []
        for word in self.words(label):
            path = f"{scope}//button[normalize-space(.)={quoted(word)}]"
            if under:
                for heading in self.words(under):
                    paths.append(f"//main//section[.//h2[normalize-space(.)={quoted(heading)}]]{path}")
            else:
                paths.append(path)
        self._click(f"the button [{label}]", paths)

    def open(self, label):
        """Follows the link with these words."""
        paths = [f"//a[normalize-space(.)={quoted(word)}]" for word in self.words(label)]
        self._click(f"the link [{label}]", paths)

    def speak(self, language):
        """Has the pages in another language."""
        self.click(f"//button[@lang='{language}']")

    @property
    def page_language(self):
        return self.steady(lambda: self.driver.find_element(By.TAG_NAME, "html").get_attribute("lang"))

    @property
    def path(self):
        return "/" + self.driver.current_url.split("/", 3)[-1]

    @property
    def heading(self):
        return self.steady(lambda: "".join(element.text for element in self.driver.find_elements(By.TAG_NAME, "h1")))

    @property
    def text(self):
        return self.steady(lambda: self.driver.find_element(By.TAG_NAME, "body").text)

    @property
    def source(self):
        return self.steady(lambda: self.driver.page_source)

    def reads(self, text):
        """Whether the page says so, in the administrator's language."""
        told = self.text
        return any(word in told for word in self.words(text))

    def wait_for(self, text):
        try:
            wait_until(f"\"{text}\"", lambda: self.reads(text))
        except TimeoutError:
            raise TimeoutError(f"\"{text}\" was never on the page \"{self.heading}\": {self.text[:400]}") from None

    def wait_for_heading(self, *texts):
        """Waits for a page with one of these headings."""
        words = set().union(*(self.words(text) for text in texts))
        try:
            wait_until(" or ".join(texts), lambda: self.heading in words)
        except TimeoutError:
            raise TimeoutError(f"{texts} was expected, this is \"{self.heading}\": {self.text[:400]}") from None

    # What the page looks like

    def emulate(self, width, scheme, height=900):
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
        )
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )

    def shoot(self, page, check=None):
        """Screenshots of the page as it is, at every width and in every colour scheme; `check` is called in each."""
        for width in WIDTHS:
            for scheme in SCHEMES:
                self.emulate(width, scheme)
                if check:
                    check(f"{page}, {self.language}, {width} px, {scheme}")
                if self.name:
                    # The whole page is in the window: the browser's own way to shoot more than that (captureBeyondViewport)
                    # never answers when the page is replaced meanwhile.
                    self.emulate(width, scheme, self.steady(lambda: self.driver.execute_script(PAGE_HEIGHT)))
                    folder = SCREENSHOTS / self.name
                    folder.mkdir(parents=True, exist_ok=True)
                    picture = self.steady(self.driver.get_screenshot_as_png)
                    (folder / f"{page}-{self.language}-{width}-{scheme}.png").write_bytes(picture)
        self.emulate(WIDTHS[0], SCHEMES[0])
