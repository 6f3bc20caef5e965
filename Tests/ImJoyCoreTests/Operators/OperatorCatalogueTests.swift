internal import ImJoyCore
internal import Testing

struct `The operators` {
    @Test func `have names of one form, each once, and sentences that say what they do`() {
        let names = ImageOperator.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.count > 100)
        for one in ImageOperator.all {
            #expect(one.name.utf8.allSatisfy { (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f })
            #expect(one.summary.hasSuffix(".") && one.summary.first?.isUppercase == true, "\(one.name)")
            #expect(Set(one.parameters.map(\.name)).count == one.parameters.count, "\(one.name)")
            #expect(ImageOperator.named(one.name)?.name == one.name)
        }
        #expect(Set(ImageOperator.all.map(\.family)) == Set(ImageOperator.Family.allCases))
    }

    @Test func `take their own defaults`() throws {
        for parameter in ImageOperator.all.flatMap(\.parameters) {
            if let value = parameter.defaultValue, !value.isNull {
                #expect(ImagePipelineText.accepts(value, parameter), "\(parameter.name)")
            }
        }
    }

    @Test func `have schemas of objects that the schema checker reads`() throws {
        for one in ImageOperator.all {
            let schema = one.schema
            #expect(schema.object?.keys == ["name", "description", "parameters"])
            let parameters = try #require(schema["parameters"])
            #expect(parameters["type"] == "object" && parameters["additionalProperties"] == false)
            #expect(parameters["properties"]?.object?.keys == one.parameters.map(\.name))
            let read = try DataSchema(parameters)
            #expect(read.notes.isEmpty, "\(one.name): \(read.notes)")
        }
        let gaussian = try ImageOperator.require("gaussian").schema["parameters"]
        let sigma = gaussian?["properties"]?["sigma"]
        #expect(sigma?["anyOf"]?[0] == ["type": "number", "minimum": 0, "maximum": 10000])
        #expect(sigma?["default"] == 1 && sigma?["description"] == "the standard deviation, in pixels")
        let mode = gaussian?["properties"]?["mode"]
        #expect(mode?["enum"] == ["reflect", "mirror", "nearest", "wrap", "constant"])
        #expect(try ImageOperator.require("zoom").schema["parameters"]?["required"] == ["factor"])
    }

    @Test func `that nobody knows are told with those that may have been meant`() {
        #expect(throws: OperatorError.self) { try ImageOperator.require("gausian") }
        do throws(OperatorError) { _ = try ImageOperator.require("gausian") } catch {
            #expect(error.code == .unknownOperator && error.message.contains("did you mean `gaussian`"))
        }
        do throws(OperatorError) { _ = try ImageOperator.require("projection") } catch {
            #expect(error.message.contains("max_projection"))
        }
    }

    @Test func `refuse arguments that they do not have or take`() throws {
        let gaussian = try ImageOperator.require("gaussian")
        for wrong: ManifestValue in [
            ["sigmma": 2], ["sigma": -1], ["sigma": "wide"], ["mode": "round"], ["sigma": []], ["order": 1.5],
            ["sigma": [1, 2, "3"]], ["truncate": ["a": 1]],
        ] {
            #expect(throws: OperatorError.self) { try gaussian.resolved(SampleCalls.object(wrong)) }
        }
        do throws(OperatorError) { _ = try gaussian.resolved(SampleCalls.object(["sigma": -1])) } catch {
            #expect(error.message == "gaussian: `sigma` is at least 0, not -1")
        }
        do throws(OperatorError) { _ = try ImageOperator.require("zoom").resolved(ManifestObject()) } catch {
            #expect(error.message.contains("needs `factor`"))
        }
        let image = try Image(SampleCalls.picture([8, 9]))
        #expect(throws: OperatorError.self) { try gaussian.run(on: image, SampleCalls.object(["sigma": [1, 2, 3]])) }
        #expect(throws: OperatorError.self) { try gaussian.run(on: image, SampleCalls.object(["axes": "ZYX"])) }
        #expect(throws: OperatorError.self) { try gaussian.run(on: .number(3)) }
        let grey = try Image(SampleCalls.picture([8, 9]).cast(to: Float.self))
        do throws(OperatorError) { _ = try ImageOperator.require("regionprops").run(on: grey) } catch {
            #expect(error.code == .wrongInput && error.message.contains("`label` makes them"))
        }
    }
}

/// What stands between a default and its parameter.
enum ImagePipelineText {
    static func accepts(_ value: ManifestValue, _ parameter: OperatorParameter) -> Bool {
        let name = ImageOperator.all.first { $0.parameters.contains(parameter) }
        return (try? name?.resolved(ManifestObject([.init(parameter.name, value)]))) != nil
            || (name?.parameters.contains(where: \.isRequired) ?? false)
    }
}
