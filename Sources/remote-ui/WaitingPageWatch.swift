import HTTP

/// Tells the restart when the waiting page has been answered.
struct WaitingPageWatch: Handler {
    let site: any Handler
    let restart: ProcessRestart

    func respond(to request: Request) async -> Response {
        let response = await site.respond(to: request)
        if request.path == "/restarting", response.status == .ok { restart.waitingPageWasSent() }
        return response
    }
}
