import FoundationEssentials
import Glibc
import HTTPTypes
import PKI
import Testing

@testable import HTTP

@Suite("TLS", .timeLimit(.minutes(1)))
struct TLSTests {
    /// A small authority with a server certificate for 127.0.0.1 and `printer.test`.
    private struct Fixture {
        let anchor: Certificate
        let identity: TLSIdentity
        let trust: TLSTrust

        init() throws {
            let key = try PrivateKey.generate(.p256)
            let serverKey = try PrivateKey.generate(.p256)
            let now = Date()
            let root = CertificateTemplate(
                subject: try Name(commonName: "Test CA"), publicKey: key.publicKey, serialNumber: [1],
                notBefore: now - 3_600, notAfter: now + 3_600, isCA: true, keyUsage: [.keyCertSign])
            anchor = try root.selfSigned(with: key, digest: .sha256)
            let server = CertificateTemplate(
                subject: try Name(commonName: "printer.test"), publicKey: serverKey.publicKey, serialNumber: [2],
                notBefore: now - 3_600, notAfter: now + 3_600, keyUsage: [.digitalSignature],
                subjectAltNames: [.dns("printer.test"), .ip([127, 0, 0, 1])])
            identity = try TLSIdentity(
                chain: [try server.issued(by: anchor, key: key, digest: .sha256), anchor], key: serverKey)
            trust = try TLSTrust(anchors: [anchor])
        }
    }

    private struct Local: Resolver {
        func addresses(of host: String, port: UInt16) async throws(HTTPError) -> [SocketAddress] {
            [SocketAddress(literal: "127.0.0.1", port: port)].compactMap(\.self)
        }
    }

    private static func send(
        to port: UInt16, _ client: Client, host: String = "127.0.0.1", body: [UInt8] = []
    ) async throws -> ClientResponse {
        try await client.send(
            ClientRequest(method: .post, host: host, port: port, body: body, isSecure: true),
            deadline: .now + .seconds(180))
    }

    @Test("A request over HTTPS is answered, bodies of 1 MB both ways included")
    func https() async throws {
        let fixture = try Fixture()
        let body = (0..<1_048_576).map { UInt8(truncatingIfNeeded: $0) }
        let handler = Answering { request in
            Response(contentType: "application/octet-stream", body: request.isSecure ? request.body : [])
        }
        let response = try await LiveServer.run(tls: fixture.identity, handler: handler) { port in
            try await Self.send(to: port, Client(trust: fixture.trust), body: body)
        }
        #expect(response.body == body)
    }

    @Test(
        "The server's name is checked against its certificate",
        arguments: [("printer.test", true), ("other.test", false)])
    func name(host: String, isTrusted: Bool) async throws {
        let fixture = try Fixture()
        try await LiveServer.run(tls: fixture.identity) { port in
            let client = Client(resolver: Local(), trust: fixture.trust)
            if isTrusted {
                let response = try await Self.send(to: port, client, host: host)
                #expect(response.status == 200)
            } else {
                _ = await #expect(throws: HTTPError(.tls, "")) { try await Self.send(to: port, client, host: host) }
            }
        }
    }

    @Test("A server under another authority is not believed, and the request is not sent")
    func stranger() async throws {
        let fixture = try Fixture()
        let other = try Fixture()
        try await LiveServer.run(tls: fixture.identity) { port in
            do throws(HTTPError) {
                _ = try await Client(trust: other.trust).send(
                    ClientRequest(host: "127.0.0.1", port: port, isSecure: true), deadline: .now + .seconds(180))
                Issue.record("believed")
            } catch {
                #expect(error.code == .tls)
                #expect(!error.requestMayHaveArrived)
            }
        }
    }

    @Test("A key that does not belong to the certificate is refused when the identity is made")
    func wrongKey() throws {
        let fixture = try Fixture()
        let key = try PrivateKey.generate(.p256)
        #expect(throws: HTTPError(.tls, "")) { try TLSIdentity(chain: [fixture.anchor], key: key) }
        #expect(throws: HTTPError(.tls, "")) { try TLSIdentity(chain: [], key: key) }
    }

