"""The machine under test with its CA, as an administrator and the CA's log see them."""

import collections
import pathlib
import re
import sqlite3
import ssl
import subprocess

from relay import Relay
from servers import PracticeCA, RemoteUI
from visitor import PATIENCE, Visitor, wait_until

ADMINISTRATOR, PIN = "7001", "kill-test-pin"


class Site:
    """The machine under test, its CA, and the administrator who is signed in."""

    def __init__(self, folder, clock=None):
        self.ca = PracticeCA(f"{folder}/ca")
        self.relay = Relay(self.ca.port)
        self.data = pathlib.Path(folder) / "data"
        self.clock = clock
        self.machine = RemoteUI(self.data, clock=clock)
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
        self.start()
        self.sign_in()

    def start(self):
        """After a kill: the same data at the same port, nobody signed in."""
        self.machine = RemoteUI(self.data, https_port=self.machine.port, clock=self.clock)
        self.visitor = Visitor(self.machine.port)

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

    def status_rows(self):
        """The rows of the status page, the newest first, each by column heading."""
        return table_rows(self.visitor.get("/settings/scep/status").page, "Key Name")

    def history(self):
        """Status by key name, for the entries that the machine keeps."""
        rows = {}
        for row in self.status_rows():
            rows.setdefault(row["Key Name"], row["Status"])
        return rows

    def settled_history(self):
        def settled():
            rows = self.history()
            return rows if not any(status.startswith("Processing") for status in rows.values()) else None

        return wait_until("the issuance that was taken up again has ended", lambda: (settled() or {}) or None)

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
        with sqlite3.connect(f"file:{files[0]}?mode=ro", uri=True, timeout=PATIENCE) as database:
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
