"""The CA is looked up before a request can be confirmed (C6): what a slow server takes is shown, and can be given up."""

from relay import Relay
from story import Story

REQUEST = "Certificate Issuance Request"
WAITING = "Looking Up the CA"
CONFIRM = "Confirm the Request"
ORGANIZATION = "Example Printing"


def slow_server(counts, folder, javascript):
    with Story(counts, folder, javascript=javascript, shots="look-up" if javascript else None) as story:
        relay = Relay(story.ca.port)
        through_relay(story, relay)
        followed_by_the_confirmation(story, relay)
        given_up(story, relay)
        failed(story, relay)
        relay.close()


def through_relay(story, relay):
    """Communication Settings that name no CA."""
    answer = story.prepare().submit(
        "/settings/scep/communication",
        {"scep_server_url": story.ca.url_without_port, "port_number": str(relay.port), "communication_timeout": "120",
         "ca_fingerprint": ""})
    if answer.status != 303:
        raise RuntimeError(f"the machine could not be prepared: {answer}")


def send(story, relay):
    """[Send Request], while nothing gets to the CA."""
    who = story.who
    story.driver.get(story.machine.address + "settings/scep/request")
    who.type("Key Name", "web")
    who.type("Organization", ORGANIZATION)
    who.type("Common Name", "machine.example.com")
    who.type("Challenge Password", story.ca.challenge)
    relay.gate.clear()
    who.press("Send Request")
    who.wait_for_heading(WAITING)
    told = who.text
    story.check("a page says which server is asked", str(relay.port) in told, told)
    story.check("and how long that may take", "120 seconds" in told, told)
    story.check("the challenge password is not on it", story.ca.challenge not in who.source)


def followed_by_the_confirmation(story, relay):
    who = story.who
    send(story, relay)
    story.shoot("60-look-up")
    relay.gate.set()
    who.wait_for_heading(CONFIRM)
    story.check("the confirmation follows by itself, with the CA's fingerprint", story.ca.fingerprint in who.text.upper(),
                who.text)
    who.press("Cancel")
    who.wait_for("The request was cancelled. Nothing was sent.")


def given_up(story, relay):
    who = story.who
    send(story, relay)
    who.press("Cancel")
    who.wait_for("The request was cancelled. Nothing was sent.")
    relay.gate.set()
    story.driver.get(story.machine.address + "settings/scep/request/confirm")
    who.wait_for("There was no request to confirm.")
    story.check("a look-up that was given up leads nowhere", who.heading == REQUEST, who.heading)


def failed(story, relay):
    who = story.who
    send(story, relay)
    story.ca.stop()
    relay.gate.set()
    who.wait_for_heading(REQUEST)
    who.wait_for("The CA could not be looked up, so nothing was sent.")
    story.shoot("61-look-up-failed")
    story.check("the input is kept", who.value("Organization") == ORGANIZATION, who.value("Organization"))
    story.check("the challenge password is not", who.value("Challenge Password") == "")
    story.check("the CA has issued nothing", not story.ca.command("issued"))
