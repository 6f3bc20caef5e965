internal import ImJoyCore
internal import Testing

@Suite struct DescriptionTests {
    @Test func `arrays print as in NumPy`() throws {
        for example in try PrintingExamples.all() {
            #expect(example.array.description == example.str)
            #expect(example.array.debugDescription == example.repr)
        }
    }
}
