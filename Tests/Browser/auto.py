"""The Auto Request as an administrator sees it: set in the page, deferred, polled, approved, issued, restarted by itself,
and again a period later.

The machine's clock stands still until the test sets it: however slow the browser is, a page says what it said. Everything
else runs as it does in service.
"""

import datetime
import re
import time

import looks
from administrator import Administrator
from selenium.common.exceptions import WebDriverException
from servers import SteeredClock
from story import SCEP, Story, openssl, served_certificate
from visitor import wait_until

AUTO = "Settings for Certificate Issuance Auto Request"
EDIT = "Edit Settings for Certificate Issuance Auto Request"
STATUS = "Certificate Issuance Request Status"
PROGRESS = "Progress of the Request"
NEXT = "Next Request Date/Time:"
START = "Request Start Date/Time:"

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
POLLS = 100


class AutoStory(Story):
    """Steps on the pages of the Auto Request."""

    def open_settings(self):
        self.driver.get(self.machine.address + "settings/scep")
        self.who.press("Edit", under=AUTO)
        self.who.wait_for_heading(EDIT)

    def fill_in(self, periodic=True):
        """Everything but [Request Start Date/Time:]."""
        who = self.who
        who.tick("Enable Timer for Certificate Issuance Auto Request")
        who.tick("Perform Polling When Communication Error Occurs or When Issuance Request Is Deferred")
        who.type("Number of Polling Times", str(POLLS))
        who.type("Polling Interval", "60")
        if periodic:
            who.tick("Send Periodic Issuance Requests")
            who.choose("Request Interval: Every:", "1 day")
        who.tick("Automatically Restart Device After Acquiring Certificate")
        who.tick("Delete Old Key and Certificate")
        who.type("Key Name", "auto")
        who.choose("Key Length (bit)", "2048")
        who.type("Organization", "Example Printing")
        who.type("Common Name", "127.0.0.1")
        who.choose("Key Use Location", "TLS")
        self.type_challenge()

    def type_challenge(self):
        """The challenge password, which no form brings back."""
        self.who.tick("Change Challenge Password")
        self.who.type("Challenge Password", self.ca.challenge)

    def rows(self):
        """The rows of [Certificate Issuance Request Status] on the page as it is now, the newest first."""
        return self.who.elements("table:has(caption) tbody tr", lambda row: row.text)

    def status_says(self, pattern):
        """Reloads the status page until a row matches; answers the match."""

        def matches():
            try:
                self.driver.get(self.machine.address + "settings/scep/status")
                return next(filter(None, (re.search(pattern, row, re.S) for row in self.rows())), None)
            except WebDriverException:  # the machine may be restarting
                return None

        return wait_until(f"the status page says {pattern}", matches, interval=0.2)

    def waits_for_poll(self, number, date):
        """Whether the status page comes to say that so many polls were made, and that the next is at this time."""
        words = f"Polling {number} of {POLLS}, next at {date:%Y-%m-%d %H:%M}"
        self.check(f"the status page says \"{words}\"", self.status_says("Processing.*" + words))
        return words

    def next_date(self):
        """[Next Request Date/Time:] on the overview."""
        self.driver.get(self.machine.address + "settings/scep")
        self.who.wait_for_heading(SCEP)
        value = self.who.text_at(f"//dt[normalize-space(.)='{NEXT}']/following-sibling::dd[1]")
        found = re.search(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d)", value)
        return found and datetime.datetime.fromisoformat(f"{found.group(1)}T{found.group(2)}")

    def approve(self):
        """The CA's administrator says yes to the one request that waits."""
        waiting = wait_until("a request waits at the CA", lambda: self.ca.command("pending"), interval=0.2)
        self.check("one request waits at the CA", len(waiting) == 1, str(waiting))
        self.ca.command("approve", waiting[0].split("\t")[0])

    def restarted_by_itself(self, lines, heading, reload):
        """The machine says its address anew; the browser goes on from the page with this heading, by itself where the page
        follows a request, else after a reload."""
        pid = self.machine.process.pid
        self.machine.value("Remote UI", after=lines)
        self.check("the machine restarted by itself", self.machine.process.poll() is None and self.machine.process.pid == pid)

        def login():
            try:
                # On a slow machine a page may have tried to reload before the machine was back.
                if reload or self.driver.execute_script("return location.protocol === 'chrome-error:'"):
                    self.driver.refresh()
                return self.who.heading in self.who.words("Log In")
            except WebDriverException:
                return False

        wait_until("the login is there", login, interval=0.2)
        self.log_in()
        self.who.wait_for_heading(heading)
        self.check("after the login the browser is on the page that it was on", self.who.heading == heading)

    def serial(self):
        return openssl(served_certificate(self.machine.port)[0], "-noout", "-serial").split("=")[1].lstrip("0")


