"""The machine under abuse, its administrator, and what must not change."""

import difflib
import pathlib
import re
import sqlite3

from visitor import PATIENCE, Visitor, wait_until

#: Every route that shows a page: its path and who may see it (gate of spec L6).
GET_ROUTES = {
    "/": "signed in",
    "/settings": "system manager",
    "/settings/device-information": "system manager",
    "/settings/device-information/edit": "system manager",
    "/settings/system-manager": "system manager",
    "/settings/system-manager/edit": "system manager",
    "/settings/security": "system manager",
    "/settings/security/edit": "system manager",
    "/settings/scep": "system manager",
    "/settings/scep/communication": "system manager",
    "/settings/scep/auto": "system manager",
    "/settings/scep/test": "system manager",
    "/settings/scep/ca/replace": "system manager",
    "/settings/scep/request": "system manager",
    "/settings/scep/request/confirm": "system manager",
    "/settings/scep/request/progress": "system manager",
    "/settings/scep/request/discard": "system manager",
    "/settings/scep/status": "system manager",
    "/settings/scep/status/1": "system manager",
    "/settings/keys": "system manager",
    "/settings/keys/Default%20Key": "system manager",
    "/settings/keys/Default%20Key/delete": "system manager",
    "/settings/restart": "system manager",
}

#: Every route that changes something: its path and fields that would be accepted with the right to it.
POST_ROUTES = {
    "/settings/device-information/edit": {"device_name": "Forged", "location": "Forged"},
    "/settings/system-manager/edit": {"current_pin": "abuse-test-pin", "pin": "forged-pin-1", "pin_again": "forged-pin-1"},
    "/settings/security/edit": {
        "lockout_threshold": "10",
        "lockout_period": "1",
        "session_timeout": "150",
        "general_user_mode": "on",
    },
    "/settings/scep/communication": {
        "scep_server_url": "http://forged.example/scep",
        "port_number": "8080",
        "communication_timeout": "5",
        "ca_fingerprint": "",
    },
    "/settings/scep/auto": {
        "polling": "on",
        "polling_times": "99",
        "polling_interval": "59",
        "request_interval": "365",
        "renewal": "off",
        "renewal_policy": "automatic",
        "key_name": "forged",
        "common_name": "forged.example",
        "change_challenge": "on",
        "challenge_password": "forged-challenge",
    },
    "/settings/scep/test": {},
    "/settings/scep/ca/accept": {"ca_fingerprint": "AA:BB"},
    "/settings/scep/ca/replace": {"subject": "AA:BB CC:DD"},
    "/settings/scep/request": {"key_name": "forged", "common_name": "forged.example"},
    "/settings/scep/request/confirm": {"decision": "ok"},
    "/settings/scep/request/check-again": {},
    "/settings/scep/request/discard": {},
    "/settings/keys/kept/delete": {},
    "/settings/restart": {},
}

#: Routes that only GET or only POST may use.
GET_ONLY = ["/", "/settings", "/settings/scep", "/settings/keys", "/settings/scep/status", "/healthz"]
POST_ONLY = ["/logout", "/language", "/settings/scep/ca/accept", "/settings/scep/request/check-again"]

#: The pages that together show every setting, key and history entry.
SHOWN = [
    "/settings/scep",
    "/settings/keys",
    "/settings/security",
    "/settings/device-information",
    "/settings/scep/status",
]


class Target:
    def __init__(self, machine, authority):
        self.machine, self.authority = machine, authority
        self.identifier, self.pin = "7001", "abuse-test-pin"
        self.set_up_code_used = machine.set_up_code
        self.manager = None

    def visitor(self):
        return Visitor(self.machine.port)

    def set_up(self):
        answer = self.visitor().set_up(self.set_up_code_used, self.identifier, self.pin)
        if answer.status != 303:
            raise RuntimeError(f"the set-up was refused: {answer!r}")

    def sign_in(self):
        self.manager = self.visitor()
        answer = self.manager.sign_in(self.identifier, self.pin)
        if answer.status != 303:
            raise RuntimeError(f"the login was refused: {answer!r}")
        return self.manager

    def keep_a_key(self):
        """A key named `kept` with an issued certificate, so that there is something to lose."""
        page = self.manager.follow(
            self.manager.submit(
                "/settings/scep/request",
                {
                    "key_name": "kept",
                    "common_name": "kept.example.com",
                    "challenge_password": self.authority.challenge,
                    "key_use_location": "none",
                },
                action="/settings/scep/request",
            )
        ).page
        form = page.form(action="/settings/scep/request/confirm")
        self.manager.post(form.action, form.values | {"decision": "ok"})
        wait_until(
            "the key \"kept\" has its certificate",
            lambda: "Successful" in self.manager.get("/settings/scep/status").text,
        )

    def allow_general_users(self, counts):
        answer = self.manager.submit("/settings/security/edit", {"general_user_mode": "on"}, action="/settings/security/edit")
        counts.check("[General User Mode] can be switched on", answer.status == 303, repr(answer))

    def state(self):
        """All that a visitor could have changed: the pages without what changes by itself, and the rows."""
        pages = {}
        for path in SHOWN:
            text = self.manager.get(path).text
            text = re.sub(r'name="token" value="[^"]*"', "", text)
            text = re.sub(r'<section class="notice.*?</section>|<div class="notice.*?</div>', "", text, flags=re.S)
            pages[path] = re.sub(r"\n+", "\n", text)
        return pages, self.rows()

    def rows(self):
        """Every row of every table but the audit log, which does grow, and the counters of failed logins."""
        database = next(path for path in self.machine.data.iterdir() if is_database(path))
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=PATIENCE) as connection:
            tables = connection.execute("select name from sqlite_master where type = 'table' order by name").fetchall()
            return {
                name: sorted(map(repr, connection.execute(f'select * from "{name}"')))
                for (name,) in tables
                if not re.search("audit|sqlite_|lock", name)
            }

    def difference(self, before):
        """What differs from `before`, in words; empty when nothing changed."""
        after = self.state()
        names = [
            path + ": " + " | ".join(
                line for line in difflib.unified_diff(before[0][path].split("\n"), after[0][path].split("\n"), n=0, lineterm="")
                if not line.startswith(("---", "+++", "@@")))[:300]
            for path in before[0] if before[0][path] != after[0][path]
        ]
        names += [name for name in set(before[1]) | set(after[1]) if before[1].get(name) != after[1].get(name)]
        return ", ".join(names)

    def unchanged(self, counts, sentence, before):
        difference = self.difference(before)
        return counts.check(f"{sentence}: nothing changed", not difference, difference)


def is_database(path):
    if not pathlib.Path(path).is_file():
        return False
    with open(path, "rb") as file:
        return file.read(16) == b"SQLite format 3\0"
