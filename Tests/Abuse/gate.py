"""The one gate in front of every route: set-up, session, role, method, origin, token."""

import re
import time
import urllib.parse

from target import GET_ONLY, GET_ROUTES, POST_ONLY, POST_ROUTES


def before_set_up(counts, target):
    visitor = target.visitor()
    for path in [*GET_ROUTES, "/login", "/nothing/here"]:
        answer = visitor.get(path)
        counts.check(f"GET {path} leads to the set-up", answer.status in (302, 303, 307) and answer.location == "/setup",
                     repr(answer))
    for path, values in {**POST_ROUTES, "/login": {"mode": "system_manager"}, "/logout": {}}.items():
        answer = visitor.post(path, values)
        counts.check(f"POST {path} leads to the set-up", answer.status in (302, 303, 403, 404) and
                     (answer.location or "/setup") == "/setup", repr(answer))
    answer = visitor.get("/healthz")
    counts.check("the liveness probe answers", answer.status == 200, repr(answer))
    page = visitor.get("/setup").page
    counts.check("the set-up page has no accessibility fault", not page.problems(), "; ".join(page.problems()))
    code = target.set_up_code_used
    counts.check("the set-up page does not tell the code", code not in page.source)
    saved = target.machine.data / "set-up-code"
    counts.check("the set-up code is in the data folder, for the owner only",
                 saved.is_file() and saved.stat().st_mode & 0o777 == 0o600)


def after_set_up(counts, target):
    for who, visitor in (("nobody", target.visitor()), ("the System Manager", target.manager)):
        answer = visitor.get("/setup")
        counts.check(f"/setup is gone for {who}", answer.status == 404, repr(answer))
        answer = visitor.post("/setup", {"code": target.set_up_code_used, "system_manager_id": "1", "pin": "12345678",
                                         "pin_again": "12345678"})
        counts.check(f"a second set-up by {who} is refused", answer.status in (403, 404, 405), repr(answer))
    counts.check("the set-up code is no longer in the data folder", not (target.machine.data / "set-up-code").exists())
    counts.check("the System Manager's PIN is still the same", target.visitor().sign_in(
        target.identifier, target.pin).status == 303)


def every_address_is_known(counts, target):
    """Follows all links and looks at all forms: what they lead to must be on the lists that the other tests go through."""
    known = {pattern(path) for path in [*GET_ROUTES, *POST_ROUTES, *POST_ONLY, *GET_ONLY, "/login", "/restarting"]}
    waiting, seen = ["/"], set()
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = target.manager.get(path)
        counts.check(f"{path}, which a page leads to, is there", answer.status in (200, 303), repr(answer))
        if answer.status != 200:
            continue
        page = answer.page
        faults = page.problems()
        counts.check(f"{path} has no accessibility fault", not faults, "; ".join(faults[:5]))
        reached = [link for link in page.links() if link.startswith("/")] + [form.action for form in page.forms]
        for address in reached:
            address = address.split("?")[0].split("#")[0]
            if address:
                counts.check(f"{address} is on the list of routes", pattern(address) in known, f"reached from {path}")
        waiting += [link.split("#")[0] for link in reached_by_get(page) if link.split("#")[0]]


def reached_by_get(page):
    forms = [form.action for form in page.forms if form.method == "GET"]
    return [link for link in page.links() + forms if link.startswith("/") and not link.startswith("/login")]


def pattern(path):
    """A path with the names of keys and the numbers of history entries taken out."""
    path = re.sub(r"^/settings/keys/[^/]+", "/settings/keys/*", path)
    return re.sub(r"^/settings/scep/status/[0-9]+", "/settings/scep/status/*", path)


def is_login(answer):
    return answer.status == 303 and urllib.parse.urlsplit(answer.location or "").path == "/login"


def without_session(counts, target):
    before = target.state()
    for path in GET_ROUTES:
        answer = target.visitor().get(path)
        counts.check(f"GET {path} without a session leads to the login", is_login(answer), repr(answer))
        then = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.location or "").query).get("next", ["/"])[0]
        counts.check(f"the login then goes on to {path}", then == path or path == "/", then)
    for path, values in POST_ROUTES.items():
        answer = target.visitor().post(path, values)
        counts.check(f"POST {path} without a session leads to the login", is_login(answer), repr(answer))
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(answer.location or "").query)
        page = query.get("next", [""])[0]
        counts.check(f"the login then goes on to the page of {path}",
                     pattern(page) in {pattern(known) for known in GET_ROUTES} and path.startswith(page), page)
        counts.check(f"the login says that POST {path} came after the session's end",
                     query.get("notice") == ["session-ended"]
                     and "Your session has ended." in target.visitor().get(answer.location).page.text, repr(answer))
        answer = target.visitor().post(path, values | {"token": target.manager.token("/settings/scep")})
        counts.check(f"POST {path} with a token but no session leads to the login", is_login(answer), repr(answer))
    stranger = target.visitor()
    for cookie in target.manager.cookies:
        stranger.cookies[cookie] = "0" * len(target.manager.cookies[cookie])
    answer = stranger.get("/settings/scep")
    counts.check("a made-up session leads to the login", is_login(answer), repr(answer))
    for path in ("/nothing/here", "/settings/nothing", "/settings/keys/nothing/more"):
        answer = target.visitor().get(path)
        counts.check(f"GET {path} tells a stranger nothing", is_login(answer) or answer.status == 404, repr(answer))
    target.unchanged(counts, "every route without a session", before)


