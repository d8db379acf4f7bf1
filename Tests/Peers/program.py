#!/usr/bin/env python3
"""The whole program against SCEP servers that others wrote: set up, request, restart, and TLS with their certificate.

To be run by `with-peers`, which starts them. Debian's scepserver answers in single DES: that is refused with its reason, and
read by a machine that was started with --accept-single-des.
"""

import os
import pathlib
import re
import ssl
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Harness"))

from counts import Counts  # noqa: E402
from servers import RemoteUI  # noqa: E402
from visitor import Visitor, wait_until  # noqa: E402

IDENTIFIER, PIN = "7001", "peers-test-pin"
NAME = "machine.example.com"
CHALLENGE = os.environ["INTEROP_CHALLENGE"]


def expect(answer, status):
    if answer.status != status:
        raise RuntimeError(f"{status} was expected: {answer}")
    return answer


class Enrolment:
    """One machine of its own, and its administrator, who is signed in."""

    def __init__(self, folder, peer, options):
        self.machine = RemoteUI(folder, options=options)
        self.visitor = Visitor(self.machine.port)
        expect(self.visitor.set_up(self.machine.set_up_code, IDENTIFIER, PIN), 303)
        self.sign_in()
        host, port, path = re.fullmatch(r"(http://[^/:]+):(\d+)(/.*)", os.environ[peer]).groups()
        settings = {"scep_server_url": host + path, "port_number": port}
        expect(self.visitor.submit("/settings/scep/communication", settings), 303)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.machine.stop()

    def sign_in(self):
        expect(self.visitor.sign_in(IDENTIFIER, PIN), 303)

    def request(self):
        """Sends the request; answers what the status page says of it in the end."""
        visitor = self.visitor
        values = {"key_name": "web", "common_name": NAME, "challenge_password": CHALLENGE, "key_use_location": "tls"}
        path = "/settings/scep/request"
        visitor.follow(expect(visitor.submit(path, values, action=path), 303))
        form = wait_until("the confirmation is there", self._confirmation)
        expect(visitor.post(form.action, form.values | {"decision": "ok"}), 303)
        return wait_until("the request has ended", self._ended)

    def _confirmation(self):
        page = self.visitor.get("/settings/scep/request/confirm").page
        forms = [form for form in page.forms if form.action == "/settings/scep/request/confirm"]
        # Until the CA has been looked up it can only be cancelled.
        return forms[0] if forms and "fingerprint" in page.text.lower() else None

    def _ended(self):
        for row in self.visitor.get("/settings/scep/status").page.root.all("tr"):
            if "web" in row.text and "Processing" not in row.text:
                return row.text
        return None

    def restart(self):
        lines = len(self.machine.lines)
        forms = self.visitor.get("/settings/restart").page.forms
        # The banner has a form with this address too, which only leads here.
        form = next(form for form in forms if form.action == "/settings/restart" and "token" in form.values)
        expect(self.visitor.post(form.action, form.values), 303)
        self.machine.value("Remote UI", after=lines)

    def served(self, *arguments):
        """What openssl says of the certificate that serves."""
        certificate = ssl.get_server_certificate(("127.0.0.1", self.machine.port))
        done = subprocess.run(
            ["openssl", "x509", "-noout", *arguments], input=certificate, capture_output=True, text=True, check=True)
        return done.stdout.strip()


def issued(counts, folder, peer, options, issuer, is_for_clients=False):
    with Enrolment(folder, peer, options) as enrolment:
        before = enrolment.served("-pubkey")
        row = enrolment.request()
        counts.check("the status is Successful", "Successful" in row, row)
        progress = enrolment.visitor.get("/settings/scep/request/progress").page.text
        counts.check("the progress says whether every browser will take it",
                     ("[Server authentication]" in progress) == is_for_clients, progress)
        enrolment.restart()
        told = enrolment.served("-issuer")
        counts.check("the machine serves what this CA issued", issuer in told, told)
        names = enrolment.served("-ext", "subjectAltName")
        counts.check("the common name is in the subject alternative name", NAME in names, names)
        counts.check("the key is not the default key", enrolment.served("-pubkey") != before)


def refused(counts, folder, peer, reason):
    with Enrolment(folder, peer, ()) as enrolment:
        row = enrolment.request()
        counts.check("the status is Error", "Error" in row and "Successful" not in row, row)
        page = enrolment.visitor.get("/settings/scep/request/progress").page
        counts.check("the page names the reason", reason in page.text, page.text)


def main():
    counts = Counts("program")
    with tempfile.TemporaryDirectory(prefix="remote-ui-peers-") as folder:
        for number, (title, body, *arguments) in enumerate((
            # Its certificates are for client authentication only, as are scepserver's.
            ("micromdm", issued, "INTEROP_MICROMDM_URL", (), "Interop", True),
            ("step-ca", issued, "INTEROP_STEP_CA_URL", (), "Interop Intermediate"),
            ("step-ca with AES-256", issued, "INTEROP_STEP_CA_AES256_URL", (), "Interop Intermediate"),
            ("scepserver's single DES is refused", refused, "INTEROP_SINGLE_DES_URL", "single DES"),
            ("scepserver's single DES, accepted", issued, "INTEROP_SINGLE_DES_URL", ("--accept-single-des",), "Interop", True),
        )):
            counts.run(title, body, counts, f"{folder}/{number}", *arguments)
    counts.finish()


if __name__ == "__main__":
    main()
