import Testing

@testable import ErlangshenCLI

@Suite struct ProgressLineTests {
    @Test func rewritesItsLineOnATerminal() {
        var line = ProgressLine(.terminal, stepCount: 100, now: 50)
        #expect(line.update(step: 1, loss: 2, tokenCount: 100, now: 50.1) == "")
        #expect(
            line.update(step: 2, loss: 1, tokenCount: 100, now: 52)
                == "\r\u{1B}[Kstep 2/100, loss 1.4949, 100 tokens/s, 1:38 left")
        #expect(line.update(step: 3, loss: .nan, tokenCount: 100, now: 52.1) == "")
        #expect(line.wipe() == "\r\u{1B}[K")
        #expect(line.wipe() == "")
        #expect(
            line.update(step: 100, loss: .nan, tokenCount: 700, now: 150)
                == "\r\u{1B}[Kstep 100/100, loss 1.4949, 10 tokens/s")
        #expect(line.finish(now: 150) == "\r\u{1B}[Kstep 100/100, loss 1.4949, 10 tokens/s\n")
    }

    @Test func writesLinesIntoAPipe() {
        var line = ProgressLine(.plain(everySeconds: 30), stepCount: 40, startingAt: 20, now: 0)
        #expect(line.update(step: 21, loss: 3, tokenCount: 50, now: 29) == "")
        #expect(
            line.update(step: 22, loss: 3, tokenCount: 50, now: 30)
                == "erlangshen: step 22/40, loss 3.0000, 3 tokens/s, 4:30 left\n")
        #expect(line.update(step: 23, loss: 3, tokenCount: 50, now: 59) == "")
        #expect(line.finish(now: 60) == "erlangshen: step 23/40, loss 3.0000, 2 tokens/s, 5:40 left\n")
    }

    @Test func saysNothingWhenQuiet() {
        var line = ProgressLine(.none, stepCount: 9, now: 0)
        #expect(line.update(step: 1, loss: 3, tokenCount: 50, now: 1e9) == "")
        #expect(line.finish(now: 1e9) == "")
        #expect(ProgressLine.style(isQuiet: true) == .none)
        var untouched = ProgressLine(.plain(everySeconds: 1), stepCount: 9, startingAt: 9, now: 0)
        #expect(untouched.finish(now: 5) == "")
    }

    @Test(arguments: [(6.6, "0:07"), (725, "12:05"), (10_810, "3:00:10"), (.infinity, "?")])
    func clock(seconds: Double, text: String) { #expect(ProgressLine.clock(seconds) == text) }
}