    @Test("Plain HTTP on the HTTPS port is told so")
    func plain() async throws {
        let fixture = try Fixture()
        let reply = try await LiveServer.run(tls: fixture.identity) { port in
            try await RawClient.exchange(port, ["GET / HTTP/1.1\r\nHost: a\r\n\r\n"])
        }
        #expect(reply.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(reply.contains("HTTPS only"))
    }

    @Test("Bytes that are neither TLS nor HTTP end the connection; a silent handshake ends at its deadline")
    func garbage() async throws {
        let fixture = try Fixture()
        var configuration = ServerConfiguration()
        configuration.handshakeDeadline = .milliseconds(100)
        let replies = try await LiveServer.run(configuration: configuration, tls: fixture.identity) { port in
            [try await RawClient.exchange(port, ["\u{0}\u{1}\u{2}garbage"]), try await RawClient.exchange(port, [])]
        }
        #expect(!replies[0].contains("HTTP/1.1"))
        #expect(replies[1].isEmpty)
    }

    @Test("A client that asks for TLS from a plain server gets an error of TLS")
    func noTLS() async throws {
        let fixture = try Fixture()
        try await LiveServer.run { port in
            _ = await #expect(throws: HTTPError(.tls, "")) {
                try await Self.send(to: port, Client(trust: fixture.trust))
            }
        }
    }

    @Test("Records may be split at every byte of the handshake and the data")
    func splitRecords() throws {
        let fixture = try Fixture()
        let server = try TLSSession(server: fixture.identity.context)
        let client = try TLSSession(client: fixture.trust.context, host: "printer.test")
        try client.advanceHandshake()
        var received: [UInt8] = []
        func pass(from: TLSSession, to: TLSSession) throws -> Bool {
            let bytes = from.takeOutput()
            for byte in bytes {
                if case .bytes(let plain) = try withUnsafeBytes(of: byte, { try to.receive($0) }) {
                    received += plain
                }
            }
            return !bytes.isEmpty
        }
        while try pass(from: client, to: server) || pass(from: server, to: client) {}
        #expect(client.isEstablished && server.isEstablished)
        try client.send(Array("hello".utf8))
        _ = try pass(from: client, to: server)
        #expect(received == Array("hello".utf8))
        client.end()
        let end = client.takeOutput()
        let isEnded = try end.withUnsafeBytes { bytes in
            if case .ended = try server.receive(bytes) { true } else { false }
        }
        #expect(isEnded)
    }

    @Test(
        "The end of the connection is clean after close_notify, also when data came along with it, and unclean without",
        arguments: [true, false])
    func end(isSaid: Bool) throws {
        let fixture = try Fixture()
        let server = try TLSSession(server: fixture.identity.context)
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        try #require(socketpair(AF_UNIX, type, 0, &ends) == 0)
        let peer = Socket(FileDescriptor(ends[1]))
        let channel = Channel(
            socket: Socket(FileDescriptor(ends[0])),
            tls: try TLSSession(client: fixture.trust.context, host: "printer.test"))
        let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
        defer { scratch.deallocate() }

        try channel.beginHandshake()
        while !channel.isEstablished || !server.isEstablished {
            _ = channel.flush()
            guard case .bytes(let count) = peer.read(into: scratch) else {
                Issue.record("the handshake stands still")
                return
            }
            _ = try server.receive(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
            _ = peer.write(server.takeOutput()[...])
            _ = try channel.receive(using: scratch)
        }
        try server.send(Array("all".utf8))
        if isSaid {
            server.end()
        }
        _ = peer.write(server.takeOutput()[...])
        peer.endWriting()

        guard case .bytes(let plain) = try channel.receive(using: scratch) else {
            Issue.record("no data")
            return
        }
        #expect(plain == Array("all".utf8))
        guard case .ended(let isClean) = try channel.receive(using: scratch) else {
            Issue.record("no end")
            return
        }
        #expect(isClean == isSaid)
    }
}
