@testable internal import ImJoyCore
internal import Testing

struct ManifestDiagnosticTests {
    private func diagnostic(_ text: String, at range: Range<Int>, hint: String? = nil) -> ManifestDiagnostic {
        ManifestDiagnostic(
            SourceProblem(.error, "test.code", range, "something is wrong", hint: hint), in: SourceText(text, name: "f")
        )
    }

    @Test func `prints like a compiler`() {
        let text = "{\n  \"a\": tru\n}"
        let found = diagnostic(text, at: 9..<12, hint: "write `true`")
        #expect(found.description == "f:2:8: error: something is wrong (write `true`)\n  \"a\": tru\n       ^~~")
        #expect(found.length == 3)
    }

    @Test func `tabs stay tabs in the caret line`() {
        #expect(diagnostic("\ta\tb", at: 3..<4).excerpt == "\ta\tb\n\t \t^")
    }

    @Test func `wide and combining characters keep the caret below its mark`() {
        #expect(diagnostic("漢字x", at: 6..<7).excerpt == "漢字x\n    ^")
        #expect(diagnostic("e\u{301}x", at: 3..<4).excerpt == "e\u{301}x\n ^")
        #expect(diagnostic("漢字", at: 0..<3).excerpt == "漢字\n^~")
        #expect(diagnostic("äöx", at: 4..<5).column == 3)
    }

    @Test func `a long line is clipped round the mark`() {
        let text = String(repeating: "a", count: 500) + "X" + String(repeating: "b", count: 500)
        let lines = diagnostic(text, at: 500..<501).excerpt.split(separator: "\n")
        #expect(lines[0].count <= SourceExcerpt.maximumWidth + 2)
        #expect(lines[0].hasPrefix("…") && lines[0].hasSuffix("…"))
        let caret = Array(lines[1]).firstIndex(of: "^")
        #expect(caret.map { Array(lines[0])[$0] } == "X")
        #expect(diagnostic(text, at: 500..<501).column == 501)
    }

    @Test func `a mark ends with its line, and places past the end are clamped`() {
        #expect(diagnostic("ab\ncd", at: 1..<5).length == 1)
        #expect(diagnostic("ab", at: 99..<100).column == 3)
        #expect(diagnostic("", at: 0..<1).description == "f:1:1: error: something is wrong\n\n^")
    }

    @Test func `control characters are not printed`() {
        #expect(diagnostic("a\u{1B}[31mb", at: 0..<1).excerpt.hasPrefix("a\u{FFFD}[31mb"))
    }

    @Test(arguments: [
        ("requirments", "requirements"), ("apiVersion", "api_version"), ("API-VERSION", "api_version"),
        ("nmae", "name"),
        ("tpye", "type"), ("desciption", "description"),
    ])
    func `a misspelt name finds the nearest`(_ word: String, _ name: String) {
        #expect(NearestName.find(word, in: ["name", "type", "api_version", "requirements", "description"]) == name)
    }

    @Test(arguments: ["x", "color", "zz", "namespace_of_mine", ""])
    func `a word of its own finds none`(_ word: String) {
        #expect(NearestName.find(word, in: ["name", "type", "api_version"]) == nil)
    }
}
