"""All nine [Details] of the status page (S2), produced by the practice CA's faults or the network.

The requests are sent without a browser, because there are many; what came of them is read in one.
"""

import contextlib
import re

from servers import PracticeCA
from story import Story
from visitor import wait_until

TOP = "Communication Error (TOP ERROR)"

#: [Details], the word of its cause, the word of its remedy, and what produces it.
PRODUCED = [
    *((f"Communication Error (SCEP ERROR Fail Info {number})", cause, remedy, f"fail-info-{number}")
      for number, cause, remedy in (
          (0, "algorithm", "Signature Algorithm"),
          (1, "signature of the message", "RA certificates"),
          (2, "does not permit", "challenge password"),
          (3, "time of the message", "date and time"),
          (4, "no certificate", "Send the request again"),
      )),
    ("Communication Error (TOP ERROR 404)", "HTTP error 404", "SCEP Server URL", "http-404"),
    ("Communication Error (TOP ERROR 500)", "HTTP error 500", "server has failed", "http-500"),
    (TOP, "connection to the SCEP server failed", "server is running", "no server"),
    ("Key and Certificate Registration Limit Error", "limit to the number of keys", "Delete keys", "full key store"),
    ("Deferred", "pending", "approve the request", "pending-forever"),
]


class Requests:
    """Sends requests by hand to a CA whose fault changes from one to the next."""

    def __init__(self, visitor, authority):
        self.visitor = visitor
        self.data, self.port, self.challenge = authority.data, authority.port, authority.challenge
        # From here on it runs with one fault at a time, as the same CA at the same port.
        authority.stop()

    @contextlib.contextmanager
    def authority(self, *faults):
        options = [word for fault in faults for word in ("--fault", fault)]
        with PracticeCA(self.data, *options, challenge=self.challenge, port=self.port) as authority:
            yield authority

    def send(self, key_name):
        """One request up to its end; what the machine says of it is left to the status page."""
        values = {
            "key_name": key_name,
            "common_name": f"{key_name}.example.com",
            "challenge_password": self.challenge,
            "key_use_location": "none",
        }
        answer = self.visitor.submit("/settings/scep/request", values, action="/settings/scep/request")
        if answer.status == 303:
            form = self.visitor.follow(answer).page.form(action="/settings/scep/request/confirm")
            self.visitor.post(form.action, form.values | {"decision": "ok"})
        wait_until(f"the request for {key_name} has ended", lambda: self._has_ended(key_name))

    def _has_ended(self, key_name):
        for row in self.visitor.get("/settings/scep/status").page.root.all("tr"):
            if key_name in row.text:
                return "Processing" not in row.text
        return False

    def discard_what_waits(self):
        with contextlib.suppress(LookupError):
            page = self.visitor.get("/settings/scep/request/discard").page
            form = page.form(action="/settings/scep/request/discard")
            self.visitor.post(form.action, form.values)

    def fill_the_key_store(self):
        """Certificates until no key fits in any more (K5)."""
        with self.authority():
            for number in range(20):
                page = self.visitor.get("/settings/keys").page
                names = {link for link in page.links() if re.fullmatch(r"/settings/keys/[^/]+", link)}
                if len(names) >= 8:
                    return
                self.send(f"full{number}")
        raise RuntimeError("the key store never fills")

    def make_room(self):
        path = "/settings/keys/full0/delete"
        self.visitor.post(path, self.visitor.get(path).page.form(action=path).values)


def all_nine(counts, folder):
    with Story(counts, folder, shots="details") as story:
        who, driver = story.who, story.driver
        requests = Requests(story.prepare(), story.ca)
        for number, (_, _, _, fault) in enumerate(PRODUCED):
            name = f"case{number}"
            if fault == "no server":
                requests.send(name)
            elif fault == "full key store":
                requests.fill_the_key_store()
                requests.send(name)
                requests.make_room()
            else:
                with requests.authority(fault):
                    requests.send(name)
            if number + 1 < len(PRODUCED):
                requests.discard_what_waits()
        for number, (title, cause, remedy, _) in enumerate(PRODUCED):
            driver.get(story.machine.address + "settings/scep/status")
            row = f"//tr[.//*[normalize-space(.)='case{number}']]"
            text = who.text_at(row)
            story.check(f"the status page says [Error], {title}", "Error" in text and text.rstrip().endswith(title), text)
            if number == 0:
                story.shoot("50-status")
            who.click(row + "//a")
            who.wait_for("Remedy")
            told = who.text
            story.check(f"the details of {title} name it", title in told, told)
            story.check(f"the details of {title} tell the cause", cause in told.partition("Cause")[2], told)
            story.check(f"the details of {title} tell the remedy", remedy in told.partition("Remedy")[2], told)
