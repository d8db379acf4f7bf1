"""A visitor without a browser: one cookie jar, requests over TLS, forms filled in as a browser would send them."""

import http.client
import re
import ssl
import time
import urllib.parse

from pages import Page

#: How long anything may take, in seconds. What is there is found at once; this is for a machine that is slow and busy.
PATIENCE = 180


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        self.body = body
        self.text = body.decode("utf-8", "replace")
        self.location = response.headers.get("Location")

    @property
    def page(self):
        return Page(self.text)

    def __repr__(self):
        words = Page(self.text).text[:200] if self.body else ""
        return f"{self.status} {self.location or ''} {words}".strip()


class Visitor:
    def __init__(self, port, language="en"):
        self.port = port
        self.origin = f"https://127.0.0.1:{port}"
        self.cookies = {}
        self.language = language
        self._tls = ssl.create_default_context()
        self._tls.check_hostname = False
        self._tls.verify_mode = ssl.CERT_NONE

    def request(self, method, path, fields=None, headers=None, body=None, cookies=True):
        """One exchange, no redirect followed. A header set to None in `headers` is left out."""
        sent = {"Accept-Language": self.language, "Accept": "text/html"}
        if fields is not None:
            body = urllib.parse.urlencode(fields).encode()
        if method not in ("GET", "HEAD"):
            sent |= {"Origin": self.origin, "Sec-Fetch-Site": "same-origin"}
            if body is not None:
                sent["Content-Type"] = "application/x-www-form-urlencoded"
        if cookies and self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent |= headers or {}
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=PATIENCE, context=self._tls)
        try:
            connection.request(
                method, path, body=body, headers={name: value for name, value in sent.items() if value is not None}
            )
            response = connection.getresponse()
            answer = Answer(response, response.read())
        finally:
            connection.close()
        if cookies:
            for line in response.headers.get_all("Set-Cookie") or []:
                pair, *attributes = [part.strip() for part in line.split(";")]
                name, _, value = pair.partition("=")
                if value == "" or any(part.lower() == "max-age=0" for part in attributes):
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = value
        return answer

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def post(self, path, fields, **options):
        return self.request("POST", path, fields=fields, **options)

    def follow(self, answer, limit=5):
        """Follows the redirects of `answer` as a browser does: with GET, on this machine only."""
        while answer.status in (301, 302, 303, 307, 308) and limit:
            target = urllib.parse.urlsplit(urllib.parse.urljoin(self.origin + "/", answer.location))
            if f"{target.scheme}://{target.netloc}" != self.origin:
                raise RuntimeError(f"sent to another site: {answer.location}")
            answer = self.get(target.path + (f"?{target.query}" if target.query else ""))
            limit -= 1
        return answer

    def submit(self, path, values, action=None, **options):
        """Opens `path`, fills in the form with the given fields and sends it. Answers the POST's own answer."""
        page = self.get(path).page
        form = page.form(action=action, field=next(iter(values), None))
        return self.post(form.action or path, form.values | values, **options)

    def token(self, path):
        """The anti-forgery token of some form on `path`."""
        for form in self.get(path).page.forms:
            if "token" in form.values:
                return form.values["token"]
        raise LookupError(f"no token on {path}")

    # The steps that every test needs

    def set_up(self, code, identifier, pin):
        return self.submit(
            "/setup", {"code": code, "system_manager_id": identifier, "pin": pin, "pin_again": pin}
        )

    def sign_in(self, identifier, pin, next_path=None):
        path = "/login" + (f"?next={urllib.parse.quote(next_path, safe='')}" if next_path else "")
        return self.submit(path, {"mode": "system_manager", "system_manager_id": identifier, "pin": pin})

    def sign_in_general(self, name=""):
        return self.submit("/login", {"mode": "general_user", "user_name": name})


def wait_until(what, condition, timeout=PATIENCE, interval=0.05):
    """The first true value of `condition()`; raises after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {timeout} s: {what}")
        time.sleep(interval)


def words(text):
    return re.sub(r"\s+", " ", text).strip()
