"""Bad input for every field: a sentence beside the field, the rest of the input kept, nothing changed."""

import datetime

COMMUNICATION = "/settings/scep/communication"
REQUEST = "/settings/scep/request"
AUTO = "/settings/scep/auto"

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

#: Everything of the Auto Request on; what it asks for is as in a request by hand.
GOOD_AUTO = {
    "enable_timer": "on",
    "request_start": (datetime.datetime.now() + datetime.timedelta(days=400)).strftime("%Y-%m-%dT02:00"),
    "adjust_time": "on",
    "polling": "on",
    "polling_times": "7",
    "polling_interval": "9",
    "periodic": "on",
    "request_interval": "30",
    "restart_device": "on",
    "delete_old": "on",
    "renewal": "days",
    "renewal_days": "45",
    # The number of the choice that is not taken is not kept: the usual one comes back.
    "renewal_percent": "80",
    "renewal_policy": "renewalReq",
    "renewal_challenge": "on",
    "key_name": "auto",
    "organization": "Example, Inc.",
    "common_name": "machine.example.com",
    "change_challenge": "on",
    "challenge_password": "never-shown-again",
}

BAD_AUTO = {
    "request_start": [
        ("nothing", ""),
        ("words", "tomorrow"),
        ("a day alone", "2040-01-01"),
        ("a time alone", "02:00"),
        ("a 30 February", "2040-02-30T02:00"),
        ("a 29 February of no leap year", "2041-02-29T02:00"),
        ("a month 13", "2040-13-01T02:00"),
        ("the hour 24", "2040-01-01T24:00"),
        ("the minute 60", "2040-01-01T02:60"),
        ("a time that has gone by", "2020-01-01T02:00"),
        ("a year of five digits", "12040-01-01T02:00"),
        ("the year 1969", "1969-12-31T23:59"),
        ("a zone", "2040-01-01T02:00+09:00"),
        ("a negative year", "-2040-01-01T02:00"),
        ("full-width digits", "２０４０-01-01T02:00"),
        ("a null character's neighbour", "2040-01-01T02:00\x01"),
        ("markup", SCRIPT),
    ],
    "polling_times": [
        ("nothing", ""),
        ("zero", "0"),
        ("101", "101"),
        ("a negative number", "-1"),
        ("a sign", "+7"),
        ("a fraction", "1.5"),
        ("an exponent", "1e1"),
        ("letters", "often"),
        ("full-width digits", "１０"),
        ("a number beyond 64 bits", "99999999999999999999"),
        ("markup", SCRIPT),
    ],
    "polling_interval": [
        ("nothing", ""),
        ("zero", "0"),
        ("61", "61"),
        ("a negative number", "-1"),
        ("a fraction", "0.5"),
        ("letters", "soon"),
        ("markup", SCRIPT),
    ],
    "request_interval": [
        ("nothing", ""),
        ("zero", "0"),
        ("2 days, which are not offered", "2"),
        ("366", "366"),
        ("a negative number", "-30"),
        ("a sign", "+30"),
        ("letters", "monthly"),
        ("markup", SCRIPT),
    ],
    "renewal": [("nothing", ""), ("a choice that is not there", "always"), ("markup", SCRIPT)],
    "renewal_days": [("nothing", ""), ("zero", "0"), ("366", "366"), ("letters", "late"), ("markup", SCRIPT)],
    "renewal_policy": [("nothing", ""), ("a choice that is not there", "best"), ("markup", SCRIPT)],
    **{field: [case for case in cases if case[1] != "kept"] for field, cases in BAD_REQUEST.items()},
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
    timer_without_server(counts, target)
    answer = manager.submit(COMMUNICATION, good_communication(target), action=COMMUNICATION)
    counts.check("the good communication settings are accepted", answer.status == 303, repr(answer))
    target.keep_a_key()
    table(counts, target, COMMUNICATION, good_communication(target), BAD_COMMUNICATION)
    table(counts, target, REQUEST, GOOD_REQUEST, BAD_REQUEST)
    table(counts, target, AUTO, GOOD_AUTO, BAD_AUTO)
    percent = GOOD_AUTO | {"renewal": "percent"}
    table(counts, target, AUTO, percent, {"renewal_percent": [("nothing", ""), ("49", "49"), ("100", "100"), ("a sign", "85%")]})
    wrong_ipsec_policy(counts, target)
    the_timer(counts, target)
    several_at_once(counts, target)
    pin_change(counts, target)
    other_settings(counts, target)


def wrong_ipsec_policy(counts, target):
    for path, good in ((REQUEST, GOOD_REQUEST), (AUTO, GOOD_AUTO)):
        for what, value in (("nothing", ""), ("no number", "no such policy"), ("beyond the last", "11"), ("zero", "0")):
            before = target.state()
            bad = good | {"key_use_location": "ipsec", "ipsec_policy": value}
            answer = target.manager.submit(path, bad, action=path)
            refused(counts, f"{path}, ipsec_policy, {what}", answer, "ipsec_policy")
            target.unchanged(counts, f"{path}, ipsec_policy, {what}", before)


def timer_without_server(counts, target):
    """A timer that could never do anything is refused with the reason; nothing is stored."""
    before = target.state()
    answer = target.manager.submit(AUTO, GOOD_AUTO, action=AUTO)
    counts.check("the timer is refused before Communication Settings are made", answer.status == 409, repr(answer))
    counts.check("and a sentence says why", [node.text for node in answer.page.root.walk() if node.get("role") == "alert"
                                            and len(node.text) > 40], repr(answer))
    counts.check("and the challenge password does not come back", GOOD_AUTO["challenge_password"] not in answer.text)
    target.unchanged(counts, "a timer before Communication Settings are made", before)


def the_timer(counts, target):
    """C3, I4, T7: what the timer forbids while it is on, and the challenge password that it keeps."""
    manager, secret = target.manager, GOOD_AUTO["challenge_password"]
    untouched = target.state()
    answer = manager.submit(AUTO, GOOD_AUTO | {"change_challenge": ""}, action=AUTO)
    refused(counts, "a challenge password without the tick that changes it", answer, "challenge_password")
    target.unchanged(counts, "a challenge password without the tick", untouched)
    answer = manager.submit(AUTO, GOOD_AUTO, action=AUTO)
    if not counts.check("good settings of the Auto Request are accepted", answer.status == 303, repr(answer)):
        return
    form = manager.get(AUTO).page.form(action=AUTO)
    for field, value in GOOD_AUTO.items():
        if field not in ("change_challenge", "challenge_password"):
            counts.check(f"{AUTO} shows the stored [{field}]", form.values.get(field) == value, str(form.values.get(field)))
    for page in ("/", "/settings/scep", AUTO, "/settings/scep/status", COMMUNICATION, REQUEST):
        counts.check(f"{page} does not show the stored challenge password", secret not in manager.get(page).text)
    stored = b"".join(path.read_bytes() for path in target.machine.data.rglob("*") if path.is_file())
    counts.check("the stored challenge password is nowhere on the disk in clear (T7)", secret.encode() not in stored)
    before = target.state()
    for path, values in ((COMMUNICATION, good_communication(target) | {"port_number": "81"}), (REQUEST, GOOD_REQUEST)):
        answer = manager.post(path, values | {"token": manager.token("/settings/scep")})
        counts.check(f"POST {path} is refused while the timer is on (C3, I4)", answer.status == 409, repr(answer))
        counts.check(f"and says so with the timer's name", "Enable Timer for Certificate Issuance Auto Request" in
                     answer.page.text and AUTO in answer.page.links(), repr(answer))
        target.unchanged(counts, f"POST {path} while the timer is on", before)
    answer = manager.submit(AUTO, {"polling_times": "101", "challenge_password": ""}, action=AUTO)
    refused(counts, "a bad value while the timer is on", answer, "polling_times")
    target.unchanged(counts, "a bad value while the timer is on", before)
    form = manager.get(AUTO).page.form(action=AUTO)
    answer = manager.post(AUTO, {name: value for name, value in form.values.items() if name != "enable_timer"})
    counts.check("the timer can be switched off", answer.status == 303, repr(answer))
    answer = manager.submit(COMMUNICATION, good_communication(target), action=COMMUNICATION)
    counts.check("then the communication settings can be changed again", answer.status == 303, repr(answer))


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
