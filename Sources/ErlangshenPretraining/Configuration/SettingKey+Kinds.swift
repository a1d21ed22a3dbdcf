/// A place in the settings, as the table of keys names it.
typealias SettingPath<Value> = WritableKeyPath<PretrainingSettings, Value> & Sendable

/// Kinds of settings: how their text is read and written.
extension SettingKey {
    static func text(_ name: String, _ path: any SettingPath<String?>, _ help: String) -> SettingKey {
        SettingKey(name: name, help: help) { settings, value throws(Refusal) in
            guard case .word(let word) = value, !word.isEmpty else { throw Refusal(expected: "a path or a name") }
            settings[keyPath: path] = word
        } write: { settings in
            settings[keyPath: path].map { .word($0) }
        }
    }

    static func choice(
        _ name: String, _ path: any SettingPath<String>, _ allowed: [String], _ help: String
    ) -> SettingKey {
        SettingKey(name: name, help: help) { settings, value throws(Refusal) in
            guard case .word(let word) = value, allowed.contains(word) else {
                throw Refusal(expected: "one of \(allowed.joined(separator: ", "))")
            }
            settings[keyPath: path] = word
        } write: { settings in
            .word(settings[keyPath: path])
        }
    }

    static func flag(_ name: String, _ path: any SettingPath<Bool>, _ help: String) -> SettingKey {
        SettingKey(name: name, help: help) { settings, value throws(Refusal) in
            guard case .word(let word) = value, let isOn = Bool(word) else {
                throw Refusal(expected: "true or false")
            }
            settings[keyPath: path] = isOn
        } write: { settings in
            .word("\(settings[keyPath: path])")
        }
    }

    static func number(
        _ name: String, _ path: any SettingPath<Double>, _ range: Range<Double>, _ help: String
    ) -> SettingKey {
        SettingKey(name: name, help: help) { settings, value throws(Refusal) in
            settings[keyPath: path] = try decimal(value, range)
        } write: { settings in
            .word(shown(settings[keyPath: path]))
        }
    }

    static func optionalNumber(
        _ name: String, _ path: any SettingPath<Double?>, _ range: Range<Double>, _ help: String
    ) -> SettingKey {
        SettingKey(name: name, help: help) { settings, value throws(Refusal) in
            settings[keyPath: path] = try decimal(value, range)
        } write: { settings in
            settings[keyPath: path].map { .word(shown($0)) }
        }
    }

    static func count(
        _ name: String, _ path: any SettingPath<Int>, _ range: ClosedRange<Int>, _ help: String
    ) -> SettingKey {
        SettingKey(name: name, help: help) { settings, value throws(Refusal) in
            settings[keyPath: path] = try whole(value, range)
        } write: { settings in
            .word("\(settings[keyPath: path])")
        }
    }

    static func optionalCount(
        _ name: String, _ path: any SettingPath<Int?>, _ range: ClosedRange<Int>, _ help: String
    ) -> SettingKey {
        SettingKey(name: name, help: help) { settings, value throws(Refusal) in
            settings[keyPath: path] = try whole(value, range)
        } write: { settings in
            settings[keyPath: path].map { .word("\($0)") }
        }
    }

    /// Paths with weights: `PATH`, or `PATH@WEIGHT`.
    static func sources(
        _ name: String, _ path: any SettingPath<[PretrainingSettings.Source]>, _ help: String
    ) -> SettingKey {
        SettingKey(name: name, help: help) { settings, value throws(Refusal) in
            var sources: [PretrainingSettings.Source] = []
            for word in try words(value) {
                let parts = word.split(separator: "@", omittingEmptySubsequences: false)
                guard parts.count > 1, let last = parts.last, let weight = Double(last) else {
                    sources.append(PretrainingSettings.Source(path: word))
                    continue
                }
                guard weight > 0, weight < 1e6 else { throw Refusal(expected: "PATH@WEIGHT with a weight above 0") }
                sources.append(
                    PretrainingSettings.Source(path: parts.dropLast().joined(separator: "@"), weight: weight))
            }
            settings[keyPath: path] = sources
        } write: { settings in
            let sources = settings[keyPath: path]
            return sources.isEmpty
                ? nil : .list(sources.map { $0.weight == 1 ? $0.path : "\($0.path)@\(shown($0.weight))" })
        }
    }

    /// Numbers that belong together: a list, or a word with commas.
    static func list(
        _ name: String, _ counts: ClosedRange<Int>, _ help: String,
        read: @escaping @Sendable (inout PretrainingSettings, [Double]) -> Void,
        write: @escaping @Sendable (PretrainingSettings) -> [Double]
    ) -> SettingKey {
        SettingKey(name: name, help: help) { settings, value throws(Refusal) in
            var numbers: [Double] = []
            for word in try words(value) {
                for part in word.split(separator: ",") { numbers.append(try decimal(.word(String(part)), 0..<1e9)) }
            }
            guard counts.contains(numbers.count) else {
                throw Refusal(expected: "\(counts.lowerBound) to \(counts.upperBound) numbers")
            }
            read(&settings, numbers)
        } write: { settings in
            .list(write(settings).map(shown))
        }
    }

    /// One word or several.
    static func words(_ value: ConfigurationValue) throws(Refusal) -> [String] {
        switch value {
        case .word(let word): return [word]
        case .list(let words): return words
        case .map: throw Refusal(expected: "a word or a list of words")
        }
    }

    /// A number of a range; `12%` is 0.12.
    static func decimal(_ value: ConfigurationValue, _ range: Range<Double>) throws(Refusal) -> Double {
        let expected = "a number from \(shown(range.lowerBound)) to below \(shown(range.upperBound))"
        guard case .word(let word) = value else { throw Refusal(expected: expected) }
        let isPart = word.hasSuffix("%")
        guard let number = Double(word.dropLast(isPart ? 1 : 0)).map({ isPart ? $0 / 100 : $0 }),
            range.contains(number)
        else { throw Refusal(expected: expected) }
        return number
    }

    /// A whole number of a range; `64k`, `2M` and `3G` are thousands, millions and thousand millions.
    static func whole(_ value: ConfigurationValue, _ range: ClosedRange<Int>) throws(Refusal) -> Int {
        let expected = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        guard case .word(let word) = value else { throw Refusal(expected: expected) }
        let unit = ["k": 1_000, "M": 1_000_000, "G": 1_000_000_000][word.suffix(1)]
        guard let number = Int(word.dropLast(unit == nil ? 0 : 1)) else { throw Refusal(expected: expected) }
        let (all, overflow) = number.multipliedReportingOverflow(by: unit ?? 1)
        guard !overflow, range.contains(all) else { throw Refusal(expected: expected) }
        return all
    }

    /// A number as short as it reads back.
    static func shown(_ number: Double) -> String {
        number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    }
}
