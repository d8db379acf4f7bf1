"""One run of the whole job: its own machine, CA and browser, and the steps that the sections share."""

import hashlib
import pathlib
import re
import shutil
import socket
import subprocess
import urllib.request

import looks
from administrator import SCREENSHOTS, Administrator, browser
from servers import PracticeCA, RemoteUI
from visitor import PATIENCE, Visitor, wait_until

IDENTIFIER, PIN = "7001", "browser-test-pin"
SCEP = "Settings for Certificate Issuance Request (SCEP)"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def served_certificate(port):
    """What `openssl s_client` shows: the certificate that serves, in PEM."""
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-showcerts"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    certificates = re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", done.stdout, re.S)
    if not certificates:
        raise RuntimeError(f"no certificate from s_client: {done.stderr}")
    return certificates


def openssl(certificate, *arguments):
    done = subprocess.run(["openssl", "x509", *arguments], input=certificate, capture_output=True, text=True, check=True)
    return done.stdout.strip()


class Story:
    """One run of the job: its own machine, CA, browser and folder."""

    def __init__(
        self, counts, folder, language="en", javascript=True, approval=None, profile="rfc", shots=None, clock=None
    ):
        self.counts = counts
        self.folder = pathlib.Path(folder)
        options = ["--approval", approval] if approval else []
        self.ca = PracticeCA(self.folder / "ca", *options, profile=profile)
        self.http_port = free_port()
        self.machine = RemoteUI(self.folder / "data", http_port=self.http_port, clock=clock)
        self.driver = browser(javascript)
        self.who = Administrator(self.driver, language, shots)
        self.look = looks.checker(self.who, counts) if shots else None
        self.default_certificate = served_certificate(self.machine.port)[0]

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind:
            keep_last_page(self)
        self.driver.quit()
        self.machine.stop()
        self.ca.stop()

    def shoot(self, page):
        if self.who.name:
            self.who.shoot(page, self.look)

    def check(self, sentence, condition, detail=""):
        return self.counts.check(f"{self.title}: {sentence}", condition, detail)

    @property
    def title(self):
        return f"{self.who.language}"

    # The job, step by step

    def arrive(self):
        """By plain HTTP, as one who types the address: the browser ends up on HTTPS, on the set-up page."""
        self.driver.get(f"http://127.0.0.1:{self.http_port}/")
        self.check("HTTP leads to HTTPS", self.driver.current_url.startswith(self.machine.address), self.driver.current_url)
        if self.who.language != "en":
            self.who.speak(self.who.language)
        self.check("the page is in the administrator's language", self.who.page_language == self.who.language)

    def set_up(self):
        who = self.who
        self.shoot("01-set-up")
        who.type("Set-up Code", "wrong-code")
        who.type("System Manager ID", IDENTIFIER)
        who.type("System Manager PIN", PIN)
        who.type("System Manager PIN (Confirm)", PIN + "x")
        who.press("Finish Set-up")
        self.shoot("02-set-up-refused")
        who.type("Set-up Code", self.machine.set_up_code)
        who.type("System Manager ID", IDENTIFIER)
        who.type("System Manager PIN", PIN)
        who.type("System Manager PIN (Confirm)", PIN)
        who.press("Finish Set-up")

    def prepare(self):
        """Set-up and Communication Settings without the browser, for sections that are about something else; then the
        login with it. Answers the visitor that did the former, signed in."""
        visitor = Visitor(self.machine.port)
        answers = [
            visitor.set_up(self.machine.set_up_code, IDENTIFIER, PIN),
            visitor.sign_in(IDENTIFIER, PIN),
            visitor.submit(
                "/settings/scep/communication",
                {
                    "scep_server_url": self.ca.url_without_port,
                    "port_number": str(self.ca.port),
                    "ca_fingerprint": self.ca.fingerprint,
                },
            ),
        ]
        if any(answer.status != 303 for answer in answers):
            raise RuntimeError(f"the machine could not be prepared: {answers}")
        self.driver.get(self.machine.address)
        self.log_in()
        self.who.wait_for_heading("Portal")
        return visitor

    def log_in(self, shoot=False):
        who = self.who
        who.wait_for_heading("Log In")
        if shoot:
            self.shoot("03-login")
        who.type("System Manager ID", IDENTIFIER)
        who.type("System Manager PIN", PIN)
        who.press("Log In")

    def go_to_scep(self):
        who = self.who
        if who.path.startswith("/settings"):
            who.open("To Portal")
        who.open("Settings/Registration")
        self.shoot("05-settings")
        who.open(SCEP)
        who.wait_for_heading(SCEP)

    def communication(self):
        who = self.who
        self.shoot("06-scep-overview-empty")
        who.press("Edit", under="Communication Settings")
        self.shoot("07-communication")
        who.type("SCEP Server URL", self.ca.url)
        who.type("Port Number", "0")
        who.press("OK")
        self.shoot("08-communication-refused")
        who.type("SCEP Server URL", self.ca.url_without_port)
        who.type("Port Number", str(self.ca.port))
        who.type("Communication Timeout", "20")
        who.press("OK")
        who.wait_for("The communication settings were changed.")
        self.check("the overview shows the server", self.ca.url_without_port in who.text)

    def test_connection(self):
        who = self.who
        who.press("Test Connection")
        who.wait_for_heading("Test Connection")
        wait_until("the test of the connection has ended", lambda: self.ca.fingerprint in who.text.upper())
        self.check("[Test Connection] shows the CA's fingerprint", self.ca.fingerprint in who.text.upper())
        self.shoot("09-test-connection")
        who.press("Back")
        who.wait_for_heading(SCEP)

    def request(self, common_name, key_name="web", use="TLS"):
        who = self.who
        who.press("Certificate Issuance Request")
        self.shoot("10-request")
        who.type("Key Name", key_name)
        who.choose("Key Length (bit)", "2048")
        who.type("Organization", "Example Printing")
        who.type("Common Name", common_name + " nonsense")
        who.type("Challenge Password", self.ca.challenge)
        who.choose("Key Use Location", use)
        who.press("Send Request")
        self.shoot("11-request-refused")
        self.check("the input is kept", who.value("Organization") == "Example Printing")
        self.check("the challenge password is not", who.value("Challenge Password") == "")
        who.type("Common Name", common_name)
        who.type("Challenge Password", self.ca.challenge)
        who.press("Send Request")
        who.wait_for_heading("Confirm the Request")
        self.check("the confirmation shows the CA's fingerprint", self.ca.fingerprint in who.text.upper(), who.text)
        self.check("the confirmation does not show the challenge password", self.ca.challenge not in who.source)
        self.shoot("12-confirm")
        who.press("Back")
        self.check("[Back] leads to the form as it was typed", who.value("Common Name") == common_name)
        self.check("but for the challenge password", who.value("Challenge Password") == "")
        who.type("Challenge Password", self.ca.challenge)
        who.press("Send Request")
        who.wait_for_heading("Confirm the Request")
        who.press("OK")

    def acquired(self):
        who = self.who
        who.wait_for("The certificate was acquired")
        self.shoot("14-acquired")
        self.driver.refresh()
        self.check("the result is the same after a reload", who.reads("The certificate was acquired"))

    def restart(self):
        who = self.who
        who.press("Restart")
        who.wait_for_heading("Restart Device")
        self.shoot("15-restart")
        pid = self.machine.process.pid
        # The page's own button, not the banner's, which leads to this page.
        who.press("Restart", scope="//form[@method='post']")
        # On a slow machine the waiting page may have gone on by now.
        who.wait_for_heading("Restarting", "Log In")
        self.shoot("16-waiting")
        wait_until("the login page is back by itself", lambda: who.heading in who.words("Log In"))
        self.check("the process is the same one", self.machine.process.poll() is None and self.machine.process.pid == pid)

    def verify_service(self, common_name):
        """openssl s_client shows the certificate that the CA issued, and a key that is not the default key."""
        served = served_certificate(self.machine.port)
        issuer = openssl(served[0], "-noout", "-issuer", "-nameopt", "RFC2253")
        self.check("the served certificate is not self-signed",
                   issuer.split("=", 1)[1] != openssl(served[0], "-noout", "-subject", "-nameopt", "RFC2253").split("=", 1)[1])
        (self.folder / "served.pem").write_text(served[0])
        (self.folder / "ca.pem").write_text(self.ca_certificate())
        verified = subprocess.run(
            ["openssl", "verify", "-CAfile", str(self.folder / "ca.pem"), str(self.folder / "served.pem")],
            capture_output=True, text=True,
        )
        self.check("the served certificate is issued by the practice CA", verified.returncode == 0, verified.stderr)
        names = openssl(served[0], "-noout", "-ext", "subjectAltName")
        self.check("the common name is in the subject alternative name", common_name in names, names)
        self.check("the key is not the default key",
                   openssl(served[0], "-noout", "-pubkey") != openssl(self.default_certificate, "-noout", "-pubkey"))
        serial = openssl(served[0], "-noout", "-serial").split("=")[1].lstrip("0")
        log = [re.sub("[^0-9A-F]", "", line.split("\t")[0].upper()).lstrip("0") for line in self.ca.command("issued")]
        self.check("its serial number is in the CA's log", serial in log, f"{serial}, {log}")

    def ca_certificate(self):
        """The CA's certificate as its own server gives it, whose fingerprint is the printed one."""
        with urllib.request.urlopen(f"{self.ca.url}?operation=GetCACert", timeout=PATIENCE) as answer:
            data = answer.read()
        if answer.headers.get_content_type() == "application/x-x509-ca-cert":
            der = [subprocess.run(["openssl", "x509", "-inform", "DER"], input=data, capture_output=True).stdout.decode()]
        else:
            bundle = subprocess.run(
                ["openssl", "pkcs7", "-inform", "DER", "-print_certs"], input=data, capture_output=True
            ).stdout.decode()
            der = re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", bundle, re.S)
        for certificate in der:
            raw = subprocess.run(
                ["openssl", "x509", "-outform", "DER"], input=certificate.encode(), capture_output=True
            ).stdout
            if hashlib.sha256(raw).hexdigest().upper() == self.ca.fingerprint.replace(":", ""):
                return certificate
        raise RuntimeError("the CA with the printed fingerprint is not in GetCACert")

    def finish(self):
        who = self.who
        self.log_in()
        self.shoot("17-portal-afterwards")
        for label, heading, page in (
            ("Key and Certificate Settings", "Key and Certificate Settings", "18-keys"),
            ("Certificate Issuance Request Status", "Certificate Issuance Request Status", "20-status"),
            ("Device Information", "Device Information", "22-device-information"),
            ("Authentication/Password Settings", "Authentication/Password Settings", "23-security"),
            ("System Manager Information", "System Manager Information", "24-system-manager"),
        ):
            self.driver.get(self.machine.address + "settings")
            who.open(label)
            who.wait_for_heading(heading)
            self.shoot(page)
        self.driver.get(self.machine.address + "settings/keys/web")
        self.check("the key's details name the practice CA", who.reads("In use"), who.text)
        self.shoot("19-key")
        self.driver.get(self.machine.address + "settings/scep/status")
        self.check("the status says Successful", who.reads("Successful"), who.text)
        self.driver.get(self.machine.address + "settings/scep")
        self.shoot("21-scep-overview")


def keep_last_page(story):
    """What the browser showed when something went wrong."""
    folder = SCREENSHOTS / "failed"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        story.driver.save_screenshot(str(folder / f"{story.folder.name}.png"))
        (folder / f"{story.folder.name}.html").write_text(story.driver.page_source)
        shutil.copy(f"{story.folder}/data.log", folder / f"{story.folder.name}.log")
        print(f"  the last page is kept in {folder}, at {story.driver.current_url}")
    except Exception as error:  # noqa: BLE001 - the first failure is the one that counts
        print(f"  the last page could not be kept: {error}")
