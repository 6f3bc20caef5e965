import ImJoyCore
@main struct A { static func main() {} }
