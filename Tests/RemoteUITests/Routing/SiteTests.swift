import HTTP
import HTTPTypes
import SCEP
import Testing

@testable import Machine
@testable import RemoteUI

/// The gate, the sessions and the frame together, with the real pages over a real machine.
@Suite struct SiteTests {
    @Test("L1: before set up everything leads to set up and afterwards it is gone")
    func beforeSetUpEverythingLeadsToSetUpAndAfterwardsItIsGone() async throws {
        let browser = try await Browser(isSetUp: false)
        for path in ["/", "/login", "/settings", "/settings/keys/x", "/nowhere", "/restarting"] {
            let response = await browser.get(path)
            #expect(response.status == .seeOther)
            #expect(response.location == "/setup")
        }
        #expect(await browser.get("/healthz").status == .ok)
        #expect(await browser.get("/public/remote-ui.css").status == .ok)
        let code = try #require(try browser.machine.setUpCode())
        let form = [
            "code": code, "system_manager_id": "admin", "pin": "correct horse", "pin_again": "correct horse",
        ]
        #expect(await browser.post("/setup", form).status == .forbidden)
        #expect(try await !browser.machine.isSetUp())
        #expect(await browser.submit("/setup", form, from: "/setup").status == .seeOther)
        #expect(try await browser.machine.isSetUp())
        #expect(await browser.get("/setup").status == .notFound)
        #expect(await browser.submit("/setup", form).status == .notFound)
    }

    @Test("L6: a deep link goes through the login and on")
    func aDeepLinkGoesThroughTheLoginAndOn() async throws {
        let browser = try await Browser()
        let first = await browser.get("/settings/scep?a=1")
        #expect(first.status == .seeOther)
        #expect(first.location == "/login?next=%2Fsettings%2Fscep%3Fa%3D1")
        let login = await browser.submit(
            "/login",
            [
                "mode": "system_manager", "system_manager_id": "admin", "pin": "correct horse",
                "next": "/settings/scep?a=1",
            ])
        #expect(login.status == .seeOther)
        #expect(login.location == "/settings/scep?a=1")
        #expect(await browser.get("/settings/scep?a=1").status == .ok)
    }

