#!/usr/bin/env python3
"""I7: kill -9 of the machine at random moments of an issuance loses no key and no issued certificate.

Two hundred times: begin an issuance, kill the machine, start it again, sign in, and compare what it says with what the CA
wrote down. Half of the kills fall anywhere in the time that one issuance takes (key generation is most of it), the
other half at an exact moment of the exchange with the CA, which a relay between the two knows.

Environment: KILL_ROUNDS (200), KILL_SEED (a new one each time; printed, so that a run can be repeated), VERBOSE.
"""

import collections
import os
import pathlib
import random
import re
import sqlite3
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Harness"))

from counts import Counts  # noqa: E402
from relay import Relay  # noqa: E402
from servers import PracticeCA, RemoteUI  # noqa: E402
from visitor import Visitor, wait_until  # noqa: E402

ROUNDS = int(os.environ.get("KILL_ROUNDS", "200"))
SEED = int(os.environ.get("KILL_SEED", str(time.time_ns() % 1_000_000)))
ADMINISTRATOR, PIN = "7001", "kill-test-pin"
#: Keys kept on the machine before the oldest is deleted: below the limit of 8, the default key and the new one included.
KEPT = 5


class Site:
    """The machine under test, its CA, and the administrator who is signed in."""

    def __init__(self, folder):
        self.ca = PracticeCA(f"{folder}/ca")
        self.relay = Relay(self.ca.port)
        self.data = pathlib.Path(folder) / "data"
        self.machine = RemoteUI(self.data)
        self.http_port = None
        self.visitor = Visitor(self.machine.port)
        code = self.machine.set_up_code
        expect(self.visitor.set_up(code, ADMINISTRATOR, PIN), 303)
        self.sign_in()
        expect(
            self.visitor.submit(
                "/settings/scep/communication",
                {
                    "scep_server_url": self.ca.url_without_port,
                    "port_number": str(self.relay.port),
                    "ca_fingerprint": self.ca.fingerprint,
                },
            ),
            303,
        )

    def sign_in(self):
        expect(self.visitor.sign_in(ADMINISTRATOR, PIN), 303)

    def start_again(self):
        self.machine = RemoteUI(self.data, https_port=self.machine.port)
        self.visitor = Visitor(self.machine.port)
        self.sign_in()

    def served(self):
        """The serial number of the certificate that the machine serves."""
        certificate = ssl.get_server_certificate(("127.0.0.1", self.machine.port))
        done = subprocess.run(
            ["openssl", "x509", "-noout", "-serial"], input=certificate, capture_output=True, text=True, check=True
        )
        return bare(done.stdout.partition("=")[2])

    def prepare(self, key_name, use="none"):
        """Fills in the request up to the confirmation; answers the form of [OK]."""
        answer = self.visitor.submit(
            "/settings/scep/request",
            {
                "key_name": key_name,
                "common_name": f"{key_name}.example.com",
                "challenge_password": self.ca.challenge,
                "key_use_location": use,
            },
        )
        expect(answer, 303)
        page = self.visitor.follow(answer).page
        return page.form(action="/settings/scep/request/confirm")

    def confirm(self, form):
        return self.visitor.post(form.action, form.values | button_value(form))

    # What the machine says

    def history(self):
        """Status by key name, for the entries that the machine keeps."""
        rows = {}
        for row in table_rows(self.visitor.get("/settings/scep/status").page, "Key Name"):
            rows.setdefault(row["Key Name"], row["Status"])
        return rows

    def settled_history(self):
        def settled():
            rows = self.history()
            return rows if not any(status.startswith("Processing") for status in rows.values()) else None

        return wait_until("the issuance that was taken up again has ended", lambda: (settled() or {}) or None, 30)

    def keys(self):
        page = self.visitor.get("/settings/keys").page
        return {link.rsplit("/", 1)[1] for link in page.links() if re.fullmatch(r"/settings/keys/[^/]+", link)}

    def serial(self, key_name):
        """The serial number of the key's certificate as bare upper-case hex digits, or None without a certificate."""
        facts = self.visitor.get(f"/settings/keys/{key_name}").page.facts()
        return bare(facts["Serial Number"]) if "Serial Number" in facts else None

    def delete(self, key_name):
        page = self.visitor.get(f"/settings/keys/{key_name}/delete").page
        form = page.form(action=f"/settings/keys/{key_name}/delete")
        expect(self.visitor.post(form.action, form.values), 303)

    def integrity(self):
        files = [path for path in self.data.iterdir() if is_database(path)]
        if len(files) != 1:
            return f"{len(files)} database files"
        with sqlite3.connect(f"file:{files[0]}?mode=ro", uri=True, timeout=10) as database:
            return database.execute("pragma integrity_check").fetchone()[0]

    def issued(self):
        """What the CA wrote down: serial numbers by common name."""
        serials = collections.defaultdict(list)
        for line in self.ca.command("issued"):
            serial, subject, _, _ = line.split("\t")
            found = re.search(r"CN=([A-Za-z0-9_-]+)\.example\.com", subject)
            serials[found.group(1)].append(bare(serial))
        return serials

    def close(self):
        self.relay.close()
        self.machine.stop()
        self.ca.stop()


def bare(serial):
    """A serial number without separators and leading zeros, for comparison."""
    return re.sub(r"[^0-9A-F]", "", serial.upper()).lstrip("0")


def expect(answer, status):
    if answer.status != status:
        raise RuntimeError(f"expected {status}, got {answer!r}")
    return answer


