/// How long to wait before the next attempt to reach a server.
///
/// After a link that has lasted, the first attempt comes at once. Attempts that fail, and links that are lost soon, are
/// followed by pauses of 1, 2, 4 and so on up to 60 seconds, each a tenth longer or shorter by chance, so that clients
/// that a server has lost together do not come back together.
struct ReconnectionSchedule {
    private static let lasting = Duration.seconds(5)
    private static let longest = 60.0
    private var failures = 0

    /// The pause after a link that was open for `duration`; nil for one that was never open.
    ///
    /// - Parameter chance: a number from 0 to 1.
    mutating func pause(afterLinkOf duration: Duration?, chance: Double) -> Duration {
        if let duration, duration >= Self.lasting {
            failures = 0
            return .zero
        }
        failures += 1
        let seconds = failures > 6 ? Self.longest : min(Double(1 << (failures - 1)), Self.longest)
        return .seconds(seconds * (0.9 + 0.2 * chance))
    }
}
