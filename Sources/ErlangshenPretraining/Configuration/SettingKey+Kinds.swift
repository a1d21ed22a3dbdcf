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