def button_value(form):
    for button in form.buttons():
        if button.get("name") and button.text == "OK":
            return {button.get("name"): button.get("value") or ""}
    return {}


def is_database(path):
    if not path.is_file():
        return False
    with open(path, "rb") as file:
        return file.read(16) == b"SQLite format 3\0"


def table_rows(page, column):
    """The rows of the table that has this column, each a dictionary by column heading."""
    for table in page.root.all("table"):
        headings = [node.text for node in table.all("th") if node.get("scope") != "row"]
        if column not in headings:
            continue
        rows = []
        for row in table.all("tr"):
            cells = [node.text for node in row.children if not isinstance(node, str) and node.tag in ("td", "th")]
            if any(not isinstance(node, str) and node.tag == "td" for node in row.children):
                rows.append(dict(zip(headings, cells)))
        return rows
    return []


def measure(site, counts):
    """The time of whole issuances, undisturbed: the kills are spread over it."""
    durations = []
    for number in range(5):
        name = f"measure{number}"
        form = site.prepare(name)
        began = time.monotonic()
        expect(site.confirm(form), 303)
        wait_until("the undisturbed issuance", lambda: site.history().get(name, "").startswith("Successful"), 60)
        durations.append(time.monotonic() - began)
        counts.check("an undisturbed issuance is issued by the CA once", len(site.issued()[name]) == 1)
        site.delete(name)
    return durations


def run(counts, folder):
    site = Site(folder)
    try:
        durations = measure(site, counts)
        usual = statistics.median(durations) * 1.1
        print(f"kill: seed {SEED}, one issuance takes {min(durations):.2f} to {max(durations):.2f} s", flush=True)
        rounds(site, counts, random.Random(SEED), usual)
    finally:
        site.close()


def rounds(site, counts, chance, usual):
    kept = {}  # key name: serial number
    serving = None  # the serial number of the last key for TLS that was acquired before the present round
    outcomes = collections.Counter()
    began = time.monotonic()
    for number in range(ROUNDS):
        name = f"k{number}"
        # Most keys go into service at the start after the kill; some are for nothing, and only have to be there.
        use = "none" if number % 4 == 3 else "tls"
        form = site.prepare(name, use)
        machine = site.machine
        dead = threading.Event()

        def kill(machine=machine, dead=dead):
            machine.kill()
            dead.set()

        if number % 2:
            moment, count = chance.choice(Relay.MOMENTS), chance.uniform(0, 0.012)
            aim = f"{count * 1000:.1f} ms after \"{moment}\""

            def hook(reached, moment=moment, count=count, kill=kill, dead=dead):
                if reached == moment and not dead.is_set():
                    time.sleep(count)
                    kill()

            site.relay.hook = hook
            timer = threading.Timer(usual * 4 + 5, kill)  # should the moment never come
        else:
            delay = chance.uniform(0, usual)
            aim = f"{delay * 1000:.0f} ms after [OK]"
            timer = threading.Timer(delay, kill)
        timer.start()
        try:
            site.confirm(form)
        except OSError:
            pass  # killed before it answered
        except Exception as error:  # noqa: BLE001
            if not dead.is_set():
                raise error
        dead.wait()
        timer.cancel()
        site.relay.hook = lambda moment: None

        site.start_again()
        outcome = compare(site, counts, f"round {number} ({aim})", name, kept)
        outcomes[outcome] += 1
        served, acquired = site.served(), kept.get(name) if use == "tls" else None
        if serving:
            # The key of this round serves too if it was acquired before the kill.
            counts.check(f"round {number} ({aim}): the last acquired key for TLS serves", served in (serving, acquired),
                         f"served {served}, before {serving}, now {acquired}")
        serving = acquired or serving
        while len(kept) > KEPT:
            oldest = next(iter(kept))
            site.delete(oldest)
            del kept[oldest]
    took = time.monotonic() - began
    summary = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items()))
    print(f"kill: {ROUNDS} kills in {took:.0f} s: {summary}", flush=True)
    counts.check("kills fell both before and after the key was stored", len(outcomes) > 1, summary)


def compare(site, counts, where, name, kept):
    """Everything that must hold after the restart; answers how this round ended."""
    counts.check(f"{where}: the database is whole", site.integrity() == "ok", site.integrity())
    history = site.settled_history()
    status = history.get(name, "")
    keys = site.keys()
    issued = site.issued()[name]
    serial = site.serial(name) if name in keys else None
    counts.check(f"{where}: the CA issued at most once", len(issued) <= 1, str(issued))
    for other, its_serial in kept.items():
        counts.check(f"{where}: the key {other} is still there", other in keys)
    if issued:
        counts.check(f"{where}: the certificate that the CA issued is on the machine", serial == issued[-1],
                     f"machine {serial}, CA {issued}, history \"{status}\"")
        counts.check(f"{where}: the history says Successful", status.startswith("Successful"), status)
        kept[name] = serial
        return "successful"
    counts.check(f"{where}: no certificate out of nothing", serial is None, serial or "")
    counts.check(f"{where}: the history claims no success", not status.startswith("Successful"), status)
    counts.check(f"{where}: no key is left behind that nothing waits for", name not in keys or "Deferred" in status, status)
    return "interrupted before the request" if status else "not begun"


def main():
    counts = Counts("kill")
    with tempfile.TemporaryDirectory(prefix="remote-ui-kill-") as folder:
        counts.run(f"{ROUNDS} kills", run, counts, folder)
    counts.finish()


if __name__ == "__main__":
    main()
