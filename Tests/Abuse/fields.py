"""Bad input for every field: a sentence beside the field, the rest of the input kept, nothing changed."""

COMMUNICATION = "/settings/scep/communication"
REQUEST = "/settings/scep/request"

SCRIPT = "<script>alert(1)</script>"

BAD_COMMUNICATION = {
    "scep_server_url": [
        ("nothing", ""),
        ("longer than 255 characters", "http://ca.example.com/" + "a" * 240),
        ("HTTPS, which is not supported", "https://ca.example.com/scep"),
        ("another scheme", "ftp://ca.example.com/scep"),
        ("a script scheme", "javascript:alert(1)"),
        ("no scheme", "ca.example.com/scep"),
        ("a port, which has its own field", "http://ca.example.com:8080/scep"),
        ("user information", "http://user:word@ca.example.com/scep"),
        ("a query", "http://ca.example.com/scep?operation=GetCACaps"),
        ("a fragment", "http://ca.example.com/scep#top"),
        ("no host", "http:///scep"),
        ("a space", "http://ca.example.com/my scep"),
        ("a control character", "http://ca.example.com/\x01scep"),
        ("a line break and a header", "http://ca.example.com/scep\r\nX-Injected: 1"),
        ("a broken IPv6 literal", "http://[::1/scep"),
        ("a host with markup", f"http://{SCRIPT}/scep"),
    ],
    "port_number": [
        ("nothing", ""),
        ("zero", "0"),
        ("65536", "65536"),
        ("a negative number", "-1"),
        ("a sign", "+80"),
        ("letters", "eighty"),
        ("hexadecimal", "0x50"),
        ("a fraction", "80.0"),
        ("full-width digits", "８０"),
        ("a number beyond 64 bits", "99999999999999999999"),
    ],
    "communication_timeout": [
        ("nothing", ""),
        ("zero", "0"),
        ("121", "121"),
        ("a negative number", "-30"),
        ("a fraction", "1.5"),
        ("an exponent", "1e2"),
        ("letters", "soon"),
    ],
    "ca_fingerprint": [
        ("no hexadecimal digits", "not a fingerprint"),
        ("too short", "AA:BB:CC"),
        ("an odd number of digits", "A" * 63),
        ("the length of MD5", "AA" * 16),
        ("markup", SCRIPT),
    ],
}

BAD_REQUEST = {
    "key_name": [
        ("nothing", ""),
        ("25 characters", "k" * 25),
        ("a space", "my key"),
        ("a slash", "my/key"),
        ("a path", "../key"),
        ("an accent", "clé"),
        ("Japanese", "鍵"),
        ("markup", "<b>key</b>"),
        ("a line break", "key\nname"),
        ("the name of a key that is there", "kept"),
    ],
    "signature_algorithm": [("nothing", ""), ("MD5", "MD5"), ("SHA1 without legacy mode", "SHA1"), ("markup", SCRIPT)],
    "key_length": [
        ("nothing", ""),
        ("512", "512"),
        ("1024 without legacy mode", "1024"),
        ("2047", "2047"),
        ("65536", "65536"),
        ("letters", "long"),
    ],
    "organization": [("65 characters", "o" * 65), ("Japanese", "株式会社"), ("a control character", "Or\x07g")],
    "common_name": [
        ("nothing", ""),
        ("65 characters", "a" * 61 + ".com"),
        ("a space", "my machine"),
        ("an empty label", "machine..example.com"),
        ("a leading hyphen", "-machine.example.com"),
        ("Japanese", "機械.example.jp"),
        ("markup", SCRIPT),
        ("an IPv4 address out of range", "192.0.2.256"),
        ("a broken IPv6 address", "2001:db8:::1"),
    ],
    "challenge_password": [("65 characters", "c" * 65), ("Russian", "пароль"), ("a control character", "pass\x1bword")],
    "key_use_location": [("a use that is not there", "everything"), ("markup", SCRIPT)],
}


def refused(counts, sentence, answer, field):
    """The form came back with a sentence beside the field."""
    page = answer.page
    error = page.error_beside(field)
    counts.check(f"{sentence}: the form comes back", answer.status in (200, 422), repr(answer))
    return counts.check(f"{sentence}: a sentence stands beside [{field}]", bool(error), repr(answer)) and error