def by_timer(counts, folder):
    clock = SteeredClock(f"{folder}/clock")
    with AutoStory(counts, folder, approval="manual", shots="auto", clock=clock) as story:
        story.prepare()
        start = set_the_timer(story, clock)
        first_period(story, clock, start)
        second_period(story, clock, start + DAY)
        given_up(story, clock, start + 2 * DAY)
        in_japanese(story)
        switch_off(story)


def set_the_timer(story, clock):
    """T1 to T8: the page refuses a start that has gone by, and takes one that lies ahead."""
    who, now = story.who, datetime.datetime.fromtimestamp(clock.now()).replace(second=0, microsecond=0)
    story.open_settings()
    story.shoot("40-auto")
    story.fill_in()
    who.set_value(START, (now - DAY).isoformat(timespec="minutes"))
    who.press("OK")
    who.wait_for_heading(EDIT)
    story.shoot("41-auto-refused")
    wrong = who.field(START, lambda field: field.get_attribute("aria-invalid"))
    story.check("a start that has gone by is refused beside the field", wrong == "true")
    story.check("the challenge password does not come back", story.ca.challenge not in who.source)
    story.type_challenge()
    start = now + HOUR
    who.set_value(START, start.isoformat(timespec="minutes"))
    who.press("OK")
    who.wait_for_heading(SCEP)
    row, date = (story.rows() or [""])[0], story.next_date()
    story.check("the overview shows [To Be Processed] with the key", "To Be Processed" in row and "auto" in row, row)
    story.check("and with the date", start.strftime("%Y-%m-%d %H:%M") in row, f"{row}, set {start}")
    story.check("and as the next request's", date == start, f"{date}, set {start}")
    story.shoot("42-auto-overview")
    return start


def first_period(story, clock, start):
    """T3: deferred, polled; then approved, issued, restarted (T5), and the next date is shown (T4)."""
    who = story.who
    clock.set(start.timestamp() - 1)
    # Longer than it takes the machine to look at its clock.
    time.sleep(2)
    story.status_says("To Be Processed.*" + start.strftime("%Y-%m-%d %H:%M"))
    story.check("a second before its time nothing is sent", not story.ca.command("pending") and len(story.rows()) == 1)
    clock.set(start.timestamp())
    story.waits_for_poll(0, start + HOUR)
    clock.set((start + HOUR).timestamp())
    words = story.waits_for_poll(1, start + 2 * HOUR)
    story.shoot("43-auto-polling")
    open_progress(story)
    story.check("the progress page shows the polling", words in who.text, who.text)
    story.shoot("44-auto-progress")
    focus_stays(story, clock)
    for page in ("settings/scep/communication", "settings/scep/request"):
        story.driver.get(story.machine.address + page)
        who.wait_for("Enable Timer for Certificate Issuance Auto Request")
        story.check(f"/{page} says why it is locked (C3, I4)", "while [Enable Timer" in who.text, who.text)
        fields = who.elements("main form[method=post] :is(input:not([type=hidden]), select)",
                              lambda field: (field.get_attribute("name"), field.is_enabled()))
        open_fields = [name for name, is_open in fields if is_open]
        story.check(f"every field of /{page} is disabled", fields and not open_fields, str(open_fields))
        links = who.elements("main a", lambda link: link.get_attribute("href"))
        story.check(f"/{page} leads to the timer", any(link.endswith("/settings/scep/auto") for link in links), str(links))
    open_progress(story)
    lines = len(story.machine.lines)
    story.approve()
    clock.advance(HOUR.total_seconds())
    story.restarted_by_itself(lines, PROGRESS, reload=False)
    story.verify_service("127.0.0.1")
    date = story.next_date()
    story.check("the next date is a period after the start (T4)", date == start + DAY, f"{date}, start {start}")
    story.driver.get(story.machine.address)
    who.wait_for_heading("Portal")
    story.shoot("45-auto-portal")


def open_progress(story):
    story.driver.get(story.machine.address + "settings/scep/request/progress")
    story.who.wait_for_heading(PROGRESS)


def focus_stays(story, clock):
    """Who is on a button with the keyboard stays there, or near it, when the page changes what it says."""
    who = story.who
    who.elements("#live button", lambda button: story.driver.execute_script("arguments[0].focus()", button))
    clock.advance(HOUR.total_seconds())
    wait_until("the page says the next poll", lambda: f"Polling 2 of {POLLS}, next" in who.text)
    place = who.steady(lambda: story.driver.execute_script(
        "return document.getElementById('live').contains(document.activeElement) && document.activeElement.textContent"))
    story.check("the focus stays in the part of the page that changes", place and len(place) > 3, str(place))


