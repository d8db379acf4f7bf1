#!/usr/bin/env python3
"""The whole job as an administrator does it, in headless Chromium: set up, sign in, enter the SCEP server, request a
certificate, restart, and find the Remote UI back with the certificate that the CA issued.

It is done in English and in Japanese, without JavaScript, with a CA that decides by hand, by keyboard alone, and by the
timer of the Auto Request. All [Details] that a request can end with are produced and read.
Screenshots of every page are left in screenshots/: both languages, 1280 and 390 px wide, light and dark.

Environment: CHROMIUM and CHROMEDRIVER name other programs than the system's; BROWSER_ONLY=NAME[,NAME] runs some sections.
"""

import os
import pathlib
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Harness"))

import auto  # noqa: E402
import details  # noqa: E402
import lookup  # noqa: E402
from counts import Counts  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from story import IDENTIFIER, PIN, SCEP, Story  # noqa: E402


def main_job(counts, folder, language):
    with Story(counts, folder, language=language, shots="job") as story:
        story.arrive()
        story.set_up()
        story.log_in(shoot=True)
        story.who.wait_for_heading("Portal")
        story.shoot("04-portal")
        story.go_to_scep()
        story.communication()
        story.test_connection()
        story.request("127.0.0.1")
        story.shoot("13-progress")
        story.acquired()
        story.restart()
        story.verify_service("127.0.0.1")
        story.finish()


def without_javascript(counts, folder):
    with Story(counts, folder, javascript=False) as story:
        story.arrive()
        story.driver.get("data:text/html,<p id=a>off</p><script>document.getElementById('a').textContent='on'</script>")
        story.check("JavaScript is off", story.who.text == "off", story.who.text)
        story.driver.get(story.machine.address)
        story.set_up()
        story.log_in()
        story.go_to_scep()
        story.communication()
        story.request("machine.example.com")
        story.acquired()
        story.restart()
        story.verify_service("machine.example.com")
        story.finish()


def by_hand(counts, folder, profile):
    """I8: the CA decides by hand."""
    with Story(counts, folder, approval="manual", profile=profile, shots=f"approval-{profile}") as story:
        who = story.who
        story.arrive()
        story.set_up()
        story.log_in()
        story.go_to_scep()
        story.communication()
        story.request("machine.example.com")
        who.wait_for("Deferred")
        story.shoot("30-deferred")
        who.press("Check Again")
        who.wait_for("Deferred")
        waiting = story.ca.command("pending")
        story.check("the CA has one request waiting", len(waiting) == 1, str(waiting))
        story.ca.command("approve", waiting[0].split("\t")[0])
        who.press("Check Again")
        story.acquired()
        story.driver.get(story.machine.address + "settings/scep/status")
        story.check("the status says Successful", who.reads("Successful"), who.text)
        story.driver.get(story.machine.address + "settings/scep/request/progress")
        story.restart()
        story.verify_service("machine.example.com")


def by_keyboard(counts, folder):
    """The login with Tab, letters and Enter only; where the focus is can be seen."""
    with Story(counts, folder) as story:
        driver, who = story.driver, story.who
        story.arrive()
        story.set_up()
        who.wait_for_heading("Log In")
        driver.refresh()
        focus = lambda: driver.switch_to.active_element  # noqa: E731
        seen = []

        def tab_to(condition, what):
            for _ in range(40):
                focus().send_keys(Keys.TAB)
                element = focus()
                visible = driver.execute_script(
                    "const s = getComputedStyle(arguments[0]);"
                    "return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none'", element)
                seen.append(element.text or element.get_attribute("id"))
                story.check(f"the focus can be seen on {element.tag_name} {seen[-1]!r}", visible)
                if condition(element):
                    return element
            raise LookupError(f"Tab never reached {what}: {seen}")

        first = tab_to(lambda element: True, "anything")
        story.check("the first stop skips to the content", first.get_attribute("href").endswith("#content"), first.text)
        identifier, pin = who.field("System Manager ID"), who.field("System Manager PIN")
        tab_to(lambda element: element == identifier, "[System Manager ID]").send_keys(IDENTIFIER)
        tab_to(lambda element: element == pin, "[System Manager PIN]").send_keys(PIN)
        tab_to(lambda element: element.tag_name == "button" and element.text in who.words("Log In"), "[Log In]")
        focus().send_keys(Keys.ENTER)
        who.wait_for_heading("Portal")
        story.check("the keyboard alone signs in", True)
        tab_to(lambda element: element.text in who.words("Settings/Registration"), "[Settings/Registration]")
        focus().send_keys(Keys.ENTER)
        who.wait_for_heading("Settings/Registration")
        tab_to(lambda element: element.text == SCEP, SCEP)
        focus().send_keys(Keys.ENTER)
        who.wait_for_heading(SCEP)
        story.check("the keyboard alone opens the SCEP settings", True)


def main():
    counts = Counts("browser")
    only = os.environ.get("BROWSER_ONLY", "").split(",")
    sections = {
        "job-en": ("the whole job, in English", main_job, "en"),
        "job-ja": ("the whole job, in Japanese", main_job, "ja"),
        "no-javascript": ("the whole job without JavaScript", without_javascript),
        "approval": ("a CA that decides by hand (I8)", by_hand, "rfc"),
        "approval-ndes": ("NDES that decides by hand (I8, N1)", by_hand, "ndes"),
        "look-up": ("a CA that is slow to look up (C6)", lookup.slow_server, True),
        "look-up-no-javascript": ("the same without JavaScript", lookup.slow_server, False),
        "keyboard": ("by keyboard alone", by_keyboard),
        "auto": ("the Auto Request, from its settings to the second certificate (T1-T8)", auto.by_timer),
        "auto-no-javascript": ("the settings of the Auto Request without JavaScript", auto.without_javascript),
        "details": ("all [Details] of the status page (S2)", details.all_nine),
    }
    with tempfile.TemporaryDirectory(prefix="remote-ui-browser-") as folder:
        for name, (title, body, *arguments) in sections.items():
            if only != [""] and name not in only:
                continue
            place = pathlib.Path(folder) / name
            place.mkdir()
            begun = time.monotonic()
            counts.run(title, body, counts, place, *arguments)
            print(f"browser: {name} took {time.monotonic() - begun:.0f} s", flush=True)
    counts.finish()


if __name__ == "__main__":
    main()
