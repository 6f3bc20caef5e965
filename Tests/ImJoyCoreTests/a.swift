import ImJoyCore
