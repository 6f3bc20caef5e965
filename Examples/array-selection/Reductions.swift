import ImJoyCore

func showReductions() throws {
    let image = try NDArray<UInt8>([200, 100, 50, 7, 8, 9], shape: [2, 3])
    print(image.sum())
    print(image.mean(along: 0))
    print(try image.max(along: [1], keepingAxes: true))

    let readings: NDArray<Double> = [4, .nan, 6]
    print(readings.mean(), try readings.nanMean())

    let values: NDArray<Double> = [15, 20, 35, 40, 50]
    print(try values.percentiles([25, 50, 75]))
    print(try values.percentile(40, method: .hazen))
    let (counts, edges) = try values.histogram(bins: 4)
    print(counts, edges)

    let order = try values.argSort()
    print(try values.taking(alongAxis: 0, order) == values.sorted())
    let labels: NDArray<Int32> = [3, 1, 3, 0]
    print(labels.uniqueAll().counts, labels.isIn([1, 3]))
    print("The most frequent label is \(try labels.binCounts().argMax())")
}