def table(counts, target, path, good, bad):
    """Each bad value alone in an otherwise good form."""
    for field, cases in bad.items():
        for what, value in cases:
            before = target.state()
            answer = target.manager.submit(path, good | {field: value}, action=path)
            sentence = f"{path}, {field}, {what}"
            refused(counts, sentence, answer, field)
            counts.check(f"{sentence}: markup is not let through", SCRIPT not in answer.text)
            if answer.status in (200, 422):
                kept_input(counts, sentence, answer.page, path, good, field)
            target.unchanged(counts, sentence, before)


def kept_input(counts, sentence, page, path, good, wrong):
    form = page.form(action=path)
    for field, value in good.items():
        if field == wrong:
            continue
        if field in ("challenge_password", "pin", "pin_again", "current_pin"):
            counts.check(f"{sentence}: the secret [{field}] is not sent back", form.values.get(field, "") == "")
        else:
            counts.check(f"{sentence}: the input in [{field}] is kept", form.values.get(field) == value)


def good_communication(target):
    return {
        "scep_server_url": target.authority.url_without_port,
        "port_number": str(target.authority.port),
        "communication_timeout": "30",
        "ca_fingerprint": target.authority.fingerprint,
    }


GOOD_REQUEST = {
    "key_name": "fresh",
    "organization": "Example, Inc.",
    "common_name": "machine.example.com",
    "challenge_password": "never-shown-again",
}


def set_up(counts, target):
    visitor = target.visitor()
    good = {"code": target.set_up_code_used, "system_manager_id": "7001", "pin": "long enough", "pin_again": "long enough"}
    # A wrong code counts to the lock-out: it is tried less often than the threshold.
    cases = [
        ("code", "nothing", {"code": ""}),
        ("code", "a wrong code", {"code": "0000-0000"}),
        ("system_manager_id", "nothing", {"system_manager_id": ""}),
        ("system_manager_id", "far too long", {"system_manager_id": "7" * 300}),
        ("pin", "nothing", {"pin": "", "pin_again": ""}),
        ("pin", "7 characters", {"pin": "seven77", "pin_again": "seven77"}),
        ("pin", "65 characters", {"pin": "p" * 65, "pin_again": "p" * 65}),
        ("pin_again", "a second PIN that differs", {"pin_again": "long enough too"}),
    ]
    for field, what, change in cases:
        answer = visitor.submit("/setup", good | change, action="/setup")
        refused(counts, f"/setup, {field}, {what}", answer, field)
        form = answer.page.form(action="/setup")
        counts.check(f"/setup, {field}, {what}: no PIN is sent back", not form.values.get("pin"))
    answer = target.visitor().get("/")
    counts.check("still not set up", answer.status in (302, 303, 307) and answer.location == "/setup", repr(answer))


def sign_in(counts, target):
    wrong = {
        "a wrong PIN": {"system_manager_id": target.identifier, "pin": "wrong pin"},
        "an unknown ID": {"system_manager_id": "9999", "pin": target.pin},
        "no PIN": {"system_manager_id": target.identifier, "pin": ""},
        "nothing at all": {"system_manager_id": "", "pin": ""},
    }
    replies = set()
    for what, change in wrong.items():
        visitor = target.visitor()
        answer = visitor.submit("/login", {"mode": "system_manager"} | change, action="/login")
        counts.check(f"a login with {what} is refused", answer.status in (200, 401, 403, 422), repr(answer))
        counts.check(f"a login with {what} opens no session", visitor.get("/").status != 200)
        page = answer.page
        alerts = [node.text for node in page.root.walk() if node.get("role") == "alert"]
        replies.add(" ".join(alerts))
        counts.check(f"a login with {what} sends no PIN back", not page.form(action="/login").values.get("pin"))
        # A success in between takes back what counts to the lock-out.
        target.visitor().sign_in(target.identifier, target.pin)
    counts.check("one reply for every wrong combination (L4)", len(replies) == 1 and replies != {""}, str(replies))
    visitor = target.visitor()
    answer = visitor.sign_in_general()
    counts.check("the general user's mode is off by default (L2)", visitor.get("/").status != 200, repr(answer))
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        visitor = target.visitor()
        answer = visitor.sign_in(target.identifier, target.pin, next_path=elsewhere)
        location = answer.location or ""
        counts.check(
            f"after the login nobody is sent to {elsewhere}",
            answer.status == 303 and location.startswith("/") and location[1:2] not in ("/", "\\"),
            repr(answer),
        )


