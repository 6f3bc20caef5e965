/// What a client has open at one time.
package struct HyphaOpenCounts: Hashable, Sendable {
    /// Calls of ours without an answer.
    package var waits: Int
    /// Calls and answers whose functions the peer can reach, those waits included.
    package var sessions: Int
    /// Calls of others that run.
    package var serving: Int
    /// Messages that are coming in pieces.
    package var partial: Int
    /// Messages that are going in pieces.
    package var long: Int
    /// Objects that peers have not disposed of.
    package var lentObjects: Int
    /// Timers, the one for sweeping included.
    package var timers: Int
}
