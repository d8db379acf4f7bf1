"""An administrator at a browser: finds fields and buttons by the words that label them, never by ids."""

import json
import os
import pathlib

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from visitor import wait_until

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCREENSHOTS = ROOT / "screenshots"
WIDTHS = (1280, 390)
SCHEMES = ("light", "dark")


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
    service = Service(os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    driver.set_page_load_timeout(60)
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

    def _find(self, what, paths):
        def found():
            for path in paths:
                for element in self.driver.find_elements(By.XPATH, path):
                    try:
                        if element.is_displayed():
                            return element
                    except StaleElementReferenceException:
                        pass
            return None

        try:
            return wait_until(what, found, timeout=10)
        except TimeoutError:
            raise LookupError(f"{what} is not on the page \"{self.heading}\" ({self.path})") from None

    def find(self, path):
        """The first element at this XPath that can be seen."""
        return self._find(path, [path])

    def field(self, label):
        """The field that is tied to this label by `for`."""
        paths = [f"//label[normalize-space(.)={quoted(word)}]" for word in self.words(label)]
        tag = self._find(f"the label [{label}]", paths)
        identifier = tag.get_attribute("for")
        if not identifier:
            raise LookupError(f"the label [{label}] is tied to no field")
        return self.driver.find_element(By.ID, identifier)

    def type(self, label, text):
        field = self.field(label)
        field.clear()
        field.send_keys(text)

    def set_value(self, label, value):
        """For fields whose keys depend on the browser's locale, such as dates: the value itself."""
        self.driver.execute_script("arguments[0].value = arguments[1]", self.field(label), value)

    def tick(self, label, on=True):
        box = self.field(label)
        if box.is_selected() != on:
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", box)
            box.click()

    def choose(self, label, option):
        select = Select(self.field(label))
        for word in self.words(option) or {option}:
            for candidate in select.options:
                if candidate.text.strip().startswith(word):
                    select.select_by_visible_text(candidate.text)
                    return
        raise LookupError(f"[{label}] does not offer {option}: {[candidate.text for candidate in select.options]}")

    def button(self, label, under=None):
        """A real button with these words; `under` is the heading of the block it stands in."""
        scope = "//main" if under else ""
        paths = []
        for word in self.words(label):
            path = f"//button[normalize-space(.)={quoted(word)}]"
            if under:
                for heading in self.words(under):
                    paths.append(f"{scope}//section[.//h2[normalize-space(.)={quoted(heading)}]]{path}")
            else:
                paths.append(path)
        return self._find(f"the button [{label}]", paths)

    def press(self, label, under=None):
        self.click(self.button(label, under))

    def open(self, label):
        """Follows the link with these words."""
        paths = [f"//a[normalize-space(.)={quoted(word)}]" for word in self.words(label)]
        self.click(self._find(f"the link [{label}]", paths))

    def click(self, element):
        """Clicks what leads to another page, and waits until the page that it stood on is gone.

        The browser may return from a click before the answer has come: what is looked for next would be found on the
        page that is about to go.
        """
        page = self.driver.find_element(By.TAG_NAME, "html")
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()
        wait_until("the next page", lambda: self._is_gone(page), timeout=60)

    @staticmethod
    def _is_gone(page):
        try:
            page.is_enabled()
            return False
        except WebDriverException:  # stale, or the page is being replaced right now
            return True

    def offers(self, label):
        """Whether a button with these words is on the page now."""
        return any(
            element.is_displayed()
            for word in self.words(label)
            for element in self.driver.find_elements(By.XPATH, f"//button[normalize-space(.)={quoted(word)}]")
        )

    @property
    def path(self):
        return "/" + self.driver.current_url.split("/", 3)[-1]

    @property
    def heading(self):
        try:
            headings = self.driver.find_elements(By.TAG_NAME, "h1")
            return headings[0].text if headings else ""
        except WebDriverException:  # the page is being replaced
            return ""

    @property
    def text(self):
        try:
            return self.driver.find_element(By.TAG_NAME, "body").text
        except WebDriverException:
            return ""

    def reads(self, text):
        """Whether the page says so, in the administrator's language."""
        return any(word in self.text for word in self.words(text))

    def wait_for(self, text, timeout=30):
        try:
            wait_until(f"\"{text}\"", lambda: self.reads(text), timeout)
        except TimeoutError:
            raise TimeoutError(f"\"{text}\" was never on the page \"{self.heading}\": {self.text[:400]}") from None

    def wait_for_heading(self, text, timeout=30):
        try:
            wait_until(text, lambda: self.heading in self.words(text), timeout)
        except TimeoutError:
            raise TimeoutError(f"\"{text}\" was expected, this is \"{self.heading}\": {self.text[:400]}") from None

    # What the page looks like

    def emulate(self, width, scheme):
        self.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600},
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
                    folder = SCREENSHOTS / self.name
                    folder.mkdir(parents=True, exist_ok=True)
                    self._capture(folder / f"{page}-{self.language}-{width}-{scheme}.png")
        self.emulate(WIDTHS[0], SCHEMES[0])

    def _capture(self, file):
        import base64

        picture = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "format": "png"})
        file.write_bytes(base64.b64decode(picture["data"]))
