import HTTP
import HTTPTypes

/// Tells the restart of the browser that asked for it, and when that has been answered with the waiting page.
struct WaitingPageWatch: Handler {
    let site: any Handler
    let restart: ProcessRestart

    func respond(to request: Request) async -> Response {
        // Before the page asks for the restart: afterwards might be too late.
        let asks = request.method == .post && request.path == "/settings/restart"
        if asks { restart.browserAsks() }
        let response = await site.respond(to: request)
        if asks, response.fields[.location]?.hasPrefix("/restarting") != true { restart.browserWasRefused() }
        if request.path == "/restarting", response.status == .ok { restart.waitingPageWasSent() }
        return response
    }
}
