import ImJoyCore

/// The code of the article about operators.
func showOperators(_ image: Image) throws {
    let pipeline = try ImagePipeline(parsing: "gaussian(sigma=2) | threshold(otsu) | label")
    let labels = try pipeline.run(on: image).image
    print(pipeline, labels ?? image)

    if let gaussian = ImageOperator.named("gaussian") {
        print(gaussian.schema.json(.pretty))
        let smooth = try gaussian.run(on: image, ManifestObject([.init("sigma", [2, 1])])).image
        print(smooth ?? image)
    }

    let measured = try ImagePipeline(parsing: "threshold(li) | label | regionprops(intensity=@input)").run(on: image)
    if let table = measured.table {
        print(table.columns.count, "columns,", table.rows.count, "rows")
        print(table["area"]?.max() ?? 0)
    }

    do {
        _ = try ImagePipeline(parsing: "gaussian(sgma=2)")
    } catch {
        print(error)  // column 10: there is no parameter of `gaussian` `sgma`; did you mean `sigma`?
    }

    let text = pipeline.json.json()
    let again = try ImagePipeline(json: ManifestValue(parsingJSON: Array(text.utf8)))
    print(again.steps.map(\.imageOperator.name))
}
