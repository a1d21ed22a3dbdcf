import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// A connection as Hummingbird serves it, with limits on all that a client can hold up.
struct ConnectionChannel: HTTPChannelHandler {
    struct Value: ServerChildChannelValue {
        let parts: NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>
        let watch: ConnectionWatch
        var channel: any Channel { parts.channel }
    }

    let responder: HTTPChannelHandler.Responder
    let limits: ServerLimits
    let connections: ConnectionCount
    let metrics: ServiceMetrics

    /// Decoder, codec, our limits, then the asynchronous channel.
    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            var decoding = NIOHTTPDecoderLimitConfiguration()
            decoding.maxHeaderFieldSize = limits.headerBytes
            decoding.maxHeaderListSize = limits.headerBytes
            decoding.maxHeaderFieldCount = 100
            let pipeline = channel.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: decoding)
            try pipeline.addHandler(LastRequestHandler())
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            let watch = ConnectionWatch()
            try pipeline.addHandler(
                ConnectionHandler(limits: limits, connections: connections, watch: watch, metrics: metrics))
            return Value(
                parts: try NIOAsyncChannel(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)),
                watch: watch)
        }
    }

    func handle(value: Value, logger: Logger) async {
        await ConnectionWatch.$current.withValue(value.watch) {
            await handleHTTP(asyncChannel: value.parts, logger: logger)
        }
    }
}
