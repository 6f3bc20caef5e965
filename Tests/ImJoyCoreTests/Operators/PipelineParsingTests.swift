internal import ImJoyCore
internal import Testing

struct `A pipeline's text` {
    @Test(arguments: [
        ("gaussian(sigma=2)|threshold(otsu)|label", "gaussian(sigma=2) | threshold(method=otsu) | label"),
        (" gaussian ( 2 , mode = reflect ) ", "gaussian(sigma=2, mode=reflect)"),
        ("gaussian()", "gaussian"),
        ("gaussian((1, 2.5))", "gaussian(sigma=[1, 2.5])"), ("gaussian([1,2,])", "gaussian(sigma=[1, 2])"),
        ("rotate(-30.5, reshape=FALSE)", "rotate(angle=-30.5, reshape=false)"),
        ("normalize(high=none)", "normalize(high=100)"),
        ("peaks(threshold_abs=none)", "peaks(threshold_abs=none)"),
        ("greater(1e3)", "greater(value=1000)"), ("greater(.5)", "greater(value=0.5)"),
        ("channel('Cy 5')", "channel(channel=\"Cy 5\")"), ("channel(\"a\\\"b\")", "channel(channel=\"a\\\"b\")"),
        ("channel(DAPI)", "channel(channel=DAPI)"), ("channel(0)", "channel(channel=\"0\")"),
        ("nrmse(@a.tif, min-max)", "nrmse(reference=@a.tif, normalization=min-max)"),
        ("mse(@'a b.tif')", "mse(reference=\"@a b.tif\")"), ("mse(@../x/y-1.npy)", "mse(reference=@../x/y-1.npy)"),
        ("s = gaussian(1)\n| use(@s)", "s = gaussian(sigma=1) | use(image=@s)"),
        ("convolve([[1, 2], [3, 4]])", "convolve(weights=[[1, 2], [3, 4]])"),
    ])
    func `is read, and printed in one way that reads back`(text: String, canonical: String) throws {
        let pipeline = try ImagePipeline(parsing: text)
        #expect(pipeline.description == canonical)
        #expect(try ImagePipeline(parsing: canonical).description == canonical)
        let json = pipeline.json
        #expect(try ImagePipeline(json: json).description == canonical)
        let bytes = try ManifestValue(parsingJSON: Array(json.json().utf8))
        #expect(try ImagePipeline(json: bytes).json == json)
    }

    @Test(arguments: [
        ("", 1, "the name of an operator"), ("gaussian |", 11, "the name of an operator"), ("| label", 1, "the name"),
        ("gausian(2)", 1, "did you mean `gaussian`"), ("label | gausian(2)", 9, "did you mean `gaussian`"),
        ("gaussian(sgma=2)", 10, "did you mean `sigma`"), ("gaussian(2, sigma=2)", 13, "given twice"),
        ("gaussian(sigma=2, 3)", 19, "without a name"), ("gaussian(sigma=-2)", 16, "at least 0"),
        ("gaussian(2", 11, "where `,` or `)`"), ("gaussian 2", 10, "where `|` or the end"),
        ("threshold(ötsu)", 11, "where a value"), ("threshold(otzu)", 11, "did you mean `otsu`"),
        ("gaussian(1x)", 10, "is no number"), ("gaussian(0x1p3)", 10, "is no number"),
        ("gaussian(1e999)", 10, "is no number"),
        ("channel('DAPI)", 9, "does not end"), ("label(1, 2, 3, 4)", 13, "only 2 parameters"),
        ("squeeze(1)", 9, "no parameters"), ("regionprops | label", 15, "gives a table"),
        ("zoom", 1, "needs `factor`"), ("watershed(markers=@seeds)", 1, "no earlier step `@seeds`"),
        ("input = label", 9, "cannot name a step"), ("use(@)", 6, "should follow `@`"), ("use(seeds)", 5, "`@name`"),
        ("gaussian([1, 2)", 15, "where `,` or `]`"), ("greater([[[[[[[[[1]]]]]]]]])", 17, "8 deep"),
    ])
    func `with a mistake is told with the column`(text: String, column: Int, words: String) throws {
        do throws(OperatorError) {
            _ = try ImagePipeline(parsing: text)
            Issue.record("`\(text)` was read")
        } catch {
            #expect(error.column == column, "\(text): \(error)")
            #expect(error.message.contains(words), "\(text): \(error)")
            #expect(error.description.hasPrefix("column \(column): "))
        }
    }

    @Test func `has limits`() throws {
        let steps = Array(repeating: "label", count: ImagePipeline.maximumSteps)
        #expect(try ImagePipeline(parsing: steps.joined(separator: "|")).steps.count == steps.count)
        #expect(throws: OperatorError.self) { try ImagePipeline(parsing: (steps + ["label"]).joined(separator: "|")) }
        #expect(throws: OperatorError.self) {
            try ImagePipeline(parsing: String(repeating: " ", count: ImagePipeline.maximumLength) + "label")
        }
        #expect(throws: OperatorError.self) { try ImagePipeline([]) }
        #expect(throws: OperatorError.self) {
            try ImagePipeline(json: ManifestValue(Array(repeating: ["operator": "label"], count: 300)))
        }
    }

    @Test(arguments: [
        "{}", "[]", "[1]", "[{}]", #"[{"operator": 1}]"#, #"[{"operator": "flur"}]"#,
        #"[{"operator": "label", "parameters": []}]"#, #"[{"operator": "label", "parameters": {"n": 1}}]"#,
        #"[{"operator": "label", "as": "a b"}]"#, #"[{"operator": "use", "parameters": {"image": "@x"}}]"#,
    ])
    func `as JSON is refused when it is no pipeline`(text: String) throws {
        let value = try ManifestValue(parsingJSON: Array(text.utf8))
        #expect(throws: OperatorError.self) { try ImagePipeline(json: value) }
    }

    @Test func `may be anything without harm`() throws {
        let seeds = [
            "s = gaussian(sigma=[1, 2.5], mode=reflect) | watershed(markers=@s, mask=@\"a b.tif\") | regionprops",
            "convolve([[1,-2e3],[3,4]]) | channel('x\\n') | threshold_local(35, mean, -.5, axes=ZYX)",
        ]
        let pieces = Array("()[]|=,@'\"\\ \n\t.-+0159eExaZ_ü\u{0}🙂").map(String.init) + ["none", "true", "gaussian"]
        var random = RandomGenerator(seed: 42)
        var readable = 0
        for round in 0..<2000 {
            var characters = Array(seeds[round % 2])
            for _ in 0..<Int(random.next() % 4) + 1 {
                let place = Int(random.next() % UInt64(characters.count))
                let piece = pieces[Int(random.next() % UInt64(pieces.count))]
                switch random.next() % 3 {
                case 0: characters.remove(at: place)
                case 1: characters.insert(contentsOf: piece, at: place)
                default: characters.replaceSubrange(place...place, with: piece)
                }
            }
            let text = String(characters)
            do throws(OperatorError) {
                let pipeline = try ImagePipeline(parsing: text)
                readable += 1
                #expect(try ImagePipeline(parsing: pipeline.description).description == pipeline.description)
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
        #expect(readable > 0)
    }
}
