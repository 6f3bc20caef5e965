internal import ImJoyCore
internal import SystemPackage
internal import Testing

struct `Running a pipeline` {
    /// Two squares on a dark ground.
    private static func squares() throws -> Image {
        var pixels = NDArray<UInt16>(repeating: 100, shape: [24, 30])
        pixels[4..<10, 4..<10] = NDArray(repeating: 900, shape: [6, 6])
        pixels[12..<20, 15..<25] = NDArray(repeating: 700, shape: [8, 10])
        return try Image(pixels, axes: "YX", pixelSize: PixelSize(x: 0.5, y: 0.5))
    }

    @Test func `does what the functions do one after the other`() throws {
        let image = try Self.squares()
        let result = try ImagePipeline(parsing: "gaussian(sigma=0.5) | threshold(otsu) | label").run(on: image)
        let smooth = try image.pixels.cast(to: Float.self).gaussianFiltered(sigma: 0.5, boundary: .nearest)
        let mask = try AnyNDArray(smooth).isGreater(smooth.otsuThreshold())
        #expect(try result.image?.pixels == AnyNDArray(mask.labelled().labels))
        #expect(result.image?.axes == "YX" && result.image?.pixelSize == image.pixelSize)
    }

    @Test func `measures labels in pixels and in micrometres`() throws {
        let image = try Self.squares()
        let text = "threshold | label | regionprops(intensity=@input, outline=true)"
        let table = try #require(try ImagePipeline(parsing: text).run(on: image).table)
        #expect(table.rows.count == 2 && table["label"] == [1, 2] && table["num_pixels"] == [36, 80])
        #expect(table["y"] == [6.5, 15.5] && table["x"] == [6.5, 19.5] && table["intensity_mean"] == [900, 700])
        #expect(table["y_min"] == [4, 12] && table["x_max"] == [10, 25] && table["solidity"] == [1, 1])
        let metric = "threshold | label | regionprops(units=micrometres)"
        #expect(try ImagePipeline(parsing: metric).run(on: image).table?["area"] == [9, 20])
        let bare = try Image(image.pixels)
        #expect(throws: OperatorError.self) { try ImagePipeline(parsing: metric).run(on: bare) }
        let csv = OperatorTable(columns: ["a", "b"], rows: [[1, 2.5], [.nan, -3]])
        #expect(csv.csv() == "a,b\n1,2.5\n,-3\n" && csv.json.json() == #"[{"a":1,"b":2.5},{"a":null,"b":-3}]"#)
    }

    @Test func `takes named steps and files where they are wanted`() throws {
        let image = try Self.squares()
        let text = """
            mask = threshold | depth = distance_transform | seeds = peaks(min_distance=3, exclude_border=0)
            | use(@depth) | negative | watershed(markers=@seeds, mask=@mask)
            """
        let pipeline = try ImagePipeline(parsing: text)
        let labels = try #require(try pipeline.run(on: image).image)
        #expect(try labels.pixels.isNonzero == AnyNDArray(image.pixels.isGreater(100)).typed(as: Bool.self))
        let other = try ImagePipeline(parsing: "subtract(@dark/field.tif)")
        #expect(other.files == ["dark/field.tif"] && pipeline.files.isEmpty)
        do throws(OperatorError) { _ = try other.run(on: image) } catch { #expect(error.code == .missingImage) }
        let difference = try other.run(
            on: image,
            reading: { path in
                #expect(path == "dark/field.tif")
                return image
            })
        #expect(difference.image?.pixels.isNonzero.any() == false)
        #expect(throws: OperatorError.self) {
            try other.run(on: image, reading: { _ in try Image(NDArray<UInt16>(zeros: [2, 2])) })
        }
    }

    @Test func `tells of each step, and which one failed`() throws {
        let image = try Self.squares()
        var events: [String] = []
        let pipeline = try ImagePipeline(parsing: "median(3) | threshold_value")
        let listener: (ImagePipeline.Progress) -> Void = { event in
            switch event {
            case .began(let step): events.append("\(step)")
            case .finished(let step, let value, let time):
                events.append("\(step) \(value.image?.shape ?? [])")
                #expect(time >= .zero)
            }
        }
        _ = try pipeline.run(on: image, progress: listener)
        #expect(events == ["0", "0 [24, 30]", "1", "1 []"])
        do throws(OperatorError) {
            _ = try ImagePipeline(parsing: "median(3) | gaussian(axes=Z)").run(on: image)
        } catch {
            #expect(error.step == 1 && error.column == 13 && error.message.contains("no axis Z"))
        }
    }

    @Test func `stops between steps when its task is cancelled`() async throws {
        let image = try Self.squares()
        let pipeline = try ImagePipeline(parsing: "median(3) | label")
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            do throws(OperatorError) { _ = try pipeline.run(on: image) } catch { return error.code }
            return OperatorError.Code.failed
        }
        task.cancel()
        #expect(await task.value == .cancelled)
    }

    @Test func `compares with another image`() throws {
        let image = try Self.squares()
        let result = try ImagePipeline(parsing: "mse(@input)").run(on: image)
        #expect(result.number == 0)
        let moved = try ImagePipeline(parsing: "shift([2, 0], mode=wrap, order=0) | phase_cross_correlation(@input)")
        let table = try #require(try moved.run(on: image).table)
        #expect(table["shift_y"]?.first?.magnitude == 2 && table["shift_x"] == [0])
    }
}