def as_general_user(counts, target):
    target.allow_general_users(counts)
    user = target.visitor()
    answer = user.sign_in_general("visitor")
    if not counts.check("a general user may sign in once the administrator allows it", answer.status == 303, repr(answer)):
        return
    before = target.state()
    counts.check("a general user sees the portal", user.get("/").status == 200)
    own_token = user.token("/")
    for path, role in GET_ROUTES.items():
        if role != "system manager":
            continue
        answer = user.get(path)
        counts.check(f"GET {path} is forbidden for a general user", answer.status == 403, repr(answer))
        counts.check(f"GET {path} offers a general user to sign in as System Manager",
                     any(form.action.startswith("/login") for form in answer.page.forms)
                     or any(link.startswith("/login") for link in answer.page.links()))
    for path, values in POST_ROUTES.items():
        answer = user.post(path, values | {"token": own_token})
        counts.check(f"POST {path} is forbidden for a general user", answer.status == 403, repr(answer))
    target.unchanged(counts, "every route with a general user's session", before)
    links = [link for link in user.get("/").page.links() if link.startswith("/settings")]
    counts.check("the portal shows a general user no way into the settings", not links, str(links))


def forged(counts, target):
    other = target.visitor()
    other.sign_in(target.identifier, target.pin)
    other_token = other.token("/settings/scep")
    own_token = target.manager.token("/settings/scep")
    manager = target.manager
    own = {"token": own_token}
    cases = [
        ("without a token", {}, {}),
        ("with an empty token", {"token": ""}, {}),
        ("with another session's token", {"token": other_token}, {}),
        ("with half of its token", {"token": own_token[: len(own_token) // 2]}, {}),
        ("from a foreign origin", own, {"Origin": "https://evil.example", "Sec-Fetch-Site": None}),
        ("from the origin null", own, {"Origin": "null", "Sec-Fetch-Site": None}),
        ("from another port", own, {"Origin": "https://127.0.0.1:1", "Sec-Fetch-Site": None}),
        ("from plain HTTP", own, {"Origin": manager.origin.replace("https:", "http:"), "Sec-Fetch-Site": None}),
        ("from another site, as the browser says", own, {"Sec-Fetch-Site": "cross-site", "Origin": None}),
        ("from a sibling site, as the browser says", own, {"Sec-Fetch-Site": "same-site", "Origin": None}),
    ]
    before = target.state()
    for path, values in {**POST_ROUTES, "/logout": {}}.items():
        for what, token, headers in cases:
            answer = manager.post(path, values | token, headers=headers)
            counts.check(f"POST {path} {what} is forbidden", answer.status == 403, repr(answer))
    told = answer.page.heading
    counts.check("a forged request is refused with what it was", told == "The Page Was No Longer Valid", told)
    counts.check("a forged log-out does not end the session", manager.get("/settings").status == 200)
    target.unchanged(counts, "forged requests", before)
    for what, token, headers in cases:
        visitor = target.visitor()
        fields = {"mode": "system_manager", "system_manager_id": target.identifier, "pin": target.pin}
        form = visitor.get("/login").page.form(action="/login")
        if "session's" in what or "half" in what or what.startswith("with"):
            fields |= token
        else:
            fields = form.values | fields if headers else fields
        answer = visitor.post("/login", fields, headers=headers)
        counts.check(f"a login {what} is refused", answer.status in (400, 403), repr(answer))
        counts.check(f"a login {what} opens no session", visitor.get("/").status != 200)


def wrong_method(counts, target):
    manager = target.manager
    before = target.state()
    token = {"token": manager.token("/settings/scep")}
    for path in GET_ONLY:
        answer = manager.post(path, token)
        allow = answer.headers.get("Allow", "")
        counts.check(f"POST {path} is no method of this page", answer.status == 405 and "GET" in allow, f"{answer!r} {allow}")
    for path in POST_ONLY:
        answer = manager.get(path)
        allow = answer.headers.get("Allow", "")
        counts.check(f"GET {path} is no method of this page", answer.status == 405 and "POST" in allow, f"{answer!r} {allow}")
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        for path in ("/", "/settings/scep/communication", "/settings/keys/kept/delete"):
            answer = manager.request(method, path, fields=token)
            counts.check(f"{method} {path} is refused", answer.status == 405 and answer.headers.get("Allow"), repr(answer))
    for method in ("TRACE", "CONNECT", "BREW"):
        answer = manager.request(method, "/")
        counts.check(f"{method} / is refused", answer.status in (400, 405, 501), repr(answer))
    answer = manager.request("HEAD", "/settings/scep")
    counts.check("HEAD answers as GET without a body", answer.status == 200 and not answer.body, repr(answer))
    target.unchanged(counts, "wrong methods", before)
    for path in ("/nothing/here", "/settings/nothing", "/settings/keys/no-such-key", "/settings/scep/status/999999"):
        answer = manager.get(path)
        counts.check(f"GET {path} says that there is no such page", answer.status == 404 and answer.page.heading == "Page Not Found",
                     repr(answer))


def ended_session(counts, target):
    visitor = target.visitor()
    visitor.sign_in(target.identifier, target.pin)
    first = dict(visitor.cookies)
    token = visitor.token("/settings")
    answer = visitor.post("/logout", {"token": token})
    counts.check("[Log Out] leads on", answer.status == 303, repr(answer))
    revived = target.visitor()
    revived.cookies = dict(first)
    counts.check("a session that was logged out stays out", is_login(revived.get("/settings")))
    visitor.sign_in(target.identifier, target.pin)
    session = [name for name in visitor.cookies if "session" in name]
    counts.check("the session has a __Host- cookie", any(name.startswith("__Host-") for name in session), str(session))
    counts.check("a new login gets a new session id",
                 all(visitor.cookies[name] != first.get(name) for name in session))


def changed_pin(counts, target):
    """L5: a changed PIN ends all other sessions, and the PIN is what was typed."""
    path = "/settings/system-manager/edit"
    other = target.visitor()
    other.sign_in(target.identifier, target.pin)
    new = "changed " + "\u00e4\u65e5 pin"
    answer = target.manager.submit(path, {"current_pin": target.pin, "pin": new, "pin_again": new}, action=path)
    if not counts.check("the PIN can be changed", answer.status == 303, repr(answer)):
        return
    counts.check("a changed PIN ends the other sessions", is_login(other.get("/settings")))
    counts.check("who changed it stays signed in", target.manager.get("/settings").status == 200)
    counts.check("the old PIN is refused", target.visitor().sign_in(target.identifier, target.pin).status != 303)
    counts.check("the new PIN is accepted", target.visitor().sign_in(target.identifier, new).status == 303)
    target.pin = new


def lock_out(counts, target):
    replies, times = [], {}

    def attempt(kind, identifier, pin):
        visitor = target.visitor()
        begun = time.monotonic()
        answer = visitor.sign_in(identifier, pin)
        times.setdefault(kind, []).append(time.monotonic() - begun)
        alert = " ".join(node.text for node in answer.page.root.walk() if node.get("role") == "alert")
        replies.append((answer.status, alert))
        return visitor, answer

    for number in range(4):
        for _ in range(2):
            attempt("wrong PIN", target.identifier, f"wrong pin {number}")
            attempt("wrong ID", "nobody", target.pin)
        # A login in between begins the count anew, so that there is enough to measure on a busy machine.
        signed_in = target.visitor().sign_in(target.identifier, target.pin)
        counts.check("four wrong entries do not lock", signed_in.status == 303, repr(signed_in))
    for number in range(5):
        attempt("wrong PIN", target.identifier, f"wrong pin {number}")
    for _ in range(8):
        attempt("locked, wrong PIN", target.identifier, "wrong pin")
        visitor, answer = attempt("locked, right PIN", target.identifier, target.pin)
    counts.check("after five wrong entries even the right one is refused", visitor.get("/").status != 200, repr(answer))
    counts.check("the reply does not tell a lock-out from a wrong PIN or ID", len(set(replies)) == 1, str(set(replies)))
    # The least of each kind: noise only adds. A reply that skips the hash would be many times quicker.
    least = {kind: min(values) for kind, values in times.items()}
    counts.check(
        "nor does its time (L4)", max(least.values()) < 2.5 * min(least.values()),
        ", ".join(f"{kind} {seconds * 1000:.0f} ms" for kind, seconds in least.items()),
    )
    counts.check("who is signed in stays signed in", target.manager.get("/settings").status == 200)
