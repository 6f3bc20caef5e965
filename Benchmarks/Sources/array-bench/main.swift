internal import Glibc
internal import ImJoyCore

// Prints the lines that peers/array_bench.py prints, for the cases whose operation ImJoyCore has, and `floor_s`.
// usage: array-bench [--list arrays|images] [--size s,m,l] [--case GLOB] [--threads N] [--budget SECONDS] [--workdir FOLDER]

var options = ["--size": "s,m", "--case": "*", "--threads": "1", "--budget": "0.6", "--workdir": ""]
var arguments = Array(CommandLine.arguments.dropFirst())
if arguments.first == "--list" {
    for each in arguments == ["--list", "images"] ? Case.images : Case.arrays {
        print(each.name, each.sizes.map(\.rawValue).joined(separator: ","))
    }
    exit(0)
}
while arguments.count >= 2, options[arguments[0]] != nil { options[arguments.removeFirst()] = arguments.removeFirst() }
guard arguments.isEmpty, let threads = Int(options["--threads"]!), let budget = Double(options["--budget"]!) else {
    print(
        "usage: array-bench [--list arrays|images] [--size s,m,l] [--case GLOB] [--threads N] [--budget SECONDS] [--workdir FOLDER]"
    )
    exit(64)
}
if !options["--workdir"]!.isEmpty { WorkFolder.given = options["--workdir"] }
defer { WorkFolder.remove() }
let sizes = options["--size"]!.split(separator: ",").compactMap { Size(rawValue: String($0)) }

ComputeThreads.count = 1
let floors = try Floors()
ComputeThreads.count = threads
let library = try LinearAlgebra.libraryDescription()
print("{\"meta\": {\"threads\": \(threads), \"openblas\": \"\(library)\", \"floors\": \(floors.json)}}")

for each in Case.arrays + Case.images where fnmatch(options["--case"]!, each.name, 0) == 0 {
    for size in each.sizes where sizes.contains(size) {
        let work = try each.work(size)
        let check = try Checksum.json(work.summary(work.run()))
        let time = try Measurement(budget: budget) { Measurement.consume(try work.run()) }
        let fields = [
            "\"case\": \"\(each.name)\"", "\"size\": \"\(size)\"", "\"lib\": \"imjoy\"", "\"threads\": \(threads)",
            "\"median_s\": \(time.median)", "\"min_s\": \(time.minimum)", "\"cpu_s\": \(time.processor)",
            "\"bytes\": \(work.bytes)", "\"flops\": \(work.flops)", "\"runs\": \(time.runs)",
            "\"inner\": \(time.inner)", "\"floor_s\": \(floors.floor(of: work, isDouble: each.isDouble))",
            "\"check\": \(check)",
        ]
        print("{\(fields.joined(separator: ", "))}")
    }
}