def all_forms(counts, target):
    manager = target.manager
    answer = manager.submit(COMMUNICATION, good_communication(target), action=COMMUNICATION)
    counts.check("the good communication settings are accepted", answer.status == 303, repr(answer))
    target.keep_a_key()
    table(counts, target, COMMUNICATION, good_communication(target), BAD_COMMUNICATION)
    table(counts, target, REQUEST, GOOD_REQUEST, BAD_REQUEST)
    wrong_ipsec_policy(counts, target)
    several_at_once(counts, target)
    pin_change(counts, target)
    other_settings(counts, target)


def wrong_ipsec_policy(counts, target):
    for what, value in (("nothing", ""), ("no number", "no such policy"), ("beyond the last", "11"), ("zero", "0")):
        before = target.state()
        bad = GOOD_REQUEST | {"key_use_location": "ipsec", "ipsec_policy": value}
        answer = target.manager.submit(REQUEST, bad, action=REQUEST)
        refused(counts, f"{REQUEST}, ipsec_policy, {what}", answer, "ipsec_policy")
        target.unchanged(counts, f"{REQUEST}, ipsec_policy, {what}", before)


def several_at_once(counts, target):
    before = target.state()
    answer = target.manager.submit(
        COMMUNICATION, {"scep_server_url": "", "port_number": "x", "communication_timeout": "0"}, action=COMMUNICATION
    )
    for field in ("scep_server_url", "port_number", "communication_timeout"):
        refused(counts, "three wrong fields at once", answer, field)
    links = answer.page.links()
    for field in ("scep_server_url", "port_number", "communication_timeout"):
        counts.check(f"the summary at the top leads to [{field}]", f"#{field}" in links, str(links))
    target.unchanged(counts, "three wrong fields at once", before)


def pin_change(counts, target):
    path = "/settings/system-manager/edit"
    good = {"current_pin": target.pin, "pin": "a new long pin", "pin_again": "a new long pin"}
    cases = [
        ("current_pin", "a wrong present PIN", {"current_pin": "not the pin"}),
        ("current_pin", "nothing", {"current_pin": ""}),
        ("pin", "nothing", {"pin": "", "pin_again": ""}),
        ("pin", "7 characters", {"pin": "seven77", "pin_again": "seven77"}),
        ("pin", "65 characters", {"pin": "p" * 65, "pin_again": "p" * 65}),
        ("pin_again", "a second PIN that differs", {"pin_again": "another long pin"}),
    ]
    for field, what, change in cases:
        before = target.state()
        answer = target.manager.submit(path, good | change, action=path)
        refused(counts, f"{path}, {field}, {what}", answer, field)
        for name in good:
            counts.check(f"{path}, {field}, {what}: no PIN is sent back", not answer.page.form(action=path).values.get(name))
        target.unchanged(counts, f"{path}, {field}, {what}", before)


NUMBERS = [
    ("nothing", ""),
    ("a negative number", "-1"),
    ("zero", "0"),
    ("an exponent", "1e1"),
    ("letters", "many"),
    ("too large a number", "151"),
    ("a number beyond 64 bits", "99999999999999999999"),
]


def other_settings(counts, target):
    good = {"lockout": "on", "lockout_threshold": "5", "lockout_period": "3", "session_timeout": "30"}
    bad = {name: NUMBERS for name in ("lockout_threshold", "lockout_period", "session_timeout")}
    table(counts, target, "/settings/security/edit", good, bad)
    good = {"device_name": "Hall printer", "location": "Second floor"}
    texts = [("33 characters", "x" * 33), ("a control character", "bell\x07"), ("a line break", "two\r\nlines")]
    bad = {"device_name": [("nothing", ""), *texts], "location": texts}
    table(counts, target, "/settings/device-information/edit", good, bad)


def hostile_text(counts, target):
    """What is accepted with markup in it comes back as text on every page."""
    path = "/settings/device-information/edit"
    good = target.manager.get(path).page.form(action=path).values
    hostile = '<script>x</script>"\'&'
    for name in ("device_name", "location"):
        answer = target.manager.submit(path, {name: hostile}, action=path)
        if not counts.check(f"{name} may hold any printable character", answer.status == 303, repr(answer)):
            continue
        for page in ("/", "/settings", "/settings/device-information", "/settings/scep", path):
            text = target.manager.get(page).text
            counts.check(f"{page} shows markup in {name} as text", "<script>x" not in text and "&lt;script&gt;x" in text)
        target.manager.submit(path, {name: good[name]}, action=path)