    @Test("L7: a form whose session has ended leads to a login that says so, and back to the form")
    func aFormWhoseSessionHasEndedLeadsToALoginThatSaysSo() async throws {
        let browser = try await Browser()
        let said = "Your session has ended. Nothing was changed."
        for (path, page) in [
            ("/settings/scep/communication", "/settings/scep/communication"),
            ("/settings/scep/ca/accept", "/settings/scep"),
            ("/settings/keys/a%20b/delete", "/settings/keys/a%20b/delete"),
        ] {
            _ = await browser.signIn()
            let token = browser.token(in: await browser.get("/settings"))
            browser.cookies["__Host-session"] = nil
            let response = await browser.post(path, ["token": token])
            #expect(response.status == .seeOther)
            #expect(response.location == "/login?notice=session-ended&next=\(PercentCoding.encode(page))")
            let login = await browser.get(try #require(response.location))
            #expect(login.text.contains(said))
            #expect(login.text.contains("value=\"\(page)\""))
        }
        #expect(await browser.post("/logout").location == "/login")
        for query in ["", "?notice=other", "?notice=\(PercentCoding.encode(said))"] {
            #expect(await !browser.get("/login" + query).text.contains(said), "\(query)")
        }
    }

    @Test(
        "TM-13: the login leads to own pages only",
        arguments: ["//evil.example/", "https://evil.example/", "/\\evil.example", "/nowhere", ""])
    func theLoginLeadsToOwnPagesOnly(_ next: String) async throws {
        let browser = try await Browser()
        let login = await browser.submit(
            "/login",
            ["mode": "system_manager", "system_manager_id": "admin", "pin": "correct horse", "next": next])
        #expect(login.location == "/")
    }

    @Test func aHandlerThatLeadsElsewhereLeadsToThePortal() async throws {
        #expect(try await Browser().get("/test/elsewhere").location == "/")
    }

    @Test("TM-6: every login has a new id and the old one is dead")
    func everyLoginHasANewIdAndTheOldOneIsDead() async throws {
        let browser = try await Browser()
        _ = await browser.signIn()
        let first = try #require(browser.cookies["__Host-session"])
        _ = await browser.submit("/test/system-manager", from: "/settings")
        let second = try #require(browser.cookies["__Host-session"])
        #expect(first != second)
        browser.cookies["__Host-session"] = first
        #expect(await browser.get("/settings").status == .seeOther)
        browser.cookies["__Host-session"] = second
        #expect(await browser.get("/settings").status == .ok)
    }

    @Test("TM-6: an id that the browser brought along is not taken")
    func anIdThatTheBrowserBroughtAlongIsNotTaken() async throws {
        let browser = try await Browser()
        let planted = String(repeating: "a", count: 64)
        browser.cookies["__Host-session"] = planted
        _ = await browser.signIn()
        #expect(browser.cookies["__Host-session"] != planted)
    }

    @Test("L5: the session cookie is for this host by HTTPS and not for scripts")
    func theSessionCookieIsForThisHostByHTTPSAndNotForScripts() async throws {
        let browser = try await Browser()
        let cookie = try #require(await browser.signIn().fields[.setCookie])
        #expect(cookie.hasPrefix("__Host-session="))
        for attribute in ["; Path=/", "; Secure", "; HttpOnly", "; SameSite=Strict"] {
            #expect(cookie.contains(attribute))
        }
        #expect(!cookie.contains("Domain"))
    }

    @Test("L5: log out ends the session on the server")
    func logOutEndsTheSessionOnTheServer() async throws {
        let browser = try await Browser()
        _ = await browser.signIn()
        let id = browser.cookies["__Host-session"]
        let response = await browser.submit("/logout", from: "/settings")
        #expect(response.location == "/login")
        #expect(response.fields[try #require(HTTPField.Name("Clear-Site-Data"))]?.contains("storage") == true)
        #expect(browser.cookies["__Host-session"] == nil)
        browser.cookies["__Host-session"] = id
        #expect(await browser.get("/settings").status == .seeOther)
    }

    @Test("L5: log out ends the session, and a login begins one, also when neither can be written down")
    func aFullDisk() async throws {
        let browser = try await Browser()
        #expect(await browser.signIn().status == .seeOther)
        let id = browser.cookies["__Host-session"]
        try await browser.machine.store.read { try $0.connection.execute("PRAGMA query_only = ON") }
        #expect(await browser.submit("/logout", from: "/settings").location == "/login")
        browser.cookies["__Host-session"] = id
        #expect(await browser.get("/settings").status == .seeOther)
        browser.cookies["__Host-session"] = nil
        let form = ["mode": "system_manager", "system_manager_id": "admin", "pin": "correct horse"]
        #expect(await browser.submit("/login", form).location == "/")
        #expect(await browser.get("/settings").status == .ok)
    }

    @Test("L5: an idle session ends by the setting")
    func anIdleSessionEndsByTheSetting() async throws {
        let browser = try await Browser()
        _ = await browser.signIn()
        browser.clock.advance(by: .seconds(29 * 60))
        #expect(await browser.get("/settings").status == .ok)
        browser.clock.advance(by: .seconds(30 * 60))
        #expect(await browser.get("/settings").status == .seeOther)
    }

    @Test("L5: a page that reloads itself does not keep a session alive")
    func aPageThatReloadsItselfDoesNotKeepASessionAlive() async throws {
        let browser = try await Browser()
        _ = await browser.signIn()
        for _ in 0..<2 {
            browser.clock.advance(by: .seconds(20 * 60))
            _ = await browser.get("/settings/scep/request/progress")
        }
        #expect(await browser.get("/settings").status == .seeOther)
    }

    @Test("L5: ending the others keeps this one")
    func endingTheOthersKeepsThisOne() async throws {
        let browser = try await Browser()
        _ = await browser.signIn()
        let other = browser.cookies
        browser.cookies = [:]
        _ = await browser.signIn()
        _ = await browser.submit("/test/end-others", from: "/settings")
        #expect(await browser.get("/settings").status == .ok)
        browser.cookies = other
        #expect(await browser.get("/settings").status == .seeOther)
    }

    @Test("L5: a login that was checked before the PIN changed opens no session after it")
    func aLoginFromBeforeThePINChangedOpensNoSession() async throws {
        let browser = try await Browser()
        let response = await browser.submit("/test/late-sign-in")
        #expect(response.location == "/login")
        #expect(browser.cookies["__Host-session"] == nil)
        #expect(await browser.get("/").status == .seeOther)
    }

    @Test("L6: a general user is shown the way to sign in as system manager")
    func aGeneralUserIsShownTheWayToSignInAsSystemManager() async throws {
        let browser = try await Browser()
        var settings = try await browser.machine.securitySettings()
        settings.isGeneralUserModeEnabled = true
        try await browser.machine.updateSecuritySettings(settings, by: .machine)
        _ = await browser.signIn("general-user")
        #expect(await browser.get("/").status == .ok)
        let refused = await browser.get("/settings/keys?a=1")
        #expect(refused.status == .forbidden)
        #expect(refused.text.contains("action=\"/login\""))
        #expect(refused.text.contains("value=\"/settings/keys?a=1\""))
        #expect(!refused.text.contains("Default Key"))
        // The login page is open to a general user, and leads on.
        let login = await browser.submit(
            "/login",
            [
                "mode": "system_manager", "system_manager_id": "admin", "pin": "correct horse",
                "next": "/settings/keys?a=1",
            ], from: "/login?next=%2Fsettings%2Fkeys%3Fa%3D1")
        #expect(login.location == "/settings/keys?a=1")
        #expect(await browser.get("/settings/keys").status == .ok)
    }

    @Test("L2: switching general user mode off ends its sessions")
    func switchingGeneralUserModeOffEndsItsSessions() async throws {
        let browser = try await Browser()
        var settings = try await browser.machine.securitySettings()
        settings.isGeneralUserModeEnabled = true
        try await browser.machine.updateSecuritySettings(settings, by: .machine)
        _ = await browser.signIn("general-user")
        #expect(await browser.get("/").status == .ok)
        settings.isGeneralUserModeEnabled = false
        try await browser.machine.updateSecuritySettings(settings, by: .machine)
        #expect(await browser.get("/").status == .seeOther)
    }

    @Test("TM-8: a cookie cannot name a role")
    func aCookieCannotNameARole() async throws {
        let browser = try await Browser()
        for (name, value) in [("role", "system_manager"), ("__Host-session", "admin"), ("user", "admin")] {
            browser.cookies[name] = value
        }
        #expect(await browser.get("/settings").status == .seeOther)
    }

    @Test("L7: the login itself needs its token")
    func theLoginItselfNeedsItsToken() async throws {
        let browser = try await Browser()
        let form = ["mode": "system_manager", "system_manager_id": "admin", "pin": "correct horse"]
        #expect(await browser.post("/login", form).status == .forbidden)
        let token = browser.token(in: await browser.get("/login"))
        // The token of one browser is worth nothing in another.
        browser.cookies = [:]
        _ = await browser.get("/login")
        let refused = await browser.post("/login", form.merging(["token": token]) { $1 })
        #expect(refused.status == .forbidden)
        #expect(refused.text.contains("<h1>"))
        #expect(browser.cookies["__Host-session"] == nil)
    }

    @Test(
        "TM-4: a login without a field is a failed login, never an empty PIN (L2)",
        arguments: [["system_manager_id", "pin"], ["pin"], ["system_manager_id"], ["mode"]])
    func aLoginWithoutAFieldIsAFailedLogin(_ missing: [String]) async throws {
        let browser = try await Browser()
        var form = ["mode": "system_manager", "system_manager_id": "admin", "pin": "correct horse"]
        for field in missing { form[field] = nil }
        let response = await browser.submit("/login", form)
        #expect(response.status == .unprocessableContent)
        #expect(browser.cookies["__Host-session"] == nil)
        #expect(await browser.get("/").status == .seeOther)
    }

    @Test("C6: overview and portal say that a CA whose fingerprint was typed in will be accepted by it")
    func aTypedFingerprintWillAcceptTheCA() async throws {
        let browser = try await Browser()
        _ = await browser.signIn()
        for hasFingerprint in [true, false] {
            try await browser.configureServer(hasFingerprint: hasFingerprint)
            for path in ["/", "/settings/scep"] {
                let page = await browser.get(path).text
                #expect(page.contains("Not accepted yet"), "\(path)")
                #expect(page.contains("it will be by [CA Fingerprint]") == hasFingerprint, "\(path)")
            }
        }
    }

    @Test("C6: the request form says that the server is asked for its CA first, and how long that can take")
    func theRequestFormSaysThatTheServerIsAskedFirst() async throws {
        let browser = try await Browser()
        _ = await browser.signIn()
        let path = "/settings/scep/request"
        let said = "can take up to 17 seconds"
        #expect(await !browser.get(path).text.contains("first asks the SCEP server"))
        let server = try ServerURL(url: "http://ca.example/scep", port: 80)
        _ = try await browser.machine.updateCommunicationSettings(
            CommunicationSettings(server: server, timeout: 17, caFingerprint: Browser.fingerprint), by: .machine)
        #expect(await browser.get(path).text.contains(said))
        #expect(await browser.submit(path, ["key_name": ""], from: path).text.contains(said))
        try await browser.enableTimer()
        #expect(await !browser.get(path).text.contains(said), "nothing can be sent")
    }

    @Test(
        "C3, I4: while the timer is on the forms are locked, say where it is, and a form that is sent changes nothing",
        arguments: ["/settings/scep/communication", "/settings/scep/request"])
    func whileTheTimerIsOnTheFormsAreLocked(_ path: String) async throws {
        let browser = try await Browser()
        _ = await browser.signIn()
        try await browser.configureServer()
        try await browser.enableTimer()
        let settings = try await browser.machine.communicationSettings()
        let form = [
            "scep_server_url": "http://other.example/scep", "port_number": "81", "communication_timeout": "5",
            "ca_fingerprint": "", "key_name": "key", "common_name": "printer.example",
        ]
        let sent = await browser.submit(path, form, from: "/settings")
        #expect(sent.status == .conflict)
        for page in [await browser.get(path), sent] {
            #expect(page.text.contains("while [Enable Timer for Certificate Issuance Auto Request] is on"))
            #expect(page.text.contains("href=\"/settings/scep/auto\""))
            #expect(page.text.contains("<button class=\"primary\" type=\"submit\" disabled>"))
        }
        #expect(try await browser.machine.communicationSettings() == settings)
        #expect(try await browser.machine.history().isEmpty)
    }

    @Test("I1: a challenge password that is not sent back is asked for again")
    func aChallengePasswordThatIsNotSentBackIsAskedForAgain() async throws {
        let browser = try await Browser()
        _ = await browser.signIn()
        let path = "/settings/scep/request"
        let again = "Enter it again"
        #expect(await !browser.get(path).text.contains(again))
        let refused = await browser.submit(
            path, ["key_name": "", "common_name": "", "challenge_password": "one-time"], from: "/settings")
        #expect(refused.status == .unprocessableContent)
        #expect(refused.text.contains(again))
        #expect(!refused.text.contains("one-time\""))
    }

    @Test("L7: the token of before the login does not serve after it")
    func theTokenOfBeforeTheLoginDoesNotServeAfterIt() async throws {
        let browser = try await Browser()
        let before = browser.token(in: await browser.get("/login"))
        _ = await browser.signIn()
        #expect(await browser.post("/test/result", ["token": before]).status == .forbidden)
    }

    @Test("L7: a form from another site is refused with its token")
    func aFormFromAnotherSiteIsRefusedWithItsToken() async throws {
        let browser = try await Browser()
        _ = await browser.signIn()
        browser.fields[.origin] = "https://evil.example"
        #expect(await browser.submit("/test/result", from: "/settings").status == .forbidden)
        browser.fields[.origin] = "https://device.example:8443"
        #expect(await browser.submit("/test/result", from: "/settings").status == .seeOther)
    }

    @Test("L7: the result is told once and escaped")
    func theResultIsToldOnceAndEscaped() async throws {
        let browser = try await Browser()
        _ = await browser.signIn()
        _ = await browser.submit("/test/result", from: "/settings")
        let first = await browser.get("/settings")
        #expect(first.text.contains("&lt;flash&gt;"))
        #expect(!first.text.contains("<flash>"))
        #expect(await !browser.get("/settings").text.contains("flash&gt;"))
    }

    @Test func aPostWithoutASessionChangesNothingAndLeadsToTheLogin() async throws {
        let browser = try await Browser()
        let response = await browser.submit("/settings/device-information/edit", ["device_name": "taken over"])
        #expect(response.status == .seeOther)
        #expect(response.location == "/login?notice=session-ended&next=%2Fsettings%2Fdevice-information%2Fedit")
        #expect(try await browser.machine.deviceInformation().deviceName != "taken over")
    }

    @Test func theRefusalsHaveTheirStatusAndStayInTheFrame() async throws {
        let browser = try await Browser()
        _ = await browser.signIn()
        let token = browser.token(in: await browser.get("/settings"))
        let wrongMethod = await browser.send(.delete, "/settings", body: "")
        #expect(wrongMethod.status == .methodNotAllowed)
        #expect(wrongMethod.fields[.allow] == "GET, HEAD")
        let notForm = await browser.send(.post, "/logout", body: "{}", type: "application/json")
        #expect(notForm.status == .unsupportedMediaType)
        let twice = await browser.send(.post, "/logout", body: "token=\(token)&token=\(token)", type: Browser.form)
        #expect(twice.status == .badRequest)
        let unknown = await browser.get("/settings/nowhere")
        #expect(unknown.status == .notFound)
        for response in [wrongMethod, notForm, twice, unknown] {
            #expect(response.text.contains("<html lang=\"en\">"))
            #expect(response.text.contains("action=\"/logout\""))
            #expect(response.fields[.contentType] == "text/html; charset=utf-8")
        }
        #expect(await browser.get("/settings").status == .ok)
    }

    @Test func aPageThatFailsTellsANumberAndNothingElse() async throws {
        let browser = try await Browser()
        browser.fields[.acceptLanguage] = "ja"
        let response = await browser.get("/test/fault")
        #expect(response.status == .internalServerError)
        #expect(response.text.contains("<html lang=\"ja\">"))
        #expect(!response.text.contains("Fault"))
        #expect(!response.text.contains("{0}"))
        #expect(response.fields[.contentSecurityPolicy] != nil)
    }

    @Test func theLanguageIsChosenByFormAndKept() async throws {
        let browser = try await Browser()
        #expect(await browser.get("/login").text.contains("<html lang=\"en\">"))
        let response = await browser.submit(
            "/language", ["language": "ja", "next": "/login?next=%2Fsettings"], from: "/login")
        #expect(response.location == "/login?next=%2Fsettings")
        let page = await browser.get("/login")
        #expect(page.text.contains("<html lang=\"ja\">"))
        #expect(page.fields[.contentLanguage] == "ja")
        #expect(await browser.submit("/language", ["language": "xx"]).status == .notFound)
        #expect(await browser.submit("/language", ["language": "en", "next": "//evil.example"]).location == "/")
    }

    @Test func aPageIsNeverKeptByTheBrowserAndAFileIsAskedForAgain() async throws {
        let browser = try await Browser(isTrusted: true)
        let page = await browser.get("/login")
        #expect(page.fields[.cacheControl] == "no-store")
        #expect(page.fields[.strictTransportSecurity] != nil)
        let file = await browser.get("/public/remote-ui.css")
        #expect(file.fields[.cacheControl] == "no-cache")
        #expect(file.fields[.setCookie] == nil)
        browser.fields[.ifNoneMatch] = file.fields[.eTag]
        #expect(await browser.get("/public/remote-ui.css").status == .notModified)
    }

    @Test func everyTemplateOfTheFolderBelongsToAPage() throws {
        let sources = try TemplateSources(folder: "\(Browser.root)/Templates")
        let used = Set((Pages().set.models + [MessagePage.self]).flatMap { [$0.template, $0.layout] })
        #expect(Set(sources.pageNames) == used)
    }

    @Test(arguments: MessagePage.Kind.allCases)
    func everyRefusalGivesTheNamesOfItsShape(_ kind: MessagePage.Kind) throws {
        let catalogue = try Catalogue(folder: "\(Browser.root)/Templates/strings")
        for language in catalogue.languages {
            let values = MessagePage(kind: kind, next: "/x", incident: "7").values(catalogue[language])
            #expect(MessagePage.shape.departures(of: values).isEmpty)
        }
    }
}
