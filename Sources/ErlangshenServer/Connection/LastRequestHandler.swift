import NIOCore
import NIOHTTP1

/// Gives a request that is the last of its connection the one form that those behind it look for.
///
/// HTTP/1.0 without `keep-alive` means it too, and `Connection` may be a list in any case; behind the codec the version
/// is not known any more.
final class LastRequestHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data), !head.isKeepAlive else {
            return context.fireChannelRead(data)
        }
        head.headers.replaceOrAdd(name: "Connection", value: "close")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }
}