def second_period(story, clock, start):
    """T6: a period later another key serves in the place of the first, which is gone."""
    who, first = story.who, story.serial()
    clock.set(start.timestamp())
    story.waits_for_poll(0, start + HOUR)
    lines = len(story.machine.lines)
    story.approve()
    clock.advance(HOUR.total_seconds())
    story.restarted_by_itself(lines, STATUS, reload=True)
    second = story.serial()
    story.check("the second period's certificate serves", second != first, second)
    log = [re.sub("[^0-9A-F]", "", line.split("\t")[0].upper()).lstrip("0") for line in story.ca.command("issued")]
    story.check("the CA issued both, and nothing else", log == [first, second], f"{log}, {first}, {second}")
    story.driver.get(story.machine.address + "settings/keys")
    links = who.elements("main a[href^='/settings/keys/']", lambda link: link.get_attribute("href"))
    names = {link.rsplit("/", 1)[1] for link in links}
    story.check("the new key is there with [Key Name], the old one is not", {"auto", "Default%20Key"} <= names
                and not {"auto-2", "auto-3"} <= names and len(names) <= 3, str(names))
    story.shoot("46-auto-keys")
    story.driver.get(story.machine.address + "settings/keys/auto")
    told = re.sub("[^0-9A-F]", "", who.text.upper())
    story.check("[Key Name] is the key of the second certificate", second in told, who.text)
    story.status_says("To Be Processed")
    rows = story.rows()
    story.check("the history has both as Successful", sum("Successful" in row for row in rows) >= 2, str(rows))
    story.shoot("47-auto-status")


def given_up(story, clock, start):
    """I8: an administrator discards what is polled; that is no error of the device, and the certificate in service stays."""
    who, serving = story.who, story.serial()
    clock.set(start.timestamp())
    story.waits_for_poll(0, start + HOUR)
    open_progress(story)
    who.press("Discard")
    who.wait_for_heading("Discard the Request")
    story.shoot("48-auto-discard")
    who.press("Discard", scope="//main//form[@method='post']")
    who.wait_for("The request and its key were discarded.")
    story.check("the next date is a period later", story.next_date() == start + DAY)
    story.driver.get(story.machine.address)
    who.wait_for_heading("Portal")
    story.check("the portal shows no error", "ended in an error" not in who.text, who.text)
    story.driver.get(story.machine.address + "settings/keys")
    links = who.elements("main a[href^='/settings/keys/']", lambda link: link.get_attribute("href"))
    names = {link.rsplit("/", 1)[1] for link in links}
    story.check("the key that got no certificate is gone", names == {"auto", "Default%20Key"} and story.serial() == serving,
                str(names))


def in_japanese(story):
    """The same pages in Japanese: words, labels, widths."""
    english = story.who, story.look
    story.driver.get(story.machine.address + "settings/scep/auto")
    story.who.speak("ja")
    story.who = Administrator(story.driver, "ja", english[0].name)
    story.look = looks.checker(story.who, story.counts)
    story.who.wait_for_heading(EDIT)
    story.shoot("40-auto")
    story.driver.get(story.machine.address + "settings/scep")
    story.who.wait_for_heading(SCEP)
    story.shoot("42-auto-overview")
    story.who.speak("en")
    story.who, story.look = english


def switch_off(story):
    """T8: without the timer nothing is scheduled, and the other settings are open again."""
    who = story.who
    story.open_settings()
    who.tick("Enable Timer for Certificate Issuance Auto Request", on=False)
    who.press("OK")
    who.wait_for_heading(SCEP)
    story.check("the overview says that the timer is off", story.next_date() is None)
    # What was being sent at that very moment comes to its end.
    wait_until("nothing is processed any more", lambda: story.driver.get(story.machine.address + "settings/scep/status")
               or not re.search("To Be Processed|Processing", who.text), interval=0.2)
    story.check("nothing is to be processed any more", who.heading == STATUS, who.text)
    story.driver.get(story.machine.address + "settings/scep/communication")
    story.check("the communication settings are open again", who.field("SCEP Server URL", lambda field: field.is_enabled()))


def without_javascript(counts, folder):
    """The settings are saved and shown by forms and pages alone."""
    with AutoStory(counts, folder, javascript=False) as story:
        who = story.who
        story.prepare()
        story.open_settings()
        story.fill_in()
        start = (datetime.datetime.now() + 100 * DAY).replace(second=0, microsecond=0)
        who.set_value(START, start.isoformat(timespec="minutes"))
        who.press("OK")
        who.wait_for_heading(SCEP)
        row = (story.rows() or [""])[0]
        story.check("without JavaScript the settings are saved", "To Be Processed" in row
                    and start.strftime("%Y-%m-%d %H:%M") in row, row)
        story.open_settings()
        story.check("the form comes back as it was saved", who.value("Number of Polling Times") == str(POLLS)
                    and who.value(START) == start.isoformat(timespec="minutes"))
        story.check("but for the challenge password", who.value("Challenge Password") == "")
        switch_off(story)
