import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes

/// Holds a connection to the limits: deadlines for header, body, response and pauses, the number of connections, and
/// an answer in our one schema to what is no HTTP at all.
///
/// It stands between the HTTP codec and the asynchronous channel; everything in it happens on one event loop.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// Seconds that a connection stays half open after our last word, so that the client can read it.
    private static let lingerSeconds = 2.0
    /// Seconds in which requests that are on their way when the server stops are still answered.
    private static let quiesceSeconds = 1.0

    private let limits: ServerLimits
    private let connections: ConnectionCount
    private let watch: ConnectionWatch
    private let metrics: ServiceMetrics
    private var state = ConnectionState()
    private var verdict = ConnectionCount.Verdict.serve
    private var hasEntered = false
    /// After our last word nothing is read or written any more.
    private var hasEnded = false
    /// What was no HTTP, to be said once the responses that are owed have left.
    private var pendingFailure: RequestFailure?
    private var readDeadline: Scheduled<Void>?
    private var writeDeadline: Scheduled<Void>?
    /// What ends our wait for the client's request; nil while none is waited for.
    private var ticket: Int?
    private var hasMadeRoom = false

    init(limits: ServerLimits, connections: ConnectionCount, watch: ConnectionWatch, metrics: ServiceMetrics) {
        self.limits = limits
        self.connections = connections
        self.watch = watch
        self.metrics = metrics
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { enter(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        enter(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { leave() }

    private func enter(_ context: ChannelHandlerContext) {
        guard !hasEntered else { return }
        hasEntered = true
        verdict = connections.enter()
        metrics.connections(connections.count)
        if verdict == .close { return context.close(promise: nil) }
        awaitHead(context)
    }

    private func leave() {
        readDeadline?.cancel()
        writeDeadline?.cancel()
        watch.clientHasGone()
        endWait()
        guard hasEntered else { return }
        hasEntered = false
        connections.leave(madeRoom: hasMadeRoom)
        metrics.connections(connections.count)
    }

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !hasEnded else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard verdict == .serve else { return say(Self.tooManyConnections(connections.limit), context) }
            state.readHead()
            readDeadline?.cancel()
            readDeadline = schedule(limits.bodySeconds, context) { [self] in
                metrics.failed(.timeout)
                end(Self.slow("body", limits.bodySeconds), context)
            }
            greet(head, context)
        case .body: break
        case .end:
            state.readEnd()
            readDeadline?.cancel()
            endWait()
        }
        context.fireChannelRead(data)
    }

    /// Asks for the body that a client holds back until it is told that the head will do.
    private func greet(_ head: HTTPRequest, _ context: ChannelHandlerContext) {
        guard head.headerFields[.expect]?.lowercased() == "100-continue" else { return }
        if let length = head.headerFields[.contentLength].flatMap(Int.init), length > limits.bodyBytes { return }
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
    }

    private func awaitHead(_ context: ChannelHandlerContext) {
        readDeadline?.cancel()
        let isFirst = !state.hasServed
        beginWait(isFirst, context)
        readDeadline = schedule(isFirst ? limits.headerSeconds : limits.idleSeconds, context) { [self] in
            guard isFirst else { return context.close(promise: nil) }
            metrics.failed(.timeout)
            end(Self.slow("header", limits.headerSeconds), context)
        }
    }

    // MARK: Room for others

    private func beginWait(_ isFirst: Bool, _ context: ChannelHandlerContext) {
        guard verdict == .serve, !hasMadeRoom else { return }
        endWait()
        let onLoop = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
        ticket = connections.beginWait(isFirst: isFirst) {
            onLoop.eventLoop.execute { onLoop.value.handler.makeRoom(onLoop.value.context) }
        }
    }

    private func endWait() {
        ticket.map(connections.endWait)
        ticket = nil
    }

    /// Another connection needs the place: this one closes at once, or after what has come in meanwhile is answered.
    private func makeRoom(_ context: ChannelHandlerContext) {
        guard hasEntered else { return }
        (hasMadeRoom, ticket) = (true, nil)
        guard !hasEnded else { return context.close(promise: nil) }
        if state.openRequests > 0, !state.isReading { return state.quiesce() }
        metrics.failed(.overloaded)
        if !state.isResponding, !state.hasServed || state.isReading { say(Self.neededElsewhere, context) }
        context.close(promise: nil)
    }

    // MARK: Responses

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !hasEnded else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            guard head.status.kind != .informational else { return context.write(data, promise: promise) }
            if state.isLast { head.headerFields[.connection] = "close" }
            state.writeHead(closes: head.headerFields[.connection] == "close")
            writeDeadline?.cancel()
            writeDeadline = schedule(limits.writeSeconds, context) { [self] in
                metrics.failed(.dropped)
                hasEnded = true
                context.close(promise: nil)
            }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            let written = context.eventLoop.makePromise(of: Void.self)
            written.futureResult.cascade(to: promise)
            let onLoop = NIOLoopBound((handler: self, context: context), eventLoop: context.eventLoop)
            written.futureResult.whenComplete { _ in
                onLoop.value.handler.hasWritten(onLoop.value.context)
            }
            context.write(data, promise: written)
        }
    }

    /// A whole response has been handed to the system.
    private func hasWritten(_ context: ChannelHandlerContext) {
        writeDeadline?.cancel()
        let next = state.writeEnd()
        if let pendingFailure, state.openRequests == 0 { return say(pendingFailure, context) }
        switch next {
        case .awaitRequest: awaitHead(context)
        case .goOn: break
        case .close: linger(context)
        }
    }

    // MARK: Ends

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // The asynchronous channel waits for the client to close after it; that client gets no longer than others.
        if mode == .output, !hasEnded {
            hasEnded = true
            closeSoon(context)
        }
        context.close(mode: mode, promise: promise)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            state.quiesce()
            guard state.isIdle, !hasEnded else { return }
            readDeadline?.cancel()
            readDeadline = schedule(Self.quiesceSeconds, context) { context.close(promise: nil) }
        case ChannelEvent.inputClosed:
            watch.clientHasGone()
            if hasEnded || state.isIdle { return context.close(promise: nil) }
            context.fireUserInboundEventTriggered(event)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !hasEnded else { return }
        if error is IOError || error is ChannelError {
            watch.clientHasGone()
            context.fireErrorCaught(error)
            return context.close(promise: nil)
        }
        let failure = Self.failure(for: error, headerBytes: limits.headerBytes)
        metrics.failed(failure.kind)
        if state.openRequests == 0 || state.isReading, !state.isResponding {
            end(failure, context, error)
        } else {
            pendingFailure = failure
        }
    }

    /// Says why, closes, and wakes whoever still waits for the rest of the request.
    private func end(_ failure: RequestFailure, _ context: ChannelHandlerContext, _ error: (any Error)? = nil) {
        if state.isResponding {
            hasEnded = true
            context.close(promise: nil)
        } else {
            say(failure, context)
        }
        watch.clientHasGone()
        context.fireErrorCaught(error ?? HTTPParserError.invalidEOFState)
    }

    /// Writes a whole response and closes.
    private func say(_ failure: RequestFailure, _ context: ChannelHandlerContext) {
        guard !hasEnded else { return }
        let body = ByteBuffer(string: failure.json.serialized())
        var head = HTTPResponse(status: failure.status, headerFields: failure.headers)
        head.headerFields[.contentType] = JSONBody.contentType
        head.headerFields[.contentLength] = String(body.readableBytes)
        head.headerFields[.connection] = "close"
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        linger(context)
    }

    /// Closes our side, and the other a little later: closing both at once could take our last word from the client.
    private func linger(_ context: ChannelHandlerContext) {
        hasEnded = true
        context.close(mode: .output, promise: nil)
        closeSoon(context)
    }

    private func closeSoon(_ context: ChannelHandlerContext) {
        readDeadline?.cancel()
        readDeadline = schedule(Self.lingerSeconds, context) { context.close(promise: nil) }
    }

    private func schedule(
        _ seconds: Double, _ context: ChannelHandlerContext, _ body: @escaping () -> Void
    ) -> Scheduled<Void> {
        let onLoop = NIOLoopBound(body, eventLoop: context.eventLoop)
        return context.eventLoop.scheduleTask(in: .nanoseconds(Int64(seconds * 1e9))) { onLoop.value() }
    }
}
