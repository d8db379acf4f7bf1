import HTTP
import HTTPTypes

/// The answer to `GET /healthz`, the same on both listeners.
enum Health {
    static func response(instance: String) -> Response {
        var response = Response(
            contentType: "application/json", body: Array("{\"status\":\"ok\",\"instance\":\"\(instance)\"}\n".utf8))
        response.fields[.cacheControl] = "no-store"
        return response
    }
}
