import Dispatch
import Synchronization

/// What one thread does to each piece of work.
protocol PieceWorker: SendableMetatype {
    associatedtype Piece: Sendable
    associatedtype Product: Sendable
    func work(_ piece: Piece) -> Product
}

/// Takes pieces of work from one source, does them on several threads, and hands the results on in the order of the
/// source: what comes out does not depend on the number of threads.
///
/// *Memory:* at most four pieces a thread are under way or wait for one before them.
struct OrderedWork<Worker: PieceWorker>: Sendable {
    typealias Piece = Worker.Piece
    typealias Product = Worker.Product

    private struct Intake: ~Copyable {
        var number = 0
        var isOver = false
    }

    private struct Outlet: ~Copyable {
        var next = 0
        var waiting: [Int: Result<Product, CorpusError>] = [:]
        var failure: CorpusError?
    }

    /// Runs until the source is empty or something throws; the first error in the order of the source is thrown.
    ///
    /// - Parameters:
    ///   - source: gives the next piece, nil after the last; called by one thread at a time.
    ///   - workers: one for each thread.
    ///   - sink: takes the products in order; called by one thread at a time.
    func run(
        source: @escaping () throws(CorpusError) -> Piece?,
        workers: [Worker],
        sink: @escaping (Product) throws(CorpusError) -> Void
    ) throws(CorpusError) {
        let source = Exclusive(source)
        let sink = Exclusive(sink)
        let workers = workers.map { Exclusive($0) }
        let intake = Mutex(Intake())
        let outlet = Mutex(Outlet())
        let room = DispatchSemaphore(value: 0)
        for _ in 0..<workers.count * 4 { room.signal() }
        DispatchQueue.concurrentPerform(iterations: workers.count) { thread in
            let worker = workers[thread].body
            while true {
                room.wait()
                guard let (number, piece) = Self.take(intake, outlet, source) else {
                    room.signal()
                    return
                }
                let product = piece.map { worker.work($0) }
                for _ in 0..<Self.hand(product, number, outlet, sink) { room.signal() }
            }
        }
        if let failure = outlet.withLock({ $0.failure }) { throw failure }
    }

    /// The next piece, or why there is none, with its number; nil when nothing is left to do.
    private static func take(
        _ intake: borrowing Mutex<Intake>, _ outlet: borrowing Mutex<Outlet>,
        _ source: Exclusive<() throws(CorpusError) -> Piece?>
    ) -> (Int, Result<Piece, CorpusError>)? {
        if outlet.withLock({ $0.failure != nil }) { return nil }
        return intake.withLock { intake in
            guard !intake.isOver else { return nil }
            let taken = Result { () throws(CorpusError) in try source.body() }
            let piece: Result<Piece, CorpusError>
            switch taken {
            case .success(nil):
                intake.isOver = true
                return nil
            case .success(let found?): piece = .success(found)
            case .failure(let error):
                // It takes its place in the order: what was read before is still done.
                intake.isOver = true
                piece = .failure(error)
            }
            intake.number += 1
            return (intake.number - 1, piece)
        }
    }

    /// Hands on a product and those that waited for it; how many more pieces may be taken for that.
    private static func hand(
        _ product: Result<Product, CorpusError>, _ number: Int, _ outlet: borrowing Mutex<Outlet>,
        _ sink: Exclusive<(Product) throws(CorpusError) -> Void>
    ) -> Int {
        outlet.withLock { outlet in
            outlet.waiting[number] = product
            var count = 0
            do throws(CorpusError) {
                while outlet.failure == nil, let next = outlet.waiting.removeValue(forKey: outlet.next) {
                    outlet.next += 1
                    count += 1
                    try sink.body(next.get())
                }
            } catch {
                outlet.failure = error
            }
            // Of the threads that wait, one is enough to see a failure: each wakes the next.
            return outlet.failure == nil ? count : max(1, count)
        }
    }
}

/// Something that one thread uses at a time.
private struct Exclusive<Body>: @unchecked Sendable {
    /// Proof: `OrderedWork` uses sources and sinks under a mutex, and a worker in one iteration alone.
    let body: Body

    init(_ body: Body) { self.body = body }
}
